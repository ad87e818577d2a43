import Foundation
import Testing

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// `clipscope clip` as a whole: files, pipes, a terminal.
struct ClipTests {
  // A safetensors file of one float32 tensor.
  private static func tensors(_ values: [Float], name: String = "w") -> [UInt8] {
    let header =
      "{\"\(name)\":{\"dtype\":\"F32\",\"shape\":[\(values.count)],\"data_offsets\":[0,\(4 * values.count)]}}"
    return withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { Array($0) } + Array(header.utf8)
      + values.flatMap { withUnsafeBytes(of: $0.bitPattern.littleEndian) { Array($0) } }
  }

  private static func write(_ bytes: [UInt8], to name: String, in folder: Folder) throws {
    try Data(bytes).write(to: URL(fileURLWithPath: folder.path + "/" + name))
  }

  private static let line = "{\"gradients\":[{\"name\":\"w\",\"shape\":[2],\"values\":[3,4]}]}"

  @Test("A pipe gets values, --summary a table, and a terminal the table unless it asks for values")
  func faces() throws {
    let folder = try Folder()
    try folder.write(Self.line + "\n", to: "g")
    let values = "{\"total_norm\":5,\"factor\":0.19999996,"
    let sentence = "The total norm is 5, above max_norm 1: every gradient was multiplied by 0.19999996"
    #expect(try folder.clipscope(["clip", "g"]).output.hasPrefix(values))
    let summary = try folder.clipscope(["clip", "g", "--summary"])
    #expect(summary.output.hasPrefix("parameter  shape  dtype") && summary.output.contains(sentence), "\(summary)")
    for (option, words) in [("", sentence), ("--values", values)] {
      let terminal = try PseudoTerminal(
        "/bin/sh", ["-c", "cd \"$0\"; \"$1\" clip g \(option)", folder.path, BuiltProgram.clipscope])
      try terminal.waitForEnd()
      #expect(terminal.text.contains(words), "\(option): \(terminal.text)")
    }
    #expect(try folder.clipscope(["clip", "g", "--summary", "--values"]).status == 2)
  }

  @Test("Standard input is read as a file is, for - and without a name")
  func input() throws {
    let folder = try Folder()
    try Self.write(Self.tensors([3, 4]), to: "t", in: folder)
    try folder.write(Self.line, to: "g")
    let expected = try folder.clipscope(["clip", "t"])
    #expect(expected.output.hasSuffix("\"values\":[0.5999999,0.79999983]}]}\n"), "\(expected)")
    for command in ["clip - <t", "clip <t", "clip <g", "clip - <g"] {
      for shell in [
        "'\(BuiltProgram.clipscope)' \(command)", "cat \(command.last!) | '\(BuiltProgram.clipscope)' clip",
      ] {
        let outcome = try Folder.shell(shell, in: folder)
        #expect(outcome.status == 0 && outcome.output == expected.output, "\(shell): \(outcome)")
      }
    }
    let cut = try Folder.shell("head -c 66 t | '\(BuiltProgram.clipscope)' clip", in: folder)
    #expect(cut.status == 2 && cut.error.contains("the file is cut off"), "\(cut)")
  }

  @Test("A file whose header has a length that begins as a pickle does is read", arguments: [640, 896, 1152, 1408])
  func lengths(length: Int) throws {
    let folder = try Folder()
    var bytes = Self.tensors([3, 4])
    // The header may have blanks behind it.
    let blanks = length - Int(bytes[0])
    bytes.insert(contentsOf: [UInt8](repeating: 32, count: blanks), at: 8 + Int(bytes[0]))
    bytes.replaceSubrange(0..<8, with: withUnsafeBytes(of: UInt64(length).littleEndian) { Array($0) })
    try Self.write(bytes, to: "t", in: folder)
    for shell in ["clip t", "clip <t"] {
      let outcome = try Folder.shell("'\(BuiltProgram.clipscope)' \(shell)", in: folder)
      #expect(outcome.output.hasPrefix("{\"total_norm\":5,"), "\(outcome)")
    }
  }

  @Test("An index is read with the files beside it")
  func shards() throws {
    let folder = try Folder()
    try folder.write(
      "{\n \"weight_map\": {\"a\": \"1.safetensors\", \"b\": \"2.safetensors\"}\n}", to: "sub/m.index.json")
    try Self.write(Self.tensors([3], name: "a"), to: "sub/1.safetensors", in: folder)
    let missing = try folder.clipscope(["clip", "sub/m.index.json"])
    #expect(missing.status == 2 && missing.error.contains("sub/2.safetensors does not exist"), "\(missing)")
    try Self.write(Self.tensors([4], name: "b"), to: "sub/2.safetensors", in: folder)
    #expect(try folder.clipscope(["clip", "sub/m.index.json"]).output.hasPrefix("{\"total_norm\":5,"))
    try folder.write("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n", to: "sub/2.safetensors")
    #expect(
      try folder.clipscope(["clip", "sub/2.safetensors"]).error.contains("is a Git LFS pointer and not the file"))
  }

  @Test("Of one kind of error ten are told, and then how many more; of a wrong file one")
  func errors() throws {
    let folder = try Folder()
    let wrong = "{\"gradients\":[{\"name\":\"w\",\"shape\":[3],\"values\":[1]}]}\n"
    try folder.write(String(repeating: wrong + Self.line + "\n", count: 25) + "[]\n", to: "g")
    let many = try folder.clipscope(["clip", "g"])
    let lines = many.output.split(separator: "\n")
    #expect(many.status == 2 && lines.count { $0.contains("total_norm") } == 25, "\(many)")
    #expect(lines.count { $0.contains("w has 1 values, but its shape is [3]") } == 11)
    #expect(lines.last == "{\"error\":\"15 more lines like that: w has 1 values, but its shape is [3]\"}")
    #expect(lines.contains { $0.hasPrefix("{\"error\":\"line 51: ") }, "another kind is told by itself")
    // Whoever asks line by line has an answer to each; who sends nothing but such lines sees the end.
    let pipe = try folder.clipscope(["clip"], input: String(repeating: wrong + Self.line + "\n", count: 25))
    #expect(pipe.output.split(separator: "\n").count == 50)
    let garbage = try folder.clipscope(["clip"], input: String(repeating: wrong, count: 25) + Self.line)
    #expect(garbage.status == 2 && garbage.output.split(separator: "\n").count == 10, "\(garbage)")
    #expect(garbage.error.contains("has 10 lines in a row that cannot be used: the rest is not read"))
    let pretty = "{\n  \"gradients\": [\n  ]\n}\n"
    try folder.write(pretty, to: "p")
    for outcome in [try folder.clipscope(["clip", "p"]), try folder.clipscope(["clip"], input: pretty)] {
      #expect(outcome.status == 2 && outcome.output.isEmpty, "\(outcome)")
      #expect(outcome.error.contains("is JSON over many lines, and one object a line is expected"), "\(outcome)")
      #expect(outcome.error.split(separator: "\n").count == 1)
    }
    try folder.write("{\"gradients\":[", to: "p")
    #expect(try folder.clipscope(["clip", "p"]).output.contains("line 1: this is not JSON"))
  }

  @Test("A file that is larger than the memory it may take is read, and one that became shorter is told")
  func large() throws {
    guard !Sanitizer.isOn else { return }
    let folder = try Folder()
    // Half a gigabyte of zeros that no disk has to hold.
    let count = 1 << 27
    let header = "{\"w\":{\"dtype\":\"F32\",\"shape\":[\(count)],\"data_offsets\":[0,\(4 * count)]}}"
    try Self.write(
      withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { Array($0) } + Array(header.utf8), to: "t",
      in: folder)
    #expect(truncate(folder.path + "/t", off_t(8 + header.utf8.count + 4 * count)) == 0)
    let measure =
      "import resource, subprocess, sys; status = subprocess.call(sys.argv[1:], stdout=subprocess.DEVNULL);"
      + " print(status, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    let outcome = try Folder.shell("python3 -c '\(measure)' '\(BuiltProgram.clipscope)' clip t --summary", in: folder)
    let words = outcome.output.split(separator: " ").compactMap { Int($0.filter(\.isNumber)) }
    #expect(words.count == 2 && words[0] == 0 && words[1] < 100_000, "\(outcome)")
    #expect(truncate(folder.path + "/t", 1 << 20) == 0)
    #expect(try folder.clipscope(["clip", "t"]).error.contains("the file is cut off"))
  }
}

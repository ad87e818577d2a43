import Foundation

/// What a run of a program left behind.
struct Outcome {
  let status: Int32
  let output: String
  let error: String
}

/// A folder of a test's own, which is gone with it.
final class Folder {
  let path: String

  init() throws {
    path = FileManager.default.temporaryDirectory.appendingPathComponent("clipscope-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// Writes a file, with the folders that it stands in.
  func write(_ text: String, to name: String) throws { try write(Array(text.utf8), to: name) }

  /// Writes a file of bytes.
  func write(_ bytes: [UInt8], to name: String) throws {
    let file = URL(fileURLWithPath: path).appendingPathComponent(name)
    try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(bytes).write(to: file)
  }

  /// The text of a file, `nil` if there is none.
  func read(_ name: String) -> String? {
    FileManager.default.contents(atPath: path + "/" + name).map { String(decoding: $0, as: UTF8.self) }
  }

  /// The names of all files.
  var names: [String] {
    ((try? FileManager.default.subpathsOfDirectory(atPath: path)) ?? []).sorted()
  }

  /// Runs the program here, with pipes for its three streams, to its end.
  func clipscope(
    _ arguments: [String], input: String = "", environment: [String: String] = [:], in place: String? = nil
  ) throws -> Outcome {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: BuiltProgram.clipscope)
    process.arguments = arguments
    process.currentDirectoryURL = URL(fileURLWithPath: place ?? path)
    let variables = ["PATH": "/usr/bin:/bin", "TERM": "xterm-256color", "LC_ALL": "C.UTF-8"]
    process.environment = variables.merging(Sanitizer.environment) { $1 }.merging(environment) { $1 }
    // Files take what is printed: a pipe that nobody empties would stop the program.
    let names = ["out", "err", "in"].map { "\(path).\($0)" }
    for name in names { _ = FileManager.default.createFile(atPath: name, contents: Data()) }
    defer { names.forEach { try? FileManager.default.removeItem(atPath: $0) } }
    try Data(input.utf8).write(to: URL(fileURLWithPath: names[2]))
    process.standardOutput = FileHandle(forWritingAtPath: names[0])
    process.standardError = FileHandle(forWritingAtPath: names[1])
    process.standardInput = FileHandle(forReadingAtPath: names[2])
    try process.run()
    process.waitUntilExit()
    let texts = names.prefix(2).map {
      String(decoding: FileManager.default.contents(atPath: $0) ?? Data(), as: UTF8.self)
    }
    let status = process.terminationReason == .exit ? process.terminationStatus : 128 + process.terminationStatus
    return Outcome(status: status, output: texts[0], error: texts[1])
  }
}

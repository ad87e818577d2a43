import Formats
import Language

/// The answers of `clipscope clip`: to each line, or to a file of tensors.
struct ClipAnswers {
  let options: RuleOptions
  /// How wide a table may be; `nil` for any width.
  let width: Int?
  /// Whether a table is answered, and not the values.
  let isTable: Bool
  /// Whether anything could not be read or answered.
  private(set) var isWrong = false
  private var clipper = DumpClipper()
  // How many errors there were of each kind, and of each that were not said one by one.
  private var errors: [Int: (count: Int, message: String)] = [:]
  // How many lines could not be read since the last that could.
  private var unread = 0

  init(options: RuleOptions, width: Int?, isTable: Bool) {
    (self.options, self.width, self.isTable) = (options, width, isTable)
  }

  private static let limit = 2 << 30
  // What is wrong with a whole file is told by its first ten lines.
  private static let mostErrors = 10

  /// Answers a file.
  mutating func answer(file path: String) throws {
    if try ShardedDump.isIndex(path) || path.hasSuffix(".json") && FileBytes(path).start(4096).isIndex {
      let index = try DiskFiles().bytes(of: path, relativeTo: "", limit: DiskFiles.limit)
      let folder = PathText.folder(of: path)
      return try answerTensors(path) { options throws(DumpError) in
        try ShardedDump.read(index, options: options) { name throws(DumpError) in
          do throws(FileError) { return try FileBytes(PathText.join(folder, name)) } catch {
            throw DumpError("\(VisibleText.of(error.path)) \(error.reason)")
          }
        }
      }
    }
    let bytes = try FileBytes(path)
    let start = try bytes.start(4096)
    // Some lengths of a header begin as a pickle does.
    if !Safetensors.looksLike(start), let kind = FileKind.of(start, for: .gradients) {
      throw FileError(path: path, reason: kind.refusal(.gradients))
    }
    if Safetensors.looksLike(start) || path.hasSuffix(".safetensors") {
      return try answerTensors(path) { options throws(DumpError) in try Safetensors.read(bytes, options: options) }
    }
    let lines = try DiskFiles().bytes(of: path, relativeTo: "", limit: Self.limit)
    let refusal = FileError(path: path, reason: "is neither a safetensors file nor JSON lines in UTF-8")
    try answerLines(InputLines(lines, orElse: refusal), path, isWhole: true)
  }

  /// Answers standard input: line by line, so that whoever asks has an answer before the next question.
  mutating func answerInput() throws {
    var lines = InputLines(longest: DiskFiles.limit)
    let (start, name) = (try lines.start(atLeast: 9), "standard input")
    guard Safetensors.looksLike(start) else {
      if let kind = FileKind.of(start, for: .gradients) {
        throw FileError(path: name, reason: kind.refusal(.gradients))
      }
      return try answerLines(lines, name, isWhole: false)
    }
    let bytes = MemoryBytes(try lines.rest(limit: Self.limit))
    try answerTensors(name) { options throws(DumpError) in try Safetensors.read(bytes, options: options) }
  }

  private mutating func answerTensors(
    _ path: String, _ read: (RuleOptions) throws(DumpError) -> GradientDump
  ) throws {
    do {
      try answer(try read(options))
    } catch let error as DumpError {
      throw FileError(path: path, reason: "cannot be used: \(error.message)")
    }
  }

  private mutating func answer(_ dump: GradientDump) throws {
    let clipped = try clipper.clip(dump, takesCensus: isTable)
    if isTable {
      clipped.table(width: width).forEach { print($0) }
    } else {
      try clipped.writeJSON(StandardOutput.write)
      print()
    }
  }

  private mutating func answerLines(_ lines: consuming InputLines, _ path: String, isWhole: Bool) throws {
    var answered = 0
    while let line = try lines.next() {
      if line.allSatisfy(\.isWhitespace) { continue }
      do {
        // Some editors put a byte order mark in front.
        let isMarked = answered == 0 && line.unicodeScalars.first == "\u{FEFF}"
        let text = isMarked ? String(line.unicodeScalars.dropFirst()) : line
        let dump = try GradientDump(json: text, defaults: options)
        unread = 0
        if isTable, answered > 0 { print() }
        try answer(dump)
      } catch let error as DumpError {
        // A line that ends within a value, and is not the last: the value goes on in the next.
        // Whoever sends it alone waits for an answer.
        if answered == 0, error.isCutOff, isWhole || lines.hasMore, try lines.next() != nil {
          throw FileError(
            path: path,
            reason:
              "is JSON over many lines, and one object a line is expected: write it without indentation, or try jq -c ."
          )
        }
        tell(error, line: lines.number, isWhole: isWhole)
        unread += 1
        // Whoever sends such lines does not mean us, and should see the end rather than wait.
        if !isWhole, unread == Self.mostErrors {
          throw FileError(path: path, reason: "has \(unread) lines in a row that cannot be used: the rest is not read")
        }
      }
      answered += 1
      try StandardOutput.flush()
    }
    // Whoever reads a file of errors wants to know how many there are, not each.
    for error in errors.values.sorted(by: { $0.message < $1.message }) where error.count > Self.mostErrors && isWhole {
      say("\(error.count - Self.mostErrors) more lines like that: \(error.message)")
    }
  }

  private mutating func tell(_ error: DumpError, line: Int, isWhole: Bool) {
    isWrong = true
    let count = (errors[error.kind]?.count ?? 0) + 1
    errors[error.kind] = (count, errors[error.kind]?.message ?? error.message)
    // Whoever asks line by line waits for an answer to each.
    if count <= Self.mostErrors || !isWhole { say("line \(line): \(error.message)") }
  }

  private func say(_ message: String) {
    if isTable { StandardError.write(message) } else { print(DumpClipper.error(message)) }
  }
}

extension [UInt8] {
  // Whatever it is called, an index has this word, mostly at its beginning.
  fileprivate var isIndex: Bool { String(decoding: self, as: UTF8.self).contains("\"weight_map\"") }
}

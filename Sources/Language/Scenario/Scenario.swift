/// A file of commands: example, lesson, regression test and bug report at once.
public struct Scenario: Sendable {
  /// One command, and the line of the file it stands in.
  public struct Step: Sendable {
    /// The line, from 1.
    public let line: Int
    /// The line as it stands in the file.
    public let text: String
    /// The command.
    public let parsed: ParsedCommand

    /// A command of a line.
    package init(line: Int, text: String, parsed: ParsedCommand) {
      (self.line, self.text, self.parsed) = (line, text, parsed)
    }
  }

  /// The largest scenario, in bytes: far more commands than anybody writes.
  public static let mostBytes = 1 << 20

  /// The path of the file, as the user wrote it.
  public let path: String
  /// The commands in order.
  public let steps: [Step]

  /// The file's name without its ending.
  public var name: String {
    let file = String(path.split(separator: "/").last ?? "")
    return file.hasSuffix(".scenario") ? String(file.dropLast(9)) : file
  }

  /// The folder that the scenario's own paths are relative to.
  public var folder: String { PathText.folder(of: path) }

  /// Whether it may go back in time, take something back or have a twin, also by a key that it waits for: one that does not needs
  /// no memory for that.
  public var goesBack: Bool {
    steps.contains { step in
      switch step.parsed.command {
      case .travel, .twin, .words(.pause(.some)): true
      default: false
      }
    }
  }

  /// Reads a scenario.
  /// - Throws: `ScenarioError` with all that is wrong with the text.
  public init(utf8 bytes: [UInt8], path: String) throws(ScenarioError) {
    self = try ScenarioDraft(utf8: bytes, path: path).scenario([:])
  }

  init(path: String, steps: [Step]) {
    self.path = path
    self.steps = steps
  }
}

/// A scenario as it stands in its file, with what cannot be understood still in it.
struct ScenarioDraft {
  /// A command, understood or not, with its line.
  struct Entry {
    let line: Int
    let text: String
    let piece: Parser.Piece
  }

  let path: String
  private(set) var entries: [Entry]

  // Behind so many mistakes nobody reads on.
  private static let mostMistakes = 100

  init(utf8 bytes: [UInt8], path: String) throws(ScenarioError) {
    guard bytes.count <= Scenario.mostBytes else {
      throw ScenarioError(path: path, reason: "is larger than 1 MB, so it is hardly a scenario; take a part of it")
    }
    if let kind = FileKind.of(bytes, for: .scenario) {
      throw ScenarioError(path: path, reason: kind.refusal(.scenario))
    }
    guard let content = String(validating: bytes, as: UTF8.self), !content.unicodeScalars.contains("\0") else {
      throw ScenarioError(path: path, reason: "is not a text in UTF-8, so it cannot be a scenario")
    }
    // Some editors put a byte order mark in front; it is no part of the first command.
    let text = content.unicodeScalars.first == "\u{FEFF}" ? String(content.unicodeScalars.dropFirst()) : content
    let lines = text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }
    entries = []
    var mistakes = 0
    for (index, line) in lines.enumerated() where mistakes < Self.mostMistakes {
      // One text for all commands of a line: a copy for each would be as many times as large.
      let text = String(line)
      let pieces = Parser.pieces(of: text)
      mistakes += pieces.count { $0.isMistake }
      entries += pieces.map { Entry(line: index + 1, text: text, piece: $0) }
    }
    guard !entries.isEmpty else {
      throw ScenarioError(path: path, reason: "has no commands; a scenario is one command a line (see help)")
    }
    self.path = path
  }

  /// Replaces all commands of the kind of `replacement`: where the first of them stood, or in front of everything if
  /// there was none.
  mutating func replace(with replacement: ParsedCommand, text: String) {
    let piece = Parser.Piece.command(replacement)
    let first = entries.firstIndex { $0.piece.name == piece.name } ?? 0
    let line = entries.isEmpty ? 1 : entries[first].line
    entries =
      entries[..<first] + [Entry(line: line, text: text, piece: piece)]
      + entries[first...].filter { $0.piece.name != piece.name }
  }

  /// The scenario, if nothing is wrong with it.
  /// - Parameter found: what is wrong beside the words, by the index of the entry; to be told with them in the order of
  ///   the lines.
  func scenario(_ found: [Int: CommandError]) throws(ScenarioError) -> Scenario {
    var steps: [Scenario.Step] = []
    var errors: [ScenarioError.Entry] = []
    for (index, entry) in entries.enumerated() {
      switch entry.piece {
      case .mistake(let error, _): errors.append(ScenarioError.Entry(line: entry.line, text: entry.text, error: error))
      case .command(let parsed):
        steps.append(Scenario.Step(line: entry.line, text: entry.text, parsed: parsed))
        if let error = found[index] {
          errors.append(ScenarioError.Entry(line: entry.line, text: entry.text, error: error))
        }
      }
    }
    guard errors.isEmpty else { throw ScenarioError(path: path, entries: errors) }
    return Scenario(path: path, steps: steps)
  }
}

/// All that is wrong with a scenario.
public struct ScenarioError: Error, Sendable {
  /// One mistake.
  public struct Entry: Sendable {
    /// The line, from 1.
    public let line: Int
    /// The line as it stands in the file.
    public let text: String
    /// What is wrong there.
    public let error: CommandError
  }

  /// The path of the file.
  public let path: String
  /// What is wrong with the file as a whole, empty if it is single lines.
  public let reason: String
  /// The mistakes, in the order of the lines.
  public let entries: [Entry]

  init(path: String, reason: String) {
    (self.path, self.reason, self.entries) = (path, reason, [])
  }

  init(path: String, entries: [Entry]) {
    (self.path, self.reason, self.entries) = (path, "", entries)
  }

  // More of them help nobody.
  private static let mostShown = 10

  /// The report: for each mistake its line and column, what it is, and the line with a caret below.
  public var report: [String] {
    if entries.isEmpty { return ["\(VisibleText.of(path)): \(reason)"] }
    let shown = entries.prefix(Self.mostShown).flatMap { entry in
      let head = "\(VisibleText.of(path)):\(entry.line):\(entry.error.column): \(entry.error.message)"
      return [head] + entry.error.caret(under: entry.text)
    }
    let rest = entries.count > Self.mostShown ? ", of which these are the first" : ""
    let count = entries.count >= 100 ? "100 errors or more" : "\(entries.count) errors"
    return shown + [entries.count == 1 ? "1 error" : count + rest]
  }
}

extension CommandError {
  private static let reach = 60

  /// The line and a caret below the column; of a very long line only what is around it.
  public func caret(under line: String) -> [String] {
    let characters = Array(line)
    let start = max(0, column - 1 - Self.reach)
    let end = min(characters.count, column - 1 + max(Self.reach, length))
    let shown = start < end ? String(characters[start..<min(end, start + 3 * Self.reach)]) : ""
    let visible = VisibleText.of(shown)
    let marks = "^" + String(repeating: "~", count: max(0, min(length, Self.reach) - 1))
    return ["    " + visible, "    " + String(repeating: " ", count: max(0, column - 1 - start)) + marks]
  }
}

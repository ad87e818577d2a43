import Foundation
import Testing

/// All tests of the program as it is started. One at a time: some of them measure how fast it answers.
@Suite(.serialized)
enum EndToEnd {}

/// A folder of a test's own, gone with the test.
final class TemporaryFolder {
  let path: String

  init() throws {
    path = FileManager.default.temporaryDirectory.appendingPathComponent("clipscope-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// Writes a file and returns its path.
  func write(_ content: String, to name: String) throws -> String {
    let file = path + "/" + name
    try content.write(toFile: file, atomically: true, encoding: .utf8)
    return file
  }

  /// What is in a file, `nil` if there is none.
  func content(of name: String) -> String? { try? String(contentsOfFile: path + "/" + name, encoding: .utf8) }

  /// The names of the files in it.
  var files: [String] { ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted() }
}

/// Somebody who looks at the program in tmux and presses keys.
///
///     let viewer = try Viewer("task sum")
///     try viewer.press("n")
///     try viewer.waitFor("step 1") { $0.header.contains("step 1 ") }
final class Viewer {
  /// The scenario is in it, under this name.
  static let scenario = "small.scenario"

  let folder = try! TemporaryFolder()
  let tmux: Tmux

  /// Opens the program on a scenario and waits for the first frame.
  init(_ scenario: String, options: [String] = [], columns: Int = 80, rows: Int = 24) throws {
    let file = try folder.write(scenario + "\n", to: Self.scenario)
    // A shell tells the status: tmux itself loses it now and then.
    let script = "trap : INT; \"$@\"; echo ended with $?.; read end"
    let command = ["/bin/sh", "-c", script, "sh", BuiltProgram.clipscope, file] + options
    tmux = try Tmux(command, columns: columns, rows: rows)
    try waitFor("the first frame") { $0.text.contains { !$0.isWhitespace } }
  }

  /// Presses keys, under tmux's names.
  func press(_ keys: String...) throws { try keys.forEach { try tmux.send($0) } }

  /// Types a line at the prompt.
  func type(_ line: String) throws {
    try press(":")
    try waitFor("the prompt") { $0.footer.hasPrefix(":") }
    try press(line, "Enter")
  }

  /// What is on the screen now.
  var screen: Frame { get throws { Frame(text: try tmux.screen) } }

  /// Waits until the screen shows something, and returns it.
  @discardableResult
  func waitFor(_ what: String, within seconds: Double = 10, _ condition: (Frame) throws -> Bool) throws -> Frame {
    Frame(text: try tmux.waitForScreen(what, within: seconds) { try condition(Frame(text: $0)) })
  }

  /// Waits until the program has ended, and returns its status.
  func status() throws -> Int? {
    let last = try waitFor("the end of the program") { $0.contains("ended with ") }
    let text = last.text.components(separatedBy: "ended with ").last ?? ""
    return Int(text.prefix { $0.isNumber })
  }
}

/// A screen as the viewer reads it.
struct Frame {
  let text: String
  let lines: [Substring]

  init(text: String) {
    self.text = text
    lines = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
  }

  /// The first line: what is trained, and how it stands.
  var header: Substring { lines.first ?? "" }
  /// The last line: the keys, the prompt or a question.
  var footer: Substring { lines.last ?? "" }
  /// The line above it: the phases, or what Tab has found, or what is wrong with the line.
  var phases: Substring { lines.count > 1 ? lines[lines.count - 2] : "" }

  func contains(_ text: String) -> Bool { self.text.contains(text) }

  /// The log, without the blanks at the ends of its lines.
  var log: [String] {
    guard let title = lines.firstIndex(where: { $0.hasPrefix("── log ─") }) else { return [] }
    return lines[(title + 1)...].dropLast(2).map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
  }

  /// The parameter under the cursor.
  var chosen: String? {
    lines.lazy.compactMap { $0.split(separator: "▸", maxSplits: 1).dropFirst().first }
      .first { $0.hasPrefix("fc") }?.split(separator: " ").first.map(String.init)
  }

  /// A number beside the plot of the total norm, such as `rule`.
  func readout(_ name: String) -> String? {
    lines.dropFirst().lazy.compactMap { line -> String? in
      let words = line.split(separator: " ")
      guard let place = words.firstIndex(where: { $0 == name }), place + 1 < words.count else { return nil }
      let value = words[(place + 1)...].prefix { $0 != "│" }.joined(separator: " ")
      return value.trimmingCharacters(in: ["│"])
    }.first
  }

  /// The step.
  var step: Int? {
    let words = header.split(separator: " ")
    return words.lastIndex(of: "step").flatMap { $0 + 1 < words.count ? Int(words[$0 + 1]) : nil }
  }

  /// The first digits of the digest.
  var digest: String { header.split(separator: " ").last.map(String.init) ?? "" }
}

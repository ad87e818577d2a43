import Formats
import Language
import Screen

/// Writes down what the terminal gets, as asciicast version 2 (docs.asciinema.org/manual/asciicast/v2): a line of JSON for
/// each frame, which `asciinema play` shows again. The last frame stays: giving the terminal back is not part of it.
final class CastRecorder {
  private let file: OutputFile
  private var start: Int?
  private var problem: FileError?

  /// A recording in a new file, which can be read while it grows.
  init(_ path: String) throws(FileError) { file = try OutputFile(creating: path) }

  /// The terminal is taken over, with this size.
  func begin(_ size: GridSize) {
    guard start == nil else { return }
    start = TerminalSystem.milliseconds
    let environment = JSON.object([("TERM", .string(TerminalSystem.environment("TERM")))])
    write(
      .object([
        ("version", .number(2)), ("width", .number(size.columns)), ("height", .number(size.rows)), ("env", environment),
      ]))
  }

  /// The terminal gets these bytes, whole characters of them.
  func output(_ bytes: [UInt8]) { event("o", String(decoding: bytes, as: UTF8.self)) }

  /// The terminal has a new size.
  func resize(_ size: GridSize) { event("r", "\(size.columns)x\(size.rows)") }

  /// The file is whole.
  func finish() throws(FileError) {
    if let problem { throw problem }
    try file.finish()
  }

  private func event(_ kind: String, _ data: String) {
    guard let start else { return }
    let seconds = Double(TerminalSystem.milliseconds - start) / 1000
    write(.array([.number(seconds), .string(kind), .string(data)]))
  }

  // What cannot be written is told at the end: the screen goes on.
  private func write(_ line: JSON) {
    guard problem == nil else { return }
    do throws(FileError) { try file.write(line: line.text) } catch { problem = error }
  }
}

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

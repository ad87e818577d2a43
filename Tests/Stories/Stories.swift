import Language
import Session

/// Files that are only text: no disk is asked.
package struct MemoryFiles: FileSource {
  private let files: [String: String]

  /// Files by their paths.
  package init(files: [String: String] = [:]) { self.files = files }

  package func bytes(of path: String, relativeTo folder: String) throws(FileError) -> [UInt8] {
    let location = PathText.join(folder, path)
    guard let text = files[location] else { throw FileError(path: path, reason: "does not exist") }
    return Array(text.utf8)
  }
}

extension Scenario {
  /// A scenario from the lines of a test.
  package init(_ text: String, path: String = "test.scenario") throws {
    try self.init(utf8: Array(text.utf8), path: path)
  }
}

extension Stage {
  /// A story, told to its end; `waits` for one that stops where it waits for the viewer.
  package static func told(
    _ text: String, files: [String: String] = [:], path: String = "test.scenario", waits: Bool = false
  ) throws -> Stage {
    var stage = Stage(
      scenario: try Scenario(text, path: path), files: MemoryFiles(files: files), waitsForViewer: waits)
    stage.finish()
    return stage
  }

  /// Goes on until there is nothing left to do.
  /// - Returns: everything there was to tell.
  @discardableResult
  package mutating func finish() -> [Effect] {
    var effects: [Effect] = []
    while isBusy { effects += advance() }
    closeFailure()
    return effects
  }

  /// A line of the viewer's with all the steps it asks for.
  package mutating func enter(_ line: String) {
    _ = type(line)
    while workbench.activity != .idle || isBusy && player.state != .playing { _ = advance() }
  }

  /// Whether everything held and nothing failed.
  package var isGood: Bool { failedExpectations == 0 && !wasStopped && refusals == 0 }

  /// The digest of the experiment, `-` where there is none.
  package var digest: String { workbench.experiment?.digest.text ?? "-" }

  /// The texts of the log.
  package var words: [String] { log.entries.map(\.text) }
  /// The errors of the log.
  package var errors: [String] {
    log.entries.compactMap { if case .error(let text) = $0 { text } else { nil } }
  }
  /// The notes of the log.
  package var notes: [String] {
    log.entries.compactMap { if case .note(let text) = $0 { text } else { nil } }
  }
}

/// Shorthand of many tests: a task that trains in microseconds.
package let small = "task regression rows=32 batch=4; model simplenet hidden=8; optimizer sgd lr=0.01"

/// The same with a rate at which its norms overflow: infinite first, then NaN.
package let explodingStory = "task regression rows=32 batch=4; model simplenet hidden=8; optimizer sgd lr=30"

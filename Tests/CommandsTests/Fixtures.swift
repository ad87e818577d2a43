import Commands

/// Files that are only text: no disk is asked.
struct MemoryFiles: FileSource {
  var files: [String: String] = [:]

  func bytes(of path: String, relativeTo folder: String) throws(FileError) -> [UInt8] {
    let place = PathText.join(folder, path)
    guard let text = files[place] else { throw FileError(path: path, reason: "does not exist") }
    return Array(text.utf8)
  }
}

extension Scenario {
  /// A scenario from the lines of a test.
  init(_ text: String, path: String = "test.scenario") throws {
    try self.init(utf8: Array(text.utf8), path: path)
  }
}

extension Stage {
  /// A story, told without a screen to its end.
  static func told(
    _ text: String, files: [String: String] = [:], path: String = "test.scenario"
  ) throws -> Stage {
    var stage = Stage(
      scenario: try Scenario(text, path: path), files: MemoryFiles(files: files), waitsForViewer: false)
    stage.finish()
    return stage
  }

  /// Goes on until there is nothing left to do.
  /// - Returns: everything there was to tell.
  @discardableResult
  mutating func finish() -> [Effect] {
    var effects: [Effect] = []
    while isBusy { effects += proceed() }
    closeFailure()
    return effects
  }

  /// A line of the viewer's with all the steps it asks for.
  mutating func enter(_ line: String) {
    _ = type(line)
    while workbench.activity != .idle || isBusy && playback != .playing { _ = proceed() }
  }

  /// Whether everything held and nothing failed.
  var isGood: Bool { failedExpectations == 0 && !wasStopped && refusals == 0 }

  /// The digest of the experiment, `-` where there is none.
  var digest: String { workbench.experiment?.digest.text ?? "-" }

  /// The texts of the log.
  var words: [String] { log.entries.map(\.text) }
  /// The errors of the log.
  var errors: [String] {
    log.entries.compactMap { if case .error(let text) = $0 { text } else { nil } }
  }
  /// The notes of the log.
  var notes: [String] {
    log.entries.compactMap { if case .note(let text) = $0 { text } else { nil } }
  }
}

/// Shorthand of many tests: a task that trains in microseconds.
let small = "task regression rows=32 batch=4; model simplenet hidden=8; optimizer sgd lr=0.01"

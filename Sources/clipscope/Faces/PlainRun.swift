import Formats
import Foundation
import Language
import Session
import Training

/// A stage without a screen: its log on standard output, its errors on standard error, its files on the disk.
struct PlainRun {
  /// How much is printed.
  enum Shows {
    /// The log, and at the end how it came out.
    case all
    /// What went wrong.
    case errors
    /// The log, and beside it what happens, in sentences.
    case sentences(Narrator)
  }

  private(set) var stage: Stage
  private var shows: Shows
  // The line of the input that is being done, where its errors should name it.
  private var inputLine: Int?
  private var printed = 0
  private var files: FileEffects
  private var heldExpectations = 0

  /// - Parameter trace: the file that gets the trace, `-` for standard output; it appears when all is done.
  init(stage: Stage, shows: Shows, trace: String? = nil) throws(FileError) {
    (self.stage, self.shows) = (stage, shows)
    var sink: (any LineSink)?
    if let trace { sink = trace == "-" ? StandardOutput() : try NewFile(trace, replaces: true) }
    files = FileEffects(hasScreen: false, trace: sink)
  }

  /// Puts the files in place. A scenario that only sets up still has an experiment, which begins now.
  mutating func finish() throws(FileError) {
    try perform(stage.begin())
    if let problem = files.finish() { throw problem }
  }

  /// Plays the scenario to its end.
  mutating func play() throws(FileError) {
    while stage.isBusy { try advance() }
    stage.closeFailure()
  }

  /// Makes the next step, or gives the scenario's next command.
  mutating func advance() throws(FileError) {
    try perform(stage.advance())
    printLog()
  }

  /// Does a line of the viewer's; the steps it asks for are left to `advance`.
  mutating func begin(_ line: String) throws(FileError) {
    try perform(stage.type(line))
    printLog()
  }

  /// Does what a key types, likewise.
  mutating func begin(_ key: Key, count: Int?) throws(FileError) {
    try perform(stage.type(key, count: count))
    printLog()
  }

  /// Does a line of the viewer's, with all the steps it asks for.
  /// - Parameter number: the line's number, where errors are to name it.
  mutating func type(_ line: String, number: Int?) throws(FileError) {
    inputLine = number
    defer { inputLine = nil }
    try begin(line)
    while stage.isBusy { try perform(stage.advance()) }
    printLog()
  }

  /// Tells a waiting scenario that a key was pressed.
  /// - Returns: whether the scenario took the key for itself.
  mutating func press(_ key: Key) -> Bool {
    defer { printLog() }
    return stage.press(key)
  }

  /// No more lines come.
  mutating func endOfInput() {
    stage.closeFailure()
    printLog()
  }

  private mutating func perform(_ effects: [Effect]) throws(FileError) {
    for effect in effects {
      narrate(effect)
      try files.perform(effect, on: &stage)
      switch effect {
      case .view(.help(let topic)): help(topic)
      case .view(.lessons): listLessons()
      case .expected(_, let holds, _): heldExpectations += holds ? 1 : 0
      default: break
      }
    }
  }

  // Keys are lines here, too: who can type them wants to read of them.
  private func help(_ topic: String?) {
    let keys = isHeard ? HelpText.keys(stage.bindings) + [""] : []
    (topic.map(HelpText.topic) ?? keys + HelpText.commands).forEach { print($0) }
  }

  private func listLessons() {
    if stage.lessons.isEmpty { print("there are no lessons here") }
    for lesson in stage.lessons { print("\(VisibleText.of(lesson.name)): \(VisibleText.of(lesson.title))") }
  }

  private mutating func printLog() {
    for entry in stage.log.entries(from: printed) {
      if case .error(let text) = entry {
        StandardError.write((inputLine.map { "line \($0): " } ?? "") + text)
      } else if !isQuiet, let line = PlainText.line(entry, isHeard: isHeard) {
        print(line)
      }
    }
    fflush(nil)
    printed = stage.log.count
  }

  private var isHeard: Bool { if case .sentences = shows { true } else { false } }
  private var isQuiet: Bool { if case .errors = shows { true } else { false } }

  // In the order in which things happened: first what the log has of them already.
  private mutating func narrate(_ effect: Effect) {
    guard case .sentences(var narrator) = shows else { return }
    let sentences = narrator.sentences(effect, stage.workbench)
    shows = .sentences(narrator)
    guard !sentences.isEmpty else { return }
    printLog()
    sentences.forEach { print($0) }
  }

  /// Says how it ended, and throws what the exit status should be.
  mutating func conclude(name: String) throws {
    printLog()
    if !isQuiet {
      let digest = stage.workbench.experiment.map { " · digest \($0.digest.text)" } ?? ""
      let failed = stage.failedExpectations > 0 ? ", \(stage.failedExpectations) did not" : ""
      let expected = "\(heldExpectations) expectation\(heldExpectations == 1 ? "" : "s") held\(failed)"
      let end = stage.wasStopped ? " · stopped by an error" : ""
      print("\(VisibleText.of(name)): \(expected)\(end) · step \(stage.workbench.position.step)\(digest)")
    }
    // What went wrong was said where it did.
    guard stage.failedExpectations == 0, !stage.wasStopped else { throw Failure.run([]) }
    if stage.refusals > 0 { throw Failure.usage([]) }
  }
}

/// The log as plain lines.
enum PlainText {
  /// The line of an entry; commands are not repeated to whoever wrote them.
  /// - Parameter isHeard: whether a mark in front would be read aloud.
  static func line(_ entry: Log.Entry, isHeard: Bool) -> String? {
    switch entry {
    case .command: nil
    case .output(let text), .note(let text), .error(let text): text
    case .said(let text): isHeard ? text : "» " + text
    case .held(let text): text
    }
  }
}

import CProcess
import Formats
import Foundation
import Language
import Numerics
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

  /// - Parameters:
  ///   - output: where and how much scenarios may write.
  ///   - trace: the file that gets the trace, `-` for standard output.
  init(stage: Stage, shows: Shows, output: OutputArguments, trace: String? = nil) throws(FileError) {
    (self.stage, self.shows) = (stage, shows)
    let place = try output.place()
    var sink: (any LineSink)?
    if let trace { sink = trace == "-" ? StandardOutput() : try OutputFile(replacing: trace) }
    files = FileEffects(hasScreen: false, place: place, trace: sink)
    // A signal ends it between two steps, so that traces are whole up to the last.
    watch_ending_signals()
  }

  /// Whether a signal has asked to end: no more steps are made.
  var isInterrupted: Bool { ending_signal() != 0 }

  /// Finishes the files. A scenario that only sets up still has an experiment, which begins now.
  mutating func finish() throws(FileError) {
    var problem: FileError?
    do throws(FileError) { if !isInterrupted { try perform(stage.begin()) } } catch { problem = error }
    if let error = problem ?? files.finish() { throw error }
  }

  /// What was written so far can be read by others; whoever waits for more sees it.
  mutating func flush() throws(FileError) {
    try files.flush(on: &stage)
    try StandardOutput.flush()
  }

  /// Does something that may take long: it says so where somebody looks at standard error, and a signal stops it.
  static func patiently<Result>(_ body: () throws -> Result) rethrows -> Result {
    let told = Monitor((began: ContinuousClock.now, share: 0.0))
    let isSeen = TerminalSystem.isTerminal(2)
    let effort = Effort { share in
      told.withLock { told in
        let now = ContinuousClock.now
        if share >= 1 || share < told.share { told = (now, 0) }
        guard isSeen, now - told.began > .seconds(1), share - told.share > 0.1 else { return }
        told.share = share
        StandardError.write("working: \(Int(share * 100)) % is done")
      }
      return ending_signal() == 0
    }
    return try Effort.$current.withValue(effort, operation: body)
  }

  /// Plays the scenario to its end.
  mutating func play() throws(FileError) {
    while stage.isBusy, !isInterrupted { try advance() }
    stage.closeFailure()
  }

  /// Makes the next step, or gives the scenario's next command.
  mutating func advance() throws(FileError) {
    try perform(stage.advance())
    try printLog()
  }

  /// Does a line of the viewer's; the steps it asks for are left to `advance`.
  mutating func begin(_ line: String) throws(FileError) {
    try perform(stage.type(line))
    try printLog()
  }

  /// Does what a key types, likewise.
  mutating func begin(_ key: Key, count: Int?) throws(FileError) {
    try perform(stage.type(key, count: count))
    try printLog()
  }

  /// Does a line of the viewer's, with all the steps it asks for.
  /// - Parameter number: the line's number, where errors are to name it.
  mutating func type(_ line: String, number: Int?) throws(FileError) {
    inputLine = number
    defer { inputLine = nil }
    try begin(line)
    while stage.isBusy, !isInterrupted { try perform(stage.advance()) }
    try printLog()
  }

  /// Tells a waiting scenario that a key was pressed.
  /// - Returns: whether the scenario took the key for itself.
  mutating func press(_ key: Key) throws(FileError) -> Bool {
    let isTaken = stage.press(key)
    try printLog()
    return isTaken
  }

  /// No more lines come.
  mutating func endOfInput() throws(FileError) {
    stage.closeFailure()
    try printLog()
  }

  private mutating func perform(_ effects: [Effect]) throws(FileError) {
    for effect in effects {
      try narrate(effect)
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

  // Where nobody reads it any more, no more steps are made.
  private mutating func printLog() throws(FileError) {
    for entry in stage.log.entries(from: printed) {
      if case .error(let text) = entry {
        StandardError.write((inputLine.map { "line \($0): " } ?? "") + text)
      } else if !isQuiet, let line = PlainText.line(entry, isHeard: isHeard) {
        print(line)
      }
    }
    printed = stage.log.count
    try StandardOutput.flush()
  }

  private var isHeard: Bool { if case .sentences = shows { true } else { false } }
  private var isQuiet: Bool { if case .errors = shows { true } else { false } }

  // In the order in which things happened: first what the log has of them already.
  private mutating func narrate(_ effect: Effect) throws(FileError) {
    guard case .sentences(var narrator) = shows else { return }
    let sentences = narrator.sentences(effect, stage.workbench)
    shows = .sentences(narrator)
    guard !sentences.isEmpty else { return }
    try printLog()
    sentences.forEach { print($0) }
  }

  /// Says how it ended, and throws what the exit status should be.
  mutating func conclude(name: String) throws {
    try printLog()
    if isInterrupted { return }
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
    case .repeated(let text): isHeard ? "As before: \(text)." : "as before: \(text)"
    case .travelled(_, let text): isHeard ? text.prefix(1).uppercased() + text.dropFirst() + "." : text
    case .output(let text), .note(let text), .error(let text): text
    case .said(let text): isHeard ? text : "» " + text
    case .held(let text): text
    }
  }
}

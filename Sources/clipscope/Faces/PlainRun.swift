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
  private(set) var bindings = KeyBindings()
  // The line of the input that is being done, where its errors should name it.
  private var inputLine: Int?
  private var printed = 0
  private var traces: [any LineSink] = []
  private var heldExpectations = 0

  init(stage: Stage, shows: Shows) {
    self.stage = stage
    self.shows = shows
  }

  /// Runs `body` with a trace into the file of this name, which appears when all is done.
  mutating func withTrace(
    _ path: String?, _ body: (inout PlainRun) throws(FileError) -> Void
  ) throws {
    do throws(FileError) {
      if let path { traces.append(path == "-" ? StandardOutput() : try NewFile(path, replaces: true)) }
      try body(&self)
      // A scenario that only sets up still has an experiment, which begins now.
      try take(stage.settle())
      for trace in traces { try trace.finish() }
    } catch {
      throw Failure.usage(["clipscope: \(CommandError.Problem.file(error).message)"])
    }
  }

  /// Plays the scenario to its end.
  mutating func proceed() throws(FileError) {
    while stage.isBusy {
      try take(stage.proceed())
      printLog()
    }
    stage.closeFailure()
  }

  /// Makes the next step, or gives the scenario's next command.
  mutating func proceedOnce() throws(FileError) {
    try take(stage.proceed())
    printLog()
  }

  /// Does a line of the viewer's; the steps it asks for are left to `proceed`.
  mutating func begin(_ line: String) throws(FileError) {
    try take(stage.type(line))
    printLog()
  }

  /// Does a line of the viewer's, with all the steps it asks for.
  /// - Parameter number: the line's number, where errors are to name it.
  mutating func type(_ line: String, number: Int?) throws(FileError) {
    inputLine = number
    defer { inputLine = nil }
    try begin(line)
    while stage.isBusy { try take(stage.proceed()) }
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

  private mutating func take(_ effects: [Effect]) throws(FileError) {
    for effect in effects {
      narrate(effect)
      switch effect {
      case .began:
        guard let experiment = stage.workbench.experiment else { continue }
        for trace in traces { try trace.write(line: TraceText.header(experiment)) }
      case .stepped(let record):
        guard !traces.isEmpty, let experiment = stage.workbench.experiment else { continue }
        let line = TraceText.line(record, experiment)
        for trace in traces { try trace.write(line: line) }
      case .save(let path, let contents): save(path, contents)
      case .trace(let path): beginTrace(path)
      case .help(let topic): help(topic)
      case .expected(_, let holds, _): heldExpectations += holds ? 1 : 0
      case .bind(let key, let line, let otherwise): bindings.bind(key, to: line, otherwise: otherwise)
      default: break
      }
    }
  }

  // Keys are lines here, too: who can type them wants to read of them.
  private func help(_ topic: String?) {
    let keys = isHeard ? HelpText.keys(bindings) + [""] : []
    (topic.map(HelpText.command) ?? keys + HelpText.commands).forEach { print($0) }
  }

  // A file that a scenario asks for stays below the current folder; what exists is never written over.
  private mutating func guarded(_ path: String, _ body: () throws(FileError) -> Void) {
    do throws(FileError) {
      guard PathText.isBelowHere(path) else {
        throw FileError(
          path: path, reason: "is not below the current folder; without a screen nothing is written elsewhere")
      }
      try body()
    } catch {
      stage.fileFailed(error)
    }
  }

  private mutating func save(_ path: String, _ contents: String) {
    guarded(path) { () throws(FileError) in
      let file = try NewFile(path, replaces: false)
      try file.write(line: contents.hasSuffix("\n") ? String(contents.dropLast()) : contents)
      try file.finish()
    }
  }

  private mutating func beginTrace(_ path: String) {
    var begun: NewFile?
    guarded(path) { () throws(FileError) in begun = try NewFile(path, replaces: false) }
    guard let begun else { return }
    if let experiment = stage.workbench.experiment { try? begun.write(line: TraceText.header(experiment)) }
    traces.append(begun)
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
      print("\(VisibleText.of(name)): \(expected)\(end) · step \(stage.workbench.experiment?.step ?? 0)\(digest)")
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

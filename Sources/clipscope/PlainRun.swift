import Commands
import Training

/// A stage without a screen: its log on standard output, its errors on standard error, its files on the disk.
struct PlainRun {
  /// How much of the log is printed.
  enum Shows { case all, errors }

  private(set) var stage: Stage
  private let shows: Shows
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

  /// Does a line of the viewer's, with all the steps it asks for.
  mutating func type(_ line: String) throws(FileError) {
    try take(stage.type(line))
    printLog()
    while stage.isBusy { try take(stage.proceed()) }
    printLog()
  }

  /// No more lines come.
  mutating func endOfInput() {
    stage.closeFailure()
    printLog()
  }

  private mutating func take(_ effects: [Effect]) throws(FileError) {
    for effect in effects {
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
      case .help(let topic): (topic.map(HelpText.command) ?? HelpText.commands).forEach { print($0) }
      case .expected(_, let holds, _): heldExpectations += holds ? 1 : 0
      default: break
      }
    }
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
        StandardError.write(text)
      } else if shows == .all, let line = PlainText.line(entry) {
        print(line)
      }
    }
    printed = stage.log.count
  }

  /// Says how it ended, and throws what the exit status should be.
  mutating func conclude(name: String) throws {
    printLog()
    if shows == .all {
      let digest = stage.workbench.experiment.map { " · digest \($0.digest.text)" } ?? ""
      let expected = "\(heldExpectations) expectation\(heldExpectations == 1 ? "" : "s") held"
      print("\(VisibleText.of(name)): \(expected) · step \(stage.workbench.experiment?.step ?? 0)\(digest)")
    }
    guard stage.failedExpectations == 0, !stage.wasStopped else {
      let failed = stage.failedExpectations
      let reason = failed > 0 ? "\(failed) expectation\(failed == 1 ? "" : "s") did not hold" : "stopped with an error"
      throw Failure.run(["\(VisibleText.of(name)): \(reason)"])
    }
    if stage.refusals > 0 { throw Failure.usage([]) }
  }
}

/// The log as plain lines.
enum PlainText {
  /// The line of an entry; commands are not repeated to whoever wrote them.
  static func line(_ entry: Log.Entry) -> String? {
    switch entry {
    case .command: nil
    case .output(let text), .note(let text), .error(let text): text
    case .said(let text): "» " + text
    case .held(let text): text
    }
  }
}

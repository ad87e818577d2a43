import Formats
import Language
import Session
import Training

/// Does what effects ask of the disk, for all faces of the program.
struct FileEffects {
  /// Whether there is a screen, where somebody reads what has become of a file. Without one standard output is for what was
  /// asked for.
  let hasScreen: Bool
  private let place: OutputPlace
  // The trace that the command line asks for; what goes wrong with it ends the program.
  private var ownTrace: (any LineSink)?
  private var traces: [OutputFile] = []

  /// - Parameter place: where and how much scenarios may write.
  init(hasScreen: Bool, place: OutputPlace, trace: (any LineSink)? = nil) {
    (self.hasScreen, self.place, ownTrace) = (hasScreen, place, trace)
  }

  /// Whether something is to be finished at the end.
  var isWriting: Bool { !traces.isEmpty || ownTrace != nil }

  /// Does what one effect asks for. What a command asks for in vain is a command that failed.
  /// - Throws: what is wrong with the command line's own trace.
  mutating func perform(_ effect: Effect, on stage: inout Stage) throws(FileError) {
    switch effect {
    case .began(let run): try write(TraceText.header(run), on: &stage)
    case .jumped(let jump):
      try write(TraceText.jump(from: jump.traceFrom, to: jump.traceTo, branch: jump.branch), on: &stage)
    // What is only walked again was written when it was made.
    case .stepped(_, isNew: false): break
    case .stepped(let record, isNew: true):
      guard isWriting, let run = stage.workbench.run else { return }
      let workbench = stage.workbench
      let distance = workbench.twin.flatMap { $0.distance(from: run) }
      try write(TraceText.line(record, run, twin: workbench.twinRun, distance: distance), on: &stage)
    case .write(let request, let right):
      do throws(FileError) { try write(request, by: right, on: &stage) } catch { stage.fileFailed(error) }
    case .changed, .repeated, .branched, .phased, .note, .output, .said, .paused, .failed, .expected, .view: break
    }
  }

  private mutating func write(_ line: String, on stage: inout Stage) throws(FileError) {
    try ownTrace?.write(line: line)
    forTraces(on: &stage) { trace throws(FileError) in try trace.write(line: line) }
  }

  /// What was written so far can be read by others.
  mutating func flush(on stage: inout Stage) throws(FileError) {
    try ownTrace?.flush()
    forTraces(on: &stage) { trace throws(FileError) in try trace.flush() }
  }

  // One that fails is over; what it holds stays.
  private mutating func forTraces(on stage: inout Stage, _ body: (OutputFile) throws(FileError) -> Void) {
    for trace in traces {
      do throws(FileError) {
        try body(trace)
      } catch {
        traces.removeAll { $0 === trace }
        stage.fileFailed(error)
      }
    }
  }

  private func file(_ request: FileRequest, by right: FileRight) throws(FileError) -> OutputFile {
    switch right {
    case .viewer: return try OutputFile(creating: request.path)
    case .answer:
      // The path that was shown, and not where a link leads that came meanwhile.
      guard request.path.hasPrefix("/") else { throw FileError(path: request.path, reason: "is no whole path") }
      return try OutputFile(String(request.path.dropFirst()), in: OutputFolder("/"), budget: place.budget)
    case .scenario(let written):
      guard let folder = place.folder else {
        let reason = "was asked for by the scenario, which writes only where you say: --output DIR"
        throw FileError(path: written, reason: reason)
      }
      return try OutputFile(written, in: folder, budget: place.budget)
    }
  }

  private mutating func write(_ request: FileRequest, by right: FileRight, on stage: inout Stage) throws(FileError) {
    let file = try file(request, by: right)
    let path = VisibleText.of(file.path)
    switch request {
    case .save(_, let contents):
      try file.write(line: contents.hasSuffix("\n") ? String(contents.dropLast()) : contents)
      try file.finish()
      if hasScreen { stage.note("saved as \(path)") }
    case .trace:
      if let run = stage.workbench.run { try file.write(line: TraceText.header(run)) }
      traces.append(file)
      if hasScreen { stage.note("the trace goes to \(path), step by step") }
    }
  }

  /// Finishes the traces, each that can be.
  /// - Returns: what is wrong with the first that cannot.
  mutating func finish() -> FileError? {
    var problem: FileError?
    for sink in [ownTrace].compactMap({ $0 }) + traces {
      do throws(FileError) { try sink.finish() } catch { problem = problem ?? error }
    }
    (ownTrace, traces) = (nil, [])
    return problem
  }
}

import Formats
import Language
import Session
import Training

/// Does what effects ask of the disk, for all faces of the program.
struct FileEffects {
  /// Whether there is a screen, where somebody could be asked and reads what has become of a file. Without one a file that a
  /// command asks for has to be below the current folder, and standard output is for what was asked for.
  let hasScreen: Bool
  // The trace that the command line asks for; what goes wrong with it ends the program.
  private var ownTrace: (any LineSink)?
  private var traces: [NewFile] = []

  init(hasScreen: Bool, trace: (any LineSink)? = nil) { (self.hasScreen, ownTrace) = (hasScreen, trace) }

  /// Whether something is to be put in place at the end.
  var isWriting: Bool { !traces.isEmpty || ownTrace != nil }

  /// Does what one effect asks for. What a command asks for in vain is a command that failed.
  /// - Throws: what is wrong with the command line's own trace.
  mutating func perform(_ effect: Effect, on stage: inout Stage) throws(FileError) {
    switch effect {
    case .began(let run): try write(TraceText.header(run), on: &stage)
    case .stepped(let record):
      guard isWriting, let run = stage.workbench.run else { return }
      try write(TraceText.line(record, run), on: &stage)
    case .write(let request):
      do throws(FileError) { try write(request, on: &stage) } catch { stage.fileFailed(error) }
    case .changed, .phased, .note, .output, .said, .paused, .failed, .expected, .view: break
    }
  }

  private mutating func write(_ line: String, on stage: inout Stage) throws(FileError) {
    try ownTrace?.write(line: line)
    for trace in traces {
      do throws(FileError) {
        try trace.write(line: line)
      } catch {
        traces.removeAll { $0 === trace }
        stage.fileFailed(error)
      }
    }
  }

  private mutating func write(_ request: FileRequest, on stage: inout Stage) throws(FileError) {
    if !hasScreen, !PathText.isBelowHere(request.path) {
      let reason = "is not below the current folder; without a screen nothing is written elsewhere"
      throw FileError(path: request.path, reason: reason)
    }
    // What exists is never written over.
    let file = try NewFile(request.path, replaces: false)
    let path = VisibleText.of(request.path)
    switch request {
    case .save(_, let contents):
      try file.write(line: contents.hasSuffix("\n") ? String(contents.dropLast()) : contents)
      try file.finish()
      if hasScreen { stage.note("saved as \(path)") }
    case .trace:
      if let run = stage.workbench.run { try file.write(line: TraceText.header(run)) }
      traces.append(file)
      if hasScreen { stage.note("the trace goes to \(path), which appears when clipscope ends") }
    }
  }

  /// Puts the traces in their places, each that can be.
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

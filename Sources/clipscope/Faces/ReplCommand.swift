import ArgumentParser
import Foundation
import Language
import Session

/// `clipscope repl`: the prompt alone, for a pipe or a dumb terminal.
struct ReplCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "repl", abstract: "Reads commands line by line from standard input.")

  @OptionGroup var output: OutputArguments
  @OptionGroup var bound: StepBoundArguments
  @OptionGroup var place: ScenarioPlaceArguments

  func run() throws {
    let isInteractive = isatty(STDIN_FILENO) == 1
    var run = try PlainRun(
      stage: Stage(
        files: DiskFiles(), lessons: place.folders, waitsForViewer: false, outputFolder: output.output,
        mostSteps: bound.maxSteps), shows: .all, output: output)
    if isInteractive { print("clipscope \(version); help lists the commands, quit leaves") }
    var input = InputLines(isTyped: isInteractive)
    var problem: FileError?
    do {
      try PlainRun.patiently { try Self.loop(&run, &input, isInteractive) }
    } catch {
      problem = error as? FileError
    }
    // What was done before stays done: traces are finished.
    do throws(FileError) { try run.finish() } catch { problem = problem ?? error }
    if let problem { throw problem }
    // Whoever types may mistype: only a program that feeds us is told by the status.
    if !isInteractive { try run.conclude(name: "standard input") }
  }

  private static func loop(
    _ run: inout PlainRun, _ input: inout InputLines, _ isInteractive: Bool
  ) throws(FileError) {
    while !run.stage.hasQuit, !run.isInterrupted {
      if isInteractive { print("> ", terminator: "") }
      try run.flush()
      guard let line = try input.next() else { break }
      try run.type(line, number: isInteractive ? nil : input.number)
    }
    try run.endOfInput()
  }
}

import ArgumentParser
import Foundation
import Language
import Session

/// `clipscope repl`: the prompt alone, for a pipe or a dumb terminal.
struct ReplCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "repl", abstract: "Reads commands line by line from standard input.")

  @OptionGroup var place: ScenarioPlaceArguments

  func run() throws {
    let isInteractive = isatty(STDIN_FILENO) == 1
    var run = try PlainRun(
      stage: Stage(files: DiskFiles(), lessons: place.folders, waitsForViewer: false), shows: .all)
    if isInteractive { print("clipscope \(version); help lists the commands, quit leaves") }
    var input = InputLines(isTyped: isInteractive)
    var problem: FileError?
    do throws(FileError) {
      while !run.stage.hasQuit {
        if isInteractive {
          print("> ", terminator: "")
          fflush(nil)
        }
        guard let line = try input.next() else { break }
        try run.type(line, number: isInteractive ? nil : input.number)
      }
    } catch {
      problem = error
    }
    // What was done before stays done: traces are put in place.
    run.endOfInput()
    try run.finish()
    if let problem { throw problem }
    // Whoever types may mistype: only a program that feeds us is told by the status.
    if !isInteractive { try run.conclude(name: "standard input") }
  }
}

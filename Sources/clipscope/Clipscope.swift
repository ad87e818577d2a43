import ArgumentParser
import CProcess
import Foundation
import Language
import Numerics

/// The program: what it is called with decides which of its faces it shows.
@main
struct Clipscope: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "clipscope",
    abstract: "See exploding gradients, and what clipping does about them.",
    discussion: UsageTables.discussion,
    subcommands: [
      PlayCommand.self, RunCommand.self, ReplCommand.self, FrameCommand.self, ExportCommand.self, ClipCommand.self,
      SessionsCommand.self, ManualCommand.self, VersionCommand.self,
    ],
    defaultSubcommand: PlayCommand.self)

  static func main() {
    answer_crashes()
    make_write_signals_errors()
    var status = attempt {
      var command = try parseAsRoot()
      try command.run()
    }
    // What was printed but could not be written is no success.
    if status == 0 { status = attempt { try StandardOutput.check() } }
    let signal = ending_signal()
    Foundation.exit(signal == 0 ? status : 128 + signal)
  }

  // What to say of an error, and the status.
  private static func attempt(_ body: () throws -> Void) -> Int32 {
    do {
      try body()
      return 0
    } catch {
      if let failure = Failure(error) {
        failure.lines.forEach { StandardError.write($0) }
        return failure.status
      }
      // argument-parser knows 64 for wrong usage; here it is 2, and 0 stays 0 for --help.
      let text = fullMessage(for: error)
      if exitCode(for: error).rawValue == 0 {
        print(text)
        return 0
      }
      StandardError.write(text)
      if let command = nearestCommand { StandardError.write("Did you mean clipscope \(command)?") }
      return 2
    }
  }

  // A first word that is almost a command was read as the name of a file.
  private static var nearestCommand: String? {
    let names = configuration.subcommands.compactMap { $0.configuration.commandName }
    guard let word = CommandLine.arguments.dropFirst().first, !names.contains(word) else { return nil }
    return Suggestion.nearest(to: word, among: names)
  }
}

/// An end that is not a success: what to say on standard error, and the status.
struct Failure: Error {
  let lines: [String]
  let status: Int32

  /// Wrong usage, or a file that cannot be read or is wrong.
  static func usage(_ lines: [String]) -> Failure { Failure(lines: lines, status: 2) }
  /// An expectation failed, or a run stopped with an error.
  static func run(_ lines: [String]) -> Failure { Failure(lines: lines, status: 1) }
}

extension Failure {
  /// What an error of the program's own is said as; `nil` for those of argument-parser.
  init?(_ error: any Error) {
    switch error {
    case let failure as Failure: self = failure
    case let error as FileError: self = .usage(["clipscope: \(CommandError.Problem.file(error).message)"])
    case let error as TerminalError: self = .usage(["clipscope: \(error.description)"])
    case let error as KernelError: self = .usage(["clipscope: \(error.description)"])
    default: return nil
    }
  }
}

/// Lines on standard error. Whatever is quoted in them, of files and arguments, is made safe to show.
enum StandardError {
  static func write(_ text: String) {
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      let text = VisibleText.of(String(line)) + "\n"
      write_error(text, text.utf8.count)
    }
  }
}

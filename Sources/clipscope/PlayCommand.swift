import ArgumentParser
import Commands
import Foundation
import Screen

/// `clipscope [FILE]`: the screen, with a scenario playing on it if one is named.
struct PlayCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "play",
    abstract: "Opens the screen; plays a scenario on it. This is what clipscope does without a command.")

  @Argument(help: ArgumentHelp("The scenario to play.", valueName: "file"))
  var file: String?

  @ArgumentParser.Option(
    help: ArgumentHelp("Steps a second to begin with; beyond 1000 as fast as it goes.", valueName: "n"))
  var speed = 20.0

  @Flag(help: "Uses only characters below 0x80.")
  var ascii = false

  @ArgumentParser.Option(
    help: ArgumentHelp("How many colours: 0, 8, 16, 256 or true; as many as the terminal has.", valueName: "n"))
  var color: ColorArgument?

  @OptionGroup var arguments: ScenarioArguments

  func validate() throws {
    guard speed > 0, speed.isFinite else { throw ValidationError("--speed is a number of steps a second, above 0.") }
  }

  func run() throws {
    // What is wrong with the file is said before the screen is opened, so that it stays readable.
    let scenario = try file.map { try arguments.load($0, screen: true) }
    let stage =
      scenario.map { Stage(scenario: $0, files: DiskFiles(), waitsForViewer: true) } ?? Stage(files: DiskFiles())
    Foundation.exit(try Self.open(stage, speed, color: color?.depth, ascii: ascii))
  }

  // A function of its own, so that the terminal is given back before the program exits.
  private static func open(_ stage: Stage, _ speed: Double, color: ColorDepth?, ascii: Bool) throws -> Int32 {
    do throws(TerminalError) {
      let terminal = try TerminalSession(options: .init(color: color, ascii: ascii))
      defer { terminal.close() }
      return ScreenSession(terminal, stage, speed: speed > 1000 ? nil : speed).run()
    } catch {
      throw Failure.usage(["clipscope: \(error.description)"])
    }
  }
}

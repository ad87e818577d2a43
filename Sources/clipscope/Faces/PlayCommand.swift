import ArgumentParser
import Foundation
import Language
import Screen
import Session

/// `clipscope [FILE]`: the screen, with a scenario playing on it if one is named.
struct PlayCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "play",
    abstract: "Opens the screen; plays a scenario on it. This is what clipscope does without a command.")

  @Argument(
    help: ArgumentHelp("The scenario to play.", valueName: "file"), completion: .file(extensions: ["scenario"]))
  var file: String?

  @ArgumentParser.Option(
    help: ArgumentHelp("Steps a second to begin with; beyond 1000 as fast as it goes.", valueName: "n"))
  var speed = 20.0

  @ArgumentParser.Option(
    name: .customLong("fps"), help: ArgumentHelp("Frames a second at most, 1 to 120.", valueName: "n"))
  var frameRate = 30.0

  @Flag(inversion: .prefixedNo, help: "Whether each frame is shown in one go (mode 2026).")
  var sync = true

  @Flag(help: "Without a file: no page of lessons, but an experiment of your own.")
  var blank = false

  @Flag(inversion: .prefixedNo, help: "Whether the mouse chooses parameters and zooms.")
  var mouse = true

  @Flag(help: "No screen: a sentence for each event, line by line, for screen readers, dumb terminals and logs.")
  var plain = false

  @ArgumentParser.Option(
    help: ArgumentHelp("With --plain: a sentence for every so many steps, too.", valueName: "n"))
  var every: Int?

  @ArgumentParser.Option(
    help: ArgumentHelp("Records the screen as an asciicast, a file that does not exist yet.", valueName: "file"),
    completion: .file(extensions: ["cast"]))
  var record: String?

  @Flag(help: "Goes on with a session that was kept: with the one named, else with the last.")
  var resume = false

  @Flag(inversion: .prefixedNo, help: "Whether what is done on the screen is kept as a session; sessions lists them.")
  var session = true

  @ArgumentParser.Option(
    help: ArgumentHelp("How much memory there is for going back; with more, less is computed again.", valueName: "size")
  )
  var memory = ByteCount.snapshots

  @OptionGroup var look: LookArguments

  @OptionGroup var output: OutputArguments
  @OptionGroup var bound: StepBoundArguments

  @OptionGroup var arguments: ScenarioArguments

  func validate() throws {
    guard speed > 0, speed.isFinite else { throw ValidationError("--speed is a number of steps a second, above 0.") }
    guard every ?? 1 > 0 else { throw ValidationError("--every is a number of steps, 1 or more.") }
    guard record == nil || !plain else { throw ValidationError("--record is for the screen: --plain has none.") }
    guard every == nil || plain else { throw ValidationError("--every is for --plain: the screen shows every step.") }
    guard !resume || arguments.seed == nil && arguments.lines.isEmpty else {
      throw ValidationError("--resume goes on with what was done: --seed and --set would make it another session.")
    }
    guard (1...120).contains(frameRate) else {
      throw ValidationError("--fps is a number of frames a second, 1 to 120.")
    }
  }

  func run() throws {
    // What is wrong with the file is said before the screen is opened, so that it stays readable.
    let hasViewer = !plain || TerminalSystem.isTerminal(0)
    let scenario = resume ? nil : try file.map { try arguments.load($0, screen: hasViewer) }
    var stage =
      resume
      ? try Stage.resumed(file, memory: memory.bytes, lessons: arguments.place.folders, output: output)
      : Stage(
        scenario: scenario, files: DiskFiles(), lessons: arguments.place.folders,
        waitsForViewer: hasViewer, asksBeforeWriting: !plain && output.output == nil, outputFolder: output.output,
        mostSteps: hasViewer ? nil : bound.maxSteps, memory: memory.bytes)
    if plain {
      var session = try PlainSession(stage, every: every, isInteractive: hasViewer, output: output)
      return try session.play(name: scenario?.path ?? "standard input")
    }
    stage.setUp()
    let recorder = try record.map { try CastRecorder($0) }
    let options = TerminalSession.Options(
      color: look.color?.depth, theme: try look.theme ?? LookArguments.themeOfEnvironment() ?? Self.themeOfTerminal,
      ascii: look.ascii, synchronizedOutput: sync, usesMouse: mouse, recorder: recorder)
    let face = ScreenSession.Face(
      speed: speed > 1000 ? nil : max(speed, ViewState.slowest), frameTime: .seconds(1 / frameRate), isBig: look.big,
      beginsWithLessons: scenario == nil && !resume && !blank && !stage.lessons.isEmpty,
      sessions: session ? SessionFolder.usual : nil)
    var problem: (any Error)?
    var status: Int32 = 0
    let place = try output.place()
    do { status = try Self.open(consume stage, options, face, place) } catch { problem = error }
    do { try recorder?.finish() } catch { problem = problem ?? error }
    if let problem { throw problem }
    if status != 0 { Foundation.exit(status) }
  }

  private static var themeOfTerminal: Theme {
    Theme(colorsOfTerminal: TerminalSystem.environment("COLORFGBG")) ?? .dark
  }

  // A function of its own, so that the terminal is given back before the program exits.
  private static func open(
    _ stage: consuming Stage, _ options: TerminalSession.Options, _ face: ScreenSession.Face, _ place: OutputPlace
  ) throws -> Int32 {
    let terminal = try TerminalSession(options: options)
    defer { terminal.close() }
    return try ScreenSession(terminal, stage, face, place).run()
  }
}

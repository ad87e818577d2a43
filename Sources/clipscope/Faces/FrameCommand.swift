import ArgumentParser
import Language
import Screen
import Session
import Training

/// `clipscope frame FILE`: one frame of a scenario, as it would be on the screen after step `at`.
struct FrameCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "frame", abstract: "Draws one frame of a scenario as text, ANSI or SVG.")

  /// What a frame may be drawn as.
  enum Format: String, CaseIterable, ExpressibleByArgument { case text, ansi, svg }

  @Argument(help: ArgumentHelp("The scenario.", valueName: "file"), completion: .file(extensions: ["scenario"]))
  var file: String

  @ArgumentParser.Option(
    help: ArgumentHelp(
      "After which step, of the first experiment that has it or of experiment N: 40, x2:40; without it, at the end.",
      valueName: "step"))
  var at: FramePosition?

  @ArgumentParser.Option(help: ArgumentHelp("Columns and rows.", valueName: "WxH"))
  var size = FrameSize(columns: 80, rows: 24)

  @ArgumentParser.Option(help: "What the frame is drawn as.")
  var format = Format.text

  @ArgumentParser.Option(
    help: ArgumentHelp("What is in front: \(View.all.map(\.name).joined(separator: ", ")).", valueName: "name"))
  var view = View.overview

  @Flag(help: "Stops where the scenario waits for the viewer.")
  var wait = false

  @Flag(help: "Leaves of each colour its brightness only, as print does.")
  var grey = false

  @OptionGroup var look: LookArguments
  @OptionGroup var bound: StepBoundArguments
  @OptionGroup var arguments: ScenarioArguments

  func run() throws {
    let scenario = try arguments.load(file, screen: false)
    var stage = Stage(
      scenario: scenario, files: DiskFiles(), lessons: arguments.place.folders,
      waitsForViewer: wait, mostSteps: bound.maxSteps)
    if let at { try advance(&stage, to: at) } else { while stage.isBusy { _ = stage.advance() } }
    _ = stage.begin()
    var view = ViewState()
    view.panel = self.view
    view.isASCII = look.ascii
    view.isBig = look.big
    let palette = Palette(
      try look.theme ?? LookArguments.themeOfEnvironment() ?? .dark, depth: look.color?.depth ?? .truecolor,
      isGrey: grey)
    let grid = render(Scene(stage), view, size: GridSize(columns: size.columns, rows: size.rows))
    switch format {
    case .text: print(grid.plainText, terminator: "")
    case .ansi: print(grid.ansiText(palette), terminator: "")
    case .svg: print(grid.svg(palette), terminator: "")
    }
    // It is drawn as it is; that it is not what the scenario expects is said as `run` says it.
    stage.closeFailure()
    for case .error(let text) in stage.log.entries { StandardError.write(text) }
    guard stage.failedExpectations == 0, !stage.wasStopped else { throw Failure.run([]) }
  }
}

extension FrameCommand {
  private func advance(_ stage: inout Stage, to position: FramePosition) throws {
    while !position.isReached(by: stage) {
      guard stage.isBusy else {
        let end = "experiment \(stage.experimentNumber) at step \(stage.workbench.position.step)"
        throw Failure.usage(["clipscope: \(VisibleText.of(file)) ends with \(end) and has no step \(position.text)"])
      }
      _ = stage.advance()
    }
    // Being at a step means: after all commands that were given there, but for changes that were made for the next
    // experiment: the rule in force is the one that these steps were made with.
    var beforeChange: Stage?
    while stage.isBusy {
      var ahead = stage
      _ = ahead.advance()
      guard ahead.experimentNumber == stage.experimentNumber, ahead.workbench.position >= stage.workbench.position
      else {
        stage = beforeChange ?? stage
        return
      }
      guard ahead.workbench.activity == .idle, ahead.workbench.position == stage.workbench.position else { return }
      if ahead.workbench.settings != stage.workbench.settings { beforeChange = beforeChange ?? stage }
      stage = ahead
    }
  }
}

extension View: ExpressibleByArgument {
  /// The view of this name.
  public init?(argument: String) {
    guard let view = View.all.first(where: { $0.name == argument }) else { return nil }
    self = view
  }

  /// Its name.
  public var defaultValueDescription: String { name }
}

/// `40`, or `x2:40` of the second experiment of a scenario.
struct FramePosition: ExpressibleByArgument {
  private let experiment: Int?
  private let step: Int

  init?(argument: String) {
    guard let match = argument.wholeMatch(of: /(?:x([1-9][0-9]{0,8}):)?([0-9]{1,15})/), let step = Int(match.2) else {
      return nil
    }
    (experiment, self.step) = (match.1.flatMap { Int($0) }, step)
  }

  /// As it was written.
  var text: String { (experiment.map { "x\($0):" } ?? "") + "\(step)" }

  /// Whether a stage stands there.
  func isReached(by stage: Stage) -> Bool {
    if let experiment, stage.experimentNumber != experiment { return false }
    return stage.workbench.position == Position(step: step)
  }
}

/// `80x24`.
struct FrameSize: ExpressibleByArgument {
  let columns: Int
  let rows: Int

  init(columns: Int, rows: Int) { (self.columns, self.rows) = (columns, rows) }

  init?(argument: String) {
    let parts = argument.split(separator: "x", omittingEmptySubsequences: false).compactMap { Int($0) }
    guard parts.count == 2, parts.allSatisfy({ (0...1000).contains($0) }) else { return nil }
    (columns, rows) = (parts[0], parts[1])
  }

  var defaultValueDescription: String { "\(columns)x\(rows)" }
}

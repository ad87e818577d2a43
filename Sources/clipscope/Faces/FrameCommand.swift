import ArgumentParser
import Language
import Screen
import Session

/// `clipscope frame FILE`: one frame of a scenario, as it would be on the screen after step `at`.
struct FrameCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "frame", abstract: "Draws one frame of a scenario as text, ANSI or SVG.")

  /// What a frame may be drawn as.
  enum Format: String, CaseIterable, ExpressibleByArgument { case text, ansi, svg }

  @Argument(help: ArgumentHelp("The scenario.", valueName: "file"), completion: .file(extensions: ["scenario"]))
  var file: String

  @ArgumentParser.Option(help: ArgumentHelp("After which step; without it, at the end.", valueName: "step"))
  var at: Int?

  @ArgumentParser.Option(help: ArgumentHelp("Columns and rows.", valueName: "WxH"))
  var size = FrameSize(columns: 80, rows: 24)

  @ArgumentParser.Option(help: "What the frame is drawn as.")
  var format = Format.text

  @Flag(help: "Stops where the scenario waits for the viewer.")
  var wait = false

  @Flag(help: "Leaves of each colour its brightness only, as print does.")
  var grey = false

  @OptionGroup var look: LookArguments
  @OptionGroup var arguments: ScenarioArguments

  func validate() throws {
    if let at, at < 0 { throw ValidationError("--at counts steps from 0.") }
  }

  func run() throws {
    let scenario = try arguments.load(file, screen: false)
    var stage = Stage(scenario: scenario, files: DiskFiles(), waitsForViewer: wait)
    while stage.isBusy, at.map({ stage.workbench.position.step < $0 || Self.staysHere(stage) }) ?? true {
      _ = stage.advance()
    }
    _ = stage.begin()
    let reached = stage.workbench.position.step
    if let at, reached < at {
      throw Failure.usage(["clipscope: \(VisibleText.of(file)) ends at step \(reached), before step \(at)"])
    }
    var view = ViewState()
    view.isASCII = look.ascii
    view.isBig = look.big
    let palette = Palette(look.theme ?? .dark, depth: look.color?.depth ?? .truecolor, isGrey: grey)
    let grid = render(Scene(stage), view, size: GridSize(columns: size.columns, rows: size.rows))
    switch format {
    case .text: print(grid.plainText, terminator: "")
    case .ansi: print(grid.ansiText(palette), terminator: "")
    case .svg: print(grid.svg(palette), terminator: "")
    }
  }
}

extension FrameCommand {
  // Being at a step means: after all commands that were given there.
  private static func staysHere(_ stage: Stage) -> Bool {
    guard stage.workbench.activity == .idle else { return false }
    var ahead = stage
    _ = ahead.advance()
    return ahead.workbench.activity == .idle && ahead.workbench.position.step == stage.workbench.position.step
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

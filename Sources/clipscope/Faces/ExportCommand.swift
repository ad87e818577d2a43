import ArgumentParser
import Language
import Session

/// `clipscope export torch FILE`: a scenario as a program of another world.
struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Prints a scenario as a PyTorch program.", subcommands: [ExportTorchCommand.self])
}

/// `clipscope export torch FILE`: runs a scenario without a screen, and prints the PyTorch program that makes the same
/// steps: what `until` found out has become a number of steps.
struct ExportTorchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "torch", abstract: "Prints the PyTorch program that makes the steps of a scenario, and its trace.")

  @Argument(help: ArgumentHelp("The scenario.", valueName: "file"), completion: .file(extensions: ["scenario"]))
  var file: String

  @OptionGroup var bound: StepBoundArguments
  @OptionGroup var arguments: ScenarioArguments

  func run() throws {
    let scenario = try arguments.load(file, screen: false)
    var stage = Stage(scenario: scenario, files: DiskFiles(), waitsForViewer: false, mostSteps: bound.maxSteps)
    while stage.isBusy { _ = stage.advance() }
    _ = stage.begin()
    stage.closeFailure()
    guard !stage.workbench.runs.isEmpty else {
      throw Failure.usage(["clipscope: \(VisibleText.of(file)) makes no experiment to export"])
    }
    print(stage.workbench.torchProgram, terminator: "")
    // The program makes the steps that were made; whether there should have been more is said as `run` says it.
    for case .error(let text) in stage.log.entries { StandardError.write(text) }
    guard stage.failedExpectations == 0, !stage.wasStopped else { throw Failure.run([]) }
  }
}

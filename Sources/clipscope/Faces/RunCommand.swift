import ArgumentParser
import Language
import Numerics
import Session

/// `clipscope run FILE`: a scenario without a screen; its expectations decide the status.
struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Runs a scenario without a screen; its expectations decide the exit status.")

  @Argument(help: ArgumentHelp("The scenario.", valueName: "file"), completion: .file(extensions: ["scenario"]))
  var file: String

  @ArgumentParser.Option(
    help: ArgumentHelp("Writes the trace: a line of JSON for each step.", valueName: "file"), completion: .file())
  var trace: String?

  @Flag(help: "Says nothing but what went wrong.")
  var quiet = false

  @ArgumentParser.Option(
    help: ArgumentHelp(
      "The processor's instructions to use: \(Kernels.known.joined(separator: ", ")).", valueName: "name"))
  var kernels: String?

  @OptionGroup var output: OutputArguments
  @OptionGroup var bound: StepBoundArguments
  @OptionGroup var arguments: ScenarioArguments

  func run() throws {
    if let kernels { try Kernels.select(kernels) }
    let scenario = try arguments.load(file, screen: false)
    let stage = Stage(
      scenario: scenario, files: DiskFiles(), waitsForViewer: false, outputFolder: output.output,
      mostSteps: bound.maxSteps, memory: scenario.goesBack ? ByteCount.snapshots.bytes : 0)
    var run = try PlainRun(stage: stage, shows: quiet ? .errors : .all, output: output, trace: trace)
    var problem: FileError?
    do { try PlainRun.patiently { try run.play() } } catch { problem = error as? FileError }
    // What was made before stays: files are finished whatever went wrong.
    do throws(FileError) { try run.finish() } catch { problem = problem ?? error }
    if let problem { throw problem }
    try run.conclude(name: scenario.path)
  }
}

/// `clipscope version`.
struct VersionCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "version", abstract: "Prints the version and the processor's instructions in use.")

  func run() {
    print(
      "clipscope \(version), kernels \(Kernels.active) (this processor has \(Kernels.available.joined(separator: ", ")))"
    )
  }
}

/// The version of the program.
let version = "0.1.0"

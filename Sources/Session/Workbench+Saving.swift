import Language
import TorchExport
import Training

extension Workbench {
  /// The session as a file, at a path seen from the current folder.
  func save(_ path: String) -> Effect { .save(path: path, contents: script(for: path)) }

  /// All experiments so far as a PyTorch program, at a path seen from the current folder.
  func export(_ path: String) -> Effect { .save(path: path, contents: torchProgram) }

  /// All experiments so far as a PyTorch program.
  public var torchProgram: String { TorchExport.program(runs, omitted: forgottenRuns) }

  /// The experiments so far, each as it was last, the one of now at the end.
  public var runs: [ExperimentRun] {
    earlierRuns + (experiment.map { [ExperimentRun(timeline: timeline, steps: $0.step)] } ?? [])
  }

  /// A scenario that leads from nothing to the state of now: the settings of the beginning, and every change at its
  /// place between the steps.
  func script(for path: String) -> String {
    let folder = PathText.folder(of: path)
    guard let experiment else { return Self.text(settings, folder).joined(separator: "\n") + "\n" }
    var lines = Self.text(timeline.settings, folder)
    var place = Position(step: 0)
    for (position, change) in timeline.changes {
      lines += Self.steps(from: place, to: position)
      lines.append(change.text)
      place = position
    }
    lines += Self.steps(from: place, to: experiment.position)
    return lines.joined(separator: "\n") + "\n"
  }

  private static func text(_ settings: Settings, _ folder: String) -> [String] {
    settings.commands.map { command in
      if case .task(let task) = command { return Command.task(task.seen(from: folder)).text }
      return command.text
    }
  }

  // `step` finishes an open step and counts it, so steps are counted from the last whole one.
  private static func steps(from start: Position, to end: Position) -> [String] {
    var lines: [String] = []
    if end.step > start.step { lines.append(Command.step(end.step - start.step).text) }
    let begun = end.step > start.step ? 0 : start.phases
    if end.phases > begun { lines.append(Command.phase(end.phases - begun).text) }
    return lines
  }
}

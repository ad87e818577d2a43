import Formats
import Language
import TorchExport
import Training

extension Workbench {
  /// What a command wants to be written.
  mutating func write(_ command: FilesCommand, from origin: Origin) throws(CommandError.Problem) -> [Effect] {
    if origin.isScenarios { try command.checkScenarios() }
    let right = origin.isScenarios ? FileRight.scenario(within: command.path) : .viewer
    let path = PathText.join(origin.isScenarios ? outputFolder ?? origin.folder : origin.folder, command.path)
    switch command {
    case .save: return [.write(.save(path: path, contents: script(for: path)), by: right)]
    case .saveAll: return [.write(.save(path: path, contents: journal.text), by: right)]
    case .exportTorch: return try begin() + [.write(.save(path: path, contents: torchProgram), by: right)]
    case .trace: return [.write(.trace(path: path), by: right)]
    }
  }

  /// All experiments up to now as a PyTorch program, with the twin as one of them.
  public var torchProgram: String {
    let twin = twin.map { $0.run.timeline.straight(to: $0.run.position) }
    return TorchProgram.text(of: runs + [twin].compactMap(\.self), omitted: forgottenRuns)
  }

  /// How the experiments went up to now, each the straight way to where it was left, the one of now at the end.
  public var runs: [Timeline] {
    let earlier = run.map { run in otherRuns.filter { $0.number < run.number } } ?? otherRuns
    return (earlier + [run].compactMap(\.self)).map { $0.timeline.straight(to: $0.position) }
  }

  /// A scenario that leads from nothing to the state of now: the settings of the beginning, and every change at its
  /// position between the steps.
  func script(for path: String) -> String {
    let folder = PathText.folder(of: path)
    guard let timeline = run.map({ $0.timeline.straight(to: $0.position) }) else {
      return Self.text(settings, folder).joined(separator: "\n") + "\n"
    }
    var lines = Self.text(timeline.settings, folder)
    var position = Position.start
    for entry in timeline.changes {
      lines += Self.steps(from: position, to: entry.position)
      lines.append(entry.change.command.text)
      position = entry.position
    }
    lines += Self.steps(from: position, to: timeline.end)
    return lines.joined(separator: "\n") + "\n"
  }

  private static func text(_ settings: Settings, _ folder: String) -> [String] {
    settings.commands.map { command in
      if case .setUp(.task(let task)) = command { return Command.setUp(.task(task.seen(from: folder))).text }
      return command.text
    }
  }

  // `step` finishes an open step and counts it, so steps are counted from the last whole one.
  private static func steps(from start: Position, to end: Position) -> [String] {
    var lines: [String] = []
    if end.step > start.step { lines.append(Command.steps(.step(end.step - start.step)).text) }
    let begun = end.step > start.step ? 0 : start.phases
    if end.phases > begun { lines.append(Command.steps(.phase(end.phases - begun)).text) }
    return lines
  }
}

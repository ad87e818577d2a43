import Language
import Training

/// What was done on a workbench, as a scenario that leads to the same: commands as they took effect, and the steps that were
/// made, not the time that they took.
///
/// Lines are complete: whatever becomes of the program, those that were taken are a scenario.
public struct Journal: Sendable {
  /// A line, and the file that it reads.
  public struct Line: Hashable, Sendable {
    /// The line.
    public internal(set) var text: String
    /// The whole path of the file that its command reads.
    public var reads: String?
    /// How many steps it is of, where it is of steps alone.
    public var steps = 0

    /// One line for this one and the next, where both are of steps alone.
    public func joined(_ next: Line) -> Line? {
      guard steps > 0, next.steps > 0 else { return nil }
      return Line(text: Command.steps(.step(steps + next.steps)).text, steps: steps + next.steps)
    }
  }

  /// Which workbench it is of: another one is another journal.
  public let number: Int
  /// Everything so far, with steps that follow each other in one line.
  private(set) var all: [Line] = []
  // The lines that nobody has taken yet.
  private var fresh: [Line] = []
  private var (steps, phases) = (0, 0)
  // Whether the experiment has begun before its first step, because somebody looked at it: what is changed then is changed in
  // it, and not in what it is set up with.
  private var hasBegun = false

  /// An empty journal.
  init(number: Int) { self.number = number }

  // The line that makes an experiment begin and does nothing else.
  private static let beginning = Line(text: Command.travel(.go(.position(PlaceText(.start)))).text)

  /// An experiment has begun.
  mutating func began() {
    close()
    hasBegun = true
  }

  /// A command took effect on a workbench.
  mutating func note(_ command: Command, on workbench: Workbench) {
    guard command.isJournalled else { return }
    if hasBegun, command.kind != .setUp { add(Self.beginning) }
    hasBegun = false
    var line = Line(text: command.text)
    // The settings know where the file is, wherever it was named from.
    if case .setUp(.task) = command, let location = workbench.settings.task.location {
      let whole = (try? workbench.files.location(of: location)) ?? location
      line = Line(text: Command.setUp(.task(workbench.settings.task.at(whole))).text, reads: whole)
    }
    add(line)
  }

  /// A step was made, the open one or another.
  mutating func stepped() { (steps, hasBegun) = (steps + 1, false) }

  /// A phase was made that completed no step.
  mutating func phased() {
    if steps > 0 { close() }
    (phases, hasBegun) = (phases + 1, false)
  }

  /// A step was refused: the same is refused again.
  mutating func failed(_ attempt: StepsCommand) {
    add(Line(text: Command.steps(attempt).text))
    add(Line(text: Command.words(.expect(.error)).text))
  }

  private mutating func add(_ line: Line) {
    close()
    append(line)
  }

  // The phases in front of a step are made before it.
  private mutating func close() {
    if phases > 0 { append(Line(text: Command.steps(.phase(phases)).text)) }
    if steps > 0 { append(Line(text: Command.steps(.step(steps)).text, steps: steps)) }
    (steps, phases) = (0, 0)
  }

  private mutating func append(_ line: Line) {
    fresh.append(line)
    if let last = all.last, let joined = last.joined(line) { all[all.count - 1] = joined } else { all.append(line) }
  }

  /// The lines that have come since they were taken last.
  public mutating func take() -> [Line] {
    close()
    // It is there, with a digest, also where nothing has been done in it yet.
    if hasBegun { append(Self.beginning) }
    hasBegun = false
    defer { fresh = [] }
    return fresh
  }

  /// Everything so far, as the text of a scenario.
  public var text: String {
    var copy = self
    copy.close()
    return copy.all.map { $0.text + "\n" }.joined()
  }
}

extension Command {
  // Steps stand as they were made; what only shows or writes leads nowhere.
  fileprivate var isJournalled: Bool {
    switch kind {
    case .setUp, .change, .travel, .twin: true
    case .steps, .look, .words, .files, .lessons, .view: false
    }
  }
}

extension TaskSettings {
  // The path of the file that the task reads, as the program finds it.
  fileprivate var location: String? {
    switch self {
    case .text(let task): task.location
    case .csv(let task): task.location
    default: nil
    }
  }

  fileprivate func at(_ path: String) -> TaskSettings {
    switch self {
    case .text(var task):
      task.file = path
      return .text(task)
    case .csv(var task):
      task.file = path
      return .csv(task)
    default: return self
    }
  }
}

import Gradients
import Language
import Optimization
import TorchExport
import Training

/// One experiment with its history, and what is being done with it: all the state that commands change.
///
/// A value. `apply` understands a command at once and leaves the steps it asks for to `work`, which makes one at a time:
/// so a screen can stay alive between them, and a run without a screen does the very same.
public struct Workbench: Sendable {
  /// The settings as they are now: what a `restart` begins with.
  public private(set) var settings = Settings()
  /// The experiment; `nil` until something needs it, and while the settings do not make one.
  public private(set) var experiment: Experiment?
  /// What was measured.
  public private(set) var history = History(parameters: 0)
  /// The experiments before this one, as they were last; of very many the latest.
  public private(set) var earlierRuns: [ExperimentRun] = []
  /// How many were before those.
  public private(set) var forgottenRuns = 0
  /// What was done since the experiment began.
  public private(set) var timeline = Timeline<Command>(settings: Settings())
  /// What it is busy with.
  public private(set) var activity = Activity.idle
  /// Whether the last command or the steps it asked for failed: what `expect error` looks at.
  public private(set) var lastCommandFailed = false
  let files: any FileSource

  /// How many earlier experiments are kept for a program of them all: a session may begin afresh for as long as it likes.
  public static let mostEarlierRuns = 99

  /// A workbench with the default settings.
  public init(files: any FileSource) { self.files = files }

  /// The names of the network's parameters.
  public var parameterNames: [String] {
    experiment?.network.parameters.descriptions.map(\.name) ?? settings.parameters.map(\.name)
  }

  /// Does what a command says, or begins it.
  /// - Returns: what there is to tell.
  /// - Throws: why the command was refused; nothing has changed then.
  public mutating func apply(_ parsed: ParsedCommand, from origin: Origin) throws(CommandError) -> [Effect] {
    do throws(CommandError.Problem) {
      let effects = try apply(parsed.command, from: origin)
      if case .expect = parsed.command { return effects }
      lastCommandFailed = false
      return effects
    } catch {
      lastCommandFailed = true
      throw parsed.error(error)
    }
  }

  private mutating func apply(_ command: Command, from origin: Origin) throws(CommandError.Problem) -> [Effect] {
    switch command {
    case .seed, .model, .initialization, .task, .optimizer: try setUp(command, from: origin)
    case .clip, .maxNorm, .normType, .learningRate, .accumulate: try change(command)
    case .outlier(let outlier): try order(outlier)
    case .step(let count): try begin(.stepping(left: count))
    case .phase(let count): try begin(.phasing(left: count))
    case .run(let count): try begin(count.map { .stepping(left: $0) } ?? .running)
    case .until(let condition, let most): try begin(until: condition, most: most)
    case .stop: stop()
    case .restart: try restart()
    case .print(let printable):
      try look { (experiment, workbench) throws(CommandError.Problem) in
        try experiment.lines(of: printable, in: workbench)
      }
    case .norms:
      try look { (experiment, workbench) throws(CommandError.Problem) in try experiment.normLines(in: workbench) }
    case .stats: [.output(Reading.stats(self))]
    case .expect(let expectation): [try test(expectation)]
    case .say(let text): [.said(VisibleText.of(text))]
    case .pause(let key): [.paused(key)]
    case .save(let path): [save(PathText.join(origin.folder, path))]
    case .exportTorch(let path): try settle() + [export(PathText.join(origin.folder, path))]
    case .trace(let path): [.trace(path: PathText.join(origin.folder, path))]
    case .help(let topic): [.help(topic)]
    case .bind(let key, let line, let otherwise): [.bind(key, line: line, otherwise: otherwise)]
    case .view(let view): [.view(view)]
    case .quit: [.quit]
    }
  }

  /// A line that was not understood is a command that failed, too.
  mutating func noteRefusal() { lastCommandFailed = true }

  // MARK: Setting up

  private mutating func setUp(_ command: Command, from origin: Origin) throws(CommandError.Problem) -> [Effect] {
    var next = settings
    try next.setUp(command, files: files, folder: origin.folder)
    if let problem = next.problem, case .tooLarge = problem { throw .init(problem) }
    settings = next
    guard let begun = experiment else { return [] }
    let hadSteps = begun.position > Position(step: 0)
    keepRun()
    // What was measured was another network's: its numbers have no place among the parameters of this one.
    experiment = nil
    history = History(parameters: 0)
    activity = .idle
    return hadSteps ? [.note("a new experiment: it begins afresh at step 0")] : []
  }

  private mutating func restart() throws(CommandError.Problem) -> [Effect] {
    keepRun()
    experiment = nil
    activity = .idle
    return try settle()
  }

  private mutating func keepRun() {
    guard let experiment else { return }
    earlierRuns.append(ExperimentRun(timeline: timeline, steps: experiment.step))
    let surplus = max(0, earlierRuns.count - Self.mostEarlierRuns)
    earlierRuns.removeFirst(surplus)
    forgottenRuns += surplus
  }

  /// Makes the experiment of the settings, if there is none yet.
  /// - Returns: that it began.
  /// - Throws: why the settings do not make one.
  public mutating func settle() throws(CommandError.Problem) -> [Effect] {
    guard experiment == nil else { return [] }
    if let problem = settings.problem { throw .init(problem) }
    let begun = Experiment(settings)
    experiment = begun
    history = History(parameters: begun.network.parameters.count)
    timeline = Timeline(settings: settings)
    return [.began]
  }

  // The experiment begins, if there is none yet, only if there is something to show of it.
  private mutating func look(
    _ lines: (Experiment, Workbench) throws(CommandError.Problem) -> [String]
  ) throws(CommandError.Problem) -> [Effect] {
    var next = self
    let began = try next.settle()
    guard let experiment = next.experiment else { return [] }
    let shown = try lines(experiment, next)
    self = next
    return began + [.output(shown)]
  }

  // MARK: Changing while it runs

  private mutating func change(_ command: Command) throws(CommandError.Problem) -> [Effect] {
    let was = settings
    try settings.change(command)
    guard var current = experiment else { return [] }
    experiment = nil
    current.clipping = settings.clipping
    current.optimizer.learningRate = settings.optimizer.learningRate
    current.accumulation = settings.accumulation
    var isChanged = was != settings
    if case .clip(.rule) = command {
      current.forgetNorms()
      isChanged = true
    }
    if isChanged { timeline.append(settings.absolute(command), at: current.position) }
    experiment = current
    return []
  }

  // Not a setting: it is over with the next batch, and a restart does not repeat it.
  private mutating func order(_ outlier: Outlier) throws(CommandError.Problem) -> [Effect] {
    guard settings.task.hasNumericTargets else { throw .noNumericTargets(settings.task.loss) }
    let began = try settle()
    experiment?.outlier = outlier
    timeline.append(.outlier(outlier), at: experiment!.position)
    return began
  }

  // MARK: Making steps

  private mutating func begin(_ next: Activity) throws(CommandError.Problem) -> [Effect] {
    let began = try settle()
    activity = next
    return began
  }

  private mutating func begin(until condition: Condition, most: Int) throws(CommandError.Problem) -> [Effect] {
    if let name = condition.quantity.parameter, !parameterNames.contains(name) {
      throw .unknownParameter(name, known: parameterNames)
    }
    if case .ofParameter(.radius, _) = condition.quantity { throw .onDemandOnly(condition.quantity.text) }
    let began = try settle()
    // What an open step has measured is not the end of that step; lr, max_norm and step are as they are now.
    if experiment?.open == nil, let value = try? Reading.value(condition.quantity, self), condition.holds(for: value) {
      return began + [.note("\(condition.text): holds already at step \(history.count)")]
    }
    return began + (try begin(.until(condition, left: most, of: most)))
  }

  private mutating func stop() -> [Effect] {
    activity = .idle
    return []
  }

  /// Goes on with what was interrupted.
  mutating func resume(_ interrupted: Activity) { activity = interrupted }

  /// Makes the next step of what was begun, or the next phase.
  public mutating func work() -> [Effect] {
    switch activity {
    case .idle: return []
    case .phasing(let left):
      activity = left > 1 ? .phasing(left: left - 1) : .idle
      return advance(wholeStep: false)
    case .stepping(let left):
      activity = left > 1 ? .stepping(left: left - 1) : .idle
      return advance(wholeStep: true)
    case .running:
      return advance(wholeStep: true)
    case .until(let condition, let left, let most):
      activity = left > 1 ? .until(condition, left: left - 1, of: most) : .idle
      return advance(wholeStep: true) + settleCondition(condition, isLast: left == 1, most)
    }
  }

  private mutating func settleCondition(_ condition: Condition, isLast: Bool, _ most: Int) -> [Effect] {
    guard let record = history.last, !lastCommandFailed else { return [] }
    guard let value = condition.quantity.value(in: record, of: history, names: parameterNames) else {
      activity = .idle
      lastCommandFailed = true
      return [.failed(Reading.absent(condition.quantity))]
    }
    if condition.holds(for: value) {
      activity = .idle
      return [.note("\(condition.text): holds at step \(record.step)")]
    }
    return isLast ? [.note("\(condition.text): did not come to hold within \(most) steps")] : []
  }

  private mutating func advance(wholeStep: Bool) -> [Effect] {
    // Taken out and put back, so that the step works on an experiment that nobody shares and copies nothing.
    guard var current = experiment else { return [] }
    experiment = nil
    defer { experiment = current }
    do {
      repeat {
        guard let record = try current.advance() else { continue }
        history.append(record)
        return [.stepped(record)]
      } while wholeStep
      return [.phased]
    } catch {
      timeline.goBack(to: current.position)
      activity = .idle
      lastCommandFailed = true
      return [.failed(.step(error))]
    }
  }
}

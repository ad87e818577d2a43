import Gradients
import Numerics
import Language
import Optimization
import Training

/// The settings and the run that was made of them, and what is being done with it: all the state that commands change.
///
/// A value. `apply` understands a command at once and leaves the steps it asks for to `advance`, which makes one at a time:
/// so a screen can stay alive between them, and a run without a screen does the very same.
public struct Workbench: Sendable {
  /// The settings as they are now: what a `restart` begins with.
  public private(set) var settings = Settings()
  /// The run; `nil` until something needs it, and while the settings do not make one.
  public private(set) var run: Run?
  /// How the experiments before this one went; of very many the latest.
  public private(set) var earlierRuns: [Timeline] = []
  /// How many were before those.
  public private(set) var forgottenRuns = 0
  /// What was measured before the last `restart`, to be compared with; `nil` once something else has begun.
  public private(set) var ghost: History?
  /// How many there have been: tells one from another.
  public private(set) var ghostNumber: Int
  /// What it is busy with.
  public private(set) var activity = Activity.idle
  let files: any FileSource
  // Where the files go that scenarios write, if the viewer has said so.
  let outputFolder: String?
  // Whether the last command or the steps it asked for failed, the viewer's and the scenario's: what `expect error` looks
  // at. What the viewer mistypes in the middle of a lesson is no failure of the lesson's.
  private var failed = (viewer: false, scenario: false)
  /// Whether the steps that are being made were asked for by the viewer.
  private(set) var stepsAreViewers = false

  /// How many earlier experiments are kept for a program of them all: a session may begin afresh for as long as it likes.
  public static let mostEarlierRuns = 99

  /// A workbench with the default settings.
  /// - Parameters:
  ///   - outputFolder: where the files go that scenarios write, `nil` for beside the scenario.
  ///   - ghosts: how many ghosts there have been on workbenches before it.
  public init(files: any FileSource, outputFolder: String? = nil, ghosts: Int = 0) {
    (self.files, self.outputFolder, ghostNumber) = (files, outputFolder, ghosts)
  }

  /// The experiment, if there is one.
  public var experiment: Experiment? { run?.experiment }

  /// What was measured; nothing where there is no experiment.
  public var history: History { run?.history ?? History(parameters: 0) }

  /// Where the experiment stands; at the start where there is none.
  public var position: Position { run?.position ?? .start }

  /// The names of the network's parameters.
  public var parameterNames: [String] {
    run?.experiment.network.parameters.descriptions.map(\.name) ?? settings.parameters.map(\.name)
  }

  /// Does what a command says, or begins it.
  /// - Returns: what there is to tell.
  /// - Throws: why the command was refused; nothing has changed then.
  public mutating func apply(_ parsed: ParsedCommand, from origin: Origin) throws(CommandError) -> [Effect] {
    do throws(CommandError.Problem) {
      let effects = try apply(parsed.command, from: origin)
      if parsed.command.kind == .steps { stepsAreViewers = origin.isViewer }
      if case .words(.expect) = parsed.command { return effects }
      note(failure: false, ofViewer: origin.isViewer)
      return effects
    } catch {
      note(failure: true, ofViewer: origin.isViewer)
      throw parsed.error(error)
    }
  }

  private mutating func apply(_ command: Command, from origin: Origin) throws(CommandError.Problem) -> [Effect] {
    switch command {
    case .setUp(.restart): return try restart()
    case .setUp(let setUp): return try self.setUp(setUp, from: origin)
    case .change(let change): return try self.change(change)
    case .steps(let steps): return try plan(steps)
    case .look(let look): return try self.look(look)
    case .words(.say(let text)): return [.said(VisibleText.of(text))]
    case .words(.pause(let key)): return [.paused(key)]
    case .words(.expect(let expectation)):
      // What is computed on demand needs an experiment to compute it of.
      var next = self
      let began = expectation.isOnDemand ? try next.begin() : []
      let effect = try next.test(expectation, hasFailed: origin.isViewer ? failed.viewer : failed.scenario)
      guard Effort.goesOn(1) else { throw .stopped }
      self = next
      return began + [effect]
    case .files(let files): return try write(files, from: origin)
    case .lesson: throw .viewersOnly
    case .view(let view): return [.view(view)]
    }
  }

  /// Whether the last command of the viewer's or of the scenario's failed: also a line that was not understood, a file that
  /// could not be written.
  mutating func note(failure: Bool, ofViewer isViewer: Bool) {
    if isViewer { failed.viewer = failure } else { failed.scenario = failure }
  }

  // MARK: Setting up

  private mutating func setUp(_ command: SetUpCommand, from origin: Origin) throws(CommandError.Problem) -> [Effect] {
    var next = settings
    do {
      try next.setUp(command, files: files, folder: origin.folder)
    } catch {
      // What was read in part is no mistake of the file's.
      guard Effort.goesOn(1) else { throw .stopped }
      throw error
    }
    guard Effort.goesOn(1) else { throw .stopped }
    (settings, ghost) = (next, nil)
    let hadSteps = position > .start
    // What was measured was another network's: its numbers have no place among the parameters of this one.
    end()
    var notes = hadSteps ? [Effect.note("a new experiment: it begins afresh at step 0")] : []
    if case .task(.csv) = command, case .csv(let csv) = next.task {
      notes.append(.note(VisibleText.of(csv.data.summary)))
    }
    return notes
  }

  private mutating func restart() throws(CommandError.Problem) -> [Effect] {
    if let problem = settings.problem { throw .init(problem) }
    if history.count > 0 { (ghost, ghostNumber) = (history, ghostNumber + 1) }
    end()
    return try begin()
  }

  private mutating func end() {
    activity = .idle
    guard let ended = run else { return }
    run = nil
    earlierRuns.append(ended.timeline)
    let surplus = max(0, earlierRuns.count - Self.mostEarlierRuns)
    earlierRuns.removeFirst(surplus)
    forgottenRuns += surplus
  }

  /// Makes the experiment of the settings, if there is none yet.
  /// - Returns: that it began.
  /// - Throws: why the settings do not make one.
  public mutating func begin() throws(CommandError.Problem) -> [Effect] {
    guard run == nil else { return [] }
    if let problem = settings.problem { throw .init(problem) }
    let begun = Run(settings)
    guard Effort.goesOn(1) else { throw .stopped }
    run = begun
    return [.began(begun)]
  }

  // MARK: Changing while it runs

  private mutating func change(_ command: ChangeCommand) throws(CommandError.Problem) -> [Effect] {
    var next = settings
    let change = try next.change(command)
    // An outlier is no setting: it waits in an experiment, and a restart does not repeat it.
    var effects: [Effect] = []
    if case .outlier = change { effects = try begin() }
    settings = next
    do throws(ChangeProblem) {
      if try run?.apply(change) == true { effects.append(.changed(change, at: position)) }
    } catch {
      throw .init(error)
    }
    return effects
  }

  // MARK: Looking

  // The experiment begins, if there is none yet, only if there is something to show of it.
  private mutating func look(_ command: LookCommand) throws(CommandError.Problem) -> [Effect] {
    guard command != .stats else { return [.output(Reading.stats(self))] }
    var next = self
    let began = try next.begin()
    let lines = try Reading.lines(command, next)
    guard Effort.goesOn(1) else { throw .stopped }
    self = next
    return began + [.output(lines)]
  }

  // MARK: Making steps

  private mutating func plan(_ command: StepsCommand) throws(CommandError.Problem) -> [Effect] {
    switch command {
    case .step(let count): try begin(.stepping(left: count))
    case .phase(let count): try begin(.phasing(left: count))
    case .run(let count): try begin(count.map { .stepping(left: $0) } ?? .running)
    case .until(let condition, let most): try begin(until: condition, most: most)
    case .stop: stop()
    }
  }

  private mutating func begin(_ next: Activity) throws(CommandError.Problem) -> [Effect] {
    let began = try begin()
    activity = next
    return began
  }

  private mutating func begin(until condition: Condition, most: Int) throws(CommandError.Problem) -> [Effect] {
    if let name = condition.quantity.parameter, !parameterNames.contains(name) {
      throw .unknownParameter(name, known: parameterNames)
    }
    if case .ofParameter(.radius, _) = condition.quantity { throw .onDemandOnly(condition.quantity.text) }
    let began = try begin()
    // What an open step has measured is not the end of that step; lr, max_norm and step are as they are now.
    if position.phases == 0, let value = try? Reading.value(condition.quantity, self), condition.holds(for: value) {
      activity = .idle
      return began + [.note("\(condition.text): holds already at step \(position.step)")]
    }
    return began + (try begin(.until(condition, left: most, of: most)))
  }

  private mutating func stop() -> [Effect] {
    activity = .idle
    return []
  }

  /// Makes no more of the steps that were begun.
  mutating func abandon() { activity = .idle }

  /// Goes on with the scenario's steps that were interrupted.
  mutating func resume(_ interrupted: Activity) { (activity, stepsAreViewers) = (interrupted, false) }

  /// Makes the next step of what was begun, or the next phase.
  public mutating func advance() -> [Effect] {
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
      let effects = advance(wholeStep: true)
      guard case .stepped(let record)? = effects.last else { return effects }
      return effects + check(condition, record, isLast: left == 1, most)
    }
  }

  private mutating func check(_ condition: Condition, _ record: StepRecord, isLast: Bool, _ most: Int) -> [Effect] {
    guard let value = run?.value(of: condition.quantity, in: record) else {
      activity = .idle
      note(failure: true, ofViewer: stepsAreViewers)
      return [.failed(Reading.absent(condition.quantity))]
    }
    if condition.holds(for: value) {
      activity = .idle
      return [.note("\(condition.text): holds at step \(record.step)")]
    }
    return isLast ? [.note("\(condition.text): did not come to hold within \(most) steps")] : []
  }

  private mutating func advance(wholeStep: Bool) -> [Effect] {
    guard run != nil else { return [] }
    do throws(StepError) {
      repeat {
        if let record = try run?.advance() { return [.stepped(record)] }
      } while wholeStep
      return [.phased]
    } catch {
      activity = .idle
      note(failure: true, ofViewer: stepsAreViewers)
      return [.failed(.init(error))]
    }
  }
}

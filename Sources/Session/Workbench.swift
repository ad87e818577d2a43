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
  /// The run; `nil` until something needs it, and while the settings do not make one.
  public internal(set) var run: Run?
  /// The other experiments, by their numbers: `undo` and `goto` lead back to them. Of very many the latest are kept.
  public internal(set) var otherRuns: [Run] = []
  /// How many were before those.
  public internal(set) var forgottenRuns = 0
  // How many experiments have begun.
  var runCount = 0
  /// How many steps were made again, or may have been, to go to places and to look for something.
  var madeAgain = 0
  // The settings where there is no run.
  var draft = Settings()
  // Of each experiment that a restart has begun, from which other one.
  var restarts: [Int: Int] = [:]
  // How many ghosts there have been on workbenches before.
  private let ghosts: Int
  /// The run beside the run, if there is one.
  public internal(set) var twin: Twin?
  // How many twins there have been, and the thread that makes their steps.
  var twinNumber = 0
  var companion: Companion?
  /// What can be taken back, and what was.
  var done = Done()
  /// What was done, line by line, as a scenario that leads to the same.
  public internal(set) var journal: Journal
  /// The kind of event that was looked for last.
  var eventKind = RunEventKind.spike
  /// What it is busy with.
  public internal(set) var activity = Activity.idle
  let files: any FileSource
  let memory: Int
  // Where the files go that scenarios write, if the viewer has said so.
  let outputFolder: String?
  // Whether the last command or the steps it asked for failed, the viewer's and the scenario's: what `expect error` looks
  // at. What the viewer mistypes in the middle of a lesson is no failure of the lesson's.
  private var failed = (viewer: false, scenario: false)
  /// Whether the steps that are being made were asked for by the viewer.
  var stepsAreViewers = false

  /// How many earlier experiments are kept for a program of them all: a session may begin afresh for as long as it likes.
  public static let mostEarlierRuns = 99

  /// A workbench with the default settings.
  /// - Parameters:
  ///   - memory: the bytes that snapshots to go back with may take.
  ///   - outputFolder: where the files go that scenarios write, `nil` for beside the scenario.
  ///   - ghosts: how many ghosts there have been on workbenches before it.
  ///   - number: how many workbenches there have been before it.
  public init(
    files: any FileSource, outputFolder: String? = nil, memory: Int = Run.snapshotMemory, ghosts: Int = 0,
    number: Int = 0
  ) {
    journal = Journal(number: number)
    (self.files, self.outputFolder, self.memory, self.ghosts) = (files, outputFolder, memory, ghosts)
  }

  /// The settings as they are now: what a `restart` begins with.
  public var settings: Settings { run?.settings ?? draft }

  /// What was measured before the `restart` that this experiment began with, to be compared with.
  public var ghost: History? {
    run.flatMap { restarts[$0.number] }.flatMap { number in otherRuns.first { $0.number == number } }?.history
  }

  /// Tells one ghost from another.
  public var ghostNumber: Int { ghosts + (run?.number ?? 0) }

  /// The experiment, if there is one.
  public var experiment: Experiment? { run?.experiment }

  /// What was measured on this branch, also behind the position of now; nothing where there is no experiment.
  public var history: History { run?.history ?? History(parameters: 0) }

  /// What was measured up to now.
  var known: History { run?.known ?? History(parameters: 0) }

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
      let before = parsed.command.isUndoable ? standing : nil
      let effects = try apply(parsed.command, from: origin)
      if parsed.command.kind == .steps { stepsAreViewers = origin.isViewer }
      if let before { note(parsed.text, before) }
      journal.note(parsed.command, on: self)
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
    case .travel(let travel): return try self.travel(travel)
    case .twin(let twin): return try self.twin(twin)
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
    let hadSteps = run?.isUntouched == false
    // What was measured was another network's: its numbers have no place among the parameters of this one. Before the first step
    // what is as it was leaves all as it is.
    if hadSteps || next != settings {
      end()
      draft = next
    }
    var notes = hadSteps ? [Effect.note("a new experiment: it begins afresh at step 0; u takes that back")] : []
    if case .task(.csv) = command, case .csv(let csv) = next.task {
      notes.append(.note(VisibleText.of(csv.data.summary)))
    }
    return notes
  }

  private mutating func restart() throws(CommandError.Problem) -> [Effect] {
    if let problem = settings.problem { throw .init(problem) }
    // A run of no steps takes no ghost's place.
    let before = run.map { $0.isUntouched ? restarts[$0.number] : $0.number } ?? restarts[nextNumber]
    let left = run.flatMap { $0.isUntouched ? nil : $0.number }
    draft = settings
    end()
    restarts[nextNumber] = before
    let began = try begin()
    guard let left, let run else { return began }
    return began + [.note("x\(run.number) begins at step 0; what there was is x\(left): u takes that back")]
  }

  // The number of an experiment that begins now.
  var nextNumber: Int { max(forgottenRuns, otherRuns.last?.number ?? 0, run?.number ?? 0) + 1 }

  private mutating func end() {
    twin = nil
    (activity, stepsAreViewers) = (.idle, false)
    putAside()
    restarts[nextNumber] = nil
  }

  /// The run of now becomes one of the others; one that has made no step leaves nothing, unless somebody may come back to it.
  mutating func putAside(keepsUntouched: Bool = false) {
    guard var ended = run else { return }
    run = nil
    guard keepsUntouched || !ended.isUntouched || ended.hasNames else { return }
    ended.rest()
    otherRuns.append(ended)
    otherRuns.sort { $0.number < $1.number }
    while otherRuns.count > Self.mostEarlierRuns {
      forgottenRuns = otherRuns.removeFirst().number
    }
    Run.share(&otherRuns)
  }

  /// Makes the experiment of the settings, if there is none yet.
  /// - Returns: that it began.
  /// - Throws: why the settings do not make one.
  public mutating func begin() throws(CommandError.Problem) -> [Effect] {
    guard run == nil else { return [] }
    if let problem = settings.problem { throw .init(problem) }
    let begun = Run(settings, id: runCount + 1, number: nextNumber, memory: memory)
    guard Effort.goesOn(1) else { throw .stopped }
    (run, runCount) = (begun, runCount + 1)
    journal.began()
    return [.began(begun)]
  }

  // MARK: Changing while it runs

  private mutating func change(_ command: ChangeCommand) throws(CommandError.Problem) -> [Effect] {
    var next = settings
    let change = try next.change(command)
    // An outlier is no setting: it waits in an experiment, and a restart does not repeat it.
    var effects: [Effect] = []
    if case .outlier = change { effects = try begin() }
    guard run != nil else {
      draft = next
      return effects
    }
    let (branch, wasPast) = (run?.branch.name ?? "", run?.isPast == true)
    do throws(ChangeProblem) {
      guard try run?.apply(change) == true else { return effects }
    } catch {
      throw .init(error)
    }
    // What is known of the twin is known of the branch that has begun.
    _ = bringTwin()
    if wasPast, let run { effects.append(.branched(run.branch.name, from: branch)) }
    return effects + [.changed(change, at: position)]
  }

  // MARK: Looking

  // The experiment begins, if there is none yet, only if there is something to show of it.
  private mutating func look(_ command: LookCommand) throws(CommandError.Problem) -> [Effect] {
    guard command != .stats else { return [.output(Reading.stats(self))] }
    var next = self
    let began = try next.begin()
    if case .print(.gradient) = command { next.madeAgain += next.run?.stepsForGradients ?? 0 }
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
    if condition.quantity.isOfTwin, twin == nil { _ = try valueOfTwin(condition.quantity) }
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
      guard case .stepped(let record, _)? = effects.last else { return effects }
      return effects + check(condition, record, isLast: left == 1, most)
    }
  }

  private mutating func check(_ condition: Condition, _ record: StepRecord, isLast: Bool, _ most: Int) -> [Effect] {
    let found =
      condition.quantity.isOfTwin
      ? try? valueOfTwin(condition.quantity) : run?.value(of: condition.quantity, in: record)
    guard let value = found else {
      // While they are equal they have not parted: it may still come.
      if condition.quantity == .scalar(.parted), twinRun != nil {
        return isLast ? [Self.didNotHold(condition, most)] : []
      }
      activity = .idle
      note(failure: true, ofViewer: stepsAreViewers)
      return [.failed(Reading.absent(condition.quantity))]
    }
    if condition.holds(for: value) {
      activity = .idle
      return [.note("\(condition.text): holds at step \(record.step)")]
    }
    return isLast ? [Self.didNotHold(condition, most)] : []
  }

  private static func didNotHold(_ condition: Condition, _ most: Int) -> Effect {
    .note("\(condition.text): did not come to hold within \(most) steps")
  }

  private mutating func advance(wholeStep: Bool) -> [Effect] {
    guard let before = run?.changesMade else { return [] }
    let hadFailed = twin?.failure != nil
    do throws(StepError) {
      let record = wholeStep ? try makeStep() : try makePhase()
      if record == nil { journal.phased() } else { journal.stepped() }
      let made = record.map { Effect.stepped($0, isNew: run?.isNew ?? true) } ?? .phased
      // A workbench is large: a method that only looks at it costs as much as a small step, so it is asked where it has to be.
      let news = (run?.changesMade ?? before) > before ? repeated(since: before) : []
      let failed = hadFailed || twin?.failure == nil ? [] : failureOfTwin
      return news + failed + [made]
    } catch {
      activity = .idle
      // The twin is where the run is, also where its step was refused.
      if error != .stopped { _ = bringTwin() }
      note(failure: true, ofViewer: stepsAreViewers)
      // What was stopped is no refusal: it is not refused again.
      if error != .stopped { journal.failed(wholeStep ? .step(1) : .phase(1)) }
      return [.failed(.init(error))]
    }
  }

  private mutating func makeStep() throws(StepError) -> StepRecord? {
    if let companion, let record = try twin?.step(&run!, companion) { return record }
    return try run?.makeStep()
  }

  private mutating func makePhase() throws(StepError) -> StepRecord? {
    let record = try run?.advance()
    // A step of its own that was stopped it makes with the next.
    _ = bringTwin()
    return record
  }

  var failureOfTwin: [Effect] {
    guard let failure = twin?.failure else { return [] }
    return [.note("the twin makes no more steps: \(CommandError.Problem(failure).message)")]
  }

  // In the past the same changes come at the same positions.
  private func repeated(since made: Int) -> [Effect] {
    guard let run else { return [] }
    return run.timeline.changes[made..<run.changesMade].map { .repeated($0.change) }
  }
}

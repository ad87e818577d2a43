import Numerics

/// An experiment with what was measured and what was done since it began: they are made, changed and forgotten together. It
/// can be walked through in both directions, and each change that is made in its past begins a branch of its own.
public struct Run: Sendable {
  /// Tells it from all others of a session, also from those that have left their number to it.
  public internal(set) var id: Int
  /// Which of the experiments of a session it is, from 1.
  public internal(set) var number: Int
  /// The experiment as it stands at `position`; of a run that rests another one, that takes no memory.
  public internal(set) var experiment: Experiment
  // Where a run that rests stood when it was put aside.
  private var restsAt: Position?
  /// The ways that it has gone, in the order in which they began; there is always one.
  public internal(set) var branches: [Branch]
  /// The places that have names.
  public internal(set) var marks: [Mark] = []

  // The branch of now.
  var current = 0
  /// How many of the branch's changes have been made at the position of now.
  public internal(set) var changesMade = 0
  /// Whether the phase that was made last was a new one, and not one of the past.
  public internal(set) var isNew = true
  /// How many steps were made again to go back and forth.
  public internal(set) var madeAgain = 0
  // Whether the experiment's gradients are those of the last step: a snapshot has none.
  var hasGradients = true
  // Of a position that the history no longer has exactly: the last step before it, and the steps before that.
  var record: StepRecord?
  var recent: History?
  var snapshots: SnapshotStore
  // How many branches there have been beside the first, and the last `id`.
  var begunBranches = 0
  var lastID = 0

  /// A run that begins.
  /// - Parameters:
  ///   - id: what tells it from all others.
  ///   - number: which of the experiments of a session it is.
  ///   - memory: the bytes that snapshots may take.
  ///   - stride: how many steps are between two snapshots before they are thinned; chosen by what a step costs if not told.
  /// - Precondition: `settings.problem` is nil.
  public init(
    _ settings: Settings, id: Int = 0, number: Int = 1, memory: Int = Run.snapshotMemory, stride: Int? = nil
  ) {
    (self.id, self.number) = (id, number)
    experiment = Experiment(settings)
    let history = History(parameters: experiment.network.parameters.count)
    branches = [Branch(id: 0, name: "main", timeline: Timeline(settings: settings), history: history)]
    snapshots = SnapshotStore(experiment, budget: memory, stride: stride)
  }

  /// The bytes that snapshots take, unless told otherwise.
  public static let snapshotMemory = SnapshotStore.budget

  // MARK: Where it stands

  // Not an optional one: it would be copied whenever it is looked at, which costs as much as a small step.
  private static let none = Experiment(Settings())

  /// It is put aside: the experiment is made again when the run is needed.
  mutating func forgetExperiment() {
    (restsAt, experiment, record, recent) = (position, Self.none, nil, nil)
    snapshots.origin = nil
  }

  /// A run that rests has an experiment again.
  /// - Returns: false where an ``Effort`` was stopped.
  mutating func remakeExperiment() -> Bool {
    guard let position = restsAt else { return true }
    experiment = Experiment(timeline.settings)
    guard Effort.goesOn(1) else { return false }
    (restsAt, changesMade) = (nil, 0)
    snapshots.origin = experiment.snapshot
    return walk(to: position, onBranch: current, withOwn: false)
  }

  /// The branch of now.
  public var branch: Branch { branches[current] }

  /// Where it stands.
  public var position: Position { restsAt ?? experiment.position }

  // Inlined: it is asked at each step, and a call would make a copy of the whole run for it.
  /// The branch and the position of now.
  @inline(__always) public var place: Place { Place(branch: branch.id, position: position) }

  /// The last position ever reached on this branch.
  public var end: Position { branches[current].timeline.end }

  /// Whether there is more of this branch behind the position of now.
  public var isPast: Bool { position < end }

  /// What was done on this branch, also behind the position of now.
  public var timeline: Timeline { branch.timeline }

  /// What was measured on this branch, also behind the position of now.
  public var history: History { branch.history }

  /// The settings as they are now: what it began with, and what is in force.
  public var settings: Settings {
    var now = timeline.settings
    (now.optimizer, now.clipping, now.accumulation) = (
      experiment.optimizer, experiment.clipping, experiment.accumulation
    )
    return now
  }

  /// What was measured up to the position of now. O(chunks) in the past.
  public var known: History {
    if let recent { return recent }
    guard branch.history.lastStep > position.step else { return branch.history }
    var history = branch.history
    history.cut(after: position.step)
    return history
  }

  /// What is known of the step that is being made, or else of the last one.
  public var present: Present? {
    if let open = experiment.open { return Present(open, after: experiment.step) }
    return (branch.history[step: experiment.step] ?? record).map(Present.init)
  }

  // MARK: Going on

  /// How many branches a run has at most: each keeps what was measured on it, and a scenario may begin them without end.
  public static let mostBranches = 1000

  /// Changes the experiment. In the past that begins a branch: what came after stays where it is.
  /// - Returns: whether that took effect: what was so already is not noted.
  public mutating func apply(_ change: Change) throws(ChangeProblem) -> Bool {
    if isPast, branches.count >= Self.mostBranches { throw .tooManyBranches(limit: Self.mostBranches) }
    var next = experiment
    try next.apply(change)
    let isSame =
      (next.optimizer, next.clipping, next.accumulation)
      == (experiment.optimizer, experiment.clipping, experiment.accumulation)
    switch change {
    // Given anew, a rule forgets; an outlier waits for its batch.
    case .rule, .outlier: break
    default: if isSame { return false }
    }
    guard !isPast || beginBranch() else { throw .stopped }
    experiment = next
    branches[current].timeline.append(change)
    changesMade += 1
    return true
  }

  /// Makes the next phase. In the past it is one that was made before, with what was changed behind it.
  /// - Returns: the record of the step, if this phase completed it.
  /// - Throws: `StepError`, as `Experiment.advance`; the run is where it was before that step.
  public mutating func advance() throws(StepError) -> StepRecord? {
    let isKnown = isPast
    (isNew, hasGradients) = (!isKnown, true)
    let record: StepRecord?
    do {
      record = try experiment.advance()
    } catch {
      if isKnown {
        // What was changed inside the step is to be made again with it.
        if changesMade > timeline.changes.firstIndex(from: position.next) {
          Effort.$current.withValue(nil) { _ = walk(to: position, onBranch: current, withOwn: false) }
        }
      } else {
        giveUpStep()
      }
      throw error
    }
    if let record, record.step % snapshots.stride == 0 { takeSnapshot(isKnown: isKnown) }
    if isKnown {
      // Being at a position means: after all changes that were made there.
      changesMade = branch.timeline.repeatChanges(on: &experiment, from: changesMade)
    } else {
      branches[current].timeline.end = experiment.position
      if let record { branches[current].history.append(record) }
    }
    if let record { went(record) }
    return record
  }

  /// Makes the phases to the end of the step.
  /// - Throws: as `advance`.
  public mutating func makeStep() throws(StepError) -> StepRecord {
    while true {
      if let record = try advance() { return record }
    }
  }

  // The open step was refused: what was changed or marked inside it stands where it began.
  private mutating func giveUpStep() {
    branches[current].timeline.goBack(to: position)
    for index in marks.indices where marks[index].place.branch == branch.id && marks[index].place.position > position {
      marks[index] = Mark(name: marks[index].name, place: place, way: timeline)
    }
  }

  // A step was made: once there are as many exact ones as anybody looks back on, the history tells all.
  private mutating func went(_ record: StepRecord) {
    if recent != nil, !branch.history.isExact(before: record.step) {
      self.record = record
      recent?.append(record)
    } else {
      (self.record, recent) = (nil, nil)
    }
  }

  private mutating func takeSnapshot(isKnown: Bool) {
    if isKnown, snapshots.last(upTo: experiment.step, partings: partings(from: timeline)).step == experiment.step {
      return
    }
    snapshots.keep(experiment, on: branch.id)
  }
}

extension Timeline {
  /// Makes the changes of the position that an experiment has come to.
  /// - Parameter made: how many of the changes were made before.
  /// - Returns: how many are made then.
  func repeatChanges(on experiment: inout Experiment, from made: Int) -> Int {
    var made = made
    while made < changes.count, changes[made].position <= experiment.position {
      // It was possible the first time.
      try? experiment.apply(changes[made].change)
      made += 1
    }
    return made
  }
}

extension History {
  /// What some steps have measured, and nothing else.
  package init(_ records: [StepRecord]) {
    self.init(parameters: records.first?.weightNorms.count ?? 0)
    for record in records { append(record) }
  }

  /// Whether all steps that numbers of a step look back on are kept exactly.
  func isExact(before step: Int) -> Bool {
    step == 0 || (firstKept.map { $0 <= max(1, step - History.window + 1) } ?? false)
  }
}

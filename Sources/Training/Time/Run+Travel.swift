import Numerics

extension Run {
  // Where the branches of this run part from a timeline, by their `id`.
  func partings(from timeline: Timeline) -> [Int: Position?] {
    var partings: [Int: Position?] = [:]
    for branch in branches { partings[branch.id] = .some(branch.timeline.parting(from: timeline)) }
    return partings
  }

  /// Goes to a place, in whichever direction: the experiment is what it was there, and the numbers are those of its last step.
  ///
  /// At most so many steps are made again as there are between two snapshots. Gradients are made again only where somebody
  /// wants to see them: `gradients`.
  /// - Returns: whether it is there; where an ``Effort`` was stopped, it is where it was.
  /// - Precondition: the branch is one of this run's and reaches so far.
  public mutating func travel(to place: Place) -> Bool {
    guard let index = branches.firstIndex(where: { $0.id == place.branch }), place.position <= branches[index].end
    else {
      preconditionFailure("the place is one of this run's")
    }
    guard remakeExperiment() else { return false }
    return place == self.place || walk(to: place.position, onBranch: index, withOwn: true)
  }

  // - Parameter withOwn: whether the state of now may be what leads there.
  mutating func walk(to position: Position, onBranch index: Int, withOwn: Bool) -> Bool {
    let (branch, before) = (branches[index], current)
    var walk = Walk(self, to: position, on: branch, withOwn: withOwn)
    guard walk.go(to: position) else { return false }
    let step = walk.experiment.step
    let isExact = branch.history.isExact(before: step)
    (experiment, current, changesMade) = (walk.experiment, index, walk.changesMade)
    (hasGradients, madeAgain) = (walk.hasGradients, madeAgain + walk.stepsMade)
    record = branch.history[step: step] == nil ? walk.records.last : nil
    recent = isExact ? nil : History(walk.records)
    if !walk.snapshots.isEmpty { snapshots.keepNear(walk.snapshots, on: branch.id) }
    if current != before { condenseOthers() }
    return true
  }

  /// How many steps are made again for `gradients`.
  public var stepsForGradients: Int {
    hasGradients ? 0 : Walk(self, to: position, on: branch, withOwn: false, lead: 1).distance(to: position)
  }

  /// The gradients of the last step, as clipping has left them; of an open step those that its phases have come to.
  /// - Returns: `nil` where an ``Effort`` was stopped: a step may have to be made again.
  public var gradients: [Matrix]? {
    if hasGradients { return experiment.network.parameters.gradients }
    var walk = Walk(self, to: position, on: branch, withOwn: false, lead: 1)
    return walk.go(to: position) ? walk.experiment.network.parameters.gradients : nil
  }

  /// The records of some steps of a branch, one after the other: those that are kept exactly, and the others made again.
  /// - Parameter body: whether to go on.
  /// - Returns: whether all were looked at, or it was enough; false where an ``Effort`` was stopped.
  /// - Precondition: the branch has made these steps.
  public func records(
    of branch: Branch, _ steps: Range<Int>, _ body: (StepRecord) -> Bool
  ) -> Bool {
    var walk: Walk?
    for step in steps {
      if let record = branch.history[step: step] {
        if !body(record) { return true }
        if step % 1024 == 0, !Effort.goesOn(Double(step - steps.lowerBound) / Double(steps.count)) { return false }
        continue
      }
      let target = Position(step: step)
      if walk == nil { walk = Walk(self, to: target, on: branch, withOwn: false, lead: 1) }
      walk?.forget()
      guard walk?.go(to: target, part: (step - steps.lowerBound, steps.count)) == true,
        let record = walk?.records.last
      else { return false }
      if !body(record) { return true }
    }
    return Effort.goesOn(1)
  }

  /// A history of a timeline up to its end, from one that has the same beginning: what only summaries are left of is made again
  /// as far as numbers of its last step look back on it.
  /// - Returns: `nil` where an ``Effort`` was stopped.
  func history(of timeline: Timeline, from branch: Branch) -> History? {
    var history = branch.history
    let step = timeline.end.step
    guard history.lastStep > step else { return history }
    let last = history.cut(after: history.isExact(before: step) ? step : max(0, step - History.window))
    guard last < step else { return history }
    let known = Branch(id: branch.id, name: "", timeline: branch.timeline, history: history)
    let isDone = records(of: known, last + 1..<step + 1) {
      history.append($0)
      return true
    }
    return isDone ? history : nil
  }

  // MARK: A way from its start

  /// A run that has gone a way straight to its end, from nothing.
  /// - Parameters:
  ///   - memory: the bytes that snapshots may take.
  ///   - stride: how many steps are between two snapshots before they are thinned; chosen by what a step costs if not told.
  /// - Returns: `nil` where an ``Effort`` was stopped, or a step was refused.
  package init?(following way: Timeline, memory: Int, stride: Int? = nil) {
    self.init(way.settings, memory: memory, stride: stride)
    do throws(StepError) { try go(along: way) } catch { return nil }
  }

  /// Goes a way to its end, from the start.
  /// - Throws: as ``advance()``, and `stopped` where an ``Effort`` was stopped.
  mutating func go(along way: Timeline) throws(StepError) {
    for entry in way.changes {
      try go(to: entry.position, of: way.end)
      _ = try? apply(entry.change)
    }
    try go(to: way.end, of: way.end)
    guard Effort.goesOn(1) else { throw .stopped }
  }

  /// Makes all phases up to a position.
  /// - Parameter end: the end of the work that this is a part of.
  /// - Throws: as ``advance()``, and `stopped` where an ``Effort`` was stopped.
  mutating func go(to target: Position, of end: Position) throws(StepError) {
    while position < target {
      let made = Effort.share(of: position.step, in: end.step) { () -> Result<StepRecord?, StepError> in
        do throws(StepError) { return .success(try advance()) } catch { return .failure(error) }
      }
      guard let made else { throw .stopped }
      _ = try made.get()
    }
  }
}

/// A copy of an experiment on its way along a branch.
struct Walk {
  private(set) var experiment: Experiment
  private(set) var changesMade: Int
  /// Whether the gradients are those of the last step.
  private(set) var hasGradients: Bool
  /// How many steps it has made.
  private(set) var stepsMade = 0
  /// What the last steps have measured: as many as numbers look back on.
  private(set) var records: [StepRecord] = []
  /// The states on the way.
  private(set) var snapshots: [Snapshot] = []
  private let timeline: Timeline
  private let stride: Int
  private let mostSnapshots: Int
  private let begin: Position

  /// Begins at the last state that is known up to a position.
  /// - Parameters:
  ///   - withOwn: whether that may be the state of the run itself.
  ///   - lead: how many steps before the position it is at least; more where numbers look back on steps that are not kept.
  init(_ run: Run, to target: Position, on branch: Branch, withOwn: Bool = true, lead: Int = 0) {
    timeline = branch.timeline
    stride = run.snapshots.stride
    let isExact = branch.history.isExact(before: target.step)
    let partings = run.partings(from: branch.timeline)
    let snapshot = run.snapshots.last(
      upTo: max(0, target.step - (isExact ? lead : History.window)), partings: partings)
    mostSnapshots = run.snapshots.nearCount(snapshot.bytes)
    let isOnTheWay = (partings[run.branch.id] ?? nil).map { $0 > run.position } ?? true
    if withOwn, isExact, isOnTheWay, run.position <= target, run.position.step >= snapshot.step {
      (experiment, changesMade, begin) = (run.experiment, run.changesMade, run.position)
      hasGradients = run.hasGradients
      return
    }
    begin = Position(step: snapshot.step)
    experiment = run.experiment
    experiment.restore(snapshot)
    changesMade = timeline.repeatChanges(on: &experiment, from: timeline.changes.firstIndex(from: begin))
    // At the start they are zero.
    hasGradients = begin.step == 0
  }

  /// Goes on to a position.
  /// - Parameter part: which piece of the work this is, and of how many; `nil` where it is all of it.
  /// - Returns: false where an ``Effort`` was stopped.
  mutating func go(to target: Position, part: (done: Int, all: Int)? = nil) -> Bool {
    while experiment.position < target {
      let (done, all) = part ?? (experiment.step - begin.step, target.step - begin.step)
      guard Effort.share(of: done, in: all, { advance(to: target) }) == true else { return false }
    }
    return part != nil || Effort.goesOn(1)
  }

  // Goes on to the end of the step, or to a position inside it.
  // - Returns: whether no step was refused, as those are that are stopped.
  private mutating func advance(to target: Position) -> Bool {
    do throws(StepError) {
      var record: StepRecord?
      while record == nil, experiment.position < target {
        record = try experiment.advance()
        hasGradients = true
        if let record { note(record) }
        changesMade = timeline.repeatChanges(on: &experiment, from: changesMade)
      }
      return true
    } catch {
      return false
    }
  }

  private mutating func note(_ record: StepRecord) {
    stepsMade += 1
    // Some more than anybody looks back on, so that they are moved rarely.
    if records.count >= 2 * History.window { records.removeFirst(History.window) }
    records.append(record)
    guard record.step % stride == 0, mostSnapshots > 0 else { return }
    if snapshots.count >= mostSnapshots { snapshots.removeFirst() }
    snapshots.append(experiment.snapshot)
  }

  /// How many steps it is to a position.
  func distance(to target: Position) -> Int { target.step - experiment.step + (target.phases > 0 ? 1 : 0) }

  /// Forgets what was measured on the way.
  mutating func forget() { records.removeAll(keepingCapacity: true) }
}

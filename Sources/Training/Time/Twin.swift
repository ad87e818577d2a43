import Numerics

/// A second run beside the first, stepped with it on the same batches, that differs in something.
///
/// Before it began it is the run itself, unless it differs in how the run was set up. A branch of the run that had left before
/// the twin began has none.
public struct Twin: Sendable {
  /// Tells it from all others.
  public let id: Int
  /// What makes it another, as it was typed; empty where nothing does.
  public let difference: String
  /// The second run. It has one branch.
  public private(set) var run: Run
  /// Where it began.
  public let begins: Position
  /// Whether it differs from step 0 on.
  public let isFromStart: Bool
  /// Whether run and twin have changed places.
  public let isSwapped: Bool
  /// Why it makes no more steps, `nil` as long as it does.
  public private(set) var failure: StepError?
  /// The way of the run that it belongs to, up to where it began.
  let origin: Timeline
  // For each branch of the run that was walked on with the twin: the first step after which they differ, or the last after which
  // they were compared and equal.
  private var partings: [Int: (first: Int?, compared: Int)] = [:]
  // Whether a branch has this twin, where that was asked before: its past stays what it is.
  private var belonging: [Int: Bool] = [:]
  // Where both stood after a step that they made together, and whether they draw the same batches: while the run stands there, the
  // twin does, too. It is looked at before each step, and what the other thread has written is not: that would cost more than all
  // else between two steps.
  private var inStep: (place: Place, drawsTheSame: Bool)?

  /// A twin of a run as it stands, with some changes made.
  /// - Throws: why one of them cannot be made; `stopped` where an ``Effort`` was.
  public init(of run: Run, id: Int, difference: String, changes: [Change]) throws(ChangeProblem) {
    (self.id, self.difference) = (id, difference)
    // Without a difference it has the same future, where that is known.
    guard let twin = run.offspring(keepsFuture: changes.isEmpty) else { throw .stopped }
    self.run = twin
    (begins, isFromStart, isSwapped) = (run.position, false, false)
    origin = run.timeline.straight(to: run.position)
    for change in changes { _ = try self.run.apply(change) }
  }

  /// A twin that began at step 0 with other settings and the run's own changes, and was brought to where the run stands.
  /// - Parameters:
  ///   - changes: what is changed at the beginning.
  ///   - replaced: whether a change of the run is left out, because something else has taken its place.
  /// - Returns: `nil` where an ``Effort`` was stopped.
  public init?(
    of run: Run, id: Int, difference: String, settings: Settings, changes: [Change], replaced: (Change) -> Bool
  ) {
    (self.id, self.difference) = (id, difference)
    (begins, isFromStart, isSwapped) = (run.position, true, false)
    origin = run.timeline.straight(to: run.position)
    var way = Timeline(settings: settings)
    for change in changes { way.append(change) }
    for entry in origin.changes where !replaced(entry.change) { way.note(entry) }
    way.end = origin.end
    self.run = Run(settings, memory: run.snapshots.budget / 2)
    do throws(StepError) {
      try self.run.go(along: way)
    } catch {
      guard error != .stopped else { return nil }
      failure = error
    }
    guard !isBeside(run) || findParting(from: run) else { return nil }
  }

  /// Another twin's way, made again.
  /// - Returns: `nil` where an ``Effort`` was stopped.
  public init?(_ outline: Outline, memory: Int) {
    guard let run = Run(following: outline.timeline, memory: memory / 2) else { return nil }
    (id, difference, begins) = (outline.id, outline.difference, outline.begins)
    (isFromStart, isSwapped, origin, self.run) = (outline.isFromStart, outline.isSwapped, outline.origin, run)
  }

  // The run becomes the twin of what was its twin.
  private init?(_ run: Run, ofTwin twin: Twin, id: Int, origin: Timeline, branch: Int) {
    // With what comes on its branch: it is the same run as before.
    guard let own = run.offspring(keepsFuture: true) else { return nil }
    (self.id, difference, begins) = (id, twin.difference, twin.begins)
    (isFromStart, isSwapped, self.origin) = (twin.isFromStart, !twin.isSwapped, origin)
    self.run = own
    if let known = twin.partings[run.branch.id] { partings[branch] = known }
  }

  /// The twin becomes the run, on a branch of its own, and the run becomes the twin.
  /// - Returns: `nil` where an ``Effort`` was stopped.
  /// - Precondition: the twin stands where the run stands, and has the same settings to begin with.
  public func swapped(with run: Run, id: Int) -> (run: Run, twin: Twin)? {
    var own = run
    own.goOn(as: self.run, since: begins.step)
    return Twin(run, ofTwin: self, id: id, origin: origin, branch: own.branch.id).map { (own, $0) }
  }

  /// The twin becomes a run of its own, and the run its twin.
  /// - Parameters:
  ///   - run: the run that it is beside.
  ///   - runID: what tells it from all other runs then.
  ///   - number: which of the experiments it is then.
  /// - Returns: `nil` where an ``Effort`` was stopped.
  public func swapped(with run: Run, id: Int, runID: Int, number: Int) -> (run: Run, twin: Twin)? {
    var own = self.run
    (own.id, own.number) = (runID, number)
    let origin = own.timeline.straight(to: min(begins, own.end))
    return Twin(run, ofTwin: self, id: id, origin: origin, branch: own.branch.id).map { (own, $0) }
  }

  /// What it takes to make a twin again.
  public struct Outline: Equatable, Sendable {
    /// Tells it from all others.
    public let id: Int
    /// What makes it another.
    public let difference: String
    let begins: Position
    let isFromStart: Bool
    let isSwapped: Bool
    let origin: Timeline
    let timeline: Timeline
  }

  /// What it takes to make it again.
  public var outline: Outline {
    Outline(
      id: id, difference: difference, begins: begins, isFromStart: isFromStart, isSwapped: isSwapped,
      origin: origin, timeline: run.timeline)
  }

  // MARK: In step

  /// Whether a branch of the run has this twin: it has the way that the twin began on.
  public mutating func belongs(to branch: Branch) -> Bool {
    if let known = belonging[branch.id] { return known }
    let belongs = branch.timeline.covers(origin)
    belonging[branch.id] = belongs
    return belongs
  }

  /// Whether it is the run itself where the run stands.
  public func isBefore(_ position: Position) -> Bool { !isFromStart && position < begins }

  /// Whether it stands where the run stands.
  public func isBeside(_ run: Run) -> Bool { self.run.position == run.position }

  /// Goes to where the run has gone: through what is known, and from there on new steps, unless one is refused.
  /// - Returns: false where an ``Effort`` was stopped.
  public mutating func follow(_ run: Run) -> Bool {
    inStep = nil
    guard belongs(to: run.branch), !isBefore(run.position) else { return true }
    let known = min(run.position, self.run.end)
    guard self.run.travel(to: Place(branch: self.run.branch.id, position: known)) else { return false }
    do throws(StepError) {
      if failure == nil { try self.run.go(to: run.position, of: run.position) }
    } catch {
      guard error != .stopped else { return false }
      failure = error
    }
    return !isBeside(run) || findParting(from: run)
  }

  /// Makes a step of the run, and of the twin with it.
  /// - Throws: as `Run.advance`, what keeps the run from its step.
  public mutating func step(_ run: inout Run, _ companion: Companion) throws(StepError) -> StepRecord {
    let before = run.place
    let known = inStep.flatMap { $0.place == before ? $0 : nil }
    guard known != nil || failure == nil && isBeside(run) && belongs(to: run.branch) && !isBefore(run.position) else {
      let record = try run.makeStep()
      _ = follow(run)
      return record
    }
    // What the phases of an open step have drawn is not looked at.
    let isWhole = before.position.phases == 0
    let drawsTheSame = isWhole && (known?.drawsTheSame ?? run.experiment.hasSameGenerator(as: self.run.experiment))
    inStep = nil
    let (own, other) = companion.step(&run, &self.run, isFirst: known == nil)
    if case .refused(let error) = other, error != .stopped { failure = error }
    let record = try own.get()
    guard case .made(let hasSameRules, let isUntouched) = other else { return record }
    let place = Place(branch: before.branch, position: Position(step: record.step))
    if isWhole { inStep = (place, drawsTheSame && hasSameRules) }
    // The same state and the same batches have the same gradients, and where clipping leaves them alone the same update: that is
    // known, and to compare all parameters of a step that one thread has just written takes the other as long as much of a step.
    let parting = partings[before.branch]
    if parting?.first != nil { return record }
    if parting?.compared == before.position.step, drawsTheSame, hasSameRules, isUntouched, record.outcome.isUntouched {
      partings[before.branch]?.compared = record.step
    } else {
      _ = findParting(from: run)
    }
    return record
  }

  // MARK: What differs

  // Looks for the first step after which they differ, among those that were not compared yet, up to where both stand.
  // - Returns: false where an ``Effort`` was stopped.
  // - Precondition: they stand at the same position.
  private mutating func findParting(from run: Run) -> Bool {
    let (branch, end) = (run.place.branch, run.position.step)
    if let known = partings[branch], known.first != nil { return true }
    var known = partings[branch] ?? inherited(by: run)
    defer { partings[branch] = known }
    func compare(_ one: Experiment, _ other: Experiment) {
      if one.hasSameState(as: other) { known.compared = one.step } else { known.first = one.step }
    }
    guard known.first == nil, known.compared < end else { return true }
    if !isFromStart {
      // What has gone the same way is the same.
      known.compared = max(known.compared, min(end, self.run.timeline.parting(from: run.timeline)?.step ?? end))
    }
    if known.compared == end - 1 { compare(run.experiment, self.run.experiment) }
    guard known.first == nil, known.compared < end else { return true }
    let begin = Position(step: max(0, known.compared))
    var one = Walk(run, to: begin, on: run.branch, withOwn: false)
    var other = Walk(self.run, to: begin, on: self.run.branch, withOwn: false)
    for step in begin.step...end {
      let (position, part) = (Position(step: step), (done: step, all: end + 1))
      guard one.go(to: position, part: part), other.go(to: position, part: part) else { return false }
      if step > known.compared { compare(one.experiment, other.experiment) }
      if known.first != nil { break }
    }
    return Effort.goesOn(1)
  }

  // What is known of a branch that has just begun: what is known of those that it shares its way with.
  private func inherited(by run: Run) -> (first: Int?, compared: Int) {
    var best: (first: Int?, compared: Int) = (nil, isFromStart ? -1 : begins.step)
    for branch in run.branches {
      guard let known = partings[branch.id] else { continue }
      let shared = branch.timeline.parting(from: run.timeline)?.step ?? min(branch.end.step, run.end.step)
      if let first = known.first, first <= shared { return known }
      best.compared = max(best.compared, min(known.compared, shared))
    }
    return best
  }

  /// The first step after which parameters or what the optimizer remembers differ, as far as the run stands; `nil` while they
  /// are equal.
  public func parted(from run: Run) -> Int? {
    guard let first = partings[run.branch.id]?.first, first <= run.position.step else { return nil }
    return first
  }

  /// ‖θ − θ_twin‖ / ‖θ‖ over all parameters; `nil` where their shapes differ. O(parameters).
  public func distance(from run: Run) -> Double? {
    if isBefore(run.position) { return 0 }
    guard isBeside(run) else { return nil }
    return run.experiment.distance(to: self.run.experiment)
  }
}

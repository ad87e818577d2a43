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

  /// A twin of a run as it stands, with some changes made.
  /// - Throws: why one of them cannot be made.
  public init(of run: Run, id: Int, difference: String, changes: [Change]) throws(ChangeProblem) {
    (self.id, self.difference) = (id, difference)
    // Without a difference it has the same future, where that is known.
    self.run = run.offspring(keepsFuture: changes.isEmpty)
    (begins, isFromStart, isSwapped) = (run.position, false, false)
    origin = run.timeline.straight(to: run.position)
    for change in changes { _ = try self.run.apply(change) }
  }

  /// A twin that began at step 0 with other settings and the run's own changes, and was brought to where the run stands.
  /// - Parameters:
  ///   - replaced: whether a change of the run is left out, because something else has taken its place.
  ///   - changes: what is changed where the run stands.
  /// - Returns: `nil` where an ``Effort`` was stopped, or a step was refused on the way.
  public init?(
    of run: Run, id: Int, difference: String, settings: Settings, replaced: (Change) -> Bool, changes: [Change]
  ) throws(ChangeProblem) {
    (self.id, self.difference) = (id, difference)
    (begins, isFromStart, isSwapped) = (run.position, true, false)
    origin = run.timeline.straight(to: run.position)
    var way = Timeline(settings: settings)
    for entry in origin.changes where !replaced(entry.change) { way.note(entry) }
    way.end = origin.end
    guard let twin = Run(following: way, number: run.number, memory: run.snapshots.budget / 2) else { return nil }
    self.run = twin
    for change in changes { _ = try self.run.apply(change) }
    guard findParting(from: run) else { return nil }
  }

  /// Looks for the first step after which they differ, from where the twin began, or from the start, to where the run stands.
  /// - Returns: false where an ``Effort`` was stopped.
  public mutating func findParting(from run: Run) -> Bool {
    var (one, other) = (run.offspring(), self.run)
    let start = isFromStart ? Position.start : min(begins, run.position)
    guard one.travel(to: Place(branch: one.branch.id, position: start)),
      other.travel(to: Place(branch: other.branch.id, position: start))
    else { return false }
    while one.experiment.hasSameState(as: other.experiment) {
      let step = one.position.step
      partings[run.branch.id] = (nil, step)
      guard step < run.position.step, step < other.end.step else { return true }
      do {
        while one.position.step == step { _ = try one.advance() }
        while other.position.step == step { _ = try other.advance() }
      } catch { return false }
    }
    partings[run.branch.id] = (one.position.step, one.position.step)
    return true
  }

  /// Another twin's way, made again.
  /// - Returns: `nil` where an ``Effort`` was stopped.
  public init?(_ outline: Outline, memory: Int) {
    guard let run = Run(following: outline.timeline, number: 1, memory: memory / 2) else { return nil }
    (id, difference, begins) = (outline.id, outline.difference, outline.begins)
    (isFromStart, isSwapped, origin, self.run) = (outline.isFromStart, outline.isSwapped, outline.origin, run)
  }

  // The run becomes the twin of what was its twin.
  private init(_ run: Run, ofTwin twin: Twin, id: Int, origin: Timeline, branch: Int) {
    (self.id, difference, begins) = (id, twin.difference, twin.begins)
    (isFromStart, isSwapped, self.origin) = (twin.isFromStart, !twin.isSwapped, origin)
    self.run = run.offspring()
    if let known = twin.partings[run.branch.id] { partings[branch] = known }
  }

  /// The twin becomes the run, on a branch of its own, and the run becomes the twin.
  /// - Precondition: the twin stands where the run stands, and has the same settings to begin with.
  public func swapped(with run: Run, id: Int) -> (run: Run, twin: Twin) {
    var own = run
    own.goOn(as: self.run)
    return (own, Twin(run, ofTwin: self, id: id, origin: origin, branch: own.branch.id))
  }

  /// The twin becomes a run of its own, and the run its twin.
  /// - Parameters:
  ///   - run: the run that it is beside.
  ///   - runID: what tells it from all other runs then.
  ///   - number: which of the experiments it is then.
  public func swapped(with run: Run, id: Int, runID: Int, number: Int) -> (run: Run, twin: Twin) {
    var own = self.run
    (own.id, own.number) = (runID, number)
    own.branches[0].name = "main"
    let origin = own.timeline.straight(to: min(begins, own.end))
    return (own, Twin(run, ofTwin: self, id: id, origin: origin, branch: own.branch.id))
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

  /// Goes to where the run has gone: through what is known, and from there on new steps.
  /// - Returns: whether it is there; where an ``Effort`` was stopped or a step was refused, it is not.
  public mutating func follow(_ run: Run) -> Bool {
    guard belongs(to: run.branch), !isBefore(run.position) else { return true }
    let target = run.position
    if target <= self.run.end {
      guard self.run.travel(to: Place(branch: self.run.branch.id, position: target)) else { return false }
    } else if failure == nil {
      guard self.run.travel(to: Place(branch: self.run.branch.id, position: self.run.end)) else { return false }
      do throws(StepError) {
        while self.run.position < target {
          _ = try self.run.advance()
          if Effort.current != nil, !Effort.goesOn(min(0.999, share(to: target))) { return false }
        }
      } catch {
        if error != .stopped { failure = error }
        return false
      }
      _ = Effort.goesOn(1)
    }
    return true
  }

  /// Makes a step of the run, and of the twin with it.
  /// - Throws: as `Run.advance`, what keeps the run from its step.
  public mutating func step(_ run: inout Run, _ companion: Companion) throws(StepError) -> StepRecord {
    guard failure == nil, isBeside(run), belongs(to: run.branch), !isBefore(run.position) else {
      let record = try run.makeStep()
      _ = follow(run)
      return record
    }
    let (own, other) = companion.step(&run, &self.run)
    if case .failure(let error) = other, error != .stopped { failure = error }
    let record = try own.get()
    compare(with: run)
    return record
  }

  private func share(to target: Position) -> Double { Double(run.position.step) / Double(max(1, target.step)) }

  // MARK: What differs

  /// Compares the two after a step that both have made, as long as they were equal so far.
  public mutating func compare(with run: Run) {
    guard isBeside(run), belongs(to: run.branch) else { return }
    let step = run.position.step
    let known = partings[run.branch.id] ?? inherited(by: run)
    guard known.first == nil, step > known.compared else {
      partings[run.branch.id] = known
      return
    }
    partings[run.branch.id] = run.experiment.hasSameState(as: self.run.experiment) ? (nil, step) : (step, step)
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

extension Run {
  /// A run of its own that stands where this one stands, and has come there on the same way.
  func offspring(keepsFuture: Bool = false) -> Run {
    var run = self
    let way = keepsFuture ? timeline : timeline.straight(to: position)
    run.branches = [Branch(id: branch.id, name: "twin", timeline: way, history: history(of: way, from: branch))]
    (run.current, run.marks) = (0, [])
    if !keepsFuture { (run.record, run.recent) = (nil, nil) }
    run.snapshots.keepOnly(branch.id)
    run.snapshots.budget = snapshots.budget / 2
    return run
  }

  /// A run that has gone a way to its end.
  /// - Returns: `nil` where an ``Effort`` was stopped, or a step was refused.
  init?(following way: Timeline, number: Int, memory: Int) {
    self.init(way.settings, number: number, memory: memory)
    branches[0].name = "twin"
    func go(to position: Position) -> Bool {
      while self.position < position {
        guard Effort.goesOn(min(0.999, Double(self.position.step) / Double(max(1, way.end.step)))) else { return false }
        do { _ = try advance() } catch { return false }
      }
      return true
    }
    for entry in way.changes {
      guard go(to: entry.position) else { return nil }
      _ = try? apply(entry.change)
    }
    guard go(to: way.end), Effort.goesOn(1) else { return nil }
  }
}

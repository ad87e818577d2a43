extension Run {
  /// What a run is made of, without what can be made again: enough to come back to it.
  public struct Outline: Equatable, Sendable {
    /// The run's `id`.
    public let id: Int
    /// Which of the experiments it is.
    public let number: Int
    private(set) var branches: Chunks<Way>
    let current: Int
    /// Where it stood.
    public let position: Position

    /// A branch: what it is called, and what was done on it.
    struct Way: Equatable, Sendable {
      let name: String
      let timeline: Timeline
    }

    /// The names and the ways of the branches.
    package var ways: [(name: String, timeline: Timeline)] { branches.map { ($0.name, $0.timeline) } }

    /// Shares the memory of what is the same in another.
    package mutating func share(with other: Outline) { branches.share(with: other.branches) }

    /// The branch on which it stood.
    public var branch: String { branches[current].name }

    /// Whether nothing has been made of it but changes at the start.
    public var isUntouched: Bool { branches.allSatisfy { $0.timeline.end == .start } }

    /// The settings that it began with.
    public var settings: Settings { branches[current].timeline.settings }
  }

  /// The run as it is now, without what can be made again.
  public var outline: Outline {
    Outline(
      id: id, number: number, branches: Chunks(branches.map { .init(name: $0.name, timeline: $0.timeline) }),
      current: current, position: position)
  }

  // MARK: Beginning

  /// The branch of now goes on as another from here; what came after stays on the one that it was.
  /// - Returns: false where an ``Effort`` was stopped; nothing has changed then.
  mutating func beginBranch() -> Bool {
    let timeline = timeline.straight(to: position)
    guard let history = history(of: timeline, from: branch) else { return false }
    branches.append(Branch(id: newID(), name: newName(), timeline: timeline, history: history))
    current = branches.count - 1
    (record, recent) = (nil, nil)
    condenseOthers()
    return true
  }

  /// A run of its own that stands where this one stands, and has come there on the same way.
  /// - Returns: `nil` where an ``Effort`` was stopped.
  func offspring(keepsFuture: Bool = false) -> Run? {
    var run = self
    let way = keepsFuture ? timeline : timeline.straight(to: position)
    guard let history = history(of: way, from: branch) else { return nil }
    run.branches = [Branch(id: branch.id, name: "main", timeline: way, history: history)]
    (run.current, run.marks) = (0, [])
    if !keepsFuture { (run.record, run.recent) = (nil, nil) }
    run.snapshots.keepOnly(branch.id, upTo: way.end.step)
    run.snapshots.budget = snapshots.budget / 2
    return run
  }

  /// Goes on as another run that has begun on one of its ways, at a step: it becomes a branch.
  mutating func goOn(as other: Run, since step: Int) {
    if let index = branches.indices.first(where: {
      $0 != current && other.timeline.extends(branches[$0].timeline)
    }) {
      // It goes on where one of them has ended.
      (branches[index].timeline, branches[index].history) = (other.timeline, other.history)
      current = index
    } else {
      branches.append(Branch(id: newID(), name: newName(), timeline: other.timeline, history: other.history))
      current = branches.count - 1
    }
    snapshots.adopt(other.snapshots, of: other.branch.id, behind: step, as: branch.id)
    (experiment, changesMade, record, recent) = (other.experiment, other.changesMade, other.record, other.recent)
    hasGradients = other.hasGradients
    condenseOthers()
  }

  private mutating func newID() -> Int {
    lastID += 1
    return lastID
  }

  // Numbers are never used again.
  private mutating func newName() -> String {
    repeat { begunBranches += 1 } while branches.contains { $0.name == "b\(begunBranches)" }
    return "b\(begunBranches)"
  }

  // MARK: Names

  /// Calls the branch of now something else.
  /// - Returns: whether no other branch has that name.
  public mutating func nameBranch(_ name: String) -> Bool {
    if branches.indices.contains(where: { $0 != current && branches[$0].name == name }) { return false }
    branches[current].name = name
    return true
  }

  /// Gives the place of now a name; a mark that had it is moved.
  /// - Parameter name: `nil` for `m1`, `m2`, …
  /// - Returns: the name.
  public mutating func mark(_ name: String?) -> String {
    var number = 1
    while name == nil, marks.contains(where: { $0.name == "m\(number)" }) { number += 1 }
    let name = name ?? "m\(number)"
    marks.removeAll { $0.name == name }
    marks.append(Mark(name: name, place: place, way: timeline.straight(to: position)))
    return name
  }

  /// Where a branch left the one that it came from, and which that is; `nil` for one that shares its changes with none.
  ///
  /// It came from the branch that it shares the longest way with, of those that began before it.
  public func origin(of branch: Branch) -> (parent: Branch, position: Position)? {
    guard let index = branches.firstIndex(where: { $0.id == branch.id }) else { return nil }
    var origin: (parent: Branch, position: Position)?
    for other in branches[..<index] {
      let shared = min(branch.timeline.parting(from: other.timeline) ?? .end, other.end, branch.end)
      if origin.map({ shared > $0.position }) ?? true { origin = (other, shared) }
    }
    return origin
  }

  // MARK: Coming back

  /// Comes back to what the run was: its branches have the names and the ends that they had, and it stands where it stood.
  /// What has been done since stays reachable on branches of its own; where it only goes on from what was there, it is the
  /// future of that.
  /// - Returns: whether it is there; where an ``Effort`` was stopped, nothing has changed.
  /// - Precondition: the outline is one of this run's.
  public mutating func restore(_ outline: Outline) -> Bool {
    var next = self
    guard next.remakeExperiment() else { return false }
    next.branches = []
    var left = branches
    let found = Self.take(outline.branches.map(\.timeline), from: &left)
    for (outline, branch) in zip(outline.branches, found) {
      guard let branch = next.restored(outline.name, outline.timeline, as: branch, all: branches) else { return false }
      next.branches.append(branch)
    }
    // Nothing that was ever reached is lost.
    for var branch in left {
      if let other = next.branches.first(where: { $0.timeline.covers(branch.timeline) }) {
        next.snapshots.move(from: branch.id, to: other.id)
        continue
      }
      if next.branches.contains(where: { $0.name == branch.name }) { branch.name = next.newName() }
      next.branches.append(branch)
    }
    next.placeMarks()
    // The experiment of now may be on a branch that is no more: it leads nowhere from here.
    next.current = outline.current
    guard next.walk(to: outline.position, onBranch: outline.current, withOwn: false) else { return false }
    next.condenseOthers()
    self = next
    return true
  }

  // The branches that some ways are found on: those that are the same, then those that go on from there, then those of the same
  // steps where something else was changed at the end.
  private static func take(_ ways: [Timeline], from left: inout [Branch]) -> [Branch?] {
    var taken = [Branch?](repeating: nil, count: ways.count)
    let rules: [(Timeline, Timeline) -> Bool] = [
      { $0 == $1 }, { $0.extends($1) }, { $0.end == $1.end && $0.covers($1) },
    ]
    for isFound in rules {
      for index in ways.indices where taken[index] == nil {
        guard let found = left.firstIndex(where: { isFound($0.timeline, ways[index]) }) else { continue }
        taken[index] = left.remove(at: found)
      }
    }
    return taken
  }

  // A branch of an outline: the one that it was found on, or one that is made of another with its steps; `nil` where an Effort was
  // stopped.
  private mutating func restored(_ name: String, _ way: Timeline, as found: Branch?, all: [Branch]) -> Branch? {
    if var branch = found {
      branch.name = name
      if !branch.timeline.extends(way) { branch.timeline = way }
      return branch
    }
    // Of a step that was refused there is left where it began.
    let begun = way.straight(to: Position(step: way.end.step))
    guard let source = all.first(where: { $0.timeline.covers(way) }) ?? all.first(where: { $0.timeline.covers(begun) })
    else {
      preconditionFailure("a run keeps every step that it has made")
    }
    return history(of: way, from: source).map { Branch(id: newID(), name: name, timeline: way, history: $0) }
  }

  // A mark is where its way leads: on the branch that goes on from there, or else on one that has its steps.
  private mutating func placeMarks() {
    marks = marks.compactMap { mark in
      let branch =
        branches.first { $0.timeline.extends(mark.way) } ?? branches.first { $0.timeline.covers(mark.way) }
      guard let branch else { return nil }
      return Mark(name: mark.name, place: Place(branch: branch.id, position: mark.place.position), way: mark.way)
    }
  }
}

extension Position {
  // Behind all others.
  fileprivate static let end = Position(step: .max)
}

/// One of the ways that an experiment has gone: what was done on it from the beginning, and what was measured.
public struct Branch: Sendable {
  /// Tells it from all others of its run, whatever it is called.
  public let id: Int
  /// What it is called.
  public internal(set) var name: String
  /// What was done on it, from the beginning.
  public internal(set) var timeline: Timeline
  /// What was measured on it, from the beginning; what it shares with other branches takes memory once.
  public internal(set) var history: History

  /// The last position ever reached on it.
  public var end: Position { timeline.end }
}

/// A position on one of the branches of a run.
public struct Place: Hashable, Sendable {
  /// The branch, by its `id`.
  public let branch: Int
  /// Where on it.
  public let position: Position

  /// A position on a branch.
  public init(branch: Int, position: Position) { (self.branch, self.position) = (branch, position) }
}

/// A place that has a name.
public struct Mark: Sendable {
  /// Its name.
  public let name: String
  /// Where it is.
  public let place: Place
  /// What had been done there when it was made: it stays that place, whatever the branch is called.
  let way: Timeline
}

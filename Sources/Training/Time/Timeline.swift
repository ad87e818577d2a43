/// A place in an experiment: so many completed steps, and so many phases into the next.
public struct Position: Hashable, Comparable, Sendable {
  /// Completed steps.
  public var step: Int
  /// Phases made of the open step, 0 to 5.
  public var phases: Int

  /// A place.
  public init(step: Int, phases: Int = 0) {
    self.step = step
    self.phases = phases
  }

  /// Earlier means: fewer steps, or as many and fewer phases.
  public static func < (left: Position, right: Position) -> Bool {
    (left.step, left.phases) < (right.step, right.phases)
  }
}

/// How an experiment came to be where it is: the settings it began with, and what was changed at which place since.
/// Being at a place means: after all changes that were made there.
public struct Timeline<Change: Sendable>: Sendable {
  /// What the experiment began with.
  public let settings: Settings
  /// The changes, in the order in which they were made.
  public private(set) var changes: [(position: Position, change: Change)] = []

  /// The beginning.
  public init(settings: Settings) { self.settings = settings }

  /// Notes a change made at `position`, which is not before the last one.
  public mutating func append(_ change: Change, at position: Position) {
    changes.append((position, change))
  }

  /// The open step was given up and the experiment is back at `position`: what was changed inside that step stands there.
  public mutating func goBack(to position: Position) {
    for index in changes.indices where changes[index].position > position { changes[index].position = position }
  }
}

extension Experiment {
  /// Where the experiment stands.
  public var position: Position {
    Position(step: step, phases: open.flatMap { Phase.allCases.firstIndex(of: $0.phase) }.map { $0 + 1 } ?? 0)
  }
}

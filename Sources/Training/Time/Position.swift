/// Where an experiment stands: so many completed steps, and so many phases into the next.
public struct Position: Hashable, Comparable, Sendable {
  /// Completed steps.
  public var step: Int
  /// Phases made of the open step, 0 to 5.
  public var phases: Int

  /// A position.
  public init(step: Int, phases: Int = 0) {
    self.step = step
    self.phases = phases
  }

  /// The beginning.
  public static let start = Position(step: 0)

  /// Earlier means: fewer steps, or as many and fewer phases.
  public static func < (left: Position, right: Position) -> Bool {
    (left.step, left.phases) < (right.step, right.phases)
  }
}

extension Experiment {
  /// Where the experiment stands.
  public var position: Position { Position(step: step, phases: open.map { $0.phase.number } ?? 0) }
}

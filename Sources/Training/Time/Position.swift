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

  /// The position one phase further.
  public var next: Position {
    phases + 1 < Phase.allCases.count ? Position(step: step, phases: phases + 1) : Position(step: step + 1)
  }

  /// The position so many phases earlier; the start, if there are fewer.
  public func phasesBack(_ count: Int) -> Position {
    let (whole, _) = step.multipliedReportingOverflow(by: Phase.allCases.count)
    let index = max(0, whole + phases - count)
    return Position(step: index / Phase.allCases.count, phases: index % Phase.allCases.count)
  }

  /// The position so many steps earlier, of which the first leads to the beginning of an open step; the start, if there are
  /// fewer.
  public func stepsBack(_ count: Int) -> Position {
    Position(step: max(0, step + (phases > 0 ? 1 : 0) - count))
  }
}

extension Experiment {
  /// Where the experiment stands.
  public var position: Position { Position(step: step, phases: open.map { $0.phase.number } ?? 0) }
}

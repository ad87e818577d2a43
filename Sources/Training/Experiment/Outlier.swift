import Gradients
import Numerics

/// What is done to the targets of one batch, to see what one bad batch does to a run.
public enum Outlier: Hashable, Sendable {
  /// All targets times a number.
  case scale(Double)
  /// The first number of the targets becomes NaN.
  case nan
}

extension Targets {
  /// Makes these targets an outlier.
  mutating func apply(_ outlier: Outlier) {
    var values = moveOutValues()
    precondition(values.count > 0, "an outlier needs targets that are numbers")
    switch outlier {
    case .scale(let factor): values.scale(by: Float(factor))
    case .nan: values.elements[0] = .nan
    }
    self = .values(values)
  }
}

extension TaskSettings {
  /// Whether the targets are numbers, which an outlier can change; classes and `sum`'s missing targets are not.
  public var hasNumericTargets: Bool { loss == .meanSquaredError }
}

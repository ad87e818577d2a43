/// What a stretch of a series of numbers holds: its extremes, so that one spike among a million steps is never lost.
public struct Stretch: Hashable, Sendable {
  /// The smallest finite number, +infinity if there is none.
  public private(set) var minimum = Float.infinity
  /// The largest finite number, -infinity if there is none.
  public private(set) var maximum = -Float.infinity
  /// The smallest finite number above zero, +infinity if there is none.
  public private(set) var leastPositive = Float.infinity
  /// The last finite number, 0 if there is none.
  public private(set) var last: Float = 0
  /// How many numbers are NaN.
  public private(set) var nans: UInt32 = 0
  /// How many are plus or minus infinity.
  public private(set) var infinities: UInt32 = 0

  /// A stretch of nothing.
  public init() {}

  /// Whether there is anything finite in it.
  public var hasFinite: Bool { minimum <= maximum }

  /// The smallest and the largest finite number above zero.
  public var positiveRange: ClosedRange<Float>? { leastPositive <= maximum ? leastPositive...maximum : nil }

  package mutating func add(_ value: Float) {
    if value.isNaN {
      nans += 1
    } else if value.isInfinite {
      infinities += 1
    } else {
      minimum = min(minimum, value)
      maximum = max(maximum, value)
      last = value
      if value > 0 { leastPositive = min(leastPositive, value) }
    }
  }

  package mutating func join(_ other: Stretch) {
    minimum = min(minimum, other.minimum)
    maximum = max(maximum, other.maximum)
    if other.hasFinite { last = other.last }
    leastPositive = min(leastPositive, other.leastPositive)
    nans += other.nans
    infinities += other.infinities
  }
}

/// A series of numbers that is measured in each step.
public enum Series: Hashable, Sendable {
  /// The loss.
  case loss
  /// The total norm before clipping.
  case total
  /// The total norm of what is passed on: that after clipping, 0 where a step is left out.
  case totalAfter
  /// The norm of a parameter's gradient before clipping, by the parameter's index.
  case norm(Int)

  /// How many there are of a network of so many parameters.
  static func count(parameters: Int) -> Int { 3 + parameters }

  /// Which of them it is, from 0.
  var index: Int {
    switch self {
    case .loss: 0
    case .total: 1
    case .totalAfter: 2
    case .norm(let parameter): 3 + parameter
    }
  }
}

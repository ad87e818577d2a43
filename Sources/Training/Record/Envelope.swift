/// A series of numbers as the smallest and the largest of each stretch of it, so that one spike among a million steps
/// is never lost, in bounded memory.
///
/// Stretches are a power of two long and begin at multiples of their length: when they have to grow, neighbours are
/// joined in pairs, and what was drawn stays where it was.
public struct Envelope: Sendable {
  /// What a stretch of the series holds.
  public struct Stretch: Hashable, Sendable {
    /// The smallest finite number, +infinity if there is none.
    public var minimum = Float.infinity
    /// The largest finite number, -infinity if there is none.
    public var maximum = -Float.infinity
    /// How many numbers are NaN.
    public var nans: UInt32 = 0
    /// How many are plus or minus infinity.
    public var infinities: UInt32 = 0

    /// Whether there is anything finite in it.
    public var hasFinite: Bool { minimum <= maximum }

    mutating func add(_ value: Float) {
      if value.isNaN {
        nans += 1
      } else if value.isInfinite {
        infinities += 1
      } else {
        minimum = min(minimum, value)
        maximum = max(maximum, value)
      }
    }

    mutating func join(_ other: Stretch) {
      minimum = min(minimum, other.minimum)
      maximum = max(maximum, other.maximum)
      nans += other.nans
      infinities += other.infinities
    }
  }

  private static let capacity = 1024
  private var stretches: [Stretch] = []
  private var length = 1
  /// How many numbers were added.
  public private(set) var count = 0

  /// An empty series.
  public init() {}

  mutating func append(_ value: Float) {
    if count == length * Self.capacity { joinPairs() }
    if count % length == 0 { stretches.append(Stretch()) }
    stretches[stretches.count - 1].add(value)
    count += 1
  }

  private mutating func joinPairs() {
    for place in 0..<(Self.capacity / 2) {
      stretches[place] = stretches[2 * place]
      stretches[place].join(stretches[2 * place + 1])
    }
    stretches.removeLast(Self.capacity / 2)
    length *= 2
  }

  /// The whole series in at most `columns` stretches of one length, a power of two or three times one; the last may be
  /// shorter. So at least two thirds of the columns are used, and what is drawn seldom moves.
  public func columns(_ columns: Int) -> (stretches: [Stretch], length: Int) {
    guard columns > 0, count > 0 else { return ([], 1) }
    let needed = (stretches.count + columns - 1) / columns
    var power = 1
    while 2 * power <= needed { power *= 2 }
    let group = needed <= power ? power : needed <= 3 * power / 2 ? 3 * power / 2 : 2 * power
    let span = group * length
    let joined = stride(from: 0, to: stretches.count, by: group).map { first in
      stretches[first..<min(first + group, stretches.count)].reduce(into: Stretch()) { $0.join($1) }
    }
    return (joined, span)
  }

  /// The smallest and the largest finite number above zero, over the whole series.
  public var positiveRange: ClosedRange<Float>? {
    var (low, high) = (Float.infinity, -Float.infinity)
    for stretch in stretches where stretch.maximum > 0 {
      high = max(high, stretch.maximum)
      low = min(low, stretch.minimum > 0 ? stretch.minimum : stretch.maximum)
    }
    return low <= high ? low...high : nil
  }

  /// How many numbers are NaN and how many infinite, over the whole series.
  public var nonfinite: (nans: Int, infinities: Int) {
    stretches.reduce((0, 0)) { ($0.0 + Int($1.nans), $0.1 + Int($1.infinities)) }
  }
}

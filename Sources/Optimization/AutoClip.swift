import Numerics

/// The options of `clip autoclip` (Seetharaman, Wichern, Pardo, Le Roux 2020, arXiv 2007.14469): `clip norm` with the
/// `percentile` of all norms so far, this step's included, as max_norm; of more than 10,000 norms, of the last 10,000.
///
/// An infinite norm is not remembered; the percentile of those before it makes its factor 0. Where there are none, and where
/// a norm is NaN, the gradients stay as they are.
public struct AutoClip: Hashable, Sendable {
  /// The share of norms, in percent, that lie below the threshold.
  public var percentile = 10.0

  /// The paper's 10 %.
  public init() {}

  func clip(_ gradients: inout [Matrix], _ norms: GradientNorms, state: inout ClippingState) -> ClipOutcome {
    let before = state.memory.recentNorms
    if norms.total == .infinity, before.count > 0 {
      return ClipNorm(maxNorm: threshold(before)).scale(&gradients, norms, &state)
    }
    guard norms.total.isFinite else { return .untouched(norms) }
    state.pending = Double(norms.total)
    return ClipNorm(maxNorm: threshold(before, norms.total)).scale(&gradients, norms, &state)
  }

  /// The percentile of norms.
  private func threshold(_ norms: RecentNorms) -> Double {
    percentile(of: norms.count) { Double(norms.sorted[$0]) }
  }

  /// The percentile of the norms before and one more: linear between neighbours, in double precision, as
  /// `numpy.percentile` rounds it.
  func threshold(_ before: RecentNorms, _ norm: Float) -> Double {
    let rank = before.rank(of: norm)
    // The number of this index among all of them in order of size.
    return percentile(of: before.count + 1) { index in
      Double(index == rank ? norm : before.sorted[index < rank ? index : index - 1])
    }
  }

  // Of so many numbers in order of size.
  private func percentile(of count: Int, ordered: (Int) -> Double) -> Double {
    let position = Double(count - 1) * (percentile / 100)
    let below = Int(position)
    let share = position - Double(below)
    let (low, high) = (ordered(below), ordered(min(below + 1, count - 1)))
    return share < 0.5 ? low + (high - low) * share : high - (high - low) * (1 - share)
  }
}

/// The norms of the last steps, in order of time and in order of size. A bound keeps what a step costs, and a copy, the
/// same however long a run is: adding a norm moves at most 80 kB.
struct RecentNorms: Equatable, Sendable {
  /// How many norms are kept: with that of the step that is being made they are 10,000.
  static let capacity = 9_999
  /// The oldest first.
  private(set) var byTime: [Float] = []
  /// The smallest first.
  private(set) var sorted: [Float] = []

  var count: Int { sorted.count }

  /// How many of the norms are smaller; O(log n).
  func rank(of norm: Float) -> Int {
    var (low, high) = (0, sorted.count)
    while low < high {
      let middle = (low + high) / 2
      if sorted[middle] < norm { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// Adds the norm of a step; of too many the oldest goes.
  mutating func append(_ norm: Float) {
    byTime.append(norm)
    sorted.insert(norm, at: rank(of: norm))
    guard byTime.count > Self.capacity else { return }
    sorted.remove(at: rank(of: byTime.removeFirst()))
  }
}

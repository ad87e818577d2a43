import Numerics

/// The options of `clip autoclip` (Seetharaman, Wichern, Pardo, Le Roux 2020, arXiv 2007.14469): `clip norm` with the
/// `percentile` of all norms so far, this step's included, as max_norm.
///
/// A norm that is NaN or infinite has no rank among the others: the gradients of its step stay as they are.
public struct AutoClip: Hashable, Sendable {
  /// The share of norms, in percent, that lie below the threshold.
  public var percentile = 10.0

  /// The paper's 10 %.
  public init() {}

  func clip(_ gradients: inout [Matrix], _ norms: GradientNorms, state: inout ClippingState) -> ClipOutcome {
    guard norms.total.isFinite else { return .untouched(norms) }
    state.sortedNorms.insertSorted(norms.total)
    return ClipNorm(maxNorm: threshold(state.sortedNorms)).scale(&gradients, norms, &state)
  }

  /// The percentile of sorted norms: linear between neighbours, in double precision, as `numpy.percentile` rounds it.
  func threshold(_ sorted: [Float]) -> Double {
    let rank = Double(sorted.count - 1) * (percentile / 100)
    let below = Int(rank)
    let share = rank - Double(below)
    let (low, high) = (Double(sorted[below]), Double(sorted[min(below + 1, sorted.count - 1)]))
    return share < 0.5 ? low + (high - low) * share : high - (high - low) * (1 - share)
  }
}

extension [Float] {
  /// Inserts a number among sorted ones, found by bisection.
  fileprivate mutating func insertSorted(_ value: Float) {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if self[middle] < value { low = middle + 1 } else { high = middle }
    }
    insert(value, at: low)
  }
}

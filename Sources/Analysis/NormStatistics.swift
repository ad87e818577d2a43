import Optimization
import Training

/// The total norms of the last steps of one order, and what a rule does to them.
public struct NormStatistics: Sendable {
  /// The last of the steps.
  public let lastStep: Int
  /// How many steps they are.
  public let count: Int
  /// How many of them have a norm that is not finite.
  public let nonfinite: Int
  /// How many of them were clipped.
  public let clipped: Int
  /// How many of them were left out.
  public let leftOut: Int
  // The finite norms, the smallest first.
  private let totals: [Float]
  private let records: [StepRecord]

  /// The last `History.window` steps of a history; `nil` before the first.
  public init?(_ history: History) {
    // Norms of different orders are different quantities: of the last steps those that are of the last one's.
    let all = history.numbers()
    let numbers = Array(all.suffix(all.reversed().prefix { $0.order == all.last?.order }.count))
    guard let last = numbers.last else { return nil }
    (lastStep, count) = (last.step, numbers.count)
    totals = numbers.map(\.total).filter(\.isFinite).sorted()
    nonfinite = numbers.count - totals.count
    leftOut = numbers.count(where: \.skipsStep)
    clipped = numbers.count(where: \.clipped) - leftOut
    records = numbers.compactMap { history[step: $0.step] }
  }

  /// The finite norm that a share of them does not exceed, the nearest of those that were measured; `nil` if none was.
  public func percentile(_ share: Double) -> Float? {
    totals.isEmpty ? nil : totals[Int((share * Double(totals.count - 1)).rounded())]
  }

  /// The share of the steps that a rule would have clipped; it must be one that looks at norms alone.
  public func share(clippedBy rule: ClippingRule) -> Double {
    Double(records.count { rule.clips($0.before) == true }) / Double(count)
  }
}

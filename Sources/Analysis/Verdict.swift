import Training

/// How a step stands, in one word: what the screen shows as a badge and the plain mode as a sentence.
public enum Verdict: String, CaseIterable, Hashable, Sendable {
  /// Nothing was clipped and nothing stands out.
  case calm
  /// The rule changed a gradient.
  case clipped
  /// The norm is more than ten times what it usually is, and nothing was done about it.
  case exploding
  /// The norm is infinite.
  case infinite = "inf"
  /// The norm is not a number.
  case notANumber = "NaN"

  /// A norm this many times the usual one is a spike.
  public static let spike: Float = 10
  // As many norms as it takes to say what is usual.
  private static let fewest = 8

  /// How a step with this total norm stands beside the usual one.
  public init(total: Float, clipped: Bool, usual: Float?) {
    if total.isNaN {
      self = .notANumber
    } else if total.isInfinite {
      self = .infinite
    } else if clipped {
      self = .clipped
    } else {
      self = usual.map { total > Self.spike * $0 } ?? false ? .exploding : .calm
    }
  }

  /// The median of the finite total norms of the 100 steps before the last `skipping`; `nil` while there are too few.
  public static func usual(_ history: History, skipping: Int) -> Float? {
    let norms = history.recent(100 + skipping).dropLast(skipping).map(\.before.total).filter(\.isFinite).sorted()
    return norms.count < fewest ? nil : norms[norms.count / 2]
  }
}

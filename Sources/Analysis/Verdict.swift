import Training

/// How a step stands, in one word: what the screen shows as a badge and the plain mode as a sentence.
public enum Verdict: String, CaseIterable, Hashable, Sendable {
  /// Nothing was clipped and nothing stands out.
  case calm
  /// The rule changed a gradient.
  case clipped
  /// The rule left the update out.
  case skipped
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
  public init(total: Float, clipped: Bool, skipped: Bool = false, usual: Float?) {
    if skipped {
      self = .skipped
    } else if total.isNaN {
      self = .notANumber
    } else if total.isInfinite {
      self = .infinite
    } else if clipped {
      self = .clipped
    } else {
      self = usual.map { total > Self.spike * $0 } ?? false ? .exploding : .calm
    }
  }

  /// The median of the finite total norms of one order in the `History.window` steps up to `step`; `nil` while there are
  /// too few. Norms of different orders are different quantities: no median is taken of both.
  public static func usual(_ history: History, upTo step: Int, order: Float) -> Float? {
    let norms = history.numbers(upTo: step).filter { $0.order == order && $0.total.isFinite }.map(\.total).sorted()
    guard norms.count >= fewest else { return nil }
    let middle = norms.count / 2
    return norms.count % 2 == 1 ? norms[middle] : norms[middle - 1] / 2 + norms[middle] / 2
  }
}

/// What an analysis has found out about a step.
public struct Finding: Hashable, Sendable {
  /// How the step stands.
  public let verdict: Verdict
  /// Where the numbers are from that say so.
  public let position: Position

  /// How what is known now stands beside the steps before it; `nil` where no norm is known.
  public init?(_ present: Present, _ history: History) {
    guard let before = present.before else { return nil }
    let earlier = present.phase == nil ? present.position.step - 1 : present.position.step
    verdict = Verdict(
      total: before.total, clipped: present.outcome?.clipped ?? false, skipped: present.outcome?.skipsStep ?? false,
      usual: Verdict.usual(history, upTo: earlier, order: before.order))
    position = present.position
  }
}

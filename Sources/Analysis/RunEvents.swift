import Optimization
import Training

/// Something that happened in a run.
public enum RunEvent: Hashable, Sendable {
  /// The first clipped step for a while.
  case clippingBegan
  /// So many steps from the first to the last one were clipped, and none for a while.
  case clippingEnded(clipped: Int, first: Int, last: Int)
  /// The first step for a while whose update was left out.
  case leftOut
  /// A norm above ten times the usual one, and above three times the one before it.
  case spike(norm: Float, usual: Usual)
  /// A norm above ten times the usual one that it came to little by little.
  case climbed(norm: Float, usual: Usual)
  /// A norm a hundred times as large as when this was told last.
  case climbsOn(norm: Float, usual: Usual)
  /// The norm has been below ten times what was usual for a while; it was largest at this step.
  case spikeOver(largest: Float, at: Int)
  /// The norm stays high: of `History.window` steps none was larger than this one before them.
  case staysHigh(largest: Float, at: Int)
  /// The norm is infinite or NaN, and so are the gradients of these parameters.
  case nonfinite(isNaN: Bool, parameters: [Int])
  /// The norm is a number again.
  case finiteAgain

  /// The median of the norms before, and of how many.
  public struct Usual: Hashable, Sendable {
    /// The median.
    public let norm: Float
    /// Of so many.
    public let steps: Int

    /// A median of so many norms.
    public init(norm: Float, steps: Int) { (self.norm, self.steps) = (norm, steps) }
  }
}

/// Finds what happens in a run, one step after the other.
///
/// What is usual is the median of the last norms of the same order before the spike, and stays that until the spike is
/// over: a norm that goes on growing does not become usual by being there.
public struct RunEvents: Sendable {
  /// So many quiet steps, and what was told of is over: a run that is clipped in every other step is one event.
  public static let calm = 10
  private static let jump: Float = 3
  private static let farther: Float = 100

  private struct Clipping {
    var first: Int
    var last: Int
    var steps = 1
  }

  private struct Raised {
    let usual: RunEvent.Usual
    let order: Float
    var largest: Float
    var at: Int
    var told: Float
    var lastAbove: Int
  }

  private var clipping: Clipping?
  private var raised: Raised?
  private var nonfinite: Bool?
  private var lastNorm: Float?
  private var lastLeftOut: Int?

  /// A run that begins.
  public init() {}

  /// What happened in the next step.
  /// - Parameter history: what was recorded up to the step, or further.
  public mutating func find(_ record: StepRecord, _ history: History) -> [RunEvent] {
    defer { lastNorm = record.before.total }
    return findNonfinite(record) + findSpike(record, history) + findClipping(record)
  }

  private mutating func findClipping(_ record: StepRecord) -> [RunEvent] {
    if record.outcome.skipsStep {
      let isNew = lastLeftOut.map { record.step - $0 >= Self.calm } ?? true
      lastLeftOut = record.step
      return isNew ? [.leftOut] : []
    }
    if record.outcome.clipped {
      clipping?.last = record.step
      clipping?.steps += 1
      guard clipping == nil else { return [] }
      clipping = Clipping(first: record.step, last: record.step)
      return [.clippingBegan]
    }
    guard let ended = clipping, record.step - ended.last >= Self.calm || !record.clipping.isOn else { return [] }
    clipping = nil
    return [.clippingEnded(clipped: ended.steps, first: ended.first, last: ended.last)]
  }

  private mutating func findSpike(_ record: StepRecord, _ history: History) -> [RunEvent] {
    let norm = record.before.total
    if raised?.order != record.before.order { raised = nil }
    guard norm.isFinite else { return [] }
    guard var high = raised else { return begin(norm, record, history) }
    if norm > Verdict.spike * high.usual.norm { high.lastAbove = record.step }
    if norm > high.largest { (high.largest, high.at) = (norm, record.step) }
    raised = high
    if norm > Self.farther * high.told {
      raised?.told = norm
      return [.climbsOn(norm: norm, usual: high.usual)]
    }
    if record.step - high.lastAbove >= Self.calm {
      raised = nil
      return [.spikeOver(largest: high.largest, at: high.at)]
    }
    guard record.step - high.at >= History.window else { return [] }
    raised = nil
    return [.staysHigh(largest: high.largest, at: high.at)]
  }

  private mutating func begin(_ norm: Float, _ record: StepRecord, _ history: History) -> [RunEvent] {
    let order = record.before.order
    guard let median = Verdict.usual(history, upTo: record.step - 1, order: order), median > 0,
      norm > Verdict.spike * median
    else { return [] }
    let steps = history.numbers(upTo: record.step - 1).count { $0.order == order && $0.total.isFinite }
    let usual = RunEvent.Usual(norm: median, steps: steps)
    raised = Raised(
      usual: usual, order: order, largest: norm, at: record.step, told: norm, lastAbove: record.step)
    let isJump = lastNorm.map { norm > Self.jump * $0 } ?? true
    return [isJump ? .spike(norm: norm, usual: usual) : .climbed(norm: norm, usual: usual)]
  }

  // Infinite first, as a rule, then NaN: each is told when it comes.
  private mutating func findNonfinite(_ record: StepRecord) -> [RunEvent] {
    let norm = record.before.total
    if norm.isFinite {
      defer { nonfinite = nil }
      return nonfinite == nil ? [] : [.finiteAgain]
    }
    guard nonfinite == nil || nonfinite == false && norm.isNaN else { return [] }
    nonfinite = norm.isNaN
    return [.nonfinite(isNaN: norm.isNaN, parameters: record.nonfinite)]
  }
}

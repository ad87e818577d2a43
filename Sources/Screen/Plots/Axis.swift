import Foundation
import Language
import Training

/// How numbers become heights: 0 at the foot of an axis, 1 at its head.
///
/// A scale turns a number into a position; equal distances between positions are equal heights. Ticks stand at whole
/// positions and whole rows, every so many of both, so that they are at even distances and what they say is round.
struct Axis: Hashable, Sendable {
  /// The scales.
  enum Scale: Hashable, Sendable {
    /// Equal factors are equal heights; zero and below have none.
    case logarithmic
    /// Equal differences are equal heights.
    case linear
    /// Linear from -1 to 1, logarithmic beyond, for numbers of both signs over many decades.
    case symmetric

    /// How it is called on the screen.
    var name: String {
      switch self {
      case .logarithmic: "log"
      case .linear: "linear"
      case .symmetric: "±log"
      }
    }

    fileprivate func position(of value: Double) -> Double {
      switch self {
      case .logarithmic: Foundation.log10(value)
      case .linear: value
      case .symmetric:
        abs(value) <= 1 ? value : (value < 0 ? -1 : 1) * (1 + Foundation.log10(abs(value)))
      }
    }
  }

  /// A number beside the axis.
  struct Tick: Hashable, Sendable {
    /// The row, counted from the foot.
    let row: Int
    /// The number.
    let text: String
  }

  let scale: Scale
  /// The numbers beside the axis, from the foot up.
  let ticks: [Tick]
  // Positions: thousands of heights a frame are measured from here.
  private let foot: Double
  private let span: Double

  /// A logarithmic axis without ticks from one number to another.
  /// - Precondition: 0 < low < high.
  init(low: Double, high: Double) {
    (scale, ticks) = (.logarithmic, [])
    foot = Foundation.log10(low)
    span = Foundation.log10(high) - foot
  }

  /// An axis without ticks for what has no height: zeros, NaN and infinities.
  static let unmarked = Axis(low: 0.1, high: 1)

  /// An axis of so many rows whose foot is at a position, with a tick every so many rows and so many positions.
  private init(_ scale: Scale, foot: Double, every step: Double, perRows rowStep: Int, rows: Int) {
    (self.scale, self.foot) = (scale, foot)
    // A row has four levels, and a tick is at the lowest of its row.
    span = step * Double(4 * rows - 1) / Double(4 * rowStep)
    ticks = stride(from: 0, to: rows, by: rowStep).map { row in
      Tick(row: row, text: Self.text(scale, foot + Double(row / rowStep) * step, step))
    }
  }

  /// The decades around a range, at least two of them, so that a calm line is not blown up to a mountain.
  static func decades(around range: ClosedRange<Float>, rows: Int) -> Axis {
    let low = Foundation.floor(Foundation.log10(Double(range.lowerBound)) + 1e-9)
    let high = max(Foundation.log10(Double(range.upperBound)), low + 2)
    return tightest(rows: rows) { rowStep in
      let step = Foundation.ceil((high - low) / reach(1, rowStep, rows) - 1e-9)
      return (.logarithmic, low, max(1, step), high - low)
    }
  }

  /// An axis for a series: decades where nothing is below zero and the largest is more than 20 times the smallest above
  /// zero, linear where all is close together, symmetric where there are both signs over many decades; `nil` where there is
  /// nothing finite.
  static func fitting(_ series: Stretch, rows: Int) -> Axis? {
    guard series.hasFinite else { return nil }
    let (low, high) = (Double(series.minimum), Double(series.maximum))
    if low >= 0, let range = series.positiveRange, range.upperBound > 20 * range.lowerBound {
      return decades(around: range, rows: rows)
    }
    if low < 0, max(high, -low) > 1000 {
      let (foot, head) = (Scale.symmetric.position(of: low), Scale.symmetric.position(of: max(high, 0)))
      return tightest(rows: rows) { rowStep in
        multiple(.symmetric, foot, head, rowStep, rows) { max(1, Foundation.ceil($0)) }
      }
    }
    let size = max(abs(low), abs(high))
    let missing = max(0, (size == 0 ? 1 : 0.04 * size) - (high - low))
    let bottom = low >= 0 ? max(0, low - missing / 2) : low - missing / 2
    return tightest(rows: rows) { rowStep in
      multiple(.linear, bottom, high + missing / 2, rowStep, rows, rounded: roundUp)
    }
  }

  // MARK: Choosing ticks

  private typealias Choice = (scale: Scale, foot: Double, step: Double, needed: Double)

  // What so many rows hold with a tick of size `step` every so many of them.
  private static func reach(_ step: Double, _ rowStep: Int, _ rows: Int) -> Double {
    step * Double(4 * rows - 1) / Double(4 * rowStep)
  }

  // Of all distances between ticks the one that leaves the least of the axis empty; about four ticks are a good number.
  private static func tightest(rows: Int, _ choose: (Int) -> Choice) -> Axis {
    let rows = max(1, rows)
    let least = rows >= 6 ? 2 : 1
    var best: (axis: Axis, cost: Double)?
    for rowStep in least...max(least, min(rows - 1, 12)) {
      let choice = choose(rowStep)
      let axis = Axis(choice.scale, foot: choice.foot, every: choice.step, perRows: rowStep, rows: rows)
      let cost = axis.span / choice.needed * (1 + 0.04 * abs(Double(axis.ticks.count) - 4))
      if best.map({ cost < $0.cost }) ?? true { best = (axis, cost) }
    }
    return best!.axis
  }

  // A foot at a multiple of the step, as small a step as holds it all.
  private static func multiple(
    _ scale: Scale, _ low: Double, _ high: Double, _ rowStep: Int, _ rows: Int, rounded: (Double) -> Double
  ) -> Choice {
    var step = rounded((high - low) / reach(1, rowStep, rows))
    while true {
      let foot = Foundation.floor(low / step + 1e-9) * step
      if foot + reach(step, rowStep, rows) >= high - 1e-9 * step { return (scale, foot, step, high - low) }
      step = rounded(step * 1.01)
    }
  }

  // The next of 1, 2, 5 in its decade.
  private static func roundUp(_ value: Double) -> Double {
    let unit = Foundation.pow(10, Foundation.floor(Foundation.log10(value)))
    return unit * ([1, 2, 5].first { $0 >= value / unit - 1e-9 } ?? 10)
  }

  private static func text(_ scale: Scale, _ position: Double, _ step: Double) -> String {
    switch scale {
    case .logarithmic: return decade(Int(position.rounded()))
    case .symmetric:
      let whole = Int(position.rounded())
      return whole == 0 ? "0" : (whole < 0 ? "-" : "") + decade(abs(whole) - 1)
    case .linear:
      let value = (position / step).rounded() * step
      let digits = max(0, -Int(Foundation.floor(Foundation.log10(step) + 1e-9)))
      guard digits <= 5, abs(value) < 1e6 else { return Self.long(value, step: step) }
      return String(format: "%.\(digits)f", value == 0 ? 0 : value)
    }
  }

  // As many digits as tell one tick from the next: 1.025e30.
  private static func long(_ value: Double, step: Double) -> String {
    guard value != 0 else { return "0" }
    func exponent(_ number: Double) -> Int { Int(Foundation.floor(Foundation.log10(abs(number)) + 1e-9)) }
    let digits = max(0, exponent(value) - exponent(step))
    let parts = String(format: "%.\(digits)e", value).split(separator: "e")
    return parts.count == 2 ? "\(parts[0])e\(Int(parts[1]) ?? 0)" : NumberText.short(value)
  }

  private static func decade(_ exponent: Int) -> String {
    switch exponent {
    case -2: "0.01"
    case -1: "0.1"
    case 0: "1"
    case 1: "10"
    case 2: "100"
    default: "1e\(exponent)"
    }
  }

  // MARK: Heights

  /// The height of a number, below 0 or above 1 outside the axis; `nil` where the scale has none.
  func height(of value: Double) -> Double? {
    if scale == .logarithmic, !(value > 0) { return nil }
    return (scale.position(of: value) - foot) / span
  }

  /// Which of `levels` levels, counted from the foot, a number falls into; numbers outside the axis are at its ends.
  ///
  /// Rounded to the nearest level, and half way up, as far as a pixel of a thousand goes: a norm that was clipped to just below
  /// `max_norm` is drawn on its line, not under it.
  func level(of value: Double, levels: Int) -> Int? {
    // Bounded before it is an integer: a ghost may be many decades outside.
    height(of: value).map { Int((min(1, max(0, $0)) * Double(levels - 1) + 1e-3).rounded()) }
  }
}

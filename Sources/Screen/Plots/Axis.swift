import Foundation
import Language

/// How numbers become heights: 0 at the foot of an axis, 1 at its head.
struct Axis: Hashable, Sendable {
  /// The scales.
  enum Scale: Hashable, Sendable {
    /// Equal factors are equal heights; zero and below have none.
    case logarithmic
    /// Equal differences are equal heights.
    case linear
    /// Linear around zero, logarithmic far from it, for numbers of both signs over many decades.
    case symmetric
  }

  let scale: Scale
  /// The numbers at the foot and at the head.
  let low: Double
  let high: Double
  // The same as the scale sees them: thousands of heights a frame are measured from here.
  private let foot: Double
  private let span: Double

  init(scale: Scale, low: Double, high: Double) {
    (self.scale, self.low, self.high) = (scale, low, high)
    foot = Self.position(of: low, on: scale)
    span = Self.position(of: high, on: scale) - foot
  }

  private static func position(of value: Double, on scale: Scale) -> Double {
    switch scale {
    case .logarithmic: Foundation.log10(value)
    case .linear: value
    case .symmetric: bend(value)
    }
  }

  /// Whole decades around `range`, at least two of them, so that a calm line is not blown up to a mountain.
  static func decades(around range: ClosedRange<Float>?) -> Axis {
    guard let range else { return Axis(scale: .logarithmic, low: 0.1, high: 10) }
    var low = Foundation.floor(Foundation.log10(Double(range.lowerBound)) + 1e-9)
    var high = Foundation.ceil(Foundation.log10(Double(range.upperBound)) - 1e-9)
    while high - low < 2 { (low, high) = high - low < 1 ? (low - 1, high + 1) : (low, high + 1) }
    return Axis(scale: .logarithmic, low: Foundation.pow(10, low), high: Foundation.pow(10, high))
  }

  /// An axis for a loss: decades where everything is above zero and more than a factor of 20 apart, linear where it is
  /// close together, symmetric where there are both signs over many decades.
  static func fitting(low: Double, high: Double) -> Axis {
    if low > 0, high / low > 20 { return decades(around: Float(low)...Float(high)) }
    if low <= 0, max(high, -low) > 1000 { return Axis(scale: .symmetric, low: min(low, 0), high: max(high, 0)) }
    let margin = max((high - low) * 0.08, Swift.abs(high) * 0.02, 1e-6)
    let foot = low > 0 && low - margin < 0 ? 0 : low - margin
    return Axis(scale: .linear, low: foot, high: high + margin)
  }

  /// The height of a number, below 0 or above 1 outside the axis; `nil` where the scale has none.
  func height(of value: Double) -> Double? {
    if scale == .logarithmic, !(value > 0) { return nil }
    return (Self.position(of: value, on: scale) - foot) / span
  }

  private static func bend(_ value: Double) -> Double {
    (value < 0 ? -1 : 1) * Foundation.log10(1 + Swift.abs(value))
  }

  private static func unbend(_ value: Double) -> Double {
    (value < 0 ? -1 : 1) * (Foundation.pow(10, Swift.abs(value)) - 1)
  }

  /// Which of `levels` levels, counted from the foot, a number falls into; numbers outside the axis are at its ends.
  ///
  /// Rounded to the nearest level: a norm that was clipped to just below `max_norm` is drawn on its line, not under it.
  func level(of value: Double, levels: Int) -> Int? {
    height(of: value).map { min(levels - 1, max(0, Int(($0 * Double(levels - 1)).rounded()))) }
  }

  /// The number at a height.
  func value(at height: Double) -> Double {
    switch scale {
    case .logarithmic:
      Foundation.pow(10, Foundation.log10(low) + height * (Foundation.log10(high) - Foundation.log10(low)))
    case .linear: low + height * (high - low)
    case .symmetric: Self.unbend(Self.bend(low) + height * (Self.bend(high) - Self.bend(low)))
    }
  }

  /// What to write at which of `rows` rows, counted from the top: decades, or the ends and the middle.
  func labels(rows: Int) -> [(row: Int, text: String)] {
    guard rows > 1 else { return [] }
    if scale == .logarithmic {
      let (first, last) = (Int(Foundation.log10(low).rounded()), Int(Foundation.log10(high).rounded()))
      let step = max(1, Int((Double(last - first + 1) / Double(max(2, rows))).rounded(.up)))
      return stride(from: first, through: last, by: step).map { decade in
        let level = level(of: Foundation.pow(10, Double(decade)), levels: 4 * rows) ?? 0
        return (rows - 1 - level / 4, Self.decade(decade))
      }
    }
    let labelled = rows >= 5 ? [0, rows / 2, rows - 1] : [0, rows - 1]
    return labelled.map { row in
      (row, NumberText.short(value(at: 1 - (Double(row) + 0.5) / Double(rows))))
    }
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
}

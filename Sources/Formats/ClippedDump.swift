import Language
import Numerics
import Optimization

/// What a rule does to dumped gradients: norms before and after, and the gradients after, which are computed when they are
/// asked for.
public struct ClippedDump: Sendable {
  /// What the rule does to each element.
  enum Act: Sendable {
    /// Multiplies all by one factor.
    case factor(Double)
    /// Brings each between a bound and its negative.
    case bound(Double)
    /// What came of it, where a rule has looked at whole gradients.
    case values([[Float]], factor: Double, isSkipped: Bool?)
  }

  /// The gradients and the options.
  let dump: GradientDump
  let rule: ClippingRule
  /// The order of the norms.
  let order: Double
  /// The format that all gradients together are in.
  let format: NumberFormat
  /// The norm of each gradient, in its own format.
  let norms: [Double]
  /// What is seen of each, if it was asked for.
  let censuses: [NumberCensus]
  /// The total norm.
  public let total: Double
  private(set) var act = Act.factor(1)
  /// What the total norm was multiplied by.
  public private(set) var factor = 1.0
  /// The norms after.
  private(set) var normsAfter: [Double] = []
  /// The total norm after.
  public private(set) var totalAfter = 0.0
  /// How many elements were changed, where the rule looks at each by itself.
  private(set) var clamped = 0
  /// How many gradients were changed, where it looks at whole ones.
  private(set) var changedGradients = 0

  /// Measures. O(elements).
  init(_ dump: GradientDump, rule: ClippingRule, order: Double, takesCensus: Bool) throws {
    (self.dump, self.rule, self.order) = (dump, rule, order)
    let measured = try dump.gradients.map { try $0.measured(order: order, takesCensus: takesCensus) }
    (norms, censuses) = (measured.map(\.norm), measured.map(\.census))
    let formats = dump.gradients.map(\.format)
    format = formats.isEmpty ? dump.format : NumberFormat.promoted(formats)
    total = GradientNormSum.total(of: norms, formats: formats, order: order)
  }

  /// Applies what the rule does, and measures again. O(elements).
  mutating func finish(_ act: Act) throws {
    self.act = act
    // A product with 1 changes no number.
    if case .factor(1) = act {
      (normsAfter, totalAfter) = (norms, total)
      return
    }
    normsAfter = try dump.gradients.indices.map { try normAfter($0) }
    totalAfter = GradientNormSum.total(of: normsAfter, formats: dump.gradients.map(\.format), order: order)
    switch act {
    case .factor(let factor), .values(_, let factor, _): self.factor = factor
    case .bound: factor = clamped == 0 ? 1 : quotient
    }
  }

  // In the format of the totals.
  private var quotient: Double {
    format == .float64 ? totalAfter / total : format.rounded(Double(Float(totalAfter) / Float(total)))
  }

  private mutating func normAfter(_ index: Int) throws -> Double {
    var sum = GradientNormSum(order: order, format: dump.gradients[index].format)
    var changed = 0
    if dump.gradients[index].format == .float64 {
      try forEachDoublePiece(index, changed: &changed) { sum.add(UnsafeBufferPointer($0)) }
    } else {
      try forEachPiece(index, changed: &changed) { sum.add(UnsafeBufferPointer($0)) }
    }
    clamped += changed
    changedGradients += changed > 0 ? 1 : 0
    return sum.norm
  }

  // The elements of a gradient after, in pieces.
  private func forEachPiece(
    _ index: Int, changed: inout Int, _ body: (UnsafeMutableBufferPointer<Float>) throws -> Void
  ) throws {
    let gradient = dump.gradients[index]
    var start = 0
    try gradient.forEachPiece { piece in
      switch act {
      case .factor(let factor):
        if gradient.shape.isEmpty, format == .float64 {
          // Of two tensors without a dimension, the one of more bits decides what the product is computed in.
          piece[0] = Float(Double(piece[0]) * factor)
        } else {
          piece.scale(by: Float(factor))
        }
        gradient.format.round(piece)
      case .bound(let bound): changed += GradientClipping.clamp(piece, to: Float(gradient.format.rounded(bound)))
      case .values(let values, _, _):
        for offset in piece.indices {
          let value = values[index][start + offset]
          if value != piece[offset], !(value.isNaN && piece[offset].isNaN) { changed += 1 }
          piece[offset] = value
        }
        gradient.format.round(piece)
      }
      start += piece.count
      try body(piece)
    }
  }

  private func forEachDoublePiece(
    _ index: Int, changed: inout Int, _ body: (UnsafeMutableBufferPointer<Double>) throws -> Void
  ) throws {
    try dump.gradients[index].forEachDoublePiece { piece in
      switch act {
      case .factor(let factor): for offset in piece.indices { piece[offset] *= factor }
      case .bound(let bound): changed += GradientClipping.clamp(piece, to: bound)
      case .values: preconditionFailure("the rules that look at whole gradients are float32")
      }
      try body(piece)
    }
  }

  // MARK: As JSON

  /// Writes the answer as a line of JSON, without its end: the norms, the factor and the gradients after. O(elements).
  public func writeJSON(_ write: ([UInt8]) throws -> Void) throws {
    var text = NumberWriter()
    for (name, value) in [("total_norm", total), ("factor", factor), ("total_norm_after", totalAfter)] {
      text.append(name == "total_norm" ? "{" : ",")
      text.append("\"\(name)\":")
      text.append(value, format)
    }
    if case .values(_, _, let isSkipped?) = act { text.append(",\"skipped\":\(isSkipped)") }
    text.append(",\"gradients\":[")
    for (index, gradient) in dump.gradients.enumerated() {
      text.append(index > 0 ? "," : "")
      let shape = gradient.shape.map(String.init).joined(separator: ",")
      text.append("{\"name\":\(JSON.string(gradient.name).text),\"shape\":[\(shape)],\"values\":[")
      var (ignored, isFirst) = (0, true)
      if gradient.format == .float64 {
        try forEachDoublePiece(index, changed: &ignored) { piece in
          text.append(UnsafeBufferPointer(piece), isFirst: isFirst)
          isFirst = false
          try text.flush(write)
        }
      } else {
        try forEachPiece(index, changed: &ignored) { piece in
          text.append(UnsafeBufferPointer(piece), isFirst: isFirst)
          isFirst = false
          try text.flush(write)
        }
      }
      text.append("]}")
    }
    text.append("]}")
    try text.flush(write)
  }
}

/// Collects text, and the numbers in it, for millions of them.
struct NumberWriter {
  private var bytes: [UInt8] = []

  /// Gives what was collected to `write`.
  mutating func flush(_ write: ([UInt8]) throws -> Void) rethrows {
    try write(bytes)
    bytes.removeAll(keepingCapacity: true)
  }

  mutating func append(_ text: String) { bytes += text.utf8 }

  mutating func append(_ value: Double, _ format: NumberFormat) {
    if format == .float64 { JSON.append(value, to: &bytes) } else { JSON.append(Float(value), to: &bytes) }
  }

  mutating func append<Scalar: WrittenNumber>(
    _ values: UnsafeBufferPointer<Scalar>, isFirst: Bool
  ) {
    for (index, value) in values.enumerated() {
      if !isFirst || index > 0 { bytes.append(UInt8(ascii: ",")) }
      JSON.append(value, to: &bytes)
    }
  }
}

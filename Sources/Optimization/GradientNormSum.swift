import Numerics

/// The norm of a gradient of whatever format that comes in pieces, as torch has it: computed in float32, or for float64 in
/// float64, and rounded to the gradient's own format.
public struct GradientNormSum: Sendable {
  private let format: NumberFormat
  private let order: Double
  private var single: NormSum?
  private var double: DoubleNormSum?
  // What there is of numbers where the order is one that float32 does not have.
  private var count = 0
  private var first = 0.0

  /// Nothing yet.
  public init(order: Double, format: NumberFormat) {
    (self.order, self.format) = (order, format)
    if format == .float64 {
      double = DoubleNormSum(order: order)
    } else if Self.isUsual(order) {
      single = NormSum(order: Float(order))
    }
  }

  // Whether float32 has an order of this kind.
  private static func isUsual(_ order: Double) -> Bool {
    let single = Float(order)
    return !order.isFinite || order == 0 || single.isFinite && single != 0
  }

  /// Adds some elements of a gradient that is not float64.
  public mutating func add(_ values: UnsafeBufferPointer<Float>) {
    single?.add(values)
    note(values)
  }

  /// Adds some elements of a float64 gradient.
  public mutating func add(_ values: UnsafeBufferPointer<Double>) {
    double?.add(values)
    note(values)
  }

  private mutating func note<Scalar: BinaryFloatingPoint>(_ values: UnsafeBufferPointer<Scalar>) {
    if count == 0, let value = values.first { first = Double(value) }
    count += values.count
  }

  /// The norm of all that was added.
  public var norm: Double {
    if let double { return double.norm }
    if let single { return format.rounded(Double(single.norm)) }
    // torch raises to an infinite power here, and takes a root whose exponent is 0, so that the norm is 1 whatever the numbers
    // are; a single one is its own norm as ever.
    if count < 2 { return first.magnitude }
    // And for an order that float32 takes for 0: each power is 1, and the root of their number is infinite, or 0 for one below 0.
    return Float(order) == 0 ? (order > 0 ? .infinity : 0) : 1
  }

  /// The norm of norms, in the format that all of their gradients are brought to; 0 in float32 where there are none.
  /// - Parameter formats: the format of each gradient. torch groups gradients by theirs, which changes no more than the order
  ///   in which the norms are added.
  public static func total(of norms: [Double], formats: [NumberFormat], order: Double) -> Double {
    if norms.isEmpty { return 0 }
    let format = NumberFormat.promoted(formats)
    var sum = GradientNormSum(order: order, format: format)
    if format == .float64 {
      norms.withUnsafeBufferPointer { sum.add($0) }
    } else {
      norms.map(Float.init).withUnsafeBufferPointer { sum.add($0) }
    }
    return sum.norm
  }
}

import CKernels

/// Vector norms with the semantics of `torch.linalg.vector_norm`.
///
/// Order p = 2: √Σx²; 1: Σ|x|; ∞: max |x|; -∞: min |x|; 0: the number of elements that are not 0; any other, also
/// negative: (Σ|x|^p)^(1/p). NaN counts as not 0 for p = 0, otherwise one NaN makes the norm NaN. Nothing is rescaled,
/// so the square of a large finite value is infinite and that of a small one is 0, as in PyTorch: in float32,
/// [1e20, 1e20] has the norm ∞ and [1e-30, 1e-30] has 0. A single element is its own norm: [1e20] has 1e20.
///
/// Sums are made in float64 over fixed lanes and rounded once, so the result does not depend on the vector width
/// and is as close to the true value as float32 can be. PyTorch adds in float32: the two differ by its error, which
/// for p = 2 stays below 1.3e-6 (relative) up to 10^5 elements.
///
/// The norm of no elements is 0, except for p < 0, where it is ∞ (PyTorch refuses p < 0 and p = ∞ there).
public enum Norm {
  /// The norm of float32 values, in float32.
  public static func of(_ values: [Float], order p: Float) -> Float {
    values.withUnsafeBufferPointer { of($0, order: p) }
  }

  static func of(_ values: UnsafeBufferPointer<Float>, order p: Float) -> Float {
    var sum = NormSum(order: p)
    sum.add(values)
    return sum.norm
  }

  static func root(ofSquares sum: Double) -> Float { root(of: sum) { Elementary.sqrt($0) } }

  /// The root of a sum that overflows where it would as float32, as it does in PyTorch.
  fileprivate static func root(of sum: Double, _ function: (Double) -> Double) -> Float {
    Float(function(Float(sum) == .infinity ? .infinity : sum))
  }

  /// The number that was written: 0.1, not the float32 next to it, whose reciprocal differs from 10 by 1.5e-7.
  fileprivate static func decimal(_ p: Float) -> Double { Double(p.description) ?? Double(p) }

  /// The norm of float64 values, in float64: added in order.
  public static func of(_ values: [Double], order p: Double) -> Double {
    var sum = DoubleNormSum(order: p)
    values.withUnsafeBufferPointer { sum.add($0) }
    return sum.norm
  }
}

/// The norm of float32 values that come in pieces, as ``Norm/of(_:order:)-(_,Float)`` has it of all of them.
///
/// In pieces of a whole number of 512 elements, sums are rounded in other places, which a float32 does not show but where it
/// was a tie.
public struct NormSum: Sendable {
  private let order: Float
  private var count = 0
  private var sum = 0.0
  // The largest or the smallest so far; of a single element its magnitude.
  private var extreme: Float

  /// Nothing yet, of order `p`.
  public init(order p: Float) { (order, extreme) = (p, p == -.infinity ? .infinity : 0) }

  /// Adds some elements.
  public mutating func add(_ values: UnsafeBufferPointer<Float>) {
    guard let start = values.baseAddress, !values.isEmpty else { return }
    let n = values.count
    if count == 0, n == 1 { extreme = values[0].magnitude }
    count += n
    switch order {
    case 2: sum += kernels.sum_of_squares(n, start)
    case 1: sum += kernels.sum_of_magnitudes(n, start)
    case 0: sum += Double(n - kernels.count_zeros(n, start))
    case .infinity: keep(kernels.largest_magnitude(n, start)) { $0 > $1 }
    case -.infinity: keep(kernels.smallest_magnitude(n, start)) { $0 < $1 }
    default: sum += kernels.sum_of_powers(n, start, Norm.decimal(order))
    }
  }

  private mutating func keep(_ value: Float, where beats: (Float, Float) -> Bool) {
    if value.isNaN || beats(value, extreme) { extreme = value }
  }

  /// The norm of all that was added.
  public var norm: Float {
    if count == 1, order != 0 { return extreme }
    switch order {
    case 2: return Norm.root(ofSquares: sum)
    case 1, 0: return Float(sum)
    case .infinity, -.infinity: return extreme
    default:
      let exponent = Norm.decimal(order)
      return Norm.root(of: sum) { Elementary.pow($0, 1 / exponent) }
    }
  }
}

/// The norm of float64 values that come in pieces, added in order.
public struct DoubleNormSum: Sendable {
  private let order: Double
  private var count = 0
  private var sum = 0.0
  private var extreme: Double

  /// Nothing yet, of order `p`.
  public init(order p: Double) { (order, extreme) = (p, p == -.infinity ? .infinity : 0) }

  /// Adds some elements.
  public mutating func add(_ values: UnsafeBufferPointer<Double>) {
    guard !values.isEmpty else { return }
    if count == 0, values.count == 1 { extreme = values[0].magnitude }
    count += values.count
    switch order {
    case 2: for value in values { sum += value * value }
    case 1: for value in values { sum += value.magnitude }
    case 0: for value in values where value != 0 { sum += 1 }
    case .infinity: for value in values where !(value.magnitude <= extreme) { keep(value.magnitude) }
    case -.infinity: for value in values where !(value.magnitude >= extreme) { keep(value.magnitude) }
    default: for value in values { sum += Elementary.pow(value.magnitude, order) }
    }
  }

  // A NaN stays.
  private mutating func keep(_ value: Double) { if !extreme.isNaN { extreme = value } }

  /// The norm of all that was added.
  public var norm: Double {
    if count == 1, order != 0 { return extreme }
    switch order {
    case 2: return Elementary.sqrt(sum)
    case 1, 0: return sum
    case .infinity, -.infinity: return extreme
    default: return Elementary.pow(sum, 1 / order)
    }
  }
}

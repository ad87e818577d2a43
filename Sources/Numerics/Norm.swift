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
    let (n, start) = (values.count, values.baseAddress)
    if n == 1 && p != 0 { return values[0].magnitude }
    switch p {
    case 2: return root(ofSquares: kernels.sum_of_squares(n, start))
    case 1: return Float(kernels.sum_of_magnitudes(n, start))
    case 0: return Float(n - kernels.count_zeros(n, start))
    case .infinity: return kernels.largest_magnitude(n, start)
    case -.infinity: return kernels.smallest_magnitude(n, start)
    default:
      let exponent = decimal(p)
      return root(of: kernels.sum_of_powers(n, start, exponent)) { Elementary.pow($0, 1 / exponent) }
    }
  }

  static func root(ofSquares sum: Double) -> Float { root(of: sum) { Elementary.sqrt($0) } }

  /// The root of a sum that overflows where it would as float32, as it does in PyTorch.
  private static func root(of sum: Double, _ function: (Double) -> Double) -> Float {
    Float(function(Float(sum) == .infinity ? .infinity : sum))
  }

  /// The number that was written: 0.1, not the float32 next to it, whose reciprocal differs from 10 by 1.5e-7.
  private static func decimal(_ p: Float) -> Double { Double(p.description) ?? Double(p) }

  /// The norm of float64 values, in float64: added in order.
  public static func of(_ values: [Double], order p: Double) -> Double {
    if values.count == 1 && p != 0 { return values[0].magnitude }
    switch p {
    case 2: return Elementary.sqrt(values.reduce(0) { $0 + $1 * $1 })
    case 1: return values.reduce(0) { $0 + $1.magnitude }
    case 0: return values.reduce(0) { $0 + ($1 == 0 ? 0 : 1) }
    case .infinity: return values.reduce(0) { $1.magnitude > $0 || $1.isNaN ? $1.magnitude : $0 }
    case -.infinity: return values.reduce(.infinity) { $1.magnitude < $0 || $1.isNaN ? $1.magnitude : $0 }
    default: return Elementary.pow(values.reduce(0) { $0 + Elementary.pow($1.magnitude, p) }, 1 / p)
    }
  }
}

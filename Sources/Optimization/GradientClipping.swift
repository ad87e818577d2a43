import Numerics

/// PyTorch's two clipping functions on plain lists of numbers, in float32 and in float64, following torch 2.13 in
/// everything: also where clipscope's language refuses an option (a `max_norm` of 0 or below, or NaN).
///
/// ```swift
/// var gradients: [[Float]] = [[3, 4]]
/// try GradientClipping.clipNorm(&gradients, maxNorm: 1)  // 5; gradients are [[0.5999999, 0.79999983]]
/// ```
///
/// The norms are those of ``Norm``; the rest is exact, see ``ClipNorm/factor(total:)``.
public enum GradientClipping {
  /// `torch.nn.utils.clip_grad_norm_` on float32 gradients.
  /// - Parameters:
  ///   - maxNorm: 0 sets everything to zero, below 0 turns the signs around, NaN makes everything NaN.
  ///   - normType: the order of the norm, any number, also 0, below 0 or infinite.
  /// - Returns: the total norm before clipping, 0 where there are no gradients.
  /// - Throws: with `errorIfNonfinite`, before anything is changed, where the total norm is NaN or infinite.
  @discardableResult
  public static func clipNorm(
    _ gradients: inout [[Float]], maxNorm: Double, normType: Double = 2, errorIfNonfinite: Bool = false
  ) throws(NonfiniteTotal) -> Double {
    let norms = gradients.map { norm($0, order: normType) }
    let total = norms.isEmpty ? 0 : norm(norms, order: normType)
    try check(norms, total: total, order: normType, isStrict: errorIfNonfinite)
    let factor = coefficient(total: total, maxNorm: Float(maxNorm))
    for index in gradients.indices { scale(&gradients[index], by: factor) }
    return Double(total)
  }

  /// `torch.nn.utils.clip_grad_norm_` on float64 gradients; the same in double precision.
  @discardableResult
  public static func clipNorm(
    _ gradients: inout [[Double]], maxNorm: Double, normType: Double = 2, errorIfNonfinite: Bool = false
  ) throws(NonfiniteTotal) -> Double {
    let norms = gradients.map { Norm.of($0, order: normType) }
    let total = norms.isEmpty ? 0 : Norm.of(norms, order: normType)
    try check(norms, total: total, order: normType, isStrict: errorIfNonfinite)
    let factor = coefficient(total: total, maxNorm: maxNorm)
    for index in gradients.indices { scale(&gradients[index], by: factor) }
    return total
  }

  /// `torch.nn.utils.get_total_norm` of float32 gradients, 0 where there are none.
  public static func totalNorm(_ gradients: [[Float]], normType: Double) -> Float {
    gradients.isEmpty ? 0 : norm(gradients.map { norm($0, order: normType) }, order: normType)
  }

  private static func norm(_ values: [Float], order: Double) -> Float {
    var sum = GradientNormSum(order: order, format: .float32)
    values.withUnsafeBufferPointer { sum.add($0) }
    return Float(sum.norm)
  }

  /// `torch.nn.utils.get_total_norm` of float64 gradients, 0 where there are none.
  public static func totalNorm(_ gradients: [[Double]], normType: Double) -> Double {
    gradients.isEmpty ? 0 : Norm.of(gradients.map { Norm.of($0, order: normType) }, order: normType)
  }

  /// `torch.nn.utils.clip_grad_value_` on float32 gradients: each element into ±`clipValue`; NaN stays NaN.
  /// - Parameter clipValue: below 0 makes it the value of every element, NaN makes everything NaN.
  public static func clipValue(_ gradients: inout [[Float]], clipValue: Double) {
    for index in gradients.indices { clamp(&gradients[index], to: Float(clipValue)) }
  }

  /// `torch.nn.utils.clip_grad_value_` on float64 gradients.
  public static func clipValue(_ gradients: inout [[Double]], clipValue: Double) {
    for index in gradients.indices { clamp(&gradients[index], to: clipValue) }
  }

  /// `error_if_nonfinite` met a total norm that is NaN or infinite.
  public struct NonfiniteTotal: Error, Hashable, Sendable {
    /// The total norm.
    public let total: Double
    /// Its order.
    public let normType: Double
    /// The index of the first gradient whose norm is not finite; `nil` where only their total overflows.
    public let firstGradient: Int?

    /// What was met.
    public init(total: Double, normType: Double, firstGradient: Int?) {
      (self.total, self.normType, self.firstGradient) = (total, normType, firstGradient)
    }

    /// PyTorch's words.
    public var message: String {
      "The total norm of order \(normType) for gradients from `parameters` is non-finite, so it cannot be clipped. "
        + "To disable this error and scale the gradients by the non-finite norm anyway, set `error_if_nonfinite=False`"
    }
  }

  private static func check<Scalar: BinaryFloatingPoint>(
    _ norms: [Scalar], total: Scalar, order: Double, isStrict: Bool
  ) throws(NonfiniteTotal) {
    guard isStrict, !total.isFinite else { return }
    throw NonfiniteTotal(
      total: Double(total), normType: order, firstGradient: norms.firstIndex { !$0.isFinite })
  }

  /// `clamp(max_norm / (total + 1e-6), max=1)`, which for a tensor below the fraction is a reciprocal and then a product.
  /// NaN passes the clamp.
  public static func coefficient<Scalar: BinaryFloatingPoint>(total: Scalar, maxNorm: Scalar) -> Scalar {
    let coefficient = (1 / (total + 1e-6)) * maxNorm
    return coefficient.isNaN ? coefficient : min(coefficient, 1)
  }

  /// The same in whatever format the total norm is in. Those of 16 bits round after each operation, and the 1e-6 before it is
  /// added; `max_norm` stays a float32.
  public static func coefficient(total: Double, maxNorm: Double, format: NumberFormat) -> Double {
    switch format {
    case .float64: return coefficient(total: total, maxNorm: maxNorm)
    case .float32: return Double(coefficient(total: Float(total), maxNorm: Float(maxNorm)))
    case .float16, .bfloat16:
      func rounded(_ value: Float) -> Float { Float(format.rounded(Double(value))) }
      let reciprocal = rounded(1 / rounded(Float(total) + rounded(1e-6)))
      let coefficient = rounded(reciprocal * Float(maxNorm))
      return Double(coefficient.isNaN ? coefficient : min(coefficient, 1))
    }
  }

  // Also by 1, as torch does: it changes no number.
  private static func scale<Scalar: BinaryFloatingPoint>(_ gradient: inout [Scalar], by factor: Scalar) {
    for index in gradient.indices { gradient[index] *= factor }
  }

  // torch takes the larger with the lower bound, then the smaller with the upper one; a bound of NaN fills.
  private static func clamp<Scalar: BinaryFloatingPoint>(_ gradient: inout [Scalar], to bound: Scalar) {
    for index in gradient.indices where !gradient[index].isNaN {
      let raised = gradient[index] < -bound ? -bound : gradient[index]
      gradient[index] = bound.isNaN ? bound : raised > bound ? bound : raised
    }
  }
}

import Numerics

/// The arithmetic of PyTorch's two clipping functions, in every format of gradients, following torch 2.13 in everything: also where
/// clipscope's language refuses an option (a `max_norm` of 0 or below, or NaN).
///
/// `clip_grad_norm_` is ``GradientNormSum`` for the norms, ``coefficient(total:maxNorm:format:)``, and a product;
/// `clip_grad_value_` is ``clamp(_:to:)``. The norms are near torch's, the rest is exact.
public enum GradientClipping {
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

  /// `clip_grad_value_`: each element into ±`bound`, in place; NaN stays NaN. O(elements).
  ///
  /// torch takes the larger with the lower bound, then the smaller with the upper one: a bound below 0 becomes the value of every
  /// element, and one of NaN too.
  /// - Returns: how many elements were changed.
  public static func clamp<Scalar: BinaryFloatingPoint>(
    _ values: UnsafeMutableBufferPointer<Scalar>, to bound: Scalar
  ) -> Int {
    var changed = 0
    for index in values.indices where !values[index].isNaN {
      let raised = values[index] < -bound ? -bound : values[index]
      let value = bound.isNaN ? bound : raised > bound ? bound : raised
      if value != values[index] { changed += 1 }
      values[index] = value
    }
    return changed
  }
}

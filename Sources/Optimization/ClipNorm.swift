import Numerics

/// The options of `clip norm`.
public struct ClipNorm: Hashable, Sendable {
  /// The largest total norm that is let through.
  public var maxNorm = 1.0
  /// The order p of the norm; 2 unless told otherwise, infinity for the largest element.
  public var normType: Float = 2
  /// Stop, before anything is changed, when the total norm is NaN or infinite.
  public var errorIfNonfinite = false

  /// max_norm 1, the usual choice, and PyTorch's defaults for the rest.
  public init() {}

  /// Another max_norm.
  public init(maxNorm: Double) { self.maxNorm = maxNorm }

  /// The clip coefficient for a total norm, rounded as torch rounds it.
  ///
  /// `max_norm / (total_norm + 1e-6)` is, for a tensor below the fraction, a reciprocal and then a product: three
  /// float32 roundings in all. A plain division is off by one unit in the last place in a quarter of all cases.
  /// NaN passes the clamp.
  public func factor(total: Float) -> Float {
    GradientClipping.coefficient(total: total, maxNorm: Float(maxNorm))
  }

  func clip(
    _ gradients: inout [Matrix], _ norms: GradientNorms, state: inout ClippingState
  ) throws(NonfiniteNorm) -> ClipOutcome {
    if errorIfNonfinite, !norms.total.isFinite {
      let first = norms.perParameter.firstIndex { !$0.isFinite }
      throw NonfiniteNorm(total: norms.total, order: normType, firstParameter: first)
    }
    return scale(&gradients, norms, &state)
  }

  // Infinity times 0 and NaN have to come out as they do in torch, so every element is multiplied, whatever it is.
  func scale(_ gradients: inout [Matrix], _ norms: GradientNorms, _ state: inout ClippingState) -> ClipOutcome {
    let factor = factor(total: norms.total)
    // A product with 1 changes no bit (of a number that is one), so there is nothing to write and nothing to measure.
    guard factor != 1 else { return .untouched(norms) }
    state.after.measure(scaling: &gradients, by: factor, order: norms.order)
    return ClipOutcome(factor: factor, clipped: factor < 1, after: state.after)
  }
}

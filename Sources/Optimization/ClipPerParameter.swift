import Numerics

/// The options of `clip per-parameter`: each gradient by itself, g · max_norm / max(‖g‖, max_norm), as Keras' `clipnorm`.
///
/// A small gradient keeps its length beside a large one that is shortened, so the direction of the step turns; a norm
/// that is NaN makes its own gradient NaN and no other.
public struct ClipPerParameter: Hashable, Sendable {
  /// The largest norm of a parameter's gradient that is let through.
  public var maxNorm = 1.0

  /// max_norm 1.
  public init() {}

  /// The coefficient for one gradient of this norm: 1, exactly, up to max_norm. NaN stays NaN.
  func factor(norm: Float) -> Float {
    let bound = Float(maxNorm)
    return norm <= bound ? 1 : bound / norm
  }

  func clip(_ gradients: inout [Matrix], _ norms: GradientNorms, state: inout ClippingState) -> ClipOutcome {
    var isChanged = false
    for index in gradients.indices {
      let factor = factor(norm: norms.perParameter[index])
      if factor != 1 { gradients[index].scale(by: factor) }
      if factor < 1 { isChanged = true }
    }
    return isChanged ? .changed(gradients, from: norms, &state) : .untouched(norms)
  }
}

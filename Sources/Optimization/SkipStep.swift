import Numerics

/// The options of `clip skip`: a step whose total norm is above `max_norm`, NaN or infinite is left out, as by
/// Megatron-LM's `grad_norm_skip_threshold`. The gradients stay as they are, so the factor is 1; the optimizer is not
/// called, so neither parameters nor what it remembers change.
public struct SkipStep: Hashable, Sendable {
  /// The largest total norm whose step is made.
  public var maxNorm = 1.0

  /// max_norm 1.
  public init() {}

  /// Whether a step of these norms is left out.
  func skips(_ norms: GradientNorms) -> Bool { !(norms.total <= Float(maxNorm)) || norms.total == .infinity }

  func outcome(_ norms: GradientNorms) -> ClipOutcome {
    let skips = skips(norms)
    return ClipOutcome(factor: 1, clipped: skips, skipsStep: skips, after: norms)
  }
}

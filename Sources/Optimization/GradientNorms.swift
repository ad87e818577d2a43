import Numerics

/// The norms of a network's gradients, each tensor's and that of all of them together.
public struct GradientNorms: Hashable, Sendable {
  /// The norm of each parameter's gradient.
  public var perParameter: [Float]
  /// The norm of those norms, of the same order: what `torch.nn.utils.get_total_norm` returns.
  public var total: Float
  /// The order p of both.
  public var order: Float

  /// Norms that were measured elsewhere.
  public init(perParameter: [Float], total: Float, order: Float) {
    self.perParameter = perParameter
    self.total = total
    self.order = order
  }

  /// Measures the gradients and leaves them alone. The total of no gradients at all is 0.
  /// - Parameter order: p of the p-norm, as `norm_type` of `clip_grad_norm_`.
  public static func measure(_ gradients: [Matrix], order: Float) -> GradientNorms {
    let norms = gradients.map { $0.norm(order) }
    return GradientNorms(perParameter: norms, total: norms.isEmpty ? 0 : Norm.of(norms, order: order), order: order)
  }
}

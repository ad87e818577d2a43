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
    (self.perParameter, self.total, self.order) = (perParameter, total, order)
  }

  /// Measures the gradients and leaves them alone. The total of no gradients at all is 0.
  /// - Parameter order: p of the p-norm, as `norm_type` of `clip_grad_norm_`.
  public static func measure(_ gradients: [Matrix], order: Float) -> GradientNorms {
    var norms = GradientNorms(perParameter: [], total: 0, order: order)
    norms.measure(gradients, order: order)
    return norms
  }

  /// The same in place, which takes no memory where there is capacity for as many norms.
  public mutating func measure(_ gradients: [Matrix], order: Float) {
    perParameter.removeAll(keepingCapacity: true)
    for gradient in gradients { perParameter.append(gradient.norm(order)) }
    self.order = order
    sumUp()
  }

  /// Multiplies the gradients by a factor, and measures them in the same pass where the order is 2.
  mutating func measure(scaling gradients: inout [Matrix], by factor: Float, order: Float) {
    perParameter.removeAll(keepingCapacity: true)
    for index in gradients.indices { perParameter.append(gradients[index].scaleAndMeasure(by: factor, order: order)) }
    self.order = order
    sumUp()
  }

  private mutating func sumUp() { total = perParameter.isEmpty ? 0 : Norm.of(perParameter, order: order) }
}

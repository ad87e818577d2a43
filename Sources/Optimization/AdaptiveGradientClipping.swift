import Numerics

/// The options of `clip agc` (Brock, De, Smith, Simonyan 2021, arXiv 2102.06171): a unit's gradient may be as long as a
/// share of its weights.
///
/// Unit by unit, with m = clipping · max(‖w‖, eps): g · m / max(‖g‖, 1e-6) where ‖g‖ > m, else g. A unit is a row of a
/// weight matrix, a kernel of a convolution, or a whole bias. As written here every parameter is clipped, the last
/// layer's too. A norm of NaN is not above anything and changes nothing.
public struct AdaptiveGradientClipping: Hashable, Sendable {
  /// The gradient's length as a share of the weights'.
  public var clipping = 0.01
  /// The least that the weights count as: units at zero could never leave it otherwise.
  public var epsilon = 1e-3

  /// The paper's defaults.
  public init() {}

  private static let leastNorm: Float = 1e-6

  func clip(
    _ gradients: inout [Matrix], _ norms: GradientNorms, values: [Matrix], state: inout ClippingState
  ) -> ClipOutcome {
    let (share, least) = (Float(clipping), Float(epsilon))
    var isChanged = false
    for index in gradients.indices {
      for row in 0..<values[index].rows {
        let (weight, gradient) = (values[index].norm(ofRow: row), gradients[index].norm(ofRow: row))
        let limit = share * (weight < least ? least : weight)
        guard gradient > limit else { continue }
        gradients[index].scaleRow(row, by: limit / max(gradient, Self.leastNorm))
        isChanged = true
      }
    }
    return isChanged ? .changed(gradients, from: norms, &state) : .untouched(norms)
  }
}

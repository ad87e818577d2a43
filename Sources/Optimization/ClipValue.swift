import Numerics

/// The options of `clip value`.
public struct ClipValue: Hashable, Sendable {
  /// The largest magnitude that is let through.
  public var clipValue = 1.0

  /// clip_value 1.
  public init() {}

  // torch clamps: NaN stays NaN, infinity becomes the bound.
  func clip(_ gradients: inout [Matrix], _ norms: GradientNorms, state: inout ClippingState) -> ClipOutcome {
    let bound = Float(clipValue)
    guard gradients.contains(where: { $0.countMagnitudes(above: bound) > 0 }) || bound < 0 else {
      return .untouched(norms)
    }
    for index in gradients.indices { gradients[index].clamp(to: bound) }
    return .changed(gradients, from: norms, &state)
  }
}

extension Matrix {
  /// `clamp_(-bound, bound)`: torch takes the larger with the lower bound, then the smaller with the upper one.
  fileprivate mutating func clamp(to bound: Float) {
    elements.withUnsafeMutableBufferPointer { elements in
      for index in elements.indices {
        let element = elements[index]
        let raised = element < -bound ? -bound : element
        elements[index] = raised > bound ? bound : raised
      }
    }
  }
}

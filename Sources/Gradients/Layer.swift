import Numerics

/// A differentiable function with its forward and its backward side by side.
///
/// What flows between layers is one matrix: B × features in a feed-forward network, T·B × features, time after time, in a
/// recurrent one, channels × framed pixels·B in a convolutional one (see `Convolution`).
/// A layer keeps what its backward needs, in buffers that it makes once and uses again: a step allocates nothing.
public protocol Layer: Sendable {
  /// What the last `forward` computed.
  var outputs: Matrix { get }
  /// The gradient of the loss by the inputs, as the last `backward` computed it; empty where nobody needs it.
  var inputGradients: Matrix { get }
  /// The share of this layer's units whose derivative is all but zero, `nil` for a layer that cannot saturate.
  var saturation: Saturation? { get }

  /// Computes `outputs` from `inputs` and the network's parameter values.
  mutating func forward(_ inputs: Matrix, _ values: [Matrix])
  /// Adds to `gradients` the gradients by this layer's parameters and computes `inputGradients`,
  /// given the inputs of the last forward and the gradient by its outputs.
  mutating func backward(
    _ inputs: Matrix, outputGradients: Matrix, _ values: [Matrix], _ gradients: inout [Matrix])
}

extension Layer {
  /// Most layers have no units that could saturate.
  public var saturation: Saturation? { nil }
}

/// How many of the units looked at pass all but no gradient.
public struct Saturation: Sendable {
  /// Units with a derivative of all but zero.
  public var saturated: Int
  /// All units looked at.
  public var units: Int
}

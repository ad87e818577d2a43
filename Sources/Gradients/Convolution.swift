import Numerics

/// `torch.nn.Conv2d(…, 3, padding=1)` and an activation: y = f(W ∗ x + b).
///
/// Axes: B pictures, C channels of the input, O of the output, S the side of the square pictures. x is C × S·(S+2)·B, with
/// a frame of zeros beside each line; W is O × 9C, its columns in the order of PyTorch's O × C × 3 × 3; b is 1 × O; y is
/// O × S·(S+2)·B. The activation belongs to the layer because pictures are large: what is made of them is made in place.
public struct Convolution: Layer {
  let weight: Int
  let bias: Int
  let side: Int
  let function: ActivationFunction
  let needsInputGradient: Bool
  let below: PixelFunction?
  let leavesSlope: Bool
  /// O × S·(S+2)·B.
  public private(set) var outputs = Matrix(rows: 0, columns: 0)
  /// C × S·(S+2)·B.
  public private(set) var inputGradients = Matrix(rows: 0, columns: 0)
  // W ∗ x + b, where the activation's gradient looks at it, and the gradient by it.
  private var sums = Matrix(rows: 0, columns: 0)
  private var sumGradients = Matrix(rows: 0, columns: 0)
  // C × 9O.
  private var rotated: Matrix
  private var scratch: Matrix
  private var offsets: [UInt32]

  /// A layer whose weight and bias stand at these indices of the parameters.
  /// - Parameters:
  ///   - needsInputGradient: false for the first layer of a network, which saves a product.
  ///   - below: the function that the layer below has ended with, where the gradient by the inputs is to be that by what
  ///     this function was applied to: then its slope needs no pass of its own.
  ///   - leavesSlope: whether the layer above does so with this layer's function.
  public init(
    weight: Int, bias: Int, inputs: Int, outputs: Int, side: Int, function: ActivationFunction,
    needsInputGradient: Bool, below: PixelFunction? = nil, leavesSlope: Bool = false
  ) {
    (self.weight, self.bias, self.side, self.function) = (weight, bias, side, function)
    (self.needsInputGradient, self.below, self.leavesSlope) = (needsInputGradient, below, leavesSlope)
    rotated = Matrix(rows: needsInputGradient ? inputs : 0, columns: 9 * outputs)
    scratch = Matrix(rows: inputs, columns: 1152)
    offsets = Array(repeating: 0, count: 9 * max(inputs, outputs))
  }

  /// The pixels of the last forward, without their frames.
  public var saturation: Saturation? {
    let framed = 2 * outputs.count / (side + 2)
    return function.saturated(outputs, zeros: framed).map { Saturation(saturated: $0, units: outputs.count - framed) }
  }

  /// The channels of the last forward.
  public func note(_ activity: inout UnitActivity) {
    if function == .relu { activity.note(rowsOf: outputs) }
  }

  /// y = f(W ∗ x + b).
  public mutating func forward(_ inputs: Matrix, _ values: [Matrix]) {
    outputs.shape(rows: values[weight].rows, columns: inputs.columns)
    guard function == .gelu else {
      outputs.setConvolution(
        inputs, weight: values[weight], bias: values[bias], side: side, offsets: &offsets,
        finish: function.ofPixels.map { .function($0) })
      return
    }
    sums.shape(like: outputs)
    sums.setConvolution(inputs, weight: values[weight], bias: values[bias], side: side, offsets: &offsets)
    function.forward(sums, into: &outputs)
  }

  /// With da = dy f′(a), a = W ∗ x + b: dW += what x and da have in common, db += the sums of da over the pixels,
  /// dx = W rotated by 180° ∗ da, times the slope of the function below.
  public mutating func backward(
    _ inputs: Matrix, outputGradients: Matrix, _ values: [Matrix], _ gradients: inout [Matrix]
  ) {
    let isGiven = function == .none || leavesSlope
    if !isGiven {
      sumGradients.shape(like: outputs)
      function.backward(input: sums, output: outputs, outputGradient: outputGradients, into: &sumGradients)
    }
    let slopes = isGiven ? outputGradients : sumGradients
    gradients[weight].addWeightGradient(inputs, outputGradient: slopes, side: side, scratch: &scratch)
    gradients[bias].addRowSums(of: slopes)
    guard needsInputGradient else { return }
    rotated.setRotated(values[weight])
    inputGradients.shape(like: inputs)
    inputGradients.setConvolution(
      slopes, weight: rotated, bias: nil, side: side, offsets: &offsets,
      finish: below.map { .slope($0, outputs: inputs) })
  }
}

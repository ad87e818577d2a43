import Numerics

/// `torch.nn.Linear`: y = x Wᵀ + b.
///
/// Axes: N rows (a batch, or all time steps of one), I inputs, O outputs. x is N × I, W is O × I, b is 1 × O, y is N × O.
public struct Linear: Layer {
  let weight: Int
  let bias: Int
  let needsInputGradient: Bool
  /// N × O.
  public private(set) var outputs = Matrix(rows: 0, columns: 0)
  /// N × I.
  public private(set) var inputGradients = Matrix(rows: 0, columns: 0)
  // Wᵀ, I × O.
  private var packed: PackedMatrix

  /// A layer whose weight and bias stand at these indices of the parameters.
  /// - Parameter needsInputGradient: false for the first layer of a network, which saves a product.
  public init(weight: Int, bias: Int, inputs: Int, outputs: Int, needsInputGradient: Bool) {
    (self.weight, self.bias, self.needsInputGradient) = (weight, bias, needsInputGradient)
    packed = PackedMatrix(rows: inputs, columns: outputs)
  }

  /// y = x Wᵀ + b.
  public mutating func forward(_ inputs: Matrix, _ values: [Matrix]) {
    outputs.shape(rows: inputs.rows, columns: packed.columns)
    packed.pack(transposing: values[weight])
    outputs.setProduct(inputs, packed, bias: values[bias])
  }

  /// dW += dyᵀ x, db += the column sums of dy, dx = dy W.
  public mutating func backward(
    _ inputs: Matrix, outputGradients: Matrix, _ values: [Matrix], _ gradients: inout [Matrix]
  ) {
    gradients[weight].setProduct(transposing: outputGradients, inputs, accumulating: true)
    gradients[bias].addColumnSums(of: outputGradients)
    guard needsInputGradient else { return }
    inputGradients.shape(like: inputs)
    inputGradients.setProduct(outputGradients, values[weight])
  }
}

import Numerics

/// `torch.nn.Linear`: y = x Wᵀ + b, applied to each matrix of the list.
///
/// Axes: B batch, I inputs, O outputs. x is B × I, W is O × I, b is 1 × O, y is B × O.
public struct Linear: Layer {
  let weight: Int
  let bias: Int
  let needsInputGradient: Bool
  /// B × O for each input.
  public private(set) var outputs: [Matrix] = []
  /// B × I for each input.
  public private(set) var inputGradients: [Matrix] = []
  // Wᵀ, I × O: the product runs along rows of its second factor, so the forward needs the weight the other way round.
  private var packed: Matrix

  /// A layer whose weight and bias stand at these places of the parameters.
  /// - Parameter needsInputGradient: false for the first layer of a network, which saves a product.
  public init(weight: Int, bias: Int, inputs: Int, outputs: Int, needsInputGradient: Bool) {
    self.weight = weight
    self.bias = bias
    self.needsInputGradient = needsInputGradient
    packed = Matrix(rows: inputs, columns: outputs)
  }

  /// y = x Wᵀ + b.
  public mutating func forward(_ inputs: [Matrix], _ values: [Matrix]) {
    outputs.shape(count: inputs.count, rows: inputs[0].rows, columns: packed.columns)
    packed.setTranspose(of: values[weight])
    for index in inputs.indices {
      outputs[index].setRows(to: values[bias])
      outputs[index].setProduct(inputs[index], packed, accumulating: true)
    }
  }

  /// dW += dyᵀ x, db += the column sums of dy, dx = dy W.
  public mutating func backward(
    _ inputs: [Matrix], _ outputGradients: [Matrix], _ values: [Matrix], _ gradients: inout [Matrix]
  ) {
    if needsInputGradient { inputGradients.shape(like: inputs) }
    for index in inputs.indices {
      gradients[weight].setProduct(transposing: outputGradients[index], inputs[index], accumulating: true)
      gradients[bias].addColumnSums(of: outputGradients[index])
      if needsInputGradient { inputGradients[index].setProduct(outputGradients[index], values[weight]) }
    }
  }
}

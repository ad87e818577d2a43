import Numerics

/// `torch.nn.functional.avg_pool2d(x, 2)`: the means of 2 × 2 pixels; an odd last row or column is left out.
///
/// Pictures are C × S·(S+2)·B with their frames, S being the side; the pooled ones have the side ⌊S/2⌋.
public struct AveragePooling: Layer {
  let side: Int
  /// Pictures of side ⌊S/2⌋.
  public private(set) var outputs = Matrix(rows: 0, columns: 0)
  /// Pictures of side S.
  public private(set) var inputGradients = Matrix(rows: 0, columns: 0)

  /// A layer without parameters for pictures of this side.
  public init(side: Int) { self.side = side }

  /// y = (x₀₀ + x₀₁ + x₁₀ + x₁₁) / 4.
  public mutating func forward(_ inputs: Matrix, _ values: [Matrix]) {
    let batch = inputs.columns / Matrix.framedPixels(side: side)
    outputs.shape(rows: inputs.rows, columns: Matrix.framedPixels(side: side / 2) * batch)
    outputs.setPooled(inputs, side: side)
  }

  /// Each of the four pixels gets dy / 4.
  public mutating func backward(
    _ inputs: Matrix, outputGradients: Matrix, _ values: [Matrix], _ gradients: inout [Matrix]
  ) {
    inputGradients.shape(like: inputs)
    inputGradients.setPooledGradient(outputGradients, side: side)
  }
}

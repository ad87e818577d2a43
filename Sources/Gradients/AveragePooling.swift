import Numerics

/// `torch.nn.functional.avg_pool2d(x, 2)`: the means of 2 × 2 pixels; an odd last row or column is left out.
///
/// Pictures are C × P with P = S², S being the side; the pooled ones have the side ⌊S/2⌋.
public struct AveragePooling: Layer {
  let side: Int
  /// C × ⌊S/2⌋² for each picture.
  public private(set) var outputs: [Matrix] = []
  /// C × P for each picture.
  public private(set) var inputGradients: [Matrix] = []

  /// A layer without parameters for pictures of this side.
  public init(side: Int) { self.side = side }

  /// y = (x₀₀ + x₀₁ + x₁₀ + x₁₁) / 4.
  public mutating func forward(_ inputs: [Matrix], _ values: [Matrix]) {
    let half = side / 2
    outputs.shape(count: inputs.count, rows: inputs[0].rows, columns: half * half)
    for index in inputs.indices { outputs[index].setPooled(inputs[index], side: side) }
  }

  /// Each of the four pixels gets dy / 4.
  public mutating func backward(
    _ inputs: [Matrix], _ outputGradients: [Matrix], _ values: [Matrix], _ gradients: inout [Matrix]
  ) {
    inputGradients.shape(like: inputs)
    for index in inputs.indices { inputGradients[index].setSpread(outputGradients[index], side: side) }
  }
}

extension Matrix {
  fileprivate mutating func setPooled(_ picture: Matrix, side: Int) {
    let (half, channels) = (side / 2, rows)
    elements.withUnsafeMutableBufferPointer { out in
      picture.elements.withUnsafeBufferPointer { x in
        for line in 0..<(channels * half) {
          let upper = (line / half) * side * side + 2 * (line % half) * side
          for column in 0..<half {
            let place = upper + 2 * column
            out[line * half + column] = (x[place] + x[place + 1] + x[place + side] + x[place + side + 1]) / 4
          }
        }
      }
    }
  }

  fileprivate mutating func setSpread(_ gradient: Matrix, side: Int) {
    fill(0)
    let (half, channels) = (side / 2, rows)
    elements.withUnsafeMutableBufferPointer { x in
      gradient.elements.withUnsafeBufferPointer { y in
        for line in 0..<(channels * half) {
          let upper = (line / half) * side * side + 2 * (line % half) * side
          for column in 0..<half {
            let (place, share) = (upper + 2 * column, y[line * half + column] / 4)
            x[place] = share
            x[place + 1] = share
            x[place + side] = share
            x[place + side + 1] = share
          }
        }
      }
    }
  }
}

import Numerics

/// `torch.optim.RMSprop` with its options (Hinton 2012), not centred and without momentum.
public struct RMSprop: Hashable, Sendable {
  /// The learning rate.
  public var learningRate = 0.01
  /// How much of the mean of squared gradients is kept from step to step.
  public var alpha = 0.99
  /// Added to the denominator.
  public var epsilon = 1e-8

  /// PyTorch's defaults.
  public init() {}

  // v = αv + (1-α)g²; w -= lr · g / (√v + ε).
  func update(_ value: inout Matrix, _ gradient: Matrix, _ index: Int, _ state: inout OptimizerState) {
    if state.first.count == index { state.first.append(Matrix(rows: value.rows, columns: value.columns)) }
    let (rate, keep, mix, eps) = (-Float(learningRate), Float(alpha), Float(1 - alpha), Float(epsilon))
    state.first[index].elements.withUnsafeMutableBufferPointer { square in
      value.elements.withUnsafeMutableBufferPointer { weight in
        gradient.elements.withUnsafeBufferPointer { slope in
          for place in 0..<weight.count {
            let g = slope[place]
            square[place] = keep * square[place] + mix * g * g
            weight[place] += rate * (g / (square[place].squareRoot() + eps))
          }
        }
      }
    }
  }
}

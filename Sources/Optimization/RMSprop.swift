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

  // Returns the 2-norm of the change.
  func update(_ value: inout Matrix, _ gradient: Matrix, _ index: Int, _ state: inout OptimizerState) -> Float {
    if state.first.count == index { state.first.append(Matrix(rows: value.rows, columns: value.columns)) }
    return value.updateRMSprop(
      gradient, square: &state.first[index], rate: Float(learningRate), kept: Float(alpha), share: Float(1 - alpha),
      epsilon: Float(epsilon))
  }
}

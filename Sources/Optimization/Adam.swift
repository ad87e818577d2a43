import Numerics

/// `torch.optim.Adam` and `torch.optim.AdamW` with their options (Kingma and Ba 2015; Loshchilov and Hutter 2019).
public struct Adam: Hashable, Sendable {
  /// The learning rate.
  public var learningRate = 0.001
  /// How much of the mean of gradients is kept from step to step.
  public var beta1 = 0.9
  /// How much of the mean of squared gradients is kept from step to step.
  public var beta2 = 0.999
  /// Added to the denominator.
  public var epsilon = 1e-8
  /// The factor of the parameter that is added to its gradient; with AdamW, times lr taken from the parameter itself.
  public var weightDecay = 0.0

  /// PyTorch's defaults.
  public init() {}

  /// PyTorch's defaults for AdamW, which has a weight decay of 0.01.
  public static var decoupled: Adam {
    var adam = Adam()
    adam.weightDecay = 0.01
    return adam
  }

  // Returns the 2-norm of the change.
  func update(
    _ value: inout Matrix, _ gradient: Matrix, _ index: Int, _ state: inout OptimizerState, decoupled: Bool
  ) -> Float {
    if state.first.count == index {
      state.first.append(Matrix(rows: value.rows, columns: value.columns))
      state.second.append(Matrix(rows: value.rows, columns: value.columns))
    }
    let power = Self.power(beta1, beta2, state.steps)
    return value.updateAdam(
      gradient, mean: &state.first[index], square: &state.second[index], meanShare: Float(1 - beta1),
      squareKept: Float(beta2), squareShare: Float(1 - beta2), size: Float(-(learningRate / (1 - power.beta1))),
      root: Float(Elementary.sqrt(1 - power.beta2)), epsilon: Float(epsilon), decay: decoupled ? 0 : Float(weightDecay),
      shrink: decoupled ? Float(1 - learningRate * weightDecay) : 1)
  }

  // β₁ᵗ and β₂ᵗ by repeated squaring, which stays within a few units in the last place of a double.
  private static func power(_ beta1: Double, _ beta2: Double, _ exponent: Int) -> (beta1: Double, beta2: Double) {
    var (result, base, left) = ((1.0, 1.0), (beta1, beta2), exponent)
    while left > 0 {
      if left & 1 == 1 { result = (result.0 * base.0, result.1 * base.1) }
      base = (base.0 * base.0, base.1 * base.1)
      left >>= 1
    }
    return result
  }
}

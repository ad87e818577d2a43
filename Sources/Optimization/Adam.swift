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

  // Adam: g += λw, AdamW: w *= 1 - lr λ; then m += (1-β₁)(g-m); v = β₂v + (1-β₂)g²;
  // w -= lr/(1-β₁ᵗ) · m / (√v/√(1-β₂ᵗ) + ε), each rounding where torch has it.
  func update(_ value: inout Matrix, _ gradient: Matrix, _ index: Int, _ state: inout OptimizerState, decoupled: Bool) {
    if state.first.count == index {
      state.first.append(Matrix(rows: value.rows, columns: value.columns))
      state.second.append(Matrix(rows: value.rows, columns: value.columns))
    }
    if decoupled, weightDecay != 0 { value.scale(by: Float(1 - learningRate * weightDecay)) }
    let step = Self.power(beta1, beta2, state.steps)
    let stepSize = Float(-(learningRate / (1 - step.beta1)))
    let root = Float((1 - step.beta2).squareRoot())
    let (keep, mix, eps) = (Float(beta2), (first: Float(1 - beta1), second: Float(1 - beta2)), Float(epsilon))
    let decay = decoupled ? 0 : Float(weightDecay)
    state.first[index].elements.withUnsafeMutableBufferPointer { mean in
      state.second[index].elements.withUnsafeMutableBufferPointer { square in
        value.elements.withUnsafeMutableBufferPointer { weight in
          gradient.elements.withUnsafeBufferPointer { slope in
            for place in 0..<weight.count {
              let g = decay == 0 ? slope[place] : slope[place] + decay * weight[place]
              mean[place] = Self.mixed(mean[place], g, mix.first)
              square[place] = keep * square[place] + mix.second * g * g
              weight[place] += stepSize * (mean[place] / (square[place].squareRoot() / root + eps))
            }
          }
        }
      }
    }
  }

  // torch.lerp goes from whichever end is nearer.
  private static func mixed(_ start: Float, _ end: Float, _ share: Float) -> Float {
    share < 0.5 ? start + share * (end - start) : end - (end - start) * (1 - share)
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

import Numerics

/// `torch.optim.Adam` with its options (Kingma and Ba 2015).
public struct Adam: Hashable, Sendable {
  /// The learning rate.
  public var learningRate = 0.001
  /// How much of the mean of gradients is kept from step to step.
  public var beta1 = 0.9
  /// How much of the mean of squared gradients is kept from step to step.
  public var beta2 = 0.999
  /// Added to the denominator.
  public var epsilon = 1e-8
  /// The factor of the parameter that is added to its gradient.
  public var weightDecay = 0.0

  /// PyTorch's defaults.
  public init() {}

  // m += (1-β₁)(g-m); v = β₂v + (1-β₂)g²; w -= lr/(1-β₁ᵗ) · m / (√v/√(1-β₂ᵗ) + ε), each rounding where torch has it.
  func update(_ value: inout Matrix, _ gradient: Matrix, _ index: Int, _ state: inout OptimizerState) {
    if state.first.count == index {
      state.first.append(Matrix(rows: value.rows, columns: value.columns))
      state.second.append(Matrix(rows: value.rows, columns: value.columns))
    }
    let step = Self.power(beta1, beta2, state.steps)
    let stepSize = Float(-(learningRate / (1 - step.beta1)))
    let root = Float((1 - step.beta2).squareRoot())
    let (keep, mix, eps) = (Float(beta2), (first: Float(1 - beta1), second: Float(1 - beta2)), Float(epsilon))
    let decay = Float(weightDecay)
    state.first[index].elements.withUnsafeMutableBufferPointer { mean in
      state.second[index].elements.withUnsafeMutableBufferPointer { square in
        value.elements.withUnsafeMutableBufferPointer { weight in
          gradient.elements.withUnsafeBufferPointer { slope in
            for place in 0..<weight.count {
              let g = decay == 0 ? slope[place] : slope[place] + decay * weight[place]
              mean[place] += mix.first * (g - mean[place])
              square[place] = keep * square[place] + mix.second * g * g
              weight[place] += stepSize * (mean[place] / (square[place].squareRoot() / root + eps))
            }
          }
        }
      }
    }
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

extension Matrix {
  /// The 2-norm of the difference to `before`, which has as many elements.
  func distance(from before: [Float]) -> Float {
    var sum = 0.0
    elements.withUnsafeBufferPointer { now in
      before.withUnsafeBufferPointer { before in
        for place in now.indices {
          let change = now[place] - before[place]
          sum += Double(change * change)
        }
      }
    }
    return Float(sum).squareRoot()
  }
}

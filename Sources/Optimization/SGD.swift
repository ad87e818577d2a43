import Numerics

/// `torch.optim.SGD` with its options.
public struct SGD: Hashable, Sendable {
  /// The learning rate.
  public var learningRate = 0.01
  /// How much of the momentum buffer is kept from step to step; 0 is no momentum.
  public var momentum = 0.0
  /// How much of a new gradient the momentum buffer leaves out.
  public var dampening = 0.0
  /// Nesterov's momentum (Sutskever et al. 2013): a look ahead along the buffer.
  public var nesterov = false
  /// The factor of the parameter that is added to its gradient.
  public var weightDecay = 0.0

  /// PyTorch's defaults, with lr 0.01.
  public init() {}

  // Returns the 2-norm of the change.
  func update(_ value: inout Matrix, _ gradient: Matrix, _ index: Int, _ state: inout OptimizerState) -> Float {
    let isFirst = momentum != 0 && state.first.count == index
    if isFirst { state.first.append(Matrix(rows: value.rows, columns: value.columns)) }
    if momentum == 0 {
      var none = Matrix(rows: 0, columns: 0)
      return update(&value, gradient, &none, isFirst: false)
    }
    return update(&value, gradient, &state.first[index], isFirst: isFirst)
  }

  private func update(_ value: inout Matrix, _ gradient: Matrix, _ buffer: inout Matrix, isFirst: Bool) -> Float {
    value.updateSGD(
      gradient, buffer: &buffer, rate: Float(learningRate), momentum: Float(momentum), share: Float(1 - dampening),
      decay: Float(weightDecay), nesterov: nesterov, isFirst: isFirst)
  }
}

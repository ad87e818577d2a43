import Numerics

/// How gradients move parameters, with PyTorch's options, defaults and order of operations.
public enum Optimizer: Hashable, Sendable {
  /// `torch.optim.SGD`.
  case sgd(SGD)
  /// `torch.optim.Adam`.
  case adam(Adam)

  /// The learning rate.
  public var learningRate: Double {
    get {
      switch self {
      case .sgd(let sgd): sgd.learningRate
      case .adam(let adam): adam.learningRate
      }
    }
    set {
      switch self {
      case .sgd(var sgd):
        sgd.learningRate = newValue
        self = .sgd(sgd)
      case .adam(var adam):
        adam.learningRate = newValue
        self = .adam(adam)
      }
    }
  }

  /// Moves `values` by one step against `gradients`; `state` is what the optimizer remembers.
  /// - Returns: the 2-norm of the change of each parameter, as measured on the values.
  public func update(_ values: inout [Matrix], _ gradients: [Matrix], _ state: inout OptimizerState) -> [Float] {
    state.steps += 1
    return values.indices.map { index in
      let before = values[index].elements
      switch self {
      case .sgd(let sgd): sgd.update(&values[index], gradients[index], index, &state)
      case .adam(let adam): adam.update(&values[index], gradients[index], index, &state)
      }
      return values[index].distance(from: before)
    }
  }
}

/// What an optimizer remembers from step to step: part of the experiment, and of its digest.
public struct OptimizerState: Sendable {
  /// The steps made so far.
  public var steps = 0
  /// A running quantity of each parameter: SGD's momentum buffer, Adam's mean of gradients. Empty until used.
  public var first: [Matrix] = []
  /// A second one: Adam's mean of squared gradients. Empty until used.
  public var second: [Matrix] = []

  /// A state that remembers nothing yet.
  public init() {}

  /// All remembered quantities, for the digest.
  public var tensors: [Matrix] { first + second }
}

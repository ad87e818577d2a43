import Numerics

/// How gradients move parameters, with PyTorch's options, defaults and order of operations.
public enum Optimizer: Hashable, Sendable {
  /// `torch.optim.SGD`.
  case sgd(SGD)
  /// `torch.optim.Adam`.
  case adam(Adam)
  /// `torch.optim.AdamW`.
  case adamw(Adam)
  /// `torch.optim.RMSprop`.
  case rmsprop(RMSprop)

  /// The learning rate.
  public var learningRate: Double {
    get {
      switch self {
      case .sgd(let sgd): sgd.learningRate
      case .adam(let adam), .adamw(let adam): adam.learningRate
      case .rmsprop(let rmsprop): rmsprop.learningRate
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
      case .adamw(var adam):
        adam.learningRate = newValue
        self = .adamw(adam)
      case .rmsprop(var rmsprop):
        rmsprop.learningRate = newValue
        self = .rmsprop(rmsprop)
      }
    }
  }

  /// Moves `values` by one step against `gradients`; `state` is what the optimizer remembers.
  /// - Parameter changes: receives the 2-norm of the change of each parameter, as measured on the values.
  public func update(
    _ values: inout [Matrix], _ gradients: [Matrix], _ state: inout OptimizerState, changes: inout [Float]
  ) {
    state.steps += 1
    changes.removeAll(keepingCapacity: true)
    for index in values.indices {
      let gradient = gradients[index]
      switch self {
      case .sgd(let sgd): changes.append(sgd.update(&values[index], gradient, index, &state))
      case .adam(let adam): changes.append(adam.update(&values[index], gradient, index, &state, decoupled: false))
      case .adamw(let adam): changes.append(adam.update(&values[index], gradient, index, &state, decoupled: true))
      case .rmsprop(let rmsprop): changes.append(rmsprop.update(&values[index], gradient, index, &state))
      }
    }
  }
}

/// What an optimizer remembers from step to step: part of the experiment, and of its digest.
public struct OptimizerState: Sendable {
  /// The steps made so far.
  public var steps = 0
  /// A running quantity of each parameter: SGD's momentum buffer, Adam's mean of gradients, RMSprop's mean of squared
  /// gradients. Empty until used.
  public var first: [Matrix] = []
  /// A second one: Adam's mean of squared gradients. Empty until used.
  public var second: [Matrix] = []

  /// A state that remembers nothing yet.
  public init() {}

  /// All remembered quantities, for the digest.
  public var tensors: [Matrix] { first + second }
}

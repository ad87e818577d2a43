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
  /// - Returns: the 2-norm of the change of each parameter, as measured on the values.
  public func update(_ values: inout [Matrix], _ gradients: [Matrix], _ state: inout OptimizerState) -> [Float] {
    state.steps += 1
    state.makeRoom(for: values)
    return values.indices.map { index in
      state.before[index].copy(from: values[index])
      switch self {
      case .sgd(let sgd): sgd.update(&values[index], gradients[index], index, &state)
      case .adam(let adam): adam.update(&values[index], gradients[index], index, &state, decoupled: false)
      case .adamw(let adam): adam.update(&values[index], gradients[index], index, &state, decoupled: true)
      case .rmsprop(let rmsprop): rmsprop.update(&values[index], gradients[index], index, &state)
      }
      return values[index].distance(from: state.before[index])
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
  // Room to work in, made at the first step and used again: the parameters before the step, and SGD's direction.
  var before: [Matrix] = []
  var direction: [Matrix] = []

  /// A state that remembers nothing yet.
  public init() {}

  /// All remembered quantities, for the digest.
  public var tensors: [Matrix] { first + second }

  fileprivate mutating func makeRoom(for values: [Matrix]) {
    guard before.count != values.count else { return }
    before = values.map { Matrix(rows: $0.rows, columns: $0.columns) }
    direction = before
  }
}

extension Matrix {
  /// The 2-norm of the difference to `before`, which has as many elements.
  fileprivate func distance(from before: Matrix) -> Float {
    var sum = 0.0
    elements.withUnsafeBufferPointer { now in
      before.elements.withUnsafeBufferPointer { before in
        for place in now.indices {
          let change = now[place] - before[place]
          sum += Double(change * change)
        }
      }
    }
    return Float(sum).squareRoot()
  }
}

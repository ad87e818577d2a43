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

  // d = g + λw; b = μb + (1-τ)d, the first time b = d; w -= lr·(nesterov ? d + μb : b).
  func update(_ value: inout Matrix, _ gradient: Matrix, _ index: Int, _ state: inout OptimizerState) {
    let rate = -Float(learningRate)
    guard momentum != 0 || weightDecay != 0 else { return value.add(gradient, scaled: rate) }
    state.direction[index].copy(from: gradient)
    if weightDecay != 0 { state.direction[index].add(value, scaled: Float(weightDecay)) }
    guard momentum != 0 else { return value.add(state.direction[index], scaled: rate) }
    if state.first.count == index {
      state.first.append(state.direction[index])
    } else {
      state.first[index].scale(by: Float(momentum))
      state.first[index].add(state.direction[index], scaled: Float(1 - dampening))
    }
    guard nesterov else { return value.add(state.first[index], scaled: rate) }
    state.direction[index].add(state.first[index], scaled: Float(momentum))
    value.add(state.direction[index], scaled: rate)
  }
}

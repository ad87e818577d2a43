import Numerics

/// A differentiable function with its forward and its backward side by side.
///
/// What flows between layers is one matrix: B × features in a feed-forward network, T·B × features, time after time, in a
/// recurrent one, channels × framed pixels·B in a convolutional one (see `Convolution`).
/// A layer keeps what its backward needs, in buffers that it makes once and uses again: a step allocates nothing.
public protocol Layer: Sendable {
  /// What the last `forward` computed.
  var outputs: Matrix { get }
  /// The gradient of the loss by the inputs, as the last `backward` computed it; empty where nobody needs it.
  var inputGradients: Matrix { get }
  /// The share of this layer's units whose derivative is all but zero, `nil` for a layer that cannot saturate.
  var saturation: Saturation? { get }

  /// Notes which units of a ReLU were above zero for any example of the last `forward`.
  func note(_ activity: inout UnitActivity)

  /// Computes `outputs` from `inputs` and the network's parameter values.
  mutating func forward(_ inputs: Matrix, _ values: [Matrix])
  /// Adds to `gradients` the gradients by this layer's parameters and computes `inputGradients`,
  /// given the inputs of the last forward and the gradient by its outputs.
  mutating func backward(
    _ inputs: Matrix, outputGradients: Matrix, _ values: [Matrix], _ gradients: inout [Matrix])
}

extension Layer {
  /// Most layers have no units that could saturate.
  public var saturation: Saturation? { nil }
  /// Most layers have no ReLU.
  public func note(_ activity: inout UnitActivity) {}
}

/// Which ReLU units of a network were above zero for any example: a hidden unit, or a channel of a convolution. A unit that is
/// above zero for none gets no gradient.
public struct UnitActivity: Sendable {
  /// For each unit, layer after layer, 1 if it was above zero and 0 if not; empty where a network has no ReLU.
  public private(set) var active: [UInt8] = []
  private var next = 0
  private var sums = Matrix(rows: 0, columns: 0)

  /// Nothing noted yet.
  public init() {}

  /// Begins with the first layer again; what was noted of earlier batches stays.
  mutating func rewind() { next = 0 }

  /// Forgets what was noted.
  public mutating func reset() { for index in active.indices { active[index] = 0 } }

  // Outputs of a ReLU are not negative, so that a sum is above zero where any of them is; NaN counts as above.
  mutating func note(columnsOf outputs: Matrix) {
    sums.shape(rows: 1, columns: outputs.columns)
    sums.fill(0)
    sums.addColumnSums(of: outputs)
    take()
  }

  mutating func note(rowsOf outputs: Matrix) {
    sums.shape(rows: 1, columns: outputs.rows)
    sums.fill(0)
    sums.addRowSums(of: outputs)
    take()
  }

  private mutating func take() {
    while active.count < next + sums.columns { active.append(0) }
    for unit in 0..<sums.columns where sums.elements[unit] != 0 { active[next + unit] = 1 }
    next += sums.columns
  }
}

/// How many of the units looked at pass all but no gradient.
public struct Saturation: Sendable {
  /// Units with a derivative of all but zero.
  public var saturated: Int
  /// All units looked at.
  public var units: Int
}

import Numerics

/// The cell of `nn.RNN` (Elman 1990): h_t = f(x_t W_ihᵀ + b_ih + h_{t-1} W_hhᵀ + b_hh) with f tanh or ReLU.
public struct PlainCell: RecurrentCell {
  /// The nonlinearity f.
  public let function: ActivationFunction

  /// One block of rows: there are no gates to choose between.
  public static let gates = 1
  /// The hidden state tells enough.
  public static let keepsGates = false

  /// A cell with nonlinearity `function`, tanh or ReLU.
  public init(_ function: ActivationFunction) {
    precondition(function == .tanh || function == .relu, "nn.RNN knows tanh and ReLU")
    self.function = function
  }

  /// h_t itself is all that the backward needs.
  public func shape(rows: Int, batch: Int, hidden: Int) {}

  /// h = f(a).
  public func forward(_ rows: Range<Int>, _ states: inout RecurrentStates) {
    if function == .tanh {
      states.hidden.setTanh(of: states.gates, at: rows.lowerBound)
    } else {
      states.hidden.setReLU(of: states.gates, at: rows.lowerBound)
    }
  }

  /// There is nothing to carry.
  public func beginBackward() {}

  /// da = dh f′(a), and both projections enter a with factor 1.
  public func backward(
    _ rows: Range<Int>, _ states: RecurrentStates, _ gradients: inout RecurrentGradients, at row: Int
  ) {
    if function == .tanh {
      gradients.byInput.setTanhGradient(output: states.hidden, rows: rows, upstream: gradients.hidden, at: row)
    } else {
      gradients.byInput.setReLUGradient(output: states.hidden, rows: rows, upstream: gradients.hidden, at: row)
    }
  }

  /// With the nonlinearity relu.
  public var isRectified: Bool { function == .relu }

  /// |h| > 0.99 for tanh, h = 0 for ReLU.
  public func saturated(_ states: RecurrentStates) -> Int { function.saturated(states.hidden) ?? 0 }
}

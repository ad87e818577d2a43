import Numerics

/// The cell of `nn.RNN` (Elman 1990): h_t = f(x_t W_ihᵀ + b_ih + h_{t-1} W_hhᵀ + b_hh) with f tanh or ReLU.
public struct PlainCell: RecurrentCell {
  /// The nonlinearity f.
  public let function: ActivationFunction

  /// One block of rows: there are no gates to choose between.
  public static let gates = 1

  /// h_t itself is all that the backward needs: what remains is room for the sum of the two projections.
  public struct Moment: Sendable {
    var sum: Matrix
  }

  /// A cell with nonlinearity `function`.
  public init(_ function: ActivationFunction) { self.function = function }

  /// Room for the sum.
  public func moment(batch: Int, hidden: Int) -> Moment { Moment(sum: Matrix(rows: batch, columns: hidden)) }

  /// h = f(a), a = fromInput + fromHidden.
  public func forward(
    _ fromInput: Matrix, _ fromHidden: Matrix, _ previous: (hidden: Matrix, moment: Moment),
    hidden: inout Matrix, moment: inout Moment
  ) {
    moment.sum.copy(from: fromInput)
    moment.sum.add(fromHidden)
    function.forward(moment.sum, into: &hidden)
  }

  /// da = dh f′(a), and both projections enter a with factor 1.
  public func backward(
    _ hiddenGradient: Matrix, _ step: (hidden: Matrix, moment: Moment), _ previous: (hidden: Matrix, moment: Moment),
    carried: inout Matrix, fromInput: inout Matrix, fromHidden: inout Matrix, direct: inout Matrix
  ) -> Bool {
    function.backward(step.moment.sum, step.hidden, hiddenGradient, into: &fromInput)
    fromHidden.copy(from: fromInput)
    return false
  }

  /// |h| > 0.99 for tanh, h = 0 for ReLU.
  public func saturated(_ hidden: Matrix, _ moment: Moment) -> Int { function.saturated(hidden) ?? 0 }
}

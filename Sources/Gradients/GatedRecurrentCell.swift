import Numerics

/// The cell of `nn.GRU` (Cho et al. 2014), in PyTorch's form, which resets after the product with W_hh.
///
/// The gates in the order of the weights' rows, a from x W_ihᵀ + b_ih and b from h W_hhᵀ + b_hh: r = σ(a_r + b_r) reset,
/// z = σ(a_z + b_z) update, n = tanh(a_n + r b_n) new; h_t = (h_{t-1} - n) z + n.
public struct GatedRecurrentCell: RecurrentCell {
  /// Reset, update, new.
  public static let gates = 3
  /// r multiplies one of them.
  public static let separatesProjections = true

  /// A cell.
  public init() {}

  /// The gates and b are all that the backward needs.
  public func shape(rows: Int, batch: Int, hidden: Int) {}

  /// The gates, then h = (h_{t-1} - n) z + n.
  public func forward(_ rows: Range<Int>, _ states: inout RecurrentStates) {
    GatedRecurrence.forward(
      rows: rows, gates: &states.gates, fromHidden: states.fromHidden, hidden: &states.hidden, initial: states.initial)
  }

  /// There is nothing to carry.
  public func beginBackward() {}

  /// dz = dh (h_{t-1} - n); dn = dh - dh z; dh_{t-1} gets dh z directly; through tanh da_n = dn (1 - n²), of which b_n
  /// gets r da_n and r gets b_n da_n.
  public func backward(
    _ rows: Range<Int>, _ states: RecurrentStates, _ gradients: inout RecurrentGradients, at row: Int
  ) {
    GatedRecurrence.backward(
      rows: rows, upstream: gradients.hidden, gates: states.gates, fromHidden: states.fromHidden,
      hidden: states.hidden, initial: states.initial, direct: &gradients.direct, byInput: &gradients.byInput,
      byHidden: &gradients.byHidden, at: row)
  }

  /// Hidden states are bounded by tanh.
  public var isRectified: Bool { false }

  /// |n| > 0.99: the new state passes no gradient to what it is made of.
  public func saturated(_ states: RecurrentStates) -> Int {
    states.gates.countMagnitudes(above: 0.99, inColumns: (2 * states.hidden.columns)..<(3 * states.hidden.columns))
  }
}

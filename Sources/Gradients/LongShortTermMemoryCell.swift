import Numerics

/// The cell of `nn.LSTM` (Hochreiter and Schmidhuber 1997; with forget gate: Gers, Schmidhuber, Cummins 2000).
///
/// PyTorch's gates, in the order of the weights' rows, each from its block a of x W_ihᵀ + b_ih + h W_hhᵀ + b_hh:
/// i = σ(a_i) input, f = σ(a_f) forget, g = tanh(a_g) candidate, o = σ(a_o) output; c_t = f c_{t-1} + i g; h_t = o tanh(c_t).
public struct LongShortTermMemoryCell: RecurrentCell {
  /// Input, forget, candidate, output.
  public static let gates = 4

  // c₁ … c_T and their tanh, T·B × H; dL/dc from the later steps to the earlier ones, B × H.
  private var memory = Matrix(rows: 0, columns: 0)
  private var bounded = Matrix(rows: 0, columns: 0)
  private var carried = Matrix(rows: 0, columns: 0)

  /// A cell.
  public init() {}

  /// Shapes the buffers of c and tanh(c).
  public mutating func shape(rows: Int, batch: Int, hidden: Int) {
    memory.shape(rows: rows, columns: hidden)
    bounded.shape(rows: rows, columns: hidden)
    carried.shape(rows: batch, columns: hidden)
  }

  /// The gates, then c = f c_{t-1} + i g and h = o tanh(c).
  public mutating func forward(_ rows: Range<Int>, _ states: inout RecurrentStates) {
    LongShortTermMemory.forward(
      rows: rows, gates: &states.gates, memory: &memory, bounded: &bounded, hidden: &states.hidden,
      initial: states.initial)
  }

  /// Nothing is carried into the last step.
  public mutating func beginBackward() { carried.fill(0) }

  /// do = dh tanh(c); dc += dh o (1 - tanh²(c)); di = dc g; dg = dc i; df = dc c_{t-1}; dc_{t-1} = dc f; each gate's
  /// gradient then passes its function, and both projections enter it with factor 1.
  public mutating func backward(
    _ rows: Range<Int>, _ states: RecurrentStates, _ gradients: inout RecurrentGradients, at row: Int
  ) {
    LongShortTermMemory.backward(
      rows: rows, upstream: gradients.hidden, gates: states.gates, memory: memory, bounded: bounded,
      initial: states.initial, carried: &carried, gradients: &gradients.byInput, at: row)
  }

  /// Hidden states are bounded by tanh.
  public var isRectified: Bool { false }

  /// |tanh(c)| > 0.99: the memory is so full that its output passes no gradient to it.
  public func saturated(_ states: RecurrentStates) -> Int { bounded.countMagnitudes(above: 0.99) }
}

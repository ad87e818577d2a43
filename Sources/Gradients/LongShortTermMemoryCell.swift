import Numerics

/// The cell of `nn.LSTM` (Hochreiter and Schmidhuber 1997; with forget gate: Gers, Schmidhuber, Cummins 2000).
///
/// PyTorch's gates, in the order of the weights' rows, each from its block a of x W_ihᵀ + b_ih + h W_hhᵀ + b_hh:
/// i = σ(a_i) input, f = σ(a_f) forget, g = tanh(a_g) candidate, o = σ(a_o) output; c_t = f c_{t-1} + i g; h_t = o tanh(c_t).
public struct LongShortTermMemoryCell: RecurrentCell {
  /// Input, forget, candidate, output.
  public static let gates = 4

  /// The gates after their functions, c and tanh(c), each B × H.
  public struct Moment: Sendable {
    var input: Matrix
    var forget: Matrix
    var candidate: Matrix
    var output: Matrix
    var memory: Matrix
    var bounded: Matrix
  }

  // Room for what stands between two operations: B × H each.
  private var scratch: [Matrix] = []

  /// A cell.
  public init() {}

  /// Zeros.
  public func moment(batch: Int, hidden: Int) -> Moment {
    let zeros = Matrix(rows: batch, columns: hidden)
    return Moment(input: zeros, forget: zeros, candidate: zeros, output: zeros, memory: zeros, bounded: zeros)
  }

  /// The gates, then c = f c_{t-1} + i g and h = o tanh(c).
  public mutating func forward(
    _ fromInput: Matrix, _ fromHidden: Matrix, _ previous: (hidden: Matrix, moment: Moment),
    hidden: inout Matrix, moment: inout Moment
  ) {
    let width = hidden.columns
    scratch.shape(count: 2, rows: hidden.rows, columns: width)
    scratch[0].setSum(fromInput, fromHidden, block: 0)
    moment.input.setSigmoid(of: scratch[0])
    scratch[0].setSum(fromInput, fromHidden, block: 1)
    moment.forget.setSigmoid(of: scratch[0])
    scratch[0].setSum(fromInput, fromHidden, block: 2)
    moment.candidate.setTanh(of: scratch[0])
    scratch[0].setSum(fromInput, fromHidden, block: 3)
    moment.output.setSigmoid(of: scratch[0])

    moment.memory.setElementwiseProduct(moment.input, moment.candidate)
    moment.memory.addElementwiseProduct(moment.forget, previous.moment.memory)
    moment.bounded.setTanh(of: moment.memory)
    hidden.setElementwiseProduct(moment.output, moment.bounded)
  }

  /// do = dh tanh(c); dc += dh o (1 - tanh²(c)); di = dc g; dg = dc i; df = dc c_{t-1}; dc_{t-1} = dc f; each gate's
  /// gradient then passes its function, and both projections enter it with factor 1.
  public mutating func backward(
    _ hiddenGradient: Matrix, _ step: (hidden: Matrix, moment: Moment), _ previous: (hidden: Matrix, moment: Moment),
    carried: inout Matrix, fromInput: inout Matrix, fromHidden: inout Matrix, direct: inout Matrix
  ) -> Bool {
    let moment = step.moment
    let width = hiddenGradient.columns
    scratch.shape(count: 2, rows: hiddenGradient.rows, columns: width)
    scratch[0].setElementwiseProduct(hiddenGradient, moment.bounded)
    scratch[1].setSigmoidGradient(output: moment.output, upstream: scratch[0])
    fromInput.replaceColumns(from: 3 * width, with: scratch[1])

    scratch[0].setElementwiseProduct(hiddenGradient, moment.output)
    scratch[1].setTanhGradient(output: moment.bounded, upstream: scratch[0])
    carried.add(scratch[1])

    scratch[0].setElementwiseProduct(carried, moment.candidate)
    scratch[1].setSigmoidGradient(output: moment.input, upstream: scratch[0])
    fromInput.replaceColumns(from: 0, with: scratch[1])
    scratch[0].setElementwiseProduct(carried, moment.input)
    scratch[1].setTanhGradient(output: moment.candidate, upstream: scratch[0])
    fromInput.replaceColumns(from: 2 * width, with: scratch[1])
    scratch[0].setElementwiseProduct(carried, previous.moment.memory)
    scratch[1].setSigmoidGradient(output: moment.forget, upstream: scratch[0])
    fromInput.replaceColumns(from: width, with: scratch[1])

    fromHidden.copy(from: fromInput)
    carried.multiply(by: moment.forget)
    return false
  }

  /// |tanh(c)| > 0.99: the memory is so full that its output passes no gradient to it.
  public func saturated(_ hidden: Matrix, _ moment: Moment) -> Int { moment.bounded.countMagnitudes(above: 0.99) }
}

extension Matrix {
  /// self = block number `block` of a + b, blocks being as wide as self.
  mutating func setSum(_ a: Matrix, _ b: Matrix, block: Int) {
    setColumns(of: a, from: block * columns)
    addColumns(of: b, from: block * columns)
  }
}

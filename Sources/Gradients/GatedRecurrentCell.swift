import Numerics

/// The cell of `nn.GRU` (Cho et al. 2014), in PyTorch's form, which resets after the product with W_hh.
///
/// The gates in the order of the weights' rows, a from x W_ihᵀ + b_ih and b from h W_hhᵀ + b_hh: r = σ(a_r + b_r) reset,
/// z = σ(a_z + b_z) update, n = tanh(a_n + r b_n) new; h_t = (h_{t-1} - n) z + n.
public struct GatedRecurrentCell: RecurrentCell {
  /// Reset, update, new.
  public static let gates = 3

  /// The gates after their functions, and b_n, each B × H.
  public struct Moment: Sendable {
    var reset: Matrix
    var update: Matrix
    var new: Matrix
    var fromHidden: Matrix
  }

  // Room for what stands between two operations: B × H each.
  private var scratch: [Matrix] = []

  /// A cell.
  public init() {}

  /// Zeros.
  public func moment(batch: Int, hidden: Int) -> Moment {
    let zeros = Matrix(rows: batch, columns: hidden)
    return Moment(reset: zeros, update: zeros, new: zeros, fromHidden: zeros)
  }

  /// The gates, then h = (h_{t-1} - n) z + n.
  public mutating func forward(
    _ fromInput: Matrix, _ fromHidden: Matrix, _ previous: (hidden: Matrix, moment: Moment),
    hidden: inout Matrix, moment: inout Moment
  ) {
    let width = hidden.columns
    scratch.shape(count: 2, rows: hidden.rows, columns: width)
    scratch[0].setSum(fromInput, fromHidden, block: 0)
    moment.reset.setSigmoid(of: scratch[0])
    scratch[0].setSum(fromInput, fromHidden, block: 1)
    moment.update.setSigmoid(of: scratch[0])
    moment.fromHidden.setColumns(of: fromHidden, from: 2 * width)
    scratch[0].setColumns(of: fromInput, from: 2 * width)
    scratch[0].addElementwiseProduct(moment.reset, moment.fromHidden)
    moment.new.setTanh(of: scratch[0])

    scratch[0].copy(from: previous.hidden)
    scratch[0].add(moment.new, scaled: -1)
    hidden.copy(from: moment.new)
    hidden.addElementwiseProduct(scratch[0], moment.update)
  }

  /// dz = dh (h_{t-1} - n); dn = dh - dh z; dh_{t-1} gets dh z directly; through tanh da_n = dn (1 - n²), of which b_n
  /// gets r da_n and r gets b_n da_n.
  public mutating func backward(
    _ hiddenGradient: Matrix, _ step: (hidden: Matrix, moment: Moment), _ previous: (hidden: Matrix, moment: Moment),
    carried: inout Matrix, fromInput: inout Matrix, fromHidden: inout Matrix, direct: inout Matrix
  ) -> Bool {
    let moment = step.moment
    let width = hiddenGradient.columns
    scratch.shape(count: 2, rows: hiddenGradient.rows, columns: width)
    scratch[0].copy(from: previous.hidden)
    scratch[0].add(moment.new, scaled: -1)
    scratch[0].multiply(by: hiddenGradient)
    scratch[1].setSigmoidGradient(output: moment.update, upstream: scratch[0])
    fromInput.replaceColumns(from: width, with: scratch[1])

    direct.setElementwiseProduct(hiddenGradient, moment.update)
    scratch[0].copy(from: hiddenGradient)
    scratch[0].add(direct, scaled: -1)
    scratch[1].setTanhGradient(output: moment.new, upstream: scratch[0])
    fromInput.replaceColumns(from: 2 * width, with: scratch[1])

    scratch[0].setElementwiseProduct(scratch[1], moment.fromHidden)
    scratch[1].multiply(by: moment.reset)
    fromHidden.copy(from: fromInput)
    fromHidden.replaceColumns(from: 2 * width, with: scratch[1])
    scratch[1].setSigmoidGradient(output: moment.reset, upstream: scratch[0])
    fromInput.replaceColumns(from: 0, with: scratch[1])
    fromHidden.replaceColumns(from: 0, with: scratch[1])
    return true
  }

  /// |n| > 0.99: the new state passes no gradient to what it is made of.
  public func saturated(_ hidden: Matrix, _ moment: Moment) -> Int { moment.new.countMagnitudes(above: 0.99) }
}

import Numerics

/// The four parameters of one recurrent layer, as places in the network's parameters.
public struct RecurrentWeights: Hashable, Sendable {
  let inputToHidden: Int
  let hiddenToHidden: Int
  let inputBias: Int
  let hiddenBias: Int

  /// The parameters at these places.
  public init(inputToHidden: Int, hiddenToHidden: Int, inputBias: Int, hiddenBias: Int) {
    self.inputToHidden = inputToHidden
    self.hiddenToHidden = hiddenToHidden
    self.inputBias = inputBias
    self.hiddenBias = hiddenBias
  }
}

/// One time step of a recurrent layer, forward and backward; `Recurrence` is the loop over time around it.
///
/// Axes: B batch, H hidden units, G gates (1 for a plain RNN, 4 for an LSTM, 3 for a GRU).
/// A cell may keep room to work in, but nothing that one step leaves to another: that is what moments are for.
/// `fromInput` is x W_ihᵀ + b_ih and `fromHidden` is h W_hhᵀ + b_hh, each B × G·H: PyTorch adds them gate by gate.
public protocol RecurrentCell: Sendable {
  /// What a time step keeps beside its hidden state, for the next step and for its own backward.
  associatedtype Moment: Sendable

  /// The number of gates G: how many blocks of H rows the weights have.
  static var gates: Int { get }

  /// A moment of zeros, which is also what stands before the first step.
  func moment(batch: Int, hidden: Int) -> Moment
  /// Computes the hidden state and the moment of a step from those of the step before.
  mutating func forward(
    _ fromInput: Matrix, _ fromHidden: Matrix, _ previous: (hidden: Matrix, moment: Moment),
    hidden: inout Matrix, moment: inout Moment)
  /// Turns dL/dh of a step into the gradients by its two projections.
  /// - Parameters:
  ///   - carried: dL by the cell's other state, from the later steps to the earlier ones (an LSTM's c).
  ///   - direct: receives the part of dL/dh of the step before that does not pass through W_hh.
  /// - Returns: whether there is a direct part.
  mutating func backward(
    _ hiddenGradient: Matrix, _ step: (hidden: Matrix, moment: Moment), _ previous: (hidden: Matrix, moment: Moment),
    carried: inout Matrix, fromInput: inout Matrix, fromHidden: inout Matrix, direct: inout Matrix
  ) -> Bool
  /// How many of the B × H units of a hidden state pass all but no gradient.
  func saturated(_ hidden: Matrix, _ moment: Moment) -> Int
}

/// One layer of `nn.RNN`, `nn.LSTM` or `nn.GRU`: a cell, and the loop over time around it. h₀ = 0.
///
/// Axes: T time, B batch, I inputs, H hidden, G gates. Inputs are T matrices of B × I.
public struct Recurrence<Cell: RecurrentCell>: Layer {
  private var cell: Cell
  let weights: RecurrentWeights
  let hidden: Int
  let emitsEveryStep: Bool
  let needsInputGradient: Bool
  /// T matrices of B × I.
  public private(set) var inputGradients: [Matrix] = []
  // h₁ … h_T, each B × H, and what else the steps keep; before the first step both are zero.
  private var states: [Matrix] = []
  private var moments: [Cell.Moment] = []
  private var initial: (hidden: Matrix, moment: Cell.Moment)
  private var lastState: [Matrix] = []
  // The weights the other way round: I × G·H and H × G·H.
  private var packedInput: Matrix
  private var packedHidden: Matrix
  // The projections and, in the backward, the gradients by them: B × G·H. The others are B × H.
  private var fromInput: Matrix
  private var fromHidden: Matrix
  private var hiddenGradient: Matrix
  private var carried: Matrix
  private var direct: Matrix

  /// A layer whose parameters stand at `weights`.
  /// - Parameters:
  ///   - emitsEveryStep: whether the output is every hidden state or the last one alone.
  ///   - needsInputGradient: false for the first layer of a network.
  public init(
    cell: Cell, weights: RecurrentWeights, inputs: Int, hidden: Int, emitsEveryStep: Bool, needsInputGradient: Bool
  ) {
    self.cell = cell
    self.weights = weights
    self.hidden = hidden
    self.emitsEveryStep = emitsEveryStep
    self.needsInputGradient = needsInputGradient
    packedInput = Matrix(rows: inputs, columns: Cell.gates * hidden)
    packedHidden = Matrix(rows: hidden, columns: Cell.gates * hidden)
    fromInput = Matrix(rows: 0, columns: Cell.gates * hidden)
    fromHidden = fromInput
    hiddenGradient = Matrix(rows: 0, columns: hidden)
    carried = hiddenGradient
    direct = hiddenGradient
    initial = (hiddenGradient, cell.moment(batch: 0, hidden: hidden))
  }

  /// h₁ … h_T, each B × H, or h_T alone.
  public var outputs: [Matrix] { emitsEveryStep ? states : lastState }

  /// Over all T × B × H hidden units.
  public var saturation: Saturation? {
    states.indices.reduce(into: Saturation(saturated: 0, units: 0)) { total, time in
      total.saturated += cell.saturated(states[time], moments[time])
      total.units += states[time].count
    }
  }

  private mutating func shape(time: Int, batch: Int) {
    guard states.count != time || initial.hidden.rows != batch else { return }
    initial = (Matrix(rows: batch, columns: hidden), cell.moment(batch: batch, hidden: hidden))
    states.shape(count: time, rows: batch, columns: hidden)
    lastState.shape(count: 1, rows: batch, columns: hidden)
    moments = (0..<time).map { _ in cell.moment(batch: batch, hidden: hidden) }
    fromInput = Matrix(rows: batch, columns: Cell.gates * hidden)
    fromHidden = Matrix(rows: batch, columns: Cell.gates * hidden)
    hiddenGradient = Matrix(rows: batch, columns: hidden)
    carried = Matrix(rows: batch, columns: hidden)
    direct = Matrix(rows: batch, columns: hidden)
  }

  private func before(_ time: Int) -> (hidden: Matrix, moment: Cell.Moment) {
    time == 0 ? initial : (states[time - 1], moments[time - 1])
  }

  /// h_t = cell(x_t, h_{t-1}) for t = 1 … T.
  public mutating func forward(_ inputs: [Matrix], _ values: [Matrix]) {
    shape(time: inputs.count, batch: inputs[0].rows)
    packedInput.setTranspose(of: values[weights.inputToHidden])
    packedHidden.setTranspose(of: values[weights.hiddenToHidden])
    for time in inputs.indices {
      let previous = before(time)
      fromInput.setRows(to: values[weights.inputBias])
      fromInput.setProduct(inputs[time], packedInput, accumulating: true)
      fromHidden.setRows(to: values[weights.hiddenBias])
      fromHidden.setProduct(previous.hidden, packedHidden, accumulating: true)
      cell.forward(fromInput, fromHidden, previous, hidden: &states[time], moment: &moments[time])
    }
    if !emitsEveryStep { lastState[0].copy(from: states[inputs.count - 1]) }
  }

  /// Backpropagation through time: from the last step to the first, adding up the gradients of the shared weights.
  public mutating func backward(
    _ inputs: [Matrix], _ outputGradients: [Matrix], _ values: [Matrix], _ gradients: inout [Matrix]
  ) {
    if needsInputGradient { inputGradients.shape(like: inputs) }
    carried.fill(0)
    hiddenGradient.copy(from: outputGradients[outputGradients.count - 1])
    for time in inputs.indices.reversed() {
      let previous = before(time)
      let hasDirect = cell.backward(
        hiddenGradient, (states[time], moments[time]), previous,
        carried: &carried, fromInput: &fromInput, fromHidden: &fromHidden, direct: &direct)
      gradients[weights.inputToHidden].setProduct(transposing: fromInput, inputs[time], accumulating: true)
      gradients[weights.hiddenToHidden].setProduct(transposing: fromHidden, previous.hidden, accumulating: true)
      gradients[weights.inputBias].addColumnSums(of: fromInput)
      gradients[weights.hiddenBias].addColumnSums(of: fromHidden)
      if needsInputGradient { inputGradients[time].setProduct(fromInput, values[weights.inputToHidden]) }
      guard time > 0 else { break }
      hiddenGradient.setProduct(fromHidden, values[weights.hiddenToHidden])
      if hasDirect { hiddenGradient.add(direct) }
      if emitsEveryStep { hiddenGradient.add(outputGradients[time - 1]) }
    }
  }
}

import Numerics

/// The four parameters of one recurrent layer, as indices in the network's parameters.
public struct RecurrentWeights: Hashable, Sendable {
  let inputToHidden: Int
  let hiddenToHidden: Int
  let inputBias: Int
  let hiddenBias: Int

  /// The parameters at these indices.
  public init(inputToHidden: Int, hiddenToHidden: Int, inputBias: Int, hiddenBias: Int) {
    (self.inputToHidden, self.hiddenToHidden) = (inputToHidden, hiddenToHidden)
    (self.inputBias, self.hiddenBias) = (inputBias, hiddenBias)
  }
}

/// What a recurrent layer keeps of its time steps. Axes: T time, B batch, H hidden units, G gates; a time step is B rows.
public struct RecurrentStates: Sendable {
  /// In, the sums x W_ihᵀ + b_ih, with h W_hhᵀ + b_hh added where the cell wants one sum of both; out, what the cell makes
  /// of them for its backward. T·B × G·H, or of a cell that does not look back at them B × G·H.
  var gates = Matrix(rows: 0, columns: 0)
  /// h W_hhᵀ + b_hh of a cell that wants it by itself. T·B × G·H.
  var fromHidden = Matrix(rows: 0, columns: 0)
  /// h₁ … h_T, T·B × H.
  var hidden = Matrix(rows: 0, columns: 0)
  /// h₀ = 0, B × H.
  var initial = Matrix(rows: 0, columns: 0)
}

/// The gradients on the way back through time, of the few time steps that are worked on together.
public struct RecurrentGradients: Sendable {
  /// By x W_ihᵀ + b_ih, rows × G·H.
  var byInput = Matrix(rows: 0, columns: 0)
  /// By h W_hhᵀ + b_hh, rows × G·H; empty where it is the same.
  var byHidden = Matrix(rows: 0, columns: 0)
  /// By h of the present time step, B × H.
  var hidden = Matrix(rows: 0, columns: 0)
  /// The part of that by the h before which does not pass through W_hh, B × H; empty where there is none.
  var direct = Matrix(rows: 0, columns: 0)
}

/// One time step of a recurrent layer, forward and backward, but for its products; `Recurrence` is the loop over time
/// around it.
public protocol RecurrentCell: Sendable {
  /// The number of gates G: how many blocks of H rows the weights have.
  static var gates: Int { get }
  /// Whether the cell needs the two projections one by one, and not only their sum.
  static var separatesProjections: Bool { get }
  /// Whether the backward looks at the gates of each time step.
  static var keepsGates: Bool { get }

  /// Shapes its buffers for T·B rows of H units, B at a time.
  mutating func shape(rows: Int, batch: Int, hidden: Int)
  /// Computes `hidden` of a time step, which is some rows, and leaves in `gates` what the backward needs.
  mutating func forward(_ rows: Range<Int>, _ states: inout RecurrentStates)
  /// Begins a way back.
  mutating func beginBackward()
  /// From the gradient by h of a time step, those by its projections, from row `row` on, and where there is one the
  /// direct part.
  mutating func backward(
    _ rows: Range<Int>, _ states: RecurrentStates, _ gradients: inout RecurrentGradients, at row: Int)
  /// How many of the units of all time steps pass all but no gradient.
  func saturated(_ states: RecurrentStates) -> Int
  /// Whether hidden states are those of a ReLU.
  var isRectified: Bool { get }
}

extension RecurrentCell {
  /// Most cells add the projections before they look at them.
  public static var separatesProjections: Bool { false }
  /// Gated cells do.
  public static var keepsGates: Bool { true }
}

/// One layer of `nn.RNN`, `nn.LSTM` or `nn.GRU`: a cell, and the loop over time around it. h₀ = 0.
///
/// Axes: T time, B batch, I inputs, H hidden, G gates. Inputs are T·B × I, time after time.
public struct Recurrence<Cell: RecurrentCell>: Layer {
  private var cell: Cell
  let weights: RecurrentWeights
  let steps: Int
  let hidden: Int
  let emitsEveryStep: Bool
  let needsInputGradient: Bool
  /// T·B × I.
  public private(set) var inputGradients = Matrix(rows: 0, columns: 0)
  private var states = RecurrentStates()
  private var way = RecurrentGradients()
  // h_T, B × H.
  private var last = Matrix(rows: 0, columns: 0)
  // W_ihᵀ, I × G·H, and W_hhᵀ, H × G·H, for the way there; W_hh, G·H × H, for the way back.
  private var packedInput: PackedMatrix
  private var packedHidden: PackedMatrix
  private var packedBack: PackedMatrix
  // W_ih, G·H × I; empty where nobody needs the gradient by the inputs.
  private var packedInputBack: PackedMatrix
  // 1 × G·H.
  private var bias: Matrix

  /// A layer whose parameters stand at `weights`.
  /// - Parameters:
  ///   - steps: the number of time steps T.
  ///   - emitsEveryStep: whether the output is every hidden state or the last one alone.
  ///   - needsInputGradient: false for the first layer of a network.
  public init(
    cell: Cell, weights: RecurrentWeights, steps: Int, inputs: Int, hidden: Int, emitsEveryStep: Bool,
    needsInputGradient: Bool
  ) {
    (self.cell, self.weights, self.steps) = (cell, weights, steps)
    (self.hidden, self.emitsEveryStep, self.needsInputGradient) = (hidden, emitsEveryStep, needsInputGradient)
    packedInput = PackedMatrix(rows: inputs, columns: Cell.gates * hidden)
    packedHidden = PackedMatrix(rows: hidden, columns: Cell.gates * hidden)
    packedBack = PackedMatrix(rows: Cell.gates * hidden, columns: hidden)
    packedInputBack = PackedMatrix(rows: Cell.gates * hidden, columns: needsInputGradient ? inputs : 0)
    bias = Matrix(rows: 1, columns: Cell.gates * hidden)
  }

  /// h₁ … h_T, T·B × H, or h_T alone, B × H.
  public var outputs: Matrix { emitsEveryStep ? states.hidden : last }

  /// Over all T × B × H hidden units.
  public var saturation: Saturation? {
    Saturation(saturated: cell.saturated(states), units: states.hidden.count)
  }

  /// The units over all time steps of the last forward.
  public func note(_ activity: inout UnitActivity) {
    if cell.isRectified { activity.note(columnsOf: states.hidden) }
  }

  /// h_t = cell(x_t, h_{t-1}) for t = 1 … T.
  public mutating func forward(_ inputs: Matrix, _ values: [Matrix]) {
    let (rows, batch) = (inputs.rows, inputs.rows / steps)
    shape(rows: rows, batch: batch)
    packedInput.pack(transposing: values[weights.inputToHidden])
    packedHidden.pack(transposing: values[weights.hiddenToHidden])
    bias.copy(from: values[weights.inputBias])
    if !Cell.separatesProjections { bias.add(values[weights.hiddenBias]) }
    let isLong = isLong(rows)
    for first in stride(from: 0, to: rows, by: batch) {
      if isLong, !Effort.goesOn(Double(first) / Double(rows)) { break }
      let (present, gateRow) = (first..<(first + batch), Cell.keepsGates ? first : 0)
      states.gates.setProduct(inputs, present, packedInput, bias: bias, at: gateRow)
      addProjection(first: first, gateRow: gateRow, values)
      cell.forward(present, &states)
    }
    if !emitsEveryStep { last.copy(rows: (rows - batch)..<rows, of: states.hidden) }
  }

  // h_{t-1} W_hhᵀ for the time step that begins at row `first`, its gates at row `gateRow`. No variable may hold a state:
  // it would be copied when it is written.
  private mutating func addProjection(first: Int, gateRow: Int, _ values: [Matrix]) {
    let batch = states.initial.rows
    let past = first == 0 ? 0..<batch : (first - batch)..<first
    switch (Cell.separatesProjections, first == 0) {
    case (true, true):
      states.fromHidden.setProduct(states.initial, past, packedHidden, bias: values[weights.hiddenBias], at: first)
    case (true, false):
      states.fromHidden.setProduct(states.hidden, past, packedHidden, bias: values[weights.hiddenBias], at: first)
    case (false, true):
      states.gates.setProduct(states.initial, past, packedHidden, accumulating: true, at: gateRow)
    case (false, false):
      states.gates.setProduct(states.hidden, past, packedHidden, accumulating: true, at: gateRow)
    }
  }

  // Whether a pass takes long enough for each time step to be asked about.
  private func isLong(_ rows: Int) -> Bool { hidden * hidden * Cell.gates > Effort.long / max(1, rows) }

  private mutating func shape(rows: Int, batch: Int) {
    let width = Cell.gates * hidden
    states.gates.shape(rows: Cell.keepsGates ? rows : batch, columns: width)
    if Cell.separatesProjections { states.fromHidden.shape(rows: rows, columns: width) }
    states.hidden.shape(rows: rows, columns: hidden)
    states.initial.shape(rows: batch, columns: hidden)
    last.shape(rows: batch, columns: hidden)
    cell.shape(rows: rows, batch: batch, hidden: hidden)
  }

  /// Backpropagation through time, from the last step to the first.
  public mutating func backward(
    _ inputs: Matrix, outputGradients: Matrix, _ values: [Matrix], _ gradients: inout [Matrix]
  ) {
    let (rows, batch) = (inputs.rows, inputs.rows / steps)
    // A few time steps add to the gradients of the weights together: fewer would keep these on their way between
    // registers and cache, more would let the rows leave the cache before they are read again.
    let together = max(1, 128 / batch) * batch
    shapeGradients(like: inputs, together: together, batch: batch)
    packedBack.pack(values[weights.hiddenToHidden])
    if needsInputGradient { packedInputBack.pack(values[weights.inputToHidden]) }
    way.hidden.copy(rows: (outputGradients.rows - batch)..<outputGradients.rows, of: outputGradients)
    cell.beginBackward()
    let isLong = isLong(rows)
    for first in stride(from: rows - batch, through: 0, by: -batch) {
      if isLong, !Effort.goesOn(1 - Double(first + batch) / Double(rows)) { break }
      let row = first % together
      cell.backward(first..<(first + batch), states, &way, at: row)
      if row == 0 { finish(first..<min(first + together, rows), inputs, &gradients) }
      guard first > 0 else { break }
      way.hidden.setProduct(
        Cell.separatesProjections ? way.byHidden : way.byInput, row..<(row + batch), packedBack)
      if Cell.separatesProjections { way.hidden.add(way.direct) }
      if emitsEveryStep { way.hidden.add(rows: (first - batch)..<first, of: outputGradients) }
    }
  }

  private mutating func shapeGradients(like inputs: Matrix, together: Int, batch: Int) {
    way.byInput.shape(rows: together, columns: Cell.gates * hidden)
    way.hidden.shape(rows: batch, columns: hidden)
    if needsInputGradient { inputGradients.shape(like: inputs) }
    guard Cell.separatesProjections else { return }
    way.byHidden.shape(rows: together, columns: Cell.gates * hidden)
    way.direct.shape(rows: batch, columns: hidden)
  }

  // What these rows of all time steps, whose gradients are there now, give their weights and inputs: dW_ih += daᵀ x,
  // dW_hh += dbᵀ h₋₁, the biases the column sums, dx = da W_ih.
  private mutating func finish(_ rows: Range<Int>, _ inputs: Matrix, _ gradients: inout [Matrix]) {
    let (count, batch) = (rows.count, states.initial.rows)
    let byHidden = Cell.separatesProjections ? way.byHidden : way.byInput
    gradients[weights.inputToHidden].setProduct(
      transposing: way.byInput, 0..<count, inputs, rows, accumulating: true)
    let isFirst = rows.lowerBound == 0
    if isFirst {
      gradients[weights.hiddenToHidden].setProduct(
        transposing: byHidden, 0..<batch, states.initial, 0..<batch, accumulating: true)
    }
    let before = (isFirst ? 0 : rows.lowerBound - batch)..<(rows.upperBound - batch)
    gradients[weights.hiddenToHidden].setProduct(
      transposing: byHidden, (count - before.count)..<count, states.hidden, before, accumulating: true)
    gradients[weights.inputBias].addColumnSums(of: way.byInput, rows: count)
    if Cell.separatesProjections {
      gradients[weights.hiddenBias].addColumnSums(of: byHidden, rows: count)
    } else if isFirst {
      // Both stand in the same sums.
      gradients[weights.hiddenBias].copy(from: gradients[weights.inputBias])
    }
    if needsInputGradient {
      inputGradients.setProduct(way.byInput, 0..<count, packedInputBack, at: rows.lowerBound)
    }
  }
}

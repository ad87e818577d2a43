import Numerics

/// A network: parameters, and the layers that read them. A value: a copy is a snapshot.
public struct Network: Sendable {
  /// Names, values and gradients.
  public var parameters: Parameters
  private var layers: [any Layer]
  // Of all parameters.
  private let elements: Int

  /// The network of `model` between the ends of `interface`, its parameters zero.
  public init(_ model: Model, for interface: Interface) {
    parameters = Parameters(model.parameters(for: interface))
    layers = model.layers(for: interface)
    elements = parameters.values.reduce(0) { $0 + $1.count }
  }

  /// What the last `forward` computed: a row for each row of a batch, or for each time step of each, as the interface
  /// says.
  public var outputs: Matrix { layers[layers.count - 1].outputs }

  /// The share of hidden activations that pass all but no gradient, `nil` where no layer can saturate.
  public var saturated: Float? {
    var total = Saturation(saturated: 0, units: 0)
    for layer in layers {
      guard let part = layer.saturation else { continue }
      total.saturated += part.saturated
      total.units += part.units
    }
    return total.units == 0 ? nil : Float(total.saturated) / Float(total.units)
  }

  /// Notes which ReLU units were above zero for any example of the last `forward`.
  public func note(_ activity: inout UnitActivity) {
    activity.rewind()
    for layer in layers { layer.note(&activity) }
  }

  /// Computes `outputs` from the inputs of a batch.
  /// - Returns: whether all of it was done: false where an ``Effort`` was stopped; the outputs are of no use then.
  @discardableResult
  public mutating func forward(_ inputs: Matrix) -> Bool {
    let isLong = isLong(inputs)
    for index in layers.indices {
      guard !isLong else {
        let share = Double(index) / Double(layers.count)
        guard Effort.goesOn(share) else { return false }
        Effort.part(share, share + 1 / Double(layers.count)) { forward(inputs, index) }
        continue
      }
      forward(inputs, index)
    }
    return !isLong || Effort.goesOn(1)
  }

  private mutating func forward(_ inputs: Matrix, _ index: Int) {
    if index == 0 {
      layers[0].forward(inputs, parameters.values)
    } else {
      layers[index].forward(layers[index - 1].outputs, parameters.values)
    }
  }

  /// Adds to the parameters' gradients, given the inputs of the last `forward` and the gradient by its outputs.
  /// - Returns: whether all of it was done: false where an ``Effort`` was stopped; the gradients are of no use then.
  @discardableResult
  public mutating func backward(_ inputs: Matrix, outputGradients: Matrix) -> Bool {
    let isLong = isLong(inputs)
    var upstream = outputGradients
    for index in layers.indices.reversed() {
      let below = index == 0 ? inputs : layers[index - 1].outputs
      if isLong {
        let share = 1 - Double(index + 1) / Double(layers.count)
        guard Effort.goesOn(share) else { return false }
        Effort.part(share, share + 1 / Double(layers.count)) {
          layers[index].backward(below, outputGradients: upstream, parameters.values, &parameters.gradients)
        }
      } else {
        layers[index].backward(below, outputGradients: upstream, parameters.values, &parameters.gradients)
      }
      upstream = layers[index].inputGradients
    }
    return !isLong || Effort.goesOn(1)
  }

  // Whether a pass over a batch takes long enough to be asked about.
  private func isLong(_ inputs: Matrix) -> Bool {
    elements > Effort.long / max(1, inputs.rows, inputs.columns)
  }
}

extension Model {
  /// The layers whose parameters `parameters(for:)` describes, in the same order.
  func layers(for interface: Interface) -> [any Layer] {
    switch self {
    case .simplenet(let net):
      Self.linearStack([interface.inputs, net.hidden, interface.outputs], net.activation)
    case .mlp(let net):
      Self.linearStack([interface.inputs] + net.hidden + [interface.outputs], net.activation)
    case .rnn(let net):
      Self.recurrent(PlainCell(net.nonlinearity), hidden: net.hidden, layers: net.layers, interface)
    case .lstm(let net):
      Self.recurrent(LongShortTermMemoryCell(), hidden: net.hidden, layers: net.layers, interface)
    case .gru(let net):
      Self.recurrent(GatedRecurrentCell(), hidden: net.hidden, layers: net.layers, interface)
    case .cnn(let net):
      Self.convolutional(net, interface)
    }
  }

  private static func linearStack(_ widths: [Int], _ activation: ActivationFunction) -> [any Layer] {
    var layers: [any Layer] = []
    for index in 0..<(widths.count - 1) {
      if index > 0, activation != .none { layers.append(Activation(activation)) }
      layers.append(
        Linear(
          weight: 2 * index, bias: 2 * index + 1, inputs: widths[index], outputs: widths[index + 1],
          needsInputGradient: index > 0))
    }
    return layers
  }

  private static func convolutional(_ net: ConvolutionalNet, _ interface: Interface) -> [any Layer] {
    var layers: [any Layer] = []
    var side = interface.side
    for index in 0..<net.depth {
      layers.append(
        Convolution(
          weight: 2 * index, bias: 2 * index + 1, inputs: index == 0 ? interface.inputs : net.channels,
          outputs: net.channels, side: side, function: net.activation, needsInputGradient: index > 0,
          below: index > 0 && !net.isPooled(after: index) ? net.activation.ofPixels : nil,
          leavesSlope: index + 1 < net.depth && !net.isPooled(after: index + 1) && net.activation.ofPixels != nil))
      if net.isPooled(after: index + 1) {
        layers.append(AveragePooling(side: side))
        side /= 2
      }
    }
    let width = net.head.width(channels: net.channels, pixels: side * side)
    let readout = Linear(
      weight: 2 * net.depth, bias: 2 * net.depth + 1, inputs: width, outputs: interface.outputs,
      needsInputGradient: true)
    return layers + [PictureHead(net.head, side: side), readout]
  }

  private static func recurrent(
    _ cell: some RecurrentCell, hidden: Int, layers: Int, _ interface: Interface
  ) -> [any Layer] {
    let recurrences: [any Layer] = (0..<layers).map { layer in
      Self.recurrence(
        cell, layer, interface, inputs: layer == 0 ? interface.inputs : hidden, hidden: hidden,
        emitsEveryStep: interface.everyStep || layer < layers - 1)
    }
    let readout = Linear(
      weight: 4 * layers, bias: 4 * layers + 1, inputs: hidden, outputs: interface.outputs, needsInputGradient: true)
    return recurrences + [readout]
  }

  private static func recurrence<Cell: RecurrentCell>(
    _ cell: Cell, _ layer: Int, _ interface: Interface, inputs: Int, hidden: Int, emitsEveryStep: Bool
  ) -> Recurrence<Cell> {
    let first = 4 * layer
    let weights = RecurrentWeights(
      inputToHidden: first, hiddenToHidden: first + 1, inputBias: first + 2, hiddenBias: first + 3)
    return Recurrence(
      cell: cell, weights: weights, steps: interface.steps, inputs: inputs, hidden: hidden,
      emitsEveryStep: emitsEveryStep, needsInputGradient: layer > 0)
  }
}

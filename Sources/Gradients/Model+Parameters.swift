extension Model {
  /// The parameters of the network between the two ends of `interface`: names, shapes, order and default bounds of the
  /// corresponding `nn.Module`. Nothing is allocated, so that a network too large for the machine can be refused.
  public func parameters(for interface: Interface) -> [ParameterDescription] {
    switch self {
    case .simplenet(let net):
      Self.linearStack([interface.inputs, net.hidden, interface.outputs])
    case .mlp(let net):
      Self.linearStack([interface.inputs] + net.hidden + [interface.outputs])
    case .rnn(let net):
      Self.recurrent("rnn", gates: PlainCell.gates, hidden: net.hidden, layers: net.layers, interface)
    case .lstm(let net):
      Self.recurrent(
        "lstm", gates: LongShortTermMemoryCell.gates, hidden: net.hidden, layers: net.layers, interface)
    case .gru(let net):
      Self.recurrent("gru", gates: GatedRecurrentCell.gates, hidden: net.hidden, layers: net.layers, interface)
    case .cnn(let net):
      Self.convolutional(net, interface)
    }
  }

  // fc1 … fcN between consecutive widths.
  private static func linearStack(_ widths: [Int]) -> [ParameterDescription] {
    (1..<widths.count).flatMap { linear("fc\($0)", inputs: widths[$0 - 1], outputs: widths[$0]) }
  }

  // conv1 … convN, then fc.
  private static func convolutional(_ net: ConvolutionalNet, _ interface: Interface) -> [ParameterDescription] {
    let side = Double(net.lastSide(from: interface.side))
    let pixels = Int(exactly: side * side) ?? Int.max
    let convolutions = (1...net.depth).flatMap { number in
      weightAndBias("conv\(number)", [net.channels, number == 1 ? interface.inputs : net.channels, 3, 3])
    }
    let width = net.head.width(channels: net.channels, pixels: pixels)
    return convolutions + linear("fc", inputs: width, outputs: interface.outputs)
  }

  private static func linear(_ name: String, inputs: Int, outputs: Int) -> [ParameterDescription] {
    weightAndBias(name, [outputs, inputs])
  }

  // nn.Linear and nn.Conv2d call kaiming_uniform_ with a = √5 for the weight, which comes to 1/√fan_in by way of two
  // roundings.
  private static func weightAndBias(_ name: String, _ shape: [Int]) -> [ParameterDescription] {
    let fanIn = shape.dropFirst().reduce(1.0) { $0 * Double($1) }
    let weightBound = 3.0.squareRoot() * ((2.0 / 6.0).squareRoot() / fanIn.squareRoot())
    let biasBound = 1 / fanIn.squareRoot()
    return [
      ParameterDescription(name: name + ".weight", shape: shape, role: .weight, bound: weightBound),
      ParameterDescription(name: name + ".bias", shape: [shape[0]], role: .bias, bound: biasBound),
    ]
  }

  // nn.RNNBase draws all four parameters of each layer from ±1/√hidden.
  private static func recurrent(
    _ name: String, gates: Int, hidden: Int, layers: Int, _ interface: Interface
  ) -> [ParameterDescription] {
    let bound = 1 / Double(hidden).squareRoot()
    // Saturating, so that a number of rows beyond all memory is refused by its size and does not trap here.
    let rows = gates.multipliedReportingOverflow(by: hidden).overflow ? Int.max : gates * hidden
    let cells = (0..<layers).flatMap { layer in
      [
        ("weight_ih", [rows, layer == 0 ? interface.inputs : hidden], ParameterRole.inputToHidden),
        ("weight_hh", [rows, hidden], .hiddenToHidden),
        ("bias_ih", [rows], .inputBias),
        ("bias_hh", [rows], .hiddenBias),
      ].map { kind, shape, role in
        ParameterDescription(name: "\(name).\(kind)_l\(layer)", shape: shape, role: role, bound: bound)
      }
    }
    return cells + linear("fc", inputs: hidden, outputs: interface.outputs)
  }
}

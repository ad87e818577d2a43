import Gradients
import Training

/// A network and its initial values, in PyTorch's words.
struct TorchNetwork {
  /// The class, where the network is one.
  let definition: [String]
  /// What makes `model`, with its initial values.
  let making: [String]

  /// - Parameter isTight: whether to say it in as few lines as can be read.
  init(_ settings: Settings, isTight: Bool) {
    let interface = settings.task.interface
    var construction: [String]
    switch settings.model {
    case .simplenet(let net):
      definition = isTight ? [] : Self.simple(net, interface)
      construction = isTight ? Self.sequence(net, interface) : ["model = SimpleNet()"]
    case .mlp(let net):
      definition = []
      construction = Self.stack(net, interface)
    case .cnn(let net):
      definition = []
      construction = Self.pictures(net, interface)
    case .rnn(let net):
      let options = net.nonlinearity == .tanh ? [] : ["nonlinearity=\"\(net.nonlinearity.rawValue)\""]
      definition = Self.recurrent("RNN", "rnn", net.hidden, net.layers, options, interface, isTight)
      construction = ["model = RNN()"]
    case .lstm(let net):
      definition = Self.recurrent("LSTM", "lstm", net.hidden, net.layers, [], interface, isTight)
      construction = ["model = LSTM()"]
    case .gru(let net):
      definition = Self.recurrent("GRU", "gru", net.hidden, net.layers, [], interface, isTight)
      construction = ["model = GRU()"]
    }
    making = construction + Self.initialization(settings)
  }

  // MARK: Modules

  private static func module(_ name: String, _ layers: [String], _ forward: [String]) -> [String] {
    ["class \(name)(nn.Module):"]
      + (["def __init__(self):"] + (["super().__init__()"] + layers).indented + [""]
      + ["def forward(self, x):"] + forward.indented).indented
  }

  private static func simple(_ net: SimpleNet, _ interface: Interface) -> [String] {
    let hidden = net.activation.applied(to: "self.fc1(x)")
    return module(
      "SimpleNet",
      [
        "self.fc1 = nn.Linear(\(interface.inputs), \(net.hidden))",
        "self.fc2 = nn.Linear(\(net.hidden), \(interface.outputs))",
      ], ["return self.fc2(\(hidden))"])
  }

  private static func sequence(_ net: SimpleNet, _ interface: Interface) -> [String] {
    let layers = [
      "fc1=nn.Linear(\(interface.inputs), \(net.hidden))", net.activation.module.map { "activation=\($0)" },
      "fc2=nn.Linear(\(net.hidden), \(interface.outputs))",
    ]
    return ["model = nn.Sequential(OrderedDict(\(layers.compactMap(\.self).joined(separator: ", "))))"]
  }

  private static func recurrent(
    _ kind: String, _ name: String, _ hidden: Int, _ layers: Int, _ options: [String], _ interface: Interface,
    _ isTight: Bool
  ) -> [String] {
    let last = interface.everyStep ? "" : "[-1]"
    let comment = interface.everyStep ? "" : "  # the last time step"
    let forward =
      isTight
      ? ["return self.fc(self.\(name)(x)[0]\(last))\(comment)"]
      : ["states, _ = self.\(name)(x)  # (time, batch, hidden)", "return self.fc(states\(last))\(comment)"]
    let sizes = ["\(interface.inputs)", "\(hidden)"] + (layers == 1 ? [] : ["num_layers=\(layers)"])
    return module(
      kind,
      [
        "self.\(name) = nn.\(kind)(\((sizes + options).joined(separator: ", ")))",
        "self.fc = nn.Linear(\(hidden), \(interface.outputs))",
      ],
      forward)
  }

  private static func stack(_ net: MultilayerPerceptron, _ interface: Interface) -> [String] {
    // Runs of equal widths: [64] * 10 + [32].
    var runs: [(width: Int, count: Int)] = []
    for width in net.hidden {
      if let last = runs.last, last.width == width {
        runs[runs.count - 1].count += 1
      } else {
        runs.append((width, 1))
      }
    }
    let hidden = runs.map { $0.count == 1 ? "[\($0.width)]" : "[\($0.width)] * \($0.count)" }
    let widths = ["[\(interface.inputs)]"] + hidden + ["[\(interface.outputs)]"]
    var loop = ["model.add_module(f\"fc{n}\", nn.Linear(inputs, outputs))"]
    if let module = net.activation.module {
      loop += ["if n <= \(net.hidden.count):"]
      loop += ["model.add_module(f\"\(net.activation.rawValue){n}\", \(module))"].indented
    }
    return [
      "model = nn.Sequential()", "widths = \(widths.joined(separator: " + "))",
      "for n, (inputs, outputs) in enumerate(zip(widths, widths[1:]), start=1):",
    ] + loop.indented
  }

  private static func pictures(_ net: ConvolutionalNet, _ interface: Interface) -> [String] {
    let inputs = net.channels == interface.inputs ? "" : "\(interface.inputs) if n == 1 else "
    var loop = ["model.add_module(f\"conv{n}\", nn.Conv2d(\(inputs)\(net.channels), \(net.channels), 3, padding=1))"]
    if let module = net.activation.module {
      loop.append("model.add_module(f\"\(net.activation.rawValue){n}\", \(module))")
    }
    let pools = net.pool == 0 ? [] : (1...net.pool).map { $0 * net.depth / (net.pool + 1) }.filter { $0 > 0 }
    if !pools.isEmpty {
      loop.append("if n \(pools.count == 1 ? "== \(pools[0])" : "in (\(pools[0]), \(pools[1]))"):")
      loop += ["model.add_module(f\"pool{n}\", nn.AvgPool2d(2))"].indented
    }
    let side = net.lastSide(from: interface.side)
    let width = net.head == .mean ? net.channels : net.channels * side * side
    let mean = net.head == .mean ? ["model.add_module(\"mean\", nn.AdaptiveAvgPool2d(1))"] : []
    return ["model = nn.Sequential()", "for n in range(1, \(net.depth + 1)):"] + loop.indented + mean + [
      "model.add_module(\"flatten\", nn.Flatten())",
      "model.add_module(\"fc\", nn.Linear(\(width), \(interface.outputs)))",
    ]
  }

  // MARK: Initial values

  private static func initialization(_ settings: Settings) -> [String] {
    let biases = ["elif \"bias\" in name:", "    nn.init.zeros_(p)"]
    let others = ["else:", "    nn.init.zeros_(p)"]
    var comment = ""
    var lines: [String] = []
    switch settings.initialization {
    case .standard: break
    case .gain(let gain):
      let last = settings.parameters[settings.parameters.count - 2].name
      let value = PythonText.of(gain.factor) + (gain.he ? " * math.sqrt(2)" : "")
      let deviation = "(1 if name == \"\(last)\" else \(value)) / math.sqrt(p[0].numel())"
      comment = "deviation gain / sqrt(fan_in), the last gain 1; biases: 0"
      lines = ["if p.dim() > 1:", "    nn.init.normal_(p, 0, \(deviation))"] + others
    case .radius(let radius):
      comment = "spectral radius \(PythonText.of(radius)), on average; biases: 0"
      lines = ["if \"weight_hh\" in name:"]
      lines += ["    nn.init.normal_(p, 0, \(PythonText.of(radius)) / math.sqrt(p.shape[1]))"] + biases
    case .orthogonal(let gain):
      comment = "orthogonal hidden-to-hidden weights; biases: 0"
      lines = ["if \"weight_hh\" in name:", "    nn.init.orthogonal_(p, gain=\(PythonText.of(gain)))"] + biases
    case .identity:
      comment = "Le, Jaitly, Hinton 2015; biases: 0"
      lines = ["if \"weight_hh\" in name:", "    nn.init.eye_(p)", "elif \"weight_ih\" in name:"]
      lines += ["    nn.init.normal_(p, 0, 0.3)"] + biases
    case .xavier:
      comment = "Glorot, Bengio 2010; biases: 0"
      lines = ["if p.dim() > 1:", "    nn.init.xavier_uniform_(p)"] + others
    case .kaiming:
      comment = "He et al. 2015; biases: 0"
      lines = ["if p.dim() > 1:", "    nn.init.kaiming_normal_(p, nonlinearity=\"relu\")"] + others
    }
    let gate = gateBias(settings.model, areZero: !lines.isEmpty)
    guard !lines.isEmpty || !gate.isEmpty else { return [] }
    return ["for name, p in model.named_parameters():\(comment.isEmpty ? "" : "  # \(comment)")"]
      + (lines + gate).indented
  }

  // PyTorch's gates: LSTM input, forget, cell, output; GRU reset, update, new.
  private static func gateBias(_ model: Model, areZero: Bool) -> [String] {
    let (gate, value, gates): (String, Double, Int)
    switch model {
    case .lstm(let net):
      guard let forget = net.forget else { return [] }
      (gate, value, gates) = ("forget", forget, 4)
    case .gru(let net):
      guard let update = net.update else { return [] }
      (gate, value, gates) = ("update", update, 3)
    case .simplenet, .mlp, .rnn, .cnn: return []
    }
    let (number, what) = (PythonText.of(value), "  # the second of \(gates) gates is the \(gate) gate")
    return areZero
      ? ["if \"bias_ih\" in name:\(what)", "    p.data.chunk(\(gates))[1].fill_(\(number))"]
      : [
        "if \"bias_ih\" in name or \"bias_hh\" in name:\(what)",
        "    p.data.chunk(\(gates))[1].fill_(\(number) if \"bias_ih\" in name else 0)",
      ]
  }
}

extension ActivationFunction {
  /// The function around an expression.
  fileprivate func applied(to expression: String) -> String {
    switch self {
    case .tanh: "torch.tanh(\(expression))"
    case .relu: "torch.relu(\(expression))"
    case .sigmoid: "torch.sigmoid(\(expression))"
    case .gelu: "F.gelu(\(expression))"
    case .none: expression
    }
  }

  /// The function as a module, `nil` where there is none.
  fileprivate var module: String? {
    switch self {
    case .tanh: "nn.Tanh()"
    case .relu: "nn.ReLU()"
    case .sigmoid: "nn.Sigmoid()"
    case .gelu: "nn.GELU()"
    case .none: nil
    }
  }
}

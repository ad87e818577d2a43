import Gradients
import Training

/// A network and its initial values, in PyTorch's words.
struct TorchNetwork {
  /// The usual name of the class, `nil` where the network is an `nn.Sequential`.
  let className: String?
  /// What the class consists of, or what makes the `nn.Sequential` that is called `model`.
  let lines: [String]
  /// What gives `model` its initial values, where they are not PyTorch's own.
  let initialization: [String]

  init(_ settings: Settings) {
    let interface = settings.task.interface
    initialization = Self.initialization(settings)
    switch settings.model {
    case .simplenet(let net): (className, lines) = ("SimpleNet", Self.simple(net, interface))
    case .mlp(let net): (className, lines) = (nil, Self.stack(net, interface))
    case .cnn(let net): (className, lines) = (nil, Self.pictures(net, interface))
    case .rnn(let net):
      let option = net.nonlinearity == .tanh ? "" : ", nonlinearity=\"\(net.nonlinearity.rawValue)\""
      (className, lines) = Self.recurrent("RNN", net.hidden, net.layers, option, interface)
    case .lstm(let net): (className, lines) = Self.recurrent("LSTM", net.hidden, net.layers, "", interface)
    case .gru(let net): (className, lines) = Self.recurrent("GRU", net.hidden, net.layers, "", interface)
    }
  }

  // MARK: Classes

  private static func module(_ layers: [String], _ forward: [String]) -> [String] {
    ["def __init__(self):"] + (["super().__init__()"] + layers).indented + ["", "def forward(self, x):"]
      + forward.indented
  }

  private static func simple(_ net: SimpleNet, _ interface: Interface) -> [String] {
    let hidden =
      switch net.activation {
      case .tanh, .relu, .sigmoid: "torch.\(net.activation.rawValue)(self.fc1(x))"
      case .gelu: "F.gelu(self.fc1(x))"
      case .none: "self.fc1(x)"
      }
    return module(
      [
        "self.fc1 = nn.Linear(\(interface.inputs), \(net.hidden))",
        "self.fc2 = nn.Linear(\(net.hidden), \(interface.outputs))",
      ], ["return self.fc2(\(hidden))"])
  }

  private static func recurrent(
    _ kind: String, _ hidden: Int, _ layers: Int, _ option: String, _ interface: Interface
  ) -> (String, [String]) {
    let name = kind.lowercased()
    let options = (layers == 1 ? "" : ", num_layers=\(layers)") + option
    let layers = [
      "self.\(name) = nn.\(kind)(\(interface.inputs), \(hidden)\(options))",
      "self.fc = nn.Linear(\(hidden), \(interface.outputs))",
    ]
    let last = interface.everyStep ? "states)" : "states[-1])  # the last time step"
    return (
      kind, module(layers, ["states, _ = self.\(name)(x)  # (time, batch, hidden)", "return self.fc(\(last)"])
    )
  }

  // MARK: Sequences of layers

  private static func stack(_ net: MultilayerPerceptron, _ interface: Interface) -> [String] {
    // Runs of equal widths: [64] * 10 + [32].
    var runs: [(width: Int, count: Int)] = []
    for width in net.hidden {
      if runs.last?.width == width { runs[runs.count - 1].count += 1 } else { runs.append((width, 1)) }
    }
    let hidden = runs.map { $0.count == 1 ? "[\($0.width)]" : "[\($0.width)] * \($0.count)" }
    var loop = ["model.add_module(f\"fc{n}\", nn.Linear(inputs, outputs))"]
    if let module = net.activation.module {
      loop += ["if n <= \(net.hidden.count):", "    model.add_module(\(module))"]
    }
    return [
      "model = nn.Sequential()",
      "widths = [\(interface.inputs)] + \(hidden.joined(separator: " + ")) + [\(interface.outputs)]",
      "for n, (inputs, outputs) in enumerate(zip(widths, widths[1:]), start=1):",
    ] + loop.indented
  }

  private static func pictures(_ net: ConvolutionalNet, _ interface: Interface) -> [String] {
    let (channels, first) = (net.channels, interface.inputs)
    let inputs = channels == first ? "\(channels)" : "\(first) if n == 1 else \(channels)"
    var loop = ["model.add_module(f\"conv{n}\", nn.Conv2d(\(inputs), \(channels), 3, padding=1))"]
    if let module = net.activation.module { loop.append("model.add_module(\(module))") }
    let pools = (0..<net.pool).map { ($0 + 1) * net.depth / (net.pool + 1) }.filter { $0 > 0 }
    if !pools.isEmpty {
      loop.append("if n in [\(pools.map(String.init).joined(separator: ", "))]:")
      loop.append("    model.add_module(f\"pool{n}\", nn.AvgPool2d(2))")
    }
    let side = net.lastSide(from: interface.side)
    let features = net.head == .mean ? channels : channels * side * side
    return ["model = nn.Sequential()", "for n in range(1, \(net.depth + 1)):"] + loop.indented
      + (net.head == .mean ? ["model.add_module(\"mean\", nn.AdaptiveAvgPool2d(1))"] : [])
      + [
        "model.add_module(\"flatten\", nn.Flatten())",
        "model.add_module(\"fc\", nn.Linear(\(features), \(interface.outputs)))",
      ]
  }

  // MARK: Initial values

  private static func initialization(_ settings: Settings) -> [String] {
    let opening = "for name, p in model.named_parameters():"
    let gate = gateBias(settings.model, areZero: settings.initialization != .standard).indented
    switch settings.initialization {
    case .standard: return gate.isEmpty ? [] : [opening] + gate
    case .gain(let gain):
      let last = settings.parameters[settings.parameters.count - 2].name
      let factor = PythonText.of(gain.factor) + (gain.he ? " * math.sqrt(2)" : "")
      return ["\(opening)  # deviation gain / sqrt(fan_in), the last gain 1; biases: 0"]
        + weights("normal_(p, 0, (1 if name == \"\(last)\" else \(factor)) / math.sqrt(p[0].numel()))") + gate
    case .xavier:
      return ["\(opening)  # Glorot, Bengio 2010; biases: 0"] + weights("xavier_uniform_(p)") + gate
    case .kaiming:
      return ["\(opening)  # He et al. 2015; biases: 0"]
        + weights("kaiming_normal_(p, nonlinearity=\"relu\")") + gate
    case .radius(let radius):
      let radius = PythonText.of(radius)
      return ["\(opening)  # spectral radius \(radius), on average; biases: 0"]
        + hiddenToHidden("normal_(p, 0, \(radius) / math.sqrt(p.shape[1]))") + gate
    case .orthogonal(let gain):
      return ["\(opening)  # orthogonal hidden-to-hidden weights; biases: 0"]
        + hiddenToHidden("orthogonal_(p, gain=\(PythonText.of(gain)))") + gate
    case .identity:
      return [
        "\(opening)  # Le, Jaitly, Hinton 2015; biases: 0", "    if \"bias\" in name:", "        nn.init.zeros_(p)",
        "    elif name != \"fc.weight\":",
        "        nn.init.eye_(p) if \"weight_hh\" in name else nn.init.normal_(p, 0, 0.3)",
      ] + gate
    }
  }

  private static func weights(_ call: String) -> [String] {
    ["    nn.init.zeros_(p)", "    if p.dim() > 1:", "        nn.init.\(call)"]
  }

  private static func hiddenToHidden(_ call: String) -> [String] {
    ["    if \"weight_hh\" in name:", "        nn.init.\(call)"]
      + ["    elif \"bias\" in name:", "        nn.init.zeros_(p)"]
  }

  // PyTorch's gates: LSTM input, forget, cell, output; GRU reset, update, new.
  private static func gateBias(_ model: Model, areZero: Bool) -> [String] {
    let (name, value, count): (String, Double?, Int) =
      switch model {
      case .lstm(let net): ("forget", net.forget, 4)
      case .gru(let net): ("update", net.update, 3)
      case .simplenet, .mlp, .rnn, .cnn: ("", nil, 0)
      }
    guard let number = value.map(PythonText.of) else { return [] }
    let comment = "# the second of \(count) gates is the \(name) gate"
    return areZero
      ? ["if \"bias_ih\" in name:  \(comment)", "    p.data.chunk(\(count))[1].fill_(\(number))"]
      : [
        "if \"bias_ih\" in name or \"bias_hh\" in name:  \(comment)",
        "    p.data.chunk(\(count))[1].fill_(\(number) if \"bias_ih\" in name else 0)",
      ]
  }
}

extension ActivationFunction {
  /// The name and the module of the function behind layer `n`, `nil` where there is none.
  fileprivate var module: String? {
    switch self {
    case .tanh: "f\"tanh{n}\", nn.Tanh()"
    case .relu: "f\"relu{n}\", nn.ReLU()"
    case .sigmoid: "f\"sigmoid{n}\", nn.Sigmoid()"
    case .gelu: "f\"gelu{n}\", nn.GELU()"
    case .none: nil
    }
  }
}

import Gradients
import Training

/// A network and its initial values, in PyTorch's words.
struct TorchNetwork {
  /// The class, where the network is one.
  let definition: [PythonLine]
  /// What makes `model`.
  let construction: [PythonLine]
  /// What gives it its initial values, where they are not PyTorch's own.
  let initialization: [PythonLine]

  init(_ settings: Settings, _ style: TorchStyle) {
    let ends = Ends(settings.task.interface)
    initialization = Self.initialization(settings, isTight: style.isTight)
    switch settings.model {
    case .simplenet(let net):
      definition = style.isTight ? [] : Self.simple(net, ends)
      construction = style.isTight ? Self.sequence(net, ends) : ["model = \(call: "SimpleNet")"]
    case .mlp(let net):
      definition = []
      construction = Self.stack(net, ends)
    case .cnn(let net):
      definition = []
      construction = Self.pictures(net, ends)
    case .rnn, .lstm, .gru:
      let recurrent = Recurrent(settings.model)
      definition = style == .shared ? Self.anyRecurrent : recurrent.definition(ends, isTight: style.isTight)
      construction = style == .shared ? [recurrent.making(ends)] : ["model = \(call: recurrent.kind)"]
    }
  }

  // The two ends of a network, as the task has them.
  private struct Ends {
    let interface: Interface
    let inputs: PythonValue
    let outputs: PythonValue

    init(_ interface: Interface) {
      self.interface = interface
      inputs = PythonValue("inputs", interface.inputs)
      outputs = PythonValue("outputs", interface.outputs)
    }
  }

  // MARK: Modules

  private static func module(_ name: String, _ layers: [PythonLine], _ forward: [PythonLine]) -> [PythonLine] {
    ["class \(name)(nn.Module):"]
      + (["def __init__(self\(parametersAfter: ", ")):"] + (["super().__init__()"] + layers).indented + [""]
      + ["def forward(self, x):"] + forward.indented).indented
  }

  private static func simple(_ net: SimpleNet, _ ends: Ends) -> [PythonLine] {
    let width = PythonValue("hidden", net.hidden)
    return module(
      "SimpleNet",
      ["self.fc1 = nn.Linear(\(ends.inputs), \(width))", "self.fc2 = nn.Linear(\(width), \(ends.outputs))"],
      ["return self.fc2(\(net.activation.applied(to: "self.fc1(x)")))"])
  }

  private static func sequence(_ net: SimpleNet, _ ends: Ends) -> [PythonLine] {
    let width = PythonValue("hidden", net.hidden)
    let activation: PythonLine = net.activation.module.map { ", activation=\($0.made)" } ?? ""
    return [
      "model = nn.Sequential(OrderedDict(fc1=nn.Linear(\(ends.inputs), \(width))\(activation), "
        + "fc2=nn.Linear(\(width), \(ends.outputs))))"
    ]
  }

  // `nn.RNN`, `nn.LSTM` or `nn.GRU`, and a layer behind it.
  private struct Recurrent {
    let kind: String
    private let hidden: PythonValue
    private let options: [PythonValue]

    init(_ model: Model) {
      let (width, layers): (Int, Int)
      var nonlinearity = ActivationFunction.tanh
      switch model {
      case .rnn(let net): (kind, width, layers, nonlinearity) = ("RNN", net.hidden, net.layers, net.nonlinearity)
      case .lstm(let net): (kind, width, layers) = ("LSTM", net.hidden, net.layers)
      case .gru(let net): (kind, width, layers) = ("GRU", net.hidden, net.layers)
      case .simplenet, .mlp, .cnn: preconditionFailure("there is nothing recurrent in these")
      }
      hidden = PythonValue("hidden", width)
      options = [
        Self.option("num_layers", "\(layers)", unless: layers == 1),
        Self.option("nonlinearity", PythonText.of(nonlinearity.rawValue), unless: nonlinearity == .tanh),
      ]
    }

    // `, name=value`, or nothing where that is what PyTorch does anyway.
    private static func option(_ name: String, _ literal: String, unless isStandard: Bool) -> PythonValue {
      let value = PythonValue(name, literal)
      return PythonValue(isStandard ? "" : ", \(name)=\(literal)", named: ", \(name)=\(name)", from: value)
    }

    func definition(_ ends: Ends, isTight: Bool) -> [PythonLine] {
      let last = ends.interface.everyStep ? "" : "[-1]"
      let comment = ends.interface.everyStep ? "" : "  # the last time step"
      let name = kind.lowercased()
      // A gated kind has no nonlinearity to choose.
      let all = options.prefix(kind == "RNN" ? 2 : 1).reduce("") { $0 + "\($1)" } as PythonLine
      let forward: [PythonLine] =
        isTight
        ? ["return self.fc(self.\(name)(x)[0]\(last))\(comment)"]
        : ["states, _ = self.\(name)(x)  # (time, batch, hidden)", "return self.fc(states\(last))\(comment)"]
      return module(
        kind,
        [
          "self.\(name) = nn.\(kind)(\(ends.inputs), \(hidden)\(all))",
          "self.fc = nn.Linear(\(hidden), \(ends.outputs))",
        ],
        forward)
    }

    func making(_ ends: Ends) -> PythonLine {
      let sizes: PythonLine = "\(ends.inputs), \(hidden), \(ends.outputs)"
      let last = PythonValue("last", PythonText.of(!ends.interface.everyStep))
      let written = options.map(\.written).joined()
      let others = PythonValue(
        written, named: ", **others", from: PythonValue("others", "dict(\(written.dropFirst(2)))"))
      return "model = Recurrent(\(PythonValue("layer", "nn.\(kind)")), \(sizes), last=\(last)\(others))"
    }
  }

  private static let anyRecurrent: [PythonLine] = [
    "class Recurrent(nn.Module):",
    "    def __init__(self, layer, inputs, hidden, outputs, last, **options):",
    "        super().__init__()",
    "        self.add_module(layer.__name__.lower(), layer(inputs, hidden, **options))",
    "        self.fc = nn.Linear(hidden, outputs)",
    "        self.last = last",
    "",
    "    def forward(self, x):",
    "        layer, fc = self.children()",
    "        states, _ = layer(x)  # (time, batch, hidden)",
    "        return fc(states[-1] if self.last else states)",
  ]

  private static func stack(_ net: MultilayerPerceptron, _ ends: Ends) -> [PythonLine] {
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
    let widths = PythonValue("hidden", hidden.joined(separator: " + "))
    let count = PythonValue("\(net.hidden.count)", named: "len(hidden)", from: widths)
    var loop: [PythonLine] = ["model.add_module(f\"fc{n}\", nn.Linear(inputs, outputs))"]
    if let module = net.activation.module {
      loop += ["if n <= \(count):", "    model.add_module(\(module.added))"]
    }
    return [
      "model = nn.Sequential()", "widths = [\(ends.inputs)] + \(widths) + [\(ends.outputs)]",
      "for n, (inputs, outputs) in enumerate(zip(widths, widths[1:]), start=1):",
    ] + loop.indented
  }

  private static func pictures(_ net: ConvolutionalNet, _ ends: Ends) -> [PythonLine] {
    let (channels, depth) = (PythonValue("channels", net.channels), PythonValue("depth", net.depth))
    let inputs = PythonValue(
      net.channels == ends.interface.inputs
        ? "\(net.channels)" : "\(ends.interface.inputs) if n == 1 else \(net.channels)",
      named: "\(ends.interface.inputs) if n == 1 else channels", from: channels)
    var loop: [PythonLine] = [
      "model.add_module(f\"conv{n}\", nn.Conv2d(\(inputs), \(channels), 3, padding=1))"
    ]
    if let module = net.activation.module { loop.append("model.add_module(\(module.added))") }
    let pools = net.pool == 0 ? [] : (1...net.pool).map { $0 * net.depth / (net.pool + 1) }.filter { $0 > 0 }
    if !pools.isEmpty {
      let places = PythonValue("pools", "(\(pools.map { "\($0)," }.joined(separator: " ")))")
      let condition = pools.count == 1 ? "== \(pools[0])" : "in (\(pools[0]), \(pools[1]))"
      loop.append("if n \(PythonValue(condition, named: "in pools", from: places)):")
      loop += ["model.add_module(f\"pool{n}\", nn.AvgPool2d(2))"].indented as [PythonLine]
    }
    let side = net.lastSide(from: ends.interface.side)
    let width = PythonValue("features", net.head == .mean ? net.channels : net.channels * side * side)
    let mean: [PythonLine] =
      net.head == .mean ? ["model.add_module(\"mean\", nn.AdaptiveAvgPool2d(1))"] : []
    let last = PythonValue("\(net.depth + 1)", named: "depth + 1", from: depth)
    return ["model = nn.Sequential()", "for n in range(1, \(last)):"] + loop.indented + mean + [
      "model.add_module(\"flatten\", nn.Flatten())",
      "model.add_module(\"fc\", nn.Linear(\(width), \(ends.outputs)))",
    ]
  }

  // MARK: Initial values

  private static func initialization(_ settings: Settings, isTight: Bool) -> [PythonLine] {
    let biases: [PythonLine] = ["elif \"bias\" in name:", "    nn.init.zeros_(p)"]
    // What gives the weights their values, and the biases zeros.
    func weights(_ call: PythonLine) -> [PythonLine] {
      isTight
        ? ["\(call) if p.dim() > 1 else nn.init.zeros_(p)"]
        : ["if p.dim() > 1:", "    \(call)", "else:", "    nn.init.zeros_(p)"]
    }
    var comment: PythonLine = ""
    var lines: [PythonLine] = []
    switch settings.initialization {
    case .standard: break
    case .gain(let gain):
      let last = PythonValue("readout", PythonText.of(settings.parameters[settings.parameters.count - 2].name))
      let value = PythonValue("gain", PythonText.of(gain.factor) + (gain.he ? " * math.sqrt(2)" : ""))
      comment = "deviation gain / sqrt(fan_in), the last gain 1; biases: 0"
      let deviation: PythonLine = "(1 if name == \(last) else \(value)) / math.sqrt(p[0].numel())"
      lines = isTight ? ["deviation = \(deviation)"] : []
      lines += weights("nn.init.normal_(p, 0, \(isTight ? "deviation" : deviation))")
    case .radius(let radius):
      let value = PythonValue("radius", PythonText.of(radius))
      comment = "spectral radius \(value), on average; biases: 0"
      lines = ["if \"weight_hh\" in name:", "    nn.init.normal_(p, 0, \(value) / math.sqrt(p.shape[1]))"] + biases
    case .orthogonal(let gain):
      let value = PythonValue("gain", PythonText.of(gain))
      comment = "orthogonal hidden-to-hidden weights; biases: 0"
      lines = ["if \"weight_hh\" in name:", "    nn.init.orthogonal_(p, gain=\(value))"] + biases
    case .identity:
      comment = "Le, Jaitly, Hinton 2015; biases: 0"
      lines = ["if \"weight_hh\" in name:", "    nn.init.eye_(p)", "elif \"weight_ih\" in name:"]
      lines += ["    nn.init.normal_(p, 0, 0.3)"] + biases
    case .xavier:
      comment = "Glorot, Bengio 2010; biases: 0"
      lines = weights("nn.init.xavier_uniform_(p)")
    case .kaiming:
      comment = "He et al. 2015; biases: 0"
      lines = weights("nn.init.kaiming_normal_(p, nonlinearity=\"relu\")")
    }
    let gate = gateBias(settings.model, areZero: !lines.isEmpty)
    guard !lines.isEmpty || !gate.isEmpty else { return [] }
    let note: PythonLine = comment.shape.isEmpty ? "" : "  # \(comment)"
    return ["for name, p in model.named_parameters():\(note)"] + (lines + gate).indented
  }

  // PyTorch's gates: LSTM input, forget, cell, output; GRU reset, update, new.
  private static func gateBias(_ model: Model, areZero: Bool) -> [PythonLine] {
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
    let number = PythonValue(gate, PythonText.of(value))
    let what = "  # the second of \(gates) gates is the \(gate) gate"
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
  fileprivate var module: TorchActivation? {
    switch self {
    case .tanh: TorchActivation(self, "nn.Tanh")
    case .relu: TorchActivation(self, "nn.ReLU")
    case .sigmoid: TorchActivation(self, "nn.Sigmoid")
    case .gelu: TorchActivation(self, "nn.GELU")
    case .none: nil
    }
  }
}

/// A module that applies an activation function.
private struct TorchActivation {
  /// `nn.Tanh()`.
  let made: PythonValue
  /// `f"tanh{n}", nn.Tanh()`.
  let added: PythonValue

  init(_ function: ActivationFunction, _ name: String) {
    let value = PythonValue("activation", name)
    made = PythonValue("\(name)()", named: "activation()", from: value)
    added = PythonValue(
      "f\"\(function.rawValue){n}\", \(name)()", named: "f\"activation{n}\", activation()", from: value)
  }
}

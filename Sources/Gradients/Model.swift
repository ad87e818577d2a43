import Numerics

/// `model simplenet`: the tutorial's two linear layers.
public struct SimpleNet: Hashable, Sendable {
  /// The width between `fc1` and `fc2`.
  public var hidden = 100
  /// What stands between the two layers: nothing, in the tutorial.
  public var activation = ActivationFunction.none

  /// The tutorial's network.
  public init() {}
}

/// `model mlp`: linear layers with an activation after each but the last.
public struct MultilayerPerceptron: Hashable, Sendable {
  /// The widths of the hidden layers, from the input's side.
  public var hidden = Array(repeating: 64, count: 10)
  /// What stands after each hidden layer.
  public var activation = ActivationFunction.tanh

  /// Ten layers of 64 tanh units.
  public init() {}
}

/// `model rnn`: `nn.RNN` and a linear layer.
public struct RecurrentNet: Hashable, Sendable {
  /// The number of hidden units.
  public var hidden = 64
  /// The number of recurrent layers on top of each other.
  public var layers = 1
  /// tanh or ReLU.
  public var nonlinearity = ActivationFunction.tanh

  /// One layer of 64 tanh units.
  public init() {}
}

/// `model lstm`: `nn.LSTM` and a linear layer.
public struct LongShortTermMemoryNet: Hashable, Sendable {
  /// The number of hidden units.
  public var hidden = 64
  /// The number of recurrent layers on top of each other.
  public var layers = 1
  /// What the forget gate's `bias_ih` is set to, its `bias_hh` becoming 0 (Jozefowicz, Zaremba, Sutskever 2015);
  /// PyTorch's biases stay where it is `nil`.
  public var forget: Double?

  /// One layer of 64 units.
  public init() {}
}

/// `model gru`: `nn.GRU` and a linear layer.
public struct GatedRecurrentNet: Hashable, Sendable {
  /// The number of hidden units.
  public var hidden = 64
  /// The number of recurrent layers on top of each other.
  public var layers = 1
  /// What the update gate's `bias_ih` is set to, its `bias_hh` becoming 0; PyTorch's biases stay where it is `nil`.
  public var update: Double?

  /// One layer of 64 units.
  public init() {}
}

/// The networks that clipscope trains, with their options.
public enum Model: Hashable, Sendable {
  /// The tutorial's network.
  case simplenet(SimpleNet)
  /// A deep network of linear layers.
  case mlp(MultilayerPerceptron)
  /// A plain recurrent network.
  case rnn(RecurrentNet)
  /// A recurrent network with memory cells.
  case lstm(LongShortTermMemoryNet)
  /// A recurrent network with gated units.
  case gru(GatedRecurrentNet)

  /// What data the model reads.
  public var reads: DataKind {
    switch self {
    case .simplenet, .mlp: .rows
    case .rnn, .lstm, .gru: .sequences
    }
  }

  /// The bias that the second of a recurrent layer's gates begins with, `nil` where the drawn ones stay.
  public var gateBias: GateBias? {
    switch self {
    case .lstm(let net): net.forget.map { GateBias(gates: LongShortTermMemoryCell.gates, value: $0) }
    case .gru(let net): net.update.map { GateBias(gates: GatedRecurrentCell.gates, value: $0) }
    case .simplenet, .mlp, .rnn: nil
    }
  }
}

/// The kinds of data that tasks give and models read.
public enum DataKind: String, Hashable, Sendable {
  /// A matrix of B × features.
  case rows
  /// T matrices of B × features.
  case sequences
}

/// What a task asks of its network: the widths at both ends.
public struct Interface: Hashable, Sendable {
  /// The kind of data.
  public var kind: DataKind
  /// Features of an input.
  public var inputs: Int
  /// Numbers, or classes, of an output.
  public var outputs: Int
  /// Whether a sequence has an output at each step or at the last one alone.
  public var everyStep: Bool

  /// An interface; rows have one step, so `everyStep` says nothing for them.
  public init(_ kind: DataKind, inputs: Int, outputs: Int, everyStep: Bool = false) {
    self.kind = kind
    self.inputs = inputs
    self.outputs = outputs
    self.everyStep = everyStep
  }
}

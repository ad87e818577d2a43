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

/// `model cnn`: 3 × 3 convolutions with an activation after each, average pooling between, and a linear layer.
public struct ConvolutionalNet: Hashable, Sendable {
  /// The number of convolutions N.
  public var depth = 10
  /// Channels of each convolution.
  public var channels = 16
  /// What stands after each convolution.
  public var activation = ActivationFunction.relu
  /// 2 × 2 average pools: after convolution N/2 where there is one, after N/3 and 2N/3 where there are two.
  public var pool = 2
  /// What the linear layer reads.
  public var head = PictureHeadKind.mean

  /// Ten convolutions of 16 channels with ReLU, two pools, means.
  public init() {}

  /// Whether a pool stands after convolution `number`, counted from 1.
  func isPooled(after number: Int) -> Bool {
    (1...max(pool, 1)).contains { pool > 0 && number == $0 * depth / (pool + 1) }
  }

  /// The side of the pictures that the head gets.
  public func lastSide(from side: Int) -> Int {
    (1...depth).reduce(side) { isPooled(after: $1) ? $0 / 2 : $0 }
  }
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
  /// A convolutional network.
  case cnn(ConvolutionalNet)

  /// What data the model reads.
  public var reads: DataKind {
    switch self {
    case .simplenet, .mlp: .rows
    case .rnn, .lstm, .gru: .sequences
    case .cnn: .pictures
    }
  }

  /// The bias that the second of a recurrent layer's gates begins with, `nil` where the drawn ones stay.
  public var gateBias: GateBias? {
    switch self {
    case .lstm(let net): net.forget.map { GateBias(gates: LongShortTermMemoryCell.gates, value: $0) }
    case .gru(let net): net.update.map { GateBias(gates: GatedRecurrentCell.gates, value: $0) }
    case .simplenet, .mlp, .rnn, .cnn: nil
    }
  }
}

/// The kinds of data that tasks give and models read.
public enum DataKind: String, Hashable, Sendable {
  /// A matrix of B × features.
  case rows
  /// T·B × features, time step after time step.
  case sequences
  /// Channels × side·(side+2)·B: line by line with a pixel of zeros before and behind, for each pixel its value in each
  /// picture.
  case pictures
}

/// What a task asks of its network: the widths at both ends.
public struct Interface: Hashable, Sendable {
  /// The kind of data.
  public var kind: DataKind
  /// Features of an input, or channels of a picture.
  public var inputs: Int
  /// Numbers, or classes, of an output.
  public var outputs: Int
  /// The time steps of a sequence; 1 where there are no sequences.
  public var steps: Int
  /// Whether a sequence has an output at each step or at the last one alone.
  public var everyStep: Bool
  /// The side of a square picture, in pixels; 1 where there are no pictures.
  public var side: Int

  /// An interface; rows have one step, so `everyStep` says nothing for them.
  public init(_ kind: DataKind, inputs: Int, outputs: Int, steps: Int = 1, everyStep: Bool = false, side: Int = 1) {
    (self.kind, self.steps, self.inputs) = (kind, steps, inputs)
    (self.outputs, self.everyStep, self.side) = (outputs, everyStep, side)
  }
}

import Numerics

/// `init`: what is drawn again over PyTorch's default initial values, in the order of the parameters.
public enum Initialization: Hashable, Sendable {
  /// PyTorch's own.
  case standard
  /// Every weight `normal_(w, 0, G / sqrt(fan_in))`, the last layer's with G = 1; biases 0.
  case gain(Gain)
  /// Every `weight_hh` `normal_(w, 0, R / sqrt(hidden))`; biases 0. R is the spectral radius that large matrices have
  /// in the limit (Girko's circular law).
  case radius(Double)
  /// Every `weight_hh` `nn.init.orthogonal_(w, gain=G)`; biases 0 (Saxe, McClelland, Ganguli 2014).
  case orthogonal(Double)
  /// `weight_hh` the identity, `weight_ih` `normal_(w, 0, 0.3)`; biases 0 (Le, Jaitly, Hinton 2015).
  case identity
  /// `nn.init.xavier_uniform_` for all weights; biases 0 (Glorot, Bengio 2010).
  case xavier
  /// `nn.init.kaiming_normal_(w, nonlinearity='relu')` for all weights; biases 0 (He et al. 2015).
  case kaiming

  /// A gain as it is written: `1.5`, or `1.3he` for 1.3·√2, He's gain for ReLU times 1.3.
  public struct Gain: Hashable, Sendable {
    /// The number in front.
    public var factor: Double
    /// Whether √2 comes on top.
    public var he: Bool

    /// A gain of `factor`, times √2 if `he`.
    public init(_ factor: Double, he: Bool = false) {
      self.factor = factor
      self.he = he
    }

    var value: Double { he ? factor * 2.0.squareRoot() : factor }
  }

  /// Whether it makes orthogonal matrices.
  public var isOrthogonal: Bool { if case .orthogonal = self { true } else { false } }

  /// Whether it only makes sense for networks that have a `weight_hh`.
  public var needsRecurrence: Bool {
    switch self {
    case .radius, .orthogonal, .identity: true
    case .standard, .gain, .xavier, .kaiming: false
    }
  }
}

/// The bias of the second gate of recurrent layers: the forget gate of an LSTM, the update gate of a GRU.
public struct GateBias: Hashable, Sendable {
  let gates: Int
  let value: Double
}

extension Parameters {
  /// Draws the initial values: PyTorch's defaults as the module's construction draws them, then `initialization`, and
  /// over both the bias of a gate, which draws nothing.
  public mutating func initialize(
    _ initialization: Initialization, gateBias: GateBias? = nil, from generator: inout Generator
  ) {
    drawStandard(from: &generator)
    draw(initialization, from: &generator)
    if let gateBias { set(gateBias) }
  }

  // A large parameter takes a moment to draw.
  private func isGoingOn(_ index: Int) -> Bool {
    let count = index < values.count ? values[index].count : 0
    return count < Effort.long >> 6 || Effort.goesOn(Double(index) / Double(values.count + 1))
  }

  private mutating func drawStandard(from generator: inout Generator) {
    for index in values.indices {
      guard isGoingOn(index) else { return }
      let bound = descriptions[index].bound
      generator.fillUniform(&values[index], from: -bound, to: bound)
    }
  }

  private mutating func draw(_ initialization: Initialization, from generator: inout Generator) {
    guard initialization != .standard else { return }
    for index in values.indices {
      guard isGoingOn(index) else { return }
      if descriptions[index].role.isBias {
        values[index].fill(0)
      } else {
        redraw(index, initialization, &generator)
      }
    }
  }

  private mutating func set(_ bias: GateBias) {
    for index in values.indices where descriptions[index].role == .inputBias || descriptions[index].role == .hiddenBias
    {
      let value = descriptions[index].role == .inputBias ? Float(bias.value) : 0
      let hidden = values[index].count / bias.gates
      for unit in 0..<hidden { values[index].elements[hidden + unit] = value }
    }
  }

  private mutating func redraw(_ index: Int, _ initialization: Initialization, _ generator: inout Generator) {
    let description = descriptions[index]
    let fanIn = Double(description.fanIn)
    switch (initialization, description.role) {
    case (.gain(let gain), _):
      let isLast = index == values.count - 2
      setNormal(index, (isLast ? 1 : gain.value) / fanIn.squareRoot(), &generator)
    case (.radius(let radius), .hiddenToHidden):
      setNormal(index, radius / fanIn.squareRoot(), &generator)
    case (.orthogonal(let gain), .hiddenToHidden):
      values[index].setOrthogonal(gain: gain, from: &generator)
    case (.identity, .hiddenToHidden):
      values[index].setIdentity()
    case (.identity, .inputToHidden):
      setNormal(index, 0.3, &generator)
    case (.xavier, _):
      let deviation = (2.0 / (fanIn + Double(description.fanOut))).squareRoot()
      let bound = 3.0.squareRoot() * deviation
      generator.fillUniform(&values[index], from: -bound, to: bound)
    case (.kaiming, _):
      setNormal(index, 2.0.squareRoot() / fanIn.squareRoot(), &generator)
    default:
      break
    }
  }

  private mutating func setNormal(_ index: Int, _ deviation: Double, _ generator: inout Generator) {
    values[index].elements = generator.normal(count: values[index].count, mean: 0, standardDeviation: deviation)
  }
}

extension Matrix {
  /// `nn.init.eye_`.
  mutating func setIdentity() {
    fill(0)
    for index in 0..<min(rows, columns) { elements[index * columns + index] = 1 }
  }
}

import Numerics

/// The functions that stand between the linear parts of a network.
public enum ActivationFunction: String, CaseIterable, Hashable, Sendable {
  /// `torch.tanh`.
  case tanh
  /// `torch.relu`.
  case relu
  /// `torch.sigmoid`.
  case sigmoid
  /// `torch.nn.functional.gelu` in its exact form, x Φ(x).
  case gelu
  /// Nothing at all: the network stays linear.
  case none

  /// y = f(x).
  func forward(_ input: Matrix, into output: inout Matrix) {
    switch self {
    case .tanh: output.setTanh(of: input)
    case .relu: output.setReLU(of: input)
    case .sigmoid: output.setSigmoid(of: input)
    case .gelu: output.setGELU(of: input)
    case .none: output.copy(from: input)
    }
  }

  /// The function where its slope can be told from its output, `nil` for GELU and where there is none.
  var ofPixels: PixelFunction? {
    switch self {
    case .tanh: .tanh
    case .relu: .relu
    case .sigmoid: .sigmoid
    case .gelu, .none: nil
    }
  }

  /// dx = dy f′(x), from whichever of x and y gives it most cheaply.
  func backward(input: Matrix, output: Matrix, outputGradient: Matrix, into inputGradient: inout Matrix) {
    switch self {
    case .tanh: inputGradient.setTanhGradient(output: output, upstream: outputGradient)
    case .relu: inputGradient.setReLUGradient(output: output, upstream: outputGradient)
    case .sigmoid: inputGradient.setSigmoidGradient(output: output, upstream: outputGradient)
    case .gelu: inputGradient.setGELUGradient(input: input, upstream: outputGradient)
    case .none: inputGradient.copy(from: outputGradient)
    }
  }

  /// The units that pass all but no gradient: |tanh| > 0.99, sigmoid below 0.005 or above 0.995, ReLU at zero.
  ///
  /// The bound for tanh is the one Glorot and Bengio (2010) look at; sigmoid(x) = (1 + tanh(x/2))/2 gives its own.
  /// - Parameter zeros: how many of the elements are zeros that are no units.
  func saturated(_ output: Matrix, zeros: Int = 0) -> Int? {
    switch self {
    case .tanh: output.countMagnitudes(above: 0.99)
    case .relu: output.countZeros() - zeros
    case .sigmoid: output.count - zeros - output.countMagnitudes(above: 0.005) + output.countMagnitudes(above: 0.995)
    case .gelu, .none: nil
    }
  }
}

/// An activation function applied to each element.
public struct Activation: Layer {
  let function: ActivationFunction
  /// In the shape of the inputs.
  public private(set) var outputs = Matrix(rows: 0, columns: 0)
  /// In the shape of the inputs.
  public private(set) var inputGradients = Matrix(rows: 0, columns: 0)

  /// A layer without parameters.
  public init(_ function: ActivationFunction) { self.function = function }

  /// Of the last forward.
  public var saturation: Saturation? {
    function.saturated(outputs).map { Saturation(saturated: $0, units: outputs.count) }
  }

  /// The columns of the last forward.
  public func note(_ activity: inout UnitActivity) {
    if function == .relu { activity.note(columnsOf: outputs) }
  }

  /// y = f(x).
  public mutating func forward(_ inputs: Matrix, _ values: [Matrix]) {
    outputs.shape(like: inputs)
    function.forward(inputs, into: &outputs)
  }

  /// dx = dy f′(x).
  public mutating func backward(
    _ inputs: Matrix, outputGradients: Matrix, _ values: [Matrix], _ gradients: inout [Matrix]
  ) {
    inputGradients.shape(like: inputs)
    function.backward(input: inputs, output: outputs, outputGradient: outputGradients, into: &inputGradients)
  }
}

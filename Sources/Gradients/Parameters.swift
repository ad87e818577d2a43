import Numerics

/// What a parameter is for; initialisations treat the kinds differently.
public enum ParameterRole: Hashable, Sendable {
  /// The weight of a linear layer or the kernel of a convolution.
  case weight
  /// A recurrent layer's weight from its input, PyTorch's `weight_ih`.
  case inputToHidden
  /// A recurrent layer's weight from its own last state, PyTorch's `weight_hh`.
  case hiddenToHidden
  /// The bias of a linear layer or a convolution.
  case bias
  /// PyTorch's `bias_ih`.
  case inputBias
  /// PyTorch's `bias_hh`.
  case hiddenBias

  /// Whether this is one of the biases.
  public var isBias: Bool { self == .bias || self == .inputBias || self == .hiddenBias }
}

/// The name, shape and default distribution of one parameter, known before any memory is taken for it.
public struct ParameterDescription: Hashable, Sendable {
  /// PyTorch's name, `fc1.weight`.
  public let name: String
  /// PyTorch's shape.
  public let shape: [Int]
  /// What it is for.
  public let role: ParameterRole
  /// PyTorch draws the default initial values uniformly between minus and plus this.
  public let bound: Double

  /// The number of values one output unit depends on: the product of all sizes but the first.
  public var fanIn: Int { shape.dropFirst().reduce(1, *) }
  /// The number of output units times the area of a kernel, as `torch.nn.init` counts it.
  public var fanOut: Int { shape[0] * shape.dropFirst(2).reduce(1, *) }
  /// Rows and columns under which the values are stored: one row for an output unit, one row for a whole bias.
  var matrixSize: (rows: Int, columns: Int) { shape.count == 1 ? (1, shape[0]) : (shape[0], fanIn) }
}

/// The named tensors of a network with their gradients: the `named_parameters()` of an `nn.Module`, in its order.
public struct Parameters: Sendable {
  /// Names, shapes and roles.
  public let descriptions: [ParameterDescription]
  /// The values, each with one row for an output unit (a bias is one row).
  public var values: [Matrix]
  /// The gradients, in the shapes of the values.
  public var gradients: [Matrix]

  /// Zeros in the described shapes.
  public init(_ descriptions: [ParameterDescription]) {
    self.descriptions = descriptions
    values = descriptions.map { Matrix(rows: $0.matrixSize.rows, columns: $0.matrixSize.columns) }
    gradients = values
  }

  /// The number of parameters (tensors, not elements).
  public var count: Int { descriptions.count }
  /// The index of the parameter of this name, `nil` where there is none.
  public func index(of name: String) -> Int? { descriptions.firstIndex { $0.name == name } }

  /// Sets every gradient to zero, as `optimizer.zero_grad(set_to_none=False)` does.
  public mutating func zeroGradients() {
    for index in gradients.indices { gradients[index].fill(0) }
  }
}

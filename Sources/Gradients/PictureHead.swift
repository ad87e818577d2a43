import Numerics

/// What makes one row of numbers of a picture's channels, for the linear layer behind the convolutions.
public enum PictureHeadKind: String, CaseIterable, Hashable, Sendable {
  /// The mean of each channel, `x.mean((2, 3))`.
  case mean
  /// All pixels of all channels, `x.flatten(1)`.
  case flatten

  /// How many numbers it makes of so many channels and pixels, at most `Int.max`.
  func width(channels: Int, pixels: Int) -> Int {
    switch self {
    case .mean: channels
    case .flatten: channels.multipliedReportingOverflow(by: pixels).overflow ? Int.max : channels * pixels
    }
  }
}

/// B pictures of C × P become one matrix of B rows.
public struct PictureHead: Layer {
  let kind: PictureHeadKind
  /// One matrix of B × C or B × C·P.
  public private(set) var outputs: [Matrix] = []
  /// C × P for each picture.
  public private(set) var inputGradients: [Matrix] = []

  /// A layer without parameters.
  public init(_ kind: PictureHeadKind) { self.kind = kind }

  /// A row for each picture: the means of its channels, or its elements as they stand.
  public mutating func forward(_ inputs: [Matrix], _ values: [Matrix]) {
    let (channels, pixels) = (inputs[0].rows, inputs[0].columns)
    let width = kind.width(channels: channels, pixels: pixels)
    outputs.shape(count: 1, rows: inputs.count, columns: width)
    for index in inputs.indices {
      for place in 0..<width {
        outputs[0].elements[index * width + place] =
          kind == .flatten ? inputs[index].elements[place] : inputs[index].mean(ofRow: place)
      }
    }
  }

  /// Each pixel gets its channel's dy / P, or its own dy.
  public mutating func backward(
    _ inputs: [Matrix], _ outputGradients: [Matrix], _ values: [Matrix], _ gradients: inout [Matrix]
  ) {
    inputGradients.shape(like: inputs)
    let (width, pixels) = (outputGradients[0].columns, inputs[0].columns)
    for index in inputs.indices {
      for place in 0..<inputs[index].count {
        let source = index * width + (kind == .flatten ? place : place / pixels)
        let gradient = outputGradients[0].elements[source]
        inputGradients[index].elements[place] = kind == .flatten ? gradient : gradient / Float(pixels)
      }
    }
  }
}

extension Matrix {
  /// Added up in double precision, rounded, then divided.
  fileprivate func mean(ofRow row: Int) -> Float {
    let sum = elements[(row * columns)..<((row + 1) * columns)].reduce(0.0) { $0 + Double($1) }
    return Float(sum) / Float(columns)
  }
}

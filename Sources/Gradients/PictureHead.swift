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

/// B pictures, C × S·(S+2)·B with their frames, become one matrix of B rows. P = S² pixels.
public struct PictureHead: Layer {
  let kind: PictureHeadKind
  let side: Int
  /// B × C or B × C·P.
  public private(set) var outputs = Matrix(rows: 0, columns: 0)
  /// C × S·(S+2)·B.
  public private(set) var inputGradients = Matrix(rows: 0, columns: 0)
  // C × P·B without frames, the same numbers as C·P × B, and C × B.
  private var pixels = Matrix(rows: 0, columns: 0)
  private var transposed = Matrix(rows: 0, columns: 0)

  /// A layer without parameters for pictures of this side.
  public init(_ kind: PictureHeadKind, side: Int) {
    self.kind = kind
    self.side = side
  }

  /// A row for each picture: the means of its channels, or its pixels, channel after channel.
  public mutating func forward(_ inputs: Matrix, _ values: [Matrix]) {
    let (channels, batch) = (inputs.rows, inputs.columns / Matrix.framedPixels(side: side))
    pixels.shape(rows: channels, columns: side * side * batch)
    pixels.setUnframed(inputs, side: side)
    switch kind {
    case .mean:
      transposed.shape(rows: channels, columns: batch)
      transposed.setPixelSums(of: pixels)
      transposed.scale(by: 1 / Float(side * side))
      outputs.shape(rows: batch, columns: channels)
      outputs.setTranspose(of: transposed)
    case .flatten:
      pixels.shape(rows: channels * side * side, columns: batch)
      outputs.shape(rows: batch, columns: pixels.rows)
      outputs.setTranspose(of: pixels)
    }
  }

  /// Each pixel gets its channel's dy / P, or its own dy.
  public mutating func backward(
    _ inputs: Matrix, outputGradients: Matrix, _ values: [Matrix], _ gradients: inout [Matrix]
  ) {
    switch kind {
    case .mean:
      transposed.setTranspose(of: outputGradients)
      transposed.scale(by: 1 / Float(side * side))
      pixels.setPixels(to: transposed)
    case .flatten:
      pixels.setTranspose(of: outputGradients)
      pixels.shape(rows: inputs.rows, columns: side * side * outputGradients.rows)
    }
    inputGradients.shape(like: inputs)
    inputGradients.setFramed(pixels, side: side)
  }
}

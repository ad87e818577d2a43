import Numerics

/// `torch.nn.Conv2d(…, 3, padding=1)`: y = W ∗ x + b, a product with the patches of the picture (im2col).
///
/// Axes: C channels of the input, O of the output, S the side of the square picture, P = S² pixels, K = 9 C. A picture
/// is C × P; W is O × K, its columns in the order of PyTorch's O × C × 3 × 3; b is 1 × O. Patches are K × P: row (c, v, h)
/// is channel c moved by v - 1 rows and h - 1 columns, zero where that leaves the picture.
public struct Convolution: Layer {
  let weight: Int
  let bias: Int
  let side: Int
  let needsInputGradient: Bool
  /// O × P for each picture.
  public private(set) var outputs: [Matrix] = []
  /// C × P for each picture.
  public private(set) var inputGradients: [Matrix] = []
  // Of one picture at a time: K × P, made again in the backward, because those of all pictures take nine times the
  // memory of the pictures. The other way round, P × K and P × O, because sums run along the rows of a second factor.
  private var patches: Matrix
  private var packedPatches: Matrix
  private var packedGradient: Matrix
  // 1 × P, which with a bias as the other factor puts it at every pixel.
  private let ones: Matrix

  /// A layer whose weight and bias stand at these places of the parameters.
  /// - Parameter needsInputGradient: false for the first layer of a network, which saves a product.
  public init(weight: Int, bias: Int, inputs: Int, outputs: Int, side: Int, needsInputGradient: Bool) {
    self.weight = weight
    self.bias = bias
    self.side = side
    self.needsInputGradient = needsInputGradient
    patches = Matrix(rows: 9 * inputs, columns: side * side)
    packedPatches = Matrix(rows: side * side, columns: 9 * inputs)
    packedGradient = Matrix(rows: side * side, columns: outputs)
    ones = Matrix(rows: 1, columns: side * side, repeating: 1)
  }

  /// y = W · patches + b.
  public mutating func forward(_ inputs: [Matrix], _ values: [Matrix]) {
    outputs.shape(count: inputs.count, rows: values[weight].rows, columns: patches.columns)
    for index in inputs.indices {
      patches.setPatches(of: inputs[index], side: side)
      outputs[index].setProduct(transposing: values[bias], ones)
      outputs[index].setProduct(values[weight], patches, accumulating: true)
    }
  }

  /// dW += dy · patchesᵀ, db += the sums of dy over the pixels, dx = Wᵀ · dy put back from patches.
  public mutating func backward(
    _ inputs: [Matrix], _ outputGradients: [Matrix], _ values: [Matrix], _ gradients: inout [Matrix]
  ) {
    if needsInputGradient { inputGradients.shape(like: inputs) }
    for index in inputs.indices {
      patches.setPatches(of: inputs[index], side: side)
      packedPatches.setTranspose(of: patches)
      gradients[weight].setProduct(outputGradients[index], packedPatches, accumulating: true)
      packedGradient.setTranspose(of: outputGradients[index])
      gradients[bias].addColumnSums(of: packedGradient)
      if needsInputGradient {
        patches.setProduct(transposing: values[weight], outputGradients[index])
        inputGradients[index].setSum(ofPatches: patches, side: side)
      }
    }
  }
}

extension Matrix {
  /// self[9C × P] = the 3 × 3 neighbourhood of each pixel of picture[C × P].
  fileprivate mutating func setPatches(of picture: Matrix, side: Int) {
    fill(0)
    let rows = rows
    elements.withUnsafeMutableBufferPointer { patches in
      picture.elements.withUnsafeBufferPointer { picture in
        guard let patches = patches.baseAddress, let picture = picture.baseAddress else { return }
        Self.forEachPatchRow(rows: rows, side: side) { patch, pixel, count in
          (patches + patch).update(from: picture + pixel, count: count)
        }
      }
    }
  }

  /// self[C × P] = what each pixel gets from the neighbourhoods that it is part of, patches being 9C × P.
  fileprivate mutating func setSum(ofPatches patches: Matrix, side: Int) {
    fill(0)
    elements.withUnsafeMutableBufferPointer { picture in
      patches.elements.withUnsafeBufferPointer { gradient in
        guard let picture = picture.baseAddress, let gradient = gradient.baseAddress else { return }
        Self.forEachPatchRow(rows: patches.rows, side: side) { patch, pixel, count in
          for place in 0..<count { picture[pixel + place] += gradient[patch + place] }
        }
      }
    }
  }

  /// Calls the body with each run of pixels that stand side by side in patches of so many rows, 9C × P, and in the
  /// picture, C × P: the first place in either, and their number.
  private static func forEachPatchRow(rows: Int, side: Int, _ body: (_ patch: Int, _ pixel: Int, _ count: Int) -> Void)
  {
    let pixels = side * side
    for row in 0..<rows {
      let (channel, down, right) = (row / 9, row / 3 % 3 - 1, row % 3 - 1)
      for line in max(0, -down)..<min(side, side - down) {
        let first = max(0, -right)
        let patch = row * pixels + line * side + first
        let pixel = channel * pixels + (line + down) * side + first + right
        body(patch, pixel, side - abs(right))
      }
    }
  }
}

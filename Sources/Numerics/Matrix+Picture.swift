import CKernels

/// What becomes of a convolution's result before it is written for good; in frames, zeros remain.
public enum ConvolutionFinish: Sendable {
  /// f of each pixel.
  case function(PixelFunction)
  /// Each pixel times f′ at the same index, told from outputs of f.
  case slope(PixelFunction, outputs: Matrix)
}

/// The functions whose slope can be told from their output.
public enum PixelFunction: Sendable {
  /// `torch.tanh`.
  case tanh
  /// `torch.sigmoid`.
  case sigmoid
  /// `torch.relu`.
  case relu

  fileprivate var kernel: ck_function {
    switch self {
    case .tanh: CK_TANH
    case .sigmoid: CK_SIGMOID
    case .relu: CK_RELU
    }
  }

  fileprivate var gradientKernel: ck_gradient {
    switch self {
    case .tanh: CK_TANH_GRADIENT
    case .sigmoid: CK_SIGMOID_GRADIENT
    case .relu: CK_RELU_GRADIENT
    }
  }
}

// 3 × 3 convolutions with padding 1, and pooling. Axes: B pictures, C channels, O channels of the output, S the side of
// the square pictures, P = S² pixels.
//
// Pictures are C × S·(S+2)·B: a row for each channel, in it the pixels line by line with a pixel of zeros before and
// behind each, and for each pixel its value in each of the B pictures. Operations that write pictures leave these frames
// as they are. Weights are O × 9C.
extension Matrix {
  /// The numbers that a framed picture's channel takes for one picture.
  public static func framedPixels(side: Int) -> Int { side * (side + 2) }

  /// self = pictures[C × P·B] with frames of zeros.
  public mutating func setFramed(_ pictures: Matrix, side: Int) {
    let batch = pictures.columns / (side * side)
    requireShape(pictures.rows, Self.framedPixels(side: side) * batch)
    kernels.frame(rows, side, batch, pictures.elements, &elements)
  }

  /// self[C × P·B] = pictures without their frames.
  public mutating func setUnframed(_ pictures: Matrix, side: Int) {
    let batch = pictures.columns / Self.framedPixels(side: side)
    requireShape(pictures.rows, side * side * batch)
    kernels.unframe(rows, side, batch, pictures.elements, &elements)
  }

  /// self, O channels, = the convolution of pictures of C channels with weight[O × 9C], plus bias[1 × O].
  /// - Parameters:
  ///   - offsets: scratch of at least 9C numbers.
  ///   - finish: what becomes of the result; it costs less here than in a pass of its own.
  public mutating func setConvolution(
    _ pictures: Matrix, weight: Matrix, bias: Matrix?, side: Int, offsets: inout [UInt32],
    finish: ConvolutionFinish? = nil
  ) {
    let batch = pictures.columns / Self.framedPixels(side: side)
    requireShape(weight.rows, pictures.columns)
    precondition(weight.columns == 9 * pictures.rows && offsets.count >= weight.columns)
    bias?.requireShape(1, rows)
    let (channels, outputs) = (pictures.rows, rows)
    func convolve(_ bias: UnsafePointer<Float>?, _ finish: UnsafePointer<ck_finish>?) {
      kernels.convolve(
        outputs, channels, side, batch, weight.elements, bias, pictures.elements, &offsets, finish, &elements)
    }
    func convolve(_ finish: UnsafePointer<ck_finish>?) {
      if let bias {
        bias.elements.withUnsafeBufferPointer { convolve($0.baseAddress, finish) }
      } else {
        convolve(nil, finish)
      }
    }
    switch finish {
    case nil: convolve(nil)
    case .function(let function):
      var options = ck_finish(function: function.kernel, gradient: function.gradientKernel, state: nil)
      convolve(&options)
    case .slope(let function, let state):
      requireShape(of: state)
      state.elements.withUnsafeBufferPointer {
        var options = ck_finish(function: function.kernel, gradient: function.gradientKernel, state: $0.baseAddress)
        convolve(&options)
      }
    }
  }

  /// self[C × 9O] = weight[O × 9C] for the way back, each kernel rotated by 180°.
  public mutating func setRotated(_ weight: Matrix) {
    requireShape(weight.columns / 9, 9 * weight.rows)
    kernels.rotate_weights(weight.rows, rows, weight.elements, &elements)
  }

  /// self[O × 9C] += the gradient by the weight of a convolution of pictures, from that by its output.
  /// - Parameter scratch: at least 8 · 9C · 16 numbers.
  public mutating func addWeightGradient(_ pictures: Matrix, outputGradient: Matrix, side: Int, scratch: inout Matrix) {
    let batch = pictures.columns / Self.framedPixels(side: side)
    requireShape(outputGradient.rows, 9 * pictures.rows)
    outputGradient.requireShape(rows, pictures.columns)
    precondition(scratch.count >= 1152 * pictures.rows)
    kernels.convolution_weight_gradient(
      rows, pictures.rows, side, batch, pictures.elements, outputGradient.elements, &scratch.elements, &elements)
  }

  /// self[1 × O] += the sum of each row of other[O × N].
  public mutating func addRowSums(of other: Matrix) {
    requireShape(1, other.rows)
    elements.withUnsafeMutableBufferPointer { out in
      other.elements.withUnsafeBufferPointer { rows in
        guard let start = rows.baseAddress else { return }
        for row in 0..<other.rows { out[row] += Float(kernels.sum(other.columns, start + row * other.columns)) }
      }
    }
  }

  /// self, of side ⌊S/2⌋, = the means of 2 × 2 pixels; an odd last line or column is left out.
  public mutating func setPooled(_ pictures: Matrix, side: Int) {
    let batch = pictures.columns / Self.framedPixels(side: side)
    requireShape(pictures.rows, Self.framedPixels(side: side / 2) * batch)
    kernels.pool(rows, side, batch, pictures.elements, &elements)
  }

  /// self, of side S, = a quarter of the pooled pixel's gradient for each of its four.
  public mutating func setPooledGradient(_ gradient: Matrix, side: Int) {
    let batch = columns / Self.framedPixels(side: side)
    gradient.requireShape(rows, Self.framedPixels(side: side / 2) * batch)
    kernels.spread(rows, side, batch, gradient.elements, &elements)
  }

  /// self[C × B] = the sum of the pixels of each channel of pictures[C × P·B], in order.
  public mutating func setPixelSums(of pictures: Matrix) {
    requireShape(pictures.rows, columns)
    fill(0)
    let (channels, batch, pixels) = (rows, columns, pictures.columns / columns)
    elements.withUnsafeMutableBufferPointer { sums in
      pictures.elements.withUnsafeBufferPointer { pictures in
        guard let sums = sums.baseAddress, let pictures = pictures.baseAddress else { return }
        for channel in 0..<channels {
          kernels.add_rows(pixels, batch, pictures + channel * pixels * batch, sums + channel * batch)
        }
      }
    }
  }

  /// self[C × P·B] = values[C × B] at each pixel.
  public mutating func setPixels(to values: Matrix) {
    requireShape(values.rows, columns)
    let (channels, batch, pixels) = (rows, values.columns, columns / values.columns)
    elements.withUnsafeMutableBufferPointer { pictures in
      values.elements.withUnsafeBufferPointer { values in
        guard let pictures = pictures.baseAddress, let values = values.baseAddress else { return }
        for channel in 0..<channels {
          kernels.repeat_row(pixels, batch, values + channel * batch, pictures + channel * pixels * batch)
        }
      }
    }
  }
}

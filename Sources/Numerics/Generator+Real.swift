import CKernels

// Real numbers as `torch.rand`, `Tensor.uniform_`, `torch.randn` and `Tensor.normal_` draw them in float32.
extension Generator {
  /// `tensor.uniform_(low, high)`, row by row: the bounds and their difference in float32, one fused multiply-add.
  public mutating func fillUniform(_ matrix: inout Matrix, from low: Double, to high: Double) {
    let (low, high) = (Float(low), Float(high))
    matrix.elements.withUnsafeMutableBufferPointer { fillUniform($0) }
    matrix.scale(by: high - low, adding: low)
  }

  /// Values from 0 up to, not including 1, row by row: `torch.rand(rows, columns)`. Each is 24 random bits.
  public mutating func fillUniform(_ matrix: inout Matrix) {
    matrix.elements.withUnsafeMutableBufferPointer { fillUniform($0) }
  }

  /// `torch.randn(count) * deviation + mean`, as `normal_` draws it.
  ///
  /// Fewer than 16 values come one by one from float64, and the second of a pair is kept for the next such call; 16 and
  /// more come in float32 from blocks of 16 uniform values, and what is no multiple of 16 draws the last 16 again.
  public mutating func normal(count: Int, mean: Double = 0, standardDeviation: Double = 1) -> [Float] {
    var matrix = Matrix(rows: 1, columns: count)
    fillNormal(&matrix, mean: mean, standardDeviation: standardDeviation)
    return matrix.elements
  }

  /// `tensor.normal_(mean, deviation)`, row by row; see ``normal(count:mean:standardDeviation:)``.
  public mutating func fillNormal(_ matrix: inout Matrix, mean: Double, standardDeviation deviation: Double) {
    let count = matrix.count
    guard count >= 16 else {
      for index in 0..<count { matrix.elements[index] = Float(singleNormal(mean: mean, deviation: deviation)) }
      return
    }
    matrix.elements.withUnsafeMutableBufferPointer { values in
      fillUniform(values)
      kernels.normal(count / 16 * 16, Float(mean), Float(deviation), values.baseAddress)
      if count % 16 != 0 {
        let last = UnsafeMutableBufferPointer(rebasing: values[(count - 16)...])
        fillUniform(last)
        kernels.normal(16, Float(mean), Float(deviation), last.baseAddress)
      }
    }
  }

  /// One normal draw in float64 (Box, Muller 1958); of each pair the cosine comes first.
  private mutating func singleNormal(mean: Double, deviation: Double) -> Double {
    if let kept = keptNormal {
      keptNormal = nil
      return ck_fma_double(kept, deviation, mean)
    }
    let angle = 2 * Double.pi * uniformDouble()
    let radius = Elementary.sqrt(-2 * Elementary.log1p(-uniformDouble()))
    keptNormal = radius * Elementary.sin(angle)
    return ck_fma_double(radius * Elementary.cos(angle), deviation, mean)
  }

  private mutating func uniformDouble() -> Double {
    Double(next64() & (1 << 53 - 1)) * 0x1p-53
  }

  private mutating func fillUniform(_ values: UnsafeMutableBufferPointer<Float>) {
    guard let start = values.baseAddress else { return }
    draw(values.count) { (start + $0).initialize(to: Float($1 & 0xff_ffff) * 0x1p-24) }
  }
}

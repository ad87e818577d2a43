import CKernels

// One number from all elements. Sums are in float64 over fixed lanes, rounded to float32 once at the end.
extension Matrix {
  /// The sum of all elements.
  public func sum() -> Float {
    elements.withUnsafeBufferPointer { Float(kernels.sum($0.count, $0.baseAddress)) }
  }

  /// The norm of all elements as one vector; see ``Norm``.
  public func norm(_ p: Float) -> Float {
    elements.withUnsafeBufferPointer { Norm.of($0, order: p) }
  }

  /// self *= factor, and the norm of the result: for the order 2 in one pass over memory.
  public mutating func scaleAndMeasure(by factor: Float, order p: Float) -> Float {
    guard p == 2, count > 1 else {
      scale(by: factor)
      return norm(p)
    }
    return elements.withUnsafeMutableBufferPointer {
      Norm.root(ofSquares: kernels.scale_and_sum_squares($0.count, factor, $0.baseAddress))
    }
  }

  /// How many elements have a magnitude above the bound. NaN is not above anything.
  public func countMagnitudes(above bound: Float) -> Int {
    elements.withUnsafeBufferPointer { kernels.count_magnitudes_above($0.count, $0.baseAddress, bound) }
  }

  /// The same in some columns only.
  public func countMagnitudes(above bound: Float, inColumns range: Range<Int>) -> Int {
    precondition(range.upperBound <= columns, "there are no columns \(range) of \(columns)")
    return elements.withUnsafeBufferPointer { elements in
      guard let start = elements.baseAddress else { return 0 }
      return (0..<rows).reduce(0) { count, row in
        count + kernels.count_magnitudes_above(range.count, start + row * columns + range.lowerBound, bound)
      }
    }
  }

  /// How many elements are 0 or -0.
  public func countZeros() -> Int {
    elements.withUnsafeBufferPointer { kernels.count_zeros($0.count, $0.baseAddress) }
  }

  /// How many elements are infinite or NaN.
  public func countNonfinite() -> Int {
    elements.withUnsafeBufferPointer { kernels.count_nonfinite($0.count, $0.baseAddress) }
  }
}

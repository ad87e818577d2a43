import CKernels

// One number from all elements. Sums are in float64 over 16 fixed lanes, rounded to float32 once at the end.
extension Matrix {
  /// The sum of all elements.
  public func sum() -> Float {
    elements.withUnsafeBufferPointer { Float(kernels.sum($0.count, $0.baseAddress)) }
  }

  /// The norm of all elements as one vector; see ``Norm``.
  public func norm(_ p: Float) -> Float {
    elements.withUnsafeBufferPointer { Norm.of($0, order: p) }
  }

  /// How many elements have a magnitude above the bound. NaN is not above anything.
  public func countMagnitudes(above bound: Float) -> Int {
    elements.withUnsafeBufferPointer { kernels.count_magnitudes_above($0.count, $0.baseAddress, bound) }
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

import CKernels

// What a rule needs that looks at the rows of a weight matrix, one for each output unit.
extension Matrix {
  /// The 2-norm of row `row`; see ``Norm``.
  public func norm(ofRow row: Int) -> Float {
    elements.withUnsafeBufferPointer { elements in
      Norm.of(UnsafeBufferPointer(rebasing: elements[(row * columns)..<((row + 1) * columns)]), order: 2)
    }
  }

  /// Row `row` *= factor.
  public mutating func scaleRow(_ row: Int, by factor: Float) {
    precondition(row >= 0 && row < rows, "scaleRow: there is no row \(row)")
    let width = columns
    elements.withUnsafeMutableBufferPointer { elements in
      guard let start = elements.baseAddress else { return }
      kernels.scale(width, factor, start + row * width)
    }
  }
}

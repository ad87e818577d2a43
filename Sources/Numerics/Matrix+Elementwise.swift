import CKernels

// Element by element; all shapes must be the same. An operand may not be `self`, which Swift's exclusive access enforces.
extension Matrix {
  /// self = value, everywhere.
  public mutating func fill(_ value: Float) {
    guard value.bitPattern == 0 else {
      return elements.withUnsafeMutableBufferPointer { $0.update(repeating: value) }
    }
    // Gradients are set to zero at every step; bytes are, several times as fast.
    elements.withUnsafeMutableBytes { bytes in
      _ = bytes.baseAddress?.initializeMemory(as: UInt8.self, repeating: 0, count: bytes.count)
    }
  }

  /// self = other, without allocating.
  public mutating func copy(from other: Matrix) {
    combine(with: other) { n, a, out in if n > 0 { out?.update(from: a!, count: n) } }
  }

  /// The elements become these, row by row, without allocating; there must be as many.
  public mutating func copy(elements source: ArraySlice<Float>) {
    precondition(source.count == count, "\(source.count) elements do not fill \(rows)×\(columns)")
    elements.withUnsafeMutableBufferPointer { _ = $0.update(fromContentsOf: source) }
  }

  /// self += other.
  public mutating func add(_ other: Matrix) {
    combine(with: other) { kernels.add($0, $1, $2) }
  }

  /// self *= factor.
  public mutating func scale(by factor: Float) {
    elements.withUnsafeMutableBufferPointer { kernels.scale($0.count, factor, $0.baseAddress) }
  }

  /// self = self · factor + offset, rounded once.
  public mutating func scale(by factor: Float, adding offset: Float) {
    elements.withUnsafeMutableBufferPointer { kernels.affine($0.count, factor, offset, $0.baseAddress) }
  }

  /// self = slope · (a - target).
  /// - Returns: the sum of the squared differences, each rounded to float32.
  public mutating func setSquaredErrorGradient(of a: Matrix, target: Matrix, slope: Float) -> Float {
    var sum = 0.0
    combine(with: a, target) { sum = kernels.squared_error($0, $1, $2, slope, $3) }
    return Float(sum)
  }

  mutating func combine(
    with other: Matrix, _ operation: StaticString = #function,
    _ body: (Int, UnsafePointer<Float>?, UnsafeMutablePointer<Float>?) -> Void
  ) {
    requireShape(of: other, operation)
    elements.withUnsafeMutableBufferPointer { out in
      other.elements.withUnsafeBufferPointer { body(out.count, $0.baseAddress, out.baseAddress) }
    }
  }

  mutating func combine(
    with a: Matrix, _ b: Matrix, _ operation: StaticString = #function,
    _ body: (Int, UnsafePointer<Float>?, UnsafePointer<Float>?, UnsafeMutablePointer<Float>?) -> Void
  ) {
    requireShape(of: a, operation)
    requireShape(of: b, operation)
    elements.withUnsafeMutableBufferPointer { out in
      a.elements.withUnsafeBufferPointer { a in
        b.elements.withUnsafeBufferPointer { body(out.count, a.baseAddress, $0.baseAddress, out.baseAddress) }
      }
    }
  }
}

import CKernels

// M, N: rows and columns of the result; K: the dimension summed over.
extension Matrix {
  /// self[M×N] = a[M×K] · b[K×N], or += with `accumulating`.
  ///
  /// Each element takes in its K products by fused multiply-add in order, starting from 0, or from its own value.
  public mutating func setProduct(_ a: Matrix, _ b: Matrix, accumulating: Bool = false) {
    precondition(a.columns == b.rows, "\(a.rows)×\(a.columns) times \(b.rows)×\(b.columns)")
    requireShape(a.rows, b.columns)
    multiply(a, rowStride: a.columns, kStride: 1, b, accumulating)
  }

  /// self[M×N] = aᵀ · b with a[K×M] and b[K×N], or += with `accumulating`; in the order of ``setProduct(_:_:accumulating:)``.
  public mutating func setProduct(transposing a: Matrix, _ b: Matrix, accumulating: Bool = false) {
    precondition(a.rows == b.rows, "(\(a.rows)×\(a.columns))ᵀ times \(b.rows)×\(b.columns)")
    requireShape(a.columns, b.columns)
    multiply(a, rowStride: 1, kStride: a.columns, b, accumulating)
  }

  private mutating func multiply(_ a: Matrix, rowStride: Int, kStride: Int, _ b: Matrix, _ accumulating: Bool) {
    let (m, n) = (rows, columns)
    elements.withUnsafeMutableBufferPointer { c in
      a.elements.withUnsafeBufferPointer { a in
        b.elements.withUnsafeBufferPointer { right in
          kernels.product(
            m, n, b.rows, a.baseAddress, rowStride, kStride, right.baseAddress, c.baseAddress, accumulating)
        }
      }
    }
  }

  /// self[N×M] = source[M×N]ᵀ, for instance to keep a weight matrix in the order a product reads it.
  public mutating func setTranspose(of source: Matrix) {
    requireShape(source.columns, source.rows)
    elements.withUnsafeMutableBufferPointer { out in
      source.elements.withUnsafeBufferPointer {
        kernels.transpose(source.rows, source.columns, $0.baseAddress, out.baseAddress)
      }
    }
  }
}

import CKernels

// M, N: rows and columns of the result; K: the dimension summed over. Each element takes in its K products by fused
// multiply-add in order, starting from 0, from its own value with `accumulating`, or from a bias[1×N].
extension Matrix {
  /// self[M×N] = a[M×K] · b[K×N], or +=.
  public mutating func setProduct(_ a: Matrix, _ b: Matrix, accumulating: Bool = false) {
    precondition(a.columns == b.rows, "\(a.rows)×\(a.columns) times \(b.rows)×\(b.columns)")
    requireShape(a.rows, b.columns)
    multiply(a, 0..<a.rows, b.elements, accumulating ? .itself : .zeros)
  }

  /// self[M×N] = a[M×K] · b[K×N] + bias[1×N] in each row.
  public mutating func setProduct(_ a: Matrix, _ b: PackedMatrix, bias: Matrix) {
    requireShape(a.rows, b.columns)
    setProduct(a, 0..<a.rows, b, bias: bias)
  }

  /// The rows of self from `row` on = some rows of a times b, or +=.
  public mutating func setProduct(
    _ a: Matrix, _ rows: Range<Int>, _ b: PackedMatrix, accumulating: Bool = false, at row: Int = 0
  ) {
    multiply(a, rows, b, accumulating ? .itself : .zeros, row)
  }

  /// The rows of self from `row` on = some rows of a times b, plus bias[1×N] in each.
  public mutating func setProduct(_ a: Matrix, _ rows: Range<Int>, _ b: PackedMatrix, bias: Matrix, at row: Int = 0) {
    bias.requireShape(1, columns)
    multiply(a, rows, b, .bias(bias), row)
  }

  /// self[M×N] = aᵀ · b with a[K×M] and b[K×N], or +=.
  public mutating func setProduct(transposing a: Matrix, _ b: Matrix, accumulating: Bool = false) {
    precondition(a.rows == b.rows, "(\(a.rows)×\(a.columns))ᵀ times \(b.rows)×\(b.columns)")
    setProduct(transposing: a, 0..<a.rows, b, 0..<b.rows, accumulating: accumulating)
  }

  /// self[M×N] = aᵀ · b, or +=, the sum going over some rows of a and as many of b.
  public mutating func setProduct(
    transposing a: Matrix, _ aRows: Range<Int>, _ b: Matrix, _ bRows: Range<Int>, accumulating: Bool = false
  ) {
    requireShape(a.columns, b.columns)
    precondition(
      aRows.count == bRows.count && aRows.upperBound <= a.rows && bRows.upperBound <= b.rows,
      "rows \(aRows) of \(a.rows) with rows \(bRows) of \(b.rows)")
    let width = columns
    elements.withUnsafeMutableBufferPointer { c in
      a.elements.withUnsafeBufferPointer { left in
        b.elements.withUnsafeBufferPointer { right in
          guard let c = c.baseAddress, let left = left.baseAddress, let right = right.baseAddress else { return }
          kernels.product(
            a.columns, width, aRows.count, left + aRows.lowerBound * a.columns, 1, a.columns,
            right + bRows.lowerBound * width, false, accumulating ? UnsafePointer(c) : nil, width, c)
        }
      }
    }
  }

  /// What the sums begin with.
  private enum Start {
    case zeros
    case itself
    case bias(Matrix)
  }

  private mutating func multiply(
    _ a: Matrix, _ rows: Range<Int>, _ b: PackedMatrix, _ start: Start, _ row: Int
  ) {
    precondition(
      a.columns == b.rows && b.columns == columns && rows.upperBound <= a.rows && row + rows.count <= self.rows,
      "rows \(rows) of \(a.rows)×\(a.columns) times \(b.rows)×\(b.columns) at row \(row) of \(self.rows)×\(columns)")
    multiply(a, rows, b.panels, isPacked: true, start, row)
  }

  private mutating func multiply(
    _ a: Matrix, _ rows: Range<Int>, _ right: [Float], isPacked: Bool = false, _ start: Start, _ row: Int = 0
  ) {
    let width = columns
    elements.withUnsafeMutableBufferPointer { out in
      a.elements.withUnsafeBufferPointer { left in
        right.withUnsafeBufferPointer { right in
          guard let out = out.baseAddress, let left = left.baseAddress else { return }
          let c = out + row * width
          func run(_ first: UnsafePointer<Float>?, _ stride: Int) {
            kernels.product(
              rows.count, width, a.columns, left + rows.lowerBound * a.columns, a.columns, 1, right.baseAddress,
              isPacked,
              first, stride, c)
          }
          switch start {
          case .zeros: run(nil, 0)
          case .itself: run(c, width)
          case .bias(let bias): bias.elements.withUnsafeBufferPointer { run($0.baseAddress, 0) }
          }
        }
      }
    }
  }

  /// self[N×M] = source[M×N]ᵀ.
  public mutating func setTranspose(of source: Matrix) {
    requireShape(source.columns, source.rows)
    elements.withUnsafeMutableBufferPointer { out in
      source.elements.withUnsafeBufferPointer {
        kernels.transpose(source.rows, source.columns, $0.baseAddress, out.baseAddress)
      }
    }
  }
}

import CKernels

// Between a matrix and its rows, and the row of its column sums.
extension Matrix {
  /// Every row = row[1×N].
  public mutating func setRows(to row: Matrix) {
    forEachRow(row) { n, row, out in if n > 0 { out.update(from: row, count: n) } }
  }

  /// Every row += row[1×N].
  public mutating func addRows(_ row: Matrix) {
    forEachRow(row) { kernels.add($0, $1, $2) }
  }

  /// self[1×N] += the sum over the rows of other[M×N], the first row first.
  public mutating func addColumnSums(of other: Matrix) {
    requireShape(1, other.columns)
    elements.withUnsafeMutableBufferPointer { out in
      other.elements.withUnsafeBufferPointer { source in
        guard let start = source.baseAddress else { return }
        for row in 0..<other.rows { kernels.add(other.columns, start + row * other.columns, out.baseAddress) }
      }
    }
  }

  /// Row i = row `indices[i]` of the source, which has as many columns.
  public mutating func gatherRows(of source: Matrix, at indices: [Int]) {
    requireShape(indices.count, source.columns)
    let width = columns
    elements.withUnsafeMutableBufferPointer { out in
      source.elements.withUnsafeBufferPointer { source in
        guard let to = out.baseAddress, let from = source.baseAddress else { return }
        for (row, index) in indices.enumerated() {
          precondition(index >= 0 && (index + 1) * width <= source.count, "gatherRows: there is no row \(index)")
          (to + row * width).update(from: from + index * width, count: width)
        }
      }
    }
  }

  private mutating func forEachRow(
    _ row: Matrix, _ operation: StaticString = #function,
    _ body: (Int, UnsafePointer<Float>, UnsafeMutablePointer<Float>) -> Void
  ) {
    row.requireShape(1, columns, operation)
    let (height, width) = (rows, columns)
    elements.withUnsafeMutableBufferPointer { out in
      row.elements.withUnsafeBufferPointer { source in
        guard let to = out.baseAddress, let from = source.baseAddress else { return }
        for index in 0..<height { body(width, from, to + index * width) }
      }
    }
  }
}

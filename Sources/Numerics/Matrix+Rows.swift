import CKernels

// The row of column sums, and rows chosen from another matrix.
extension Matrix {
  /// self[1×N] += the sum over the rows of other[M×N], 16 rows at a time, and of more than 512 so many at a time.
  public mutating func addColumnSums(of other: Matrix) {
    requireShape(1, other.columns)
    kernels.add_rows(other.rows, other.columns, other.elements, &elements)
  }

  /// self[1×N] += the sum over the first rows of other.
  public mutating func addColumnSums(of other: Matrix, rows: Int) {
    requireShape(1, other.columns)
    precondition(rows <= other.rows)
    kernels.add_rows(rows, other.columns, other.elements, &elements)
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
}

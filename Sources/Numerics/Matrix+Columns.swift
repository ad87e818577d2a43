import CKernels

// Between a matrix and a block of columns of a wider one, as the gates of a recurrent layer stand side by side.
extension Matrix {
  /// self = the columns of `source` from `first` on, as many as self has.
  public mutating func setColumns(of source: Matrix, from first: Int) {
    forEachRow(beside: source, from: first) { width, source, out in out.update(from: source, count: width) }
  }

  /// self += the columns of `source` from `first` on, as many as self has.
  public mutating func addColumns(of source: Matrix, from first: Int) {
    forEachRow(beside: source, from: first) { width, source, out in kernels.add(width, source, out) }
  }

  /// The columns from `first` on = those of `source`, which may be narrower.
  public mutating func replaceColumns(from first: Int, with source: Matrix) {
    precondition(
      rows == source.rows && first >= 0 && first + source.columns <= columns,
      "replaceColumns: \(source.rows)×\(source.columns) at column \(first) of \(rows)×\(columns)")
    let (height, width) = (rows, columns)
    elements.withUnsafeMutableBufferPointer { out in
      source.elements.withUnsafeBufferPointer { from in
        guard let to = out.baseAddress, let from = from.baseAddress else { return }
        for row in 0..<height {
          (to + row * width + first).update(from: from + row * source.columns, count: source.columns)
        }
      }
    }
  }

  private mutating func forEachRow(
    beside source: Matrix, from first: Int, _ operation: StaticString = #function,
    _ body: (Int, UnsafePointer<Float>, UnsafeMutablePointer<Float>) -> Void
  ) {
    precondition(
      rows == source.rows && first >= 0 && first + columns <= source.columns,
      "\(operation): \(rows)×\(columns) from column \(first) of \(source.rows)×\(source.columns)")
    let (height, width) = (rows, columns)
    elements.withUnsafeMutableBufferPointer { out in
      source.elements.withUnsafeBufferPointer { from in
        guard let to = out.baseAddress, let from = from.baseAddress else { return }
        for row in 0..<height { body(width, from + row * source.columns + first, to + row * width) }
      }
    }
  }
}

/// A dense matrix of float32, row by row: element (i, j) is `elements[i * columns + j]`.
///
/// The one array type of clipscope. A vector is a matrix with one row. Whole-array operations are in the extensions;
/// they write into `self`, never allocate, and trap when shapes do not fit, because a wrong shape is a programming
/// error. A loop over single elements from another module is several times slower than any of them.
///
/// ```swift
/// var c = Matrix(rows: 2, columns: 2)
/// c.setProduct(Matrix(rows: 2, columns: 1, elements: [1, 2]), Matrix(rows: 1, columns: 2, elements: [3, 4]))
/// c.elements  // [3, 4, 6, 8]
/// ```
public struct Matrix: Equatable, Sendable {
  /// The number of rows.
  public private(set) var rows: Int
  /// The number of columns.
  public private(set) var columns: Int
  /// `rows * columns` values, row by row. Their number must stay what it is.
  public var elements: [Float]

  /// A matrix whose elements all have one value.
  public init(rows: Int, columns: Int, repeating value: Float = 0) {
    precondition(rows >= 0 && columns >= 0, "a matrix cannot have \(rows)×\(columns) elements")
    self.rows = rows
    self.columns = columns
    elements = [Float](repeating: value, count: rows * columns)
  }

  /// A matrix of the given elements, row by row; there must be `rows * columns` of them.
  public init(rows: Int, columns: Int, elements: [Float]) {
    precondition(
      rows >= 0 && columns >= 0 && elements.count == rows * columns,
      "\(elements.count) elements do not fill \(rows)×\(columns)")
    (self.rows, self.columns, self.elements) = (rows, columns, elements)
  }

  /// The number of elements.
  public var count: Int { elements.count }

  /// Makes this a matrix of `rows` × `columns`. Memory is taken, and filled with zeros, only where the number of elements
  /// changes; otherwise they stay as they stand.
  public mutating func shape(rows: Int, columns: Int) {
    if rows * columns != elements.count { elements = [Float](repeating: 0, count: rows * columns) }
    self.rows = rows
    self.columns = columns
  }

  /// Takes the shape of another; see ``shape(rows:columns:)``.
  public mutating func shape(like other: Matrix) { shape(rows: other.rows, columns: other.columns) }

  func requireShape(_ rows: Int, _ columns: Int, _ operation: StaticString = #function) {
    precondition(
      self.rows == rows && self.columns == columns,
      "\(operation): \(self.rows)×\(self.columns) where \(rows)×\(columns) is needed")
  }

  func requireShape(of other: Matrix, _ operation: StaticString = #function) {
    requireShape(other.rows, other.columns, operation)
  }
}

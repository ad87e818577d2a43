import CKernels

/// A matrix in the order in which a product reads its second factor: panels of columns, one after the other.
///
/// For a factor that is used more than once, such as the weights of a recurrent layer at each time step. The results are
/// those of the plain matrix, bit for bit.
public struct PackedMatrix: Sendable {
  /// The number of rows.
  public let rows: Int
  /// The number of columns.
  public let columns: Int
  var panels: [Float]

  /// Zeros.
  public init(rows: Int, columns: Int) {
    self.rows = rows
    self.columns = columns
    let panelCount = (columns + Int(CK_PANEL) - 1) / Int(CK_PANEL)
    panels = [Float](repeating: 0, count: panelCount * Int(CK_PANEL) * rows)
  }

  /// self = source, of the same shape.
  public mutating func pack(_ source: Matrix) {
    source.requireShape(rows, columns)
    copy(source, isTransposed: false)
  }

  /// self = sourceᵀ.
  public mutating func pack(transposing source: Matrix) {
    source.requireShape(columns, rows)
    copy(source, isTransposed: true)
  }

  private mutating func copy(_ source: Matrix, isTransposed: Bool) {
    panels.withUnsafeMutableBufferPointer { panels in
      source.elements.withUnsafeBufferPointer {
        kernels.pack(rows, columns, $0.baseAddress, isTransposed, panels.baseAddress)
      }
    }
  }
}

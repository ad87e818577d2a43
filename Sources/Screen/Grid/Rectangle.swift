/// A part of the screen, in cells.
public struct Rectangle: Hashable, Sendable {
  /// The first column.
  public var column: Int
  /// The first row.
  public var row: Int
  /// Columns.
  public var width: Int
  /// Rows.
  public var height: Int

  /// What is inside a frame drawn along the edges.
  var inside: Rectangle {
    Rectangle(column: column + 1, row: row + 1, width: max(0, width - 2), height: max(0, height - 2))
  }

  /// Cuts off rows at the top.
  mutating func takeTop(_ rows: Int) -> Rectangle {
    let taken = Rectangle(column: column, row: row, width: width, height: min(rows, height))
    row += taken.height
    height -= taken.height
    return taken
  }

  /// Cuts off rows at the foot.
  mutating func takeBottom(_ rows: Int) -> Rectangle {
    let taken = min(rows, height)
    height -= taken
    return Rectangle(column: column, row: row + height, width: width, height: taken)
  }

  /// Cuts off columns at the right.
  mutating func takeRight(_ columns: Int) -> Rectangle {
    let taken = min(columns, width)
    width -= taken
    return Rectangle(column: column + width, row: row, width: taken, height: height)
  }
}

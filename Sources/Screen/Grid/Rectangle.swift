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

  /// Cuts off rows at the top, at most as many as there are.
  /// - Returns: the rows that were cut off.
  mutating func cutTop(_ rows: Int) -> Rectangle {
    let top = Rectangle(column: column, row: row, width: width, height: min(rows, height))
    row += top.height
    height -= top.height
    return top
  }

  /// Cuts off rows at the foot, at most as many as there are.
  /// - Returns: the rows that were cut off.
  mutating func cutBottom(_ rows: Int) -> Rectangle {
    let count = min(rows, height)
    height -= count
    return Rectangle(column: column, row: row + height, width: width, height: count)
  }

  /// Cuts off columns at the right, at most as many as there are.
  /// - Returns: the columns that were cut off.
  mutating func cutRight(_ columns: Int) -> Rectangle {
    let count = min(columns, width)
    width -= count
    return Rectangle(column: column + width, row: row, width: count, height: height)
  }
}

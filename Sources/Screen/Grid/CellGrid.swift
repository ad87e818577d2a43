/// The size of a screen in character cells.
public struct GridSize: Hashable, Sendable {
  /// The number of cells in a row.
  public var columns: Int
  /// The number of rows.
  public var rows: Int

  /// A size of `columns` × `rows` cells; negative numbers count as 0.
  public init(columns: Int, rows: Int) {
    self.columns = max(0, columns)
    self.rows = max(0, rows)
  }
}

/// One character cell: what the terminal shows in one column of one row.
public struct Cell: Hashable, Sendable {
  /// A scalar that is one column wide, or one that is two with `Glyphs.rightHalf` in the cell behind it.
  public var glyph: Unicode.Scalar
  /// How it looks.
  public var style: Style

  /// A cell that shows `glyph` in `style`.
  public init(_ glyph: Unicode.Scalar, _ style: Style = .plain) {
    self.glyph = glyph
    self.style = style
  }

  /// An empty cell on the terminal's own background.
  public static let blank = Cell(" ")
}

/// A rectangle of cells: the whole of what `render` produces, and all that a terminal ever copies.
///
/// Writing outside the grid is clipped, never an error: a panel does not have to know how small the terminal is.
public struct CellGrid: Hashable, Sendable {
  /// How large the grid is.
  public let size: GridSize
  /// The cells, row by row.
  public private(set) var cells: [Cell]

  /// A grid of blank cells.
  public init(size: GridSize) {
    self.size = size
    self.cells = Array(repeating: .blank, count: size.columns * size.rows)
  }

  /// The cell at `column`, `row`, both counted from 0 at the top left. Reading outside gives a blank. A letter of two cells
  /// of which one is written over goes with it.
  public subscript(column: Int, row: Int) -> Cell {
    get { contains(column: column, row: row) ? cells[row * size.columns + column] : .blank }
    set {
      guard contains(column: column, row: row) else { return }
      let index = row * size.columns + column
      if column > 0, cells[index].glyph == Glyphs.rightHalf, newValue.glyph != Glyphs.rightHalf {
        cells[index - 1].glyph = " "
      }
      cells[index] = newValue
      // Half a letter at the edge is none.
      if column == 0, newValue.glyph == Glyphs.rightHalf { cells[index].glyph = " " }
      if column + 1 < size.columns, cells[index + 1].glyph == Glyphs.rightHalf { cells[index + 1].glyph = " " }
    }
  }

  private func contains(column: Int, row: Int) -> Bool {
    column >= 0 && row >= 0 && column < size.columns && row < size.rows
  }

  /// The glyphs of one row, as text.
  public func text(row: Int) -> String {
    var line = String.UnicodeScalarView()
    for column in 0..<size.columns where self[column, row].glyph != Glyphs.rightHalf {
      line.append(self[column, row].glyph)
    }
    return String(line)
  }
}

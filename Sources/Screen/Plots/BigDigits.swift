/// Numbers that are read from the last row of a class room: letters of three by five blocks.
enum BigDigits {
  static let height = 5

  // Five rows of three bits each, from the top.
  private static let shapes: [Unicode.Scalar: [UInt8]] = [
    "0": [7, 5, 5, 5, 7], "1": [2, 6, 2, 2, 7], "2": [7, 1, 7, 4, 7], "3": [7, 1, 3, 1, 7], "4": [5, 5, 7, 1, 1],
    "5": [7, 4, 7, 1, 7], "6": [7, 4, 7, 5, 7], "7": [7, 1, 1, 2, 2], "8": [7, 5, 7, 5, 7], "9": [7, 5, 7, 1, 7],
    "-": [0, 0, 7, 0, 0], "–": [0, 0, 7, 0, 0], "e": [3, 5, 7, 4, 3], "N": [7, 5, 5, 5, 5], "a": [6, 1, 7, 5, 7],
    "n": [0, 0, 7, 5, 5], "i": [2, 0, 2, 2, 2], "f": [3, 4, 6, 4, 4],
  ]

  /// How many blocks wide a text is.
  static func width(of text: String) -> Int {
    text.unicodeScalars.reduce(-1) { $0 + (($1 == ".") ? 2 : 4) }
  }

  /// Draws a text from its upper left corner on, each block so many columns and rows large.
  static func draw(
    _ text: String, column: Int, row: Int, block: (columns: Int, rows: Int), _ style: Style, on grid: inout CellGrid
  ) {
    var left = 0
    for letter in text.unicodeScalars {
      let isPoint = letter == "."
      let rows: [UInt8] = isPoint ? [0, 0, 0, 0, 4] : shapes[letter] ?? [7, 7, 7, 7, 7]
      for (y, bits) in rows.enumerated() {
        for x in 0..<3 where bits & (4 >> UInt8(x)) != 0 {
          for index in 0..<(block.columns * block.rows) {
            grid[
              column + (left + x) * block.columns + index % block.columns,
              row + y * block.rows + index / block.columns] = Cell("█", style)
          }
        }
      }
      left += isPoint ? 2 : 4
    }
  }
}

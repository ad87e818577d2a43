extension CellGrid {
  // The size of a cell and of its letters, in SVG units.
  private static let (cellWidth, cellHeight, fontSize) = (9.03, 19.0, 15.0)

  /// The frame as a picture. Words are text in the reader's monospace font, each at its own column; dots, blocks and
  /// lines are drawn, so that they meet whatever the font is.
  public func svg(_ palette: Palette = Palette()) -> String {
    let (width, height) = (Double(size.columns) * Self.cellWidth, Double(size.rows) * Self.cellHeight)
    var svg = """
      <svg xmlns="http://www.w3.org/2000/svg" width="\(Self.number(width + 16))" height="\(Self.number(height + 16))" \
      viewBox="-8 -8 \(Self.number(width + 16)) \(Self.number(height + 16))" role="img" aria-label="A frame of clipscope">
      <rect x="-8" y="-8" width="100%" height="100%" fill="#\(palette.background.hex)"/>
      <g font-family="'DejaVu Sans Mono', Menlo, Consolas, monospace" font-size="\(Self.number(Self.fontSize))" xml:space="preserve">

      """
    for row in 0..<size.rows {
      var column = 0
      while column < size.columns {
        let style = self[column, row].style
        var end = column + 1
        while end < size.columns, self[end, row].style == style { end += 1 }
        svg += run(row, column..<end, style, palette)
        column = end
      }
    }
    return svg + "</g>\n</svg>\n"
  }

  // A stretch of cells of one style.
  private func run(_ row: Int, _ columns: Range<Int>, _ style: Style, _ palette: Palette) -> String {
    let foreground = "#" + (palette.rgb(style.ink) ?? palette.foreground).hex
    let color = style.reverse ? "#" + palette.background.hex : foreground
    let top = Double(row) * Self.cellHeight
    var svg = ""
    if style.reverse {
      svg += Self.rectangle(
        Double(columns.lowerBound) * Self.cellWidth, top, Double(columns.count) * Self.cellWidth, Self.cellHeight,
        foreground)
    }
    var word = (start: columns.lowerBound, letters: "")
    for column in columns {
      let glyph = self[column, row].glyph
      let shapes = Self.shapes(glyph, Double(column) * Self.cellWidth, top, color)
      guard glyph == " " || shapes != nil else {
        if word.letters.isEmpty { word.start = column }
        word.letters += Self.escaped(glyph)
        continue
      }
      svg += Self.text(word.letters, word.start, top, style, color) + (shapes ?? "")
      word.letters = ""
    }
    return svg + Self.text(word.letters, word.start, top, style, color)
  }

  private static func text(_ letters: String, _ column: Int, _ top: Double, _ style: Style, _ color: String) -> String {
    guard !letters.isEmpty else { return "" }
    let (x, y) = (number(Double(column) * cellWidth), number(top + cellHeight * 0.76))
    let weight = style.bold ? " font-weight=\"bold\"" : ""
    let faint = style.dim ? " opacity=\"0.6\"" : ""
    return "<text x=\"\(x)\" y=\"\(y)\" fill=\"\(color)\"\(weight)\(faint)>\(letters)</text>\n"
  }

  // Glyphs that have to meet their neighbours.
  private static func shapes(_ glyph: Unicode.Scalar, _ x: Double, _ y: Double, _ color: String) -> String? {
    switch glyph.value {
    case 0x2800...0x28FF: dots(glyph.value - 0x2800, x, y, color)
    case 0x2581...0x2588:
      rectangle(
        // A little wider than the cell: a seam would show where two blocks meet.
        x, y + cellHeight * (1 - Double(glyph.value - 0x2580) / 8), cellWidth + 0.25,
        cellHeight * Double(glyph.value - 0x2580) / 8, color)
    case 0x2589...0x258F: rectangle(x, y + 3, cellWidth * Double(0x2590 - glyph.value) / 8, cellHeight - 6, color)
    case 0x2500, 0x2501:
      rectangle(x, y + cellHeight / 2 - (glyph == "━" ? 1 : 0.5), cellWidth, glyph == "━" ? 2 : 1, color)
    case 0x254C:
      rectangle(x + 1, y + cellHeight / 2 - 0.5, 3, 1, color)
        + rectangle(x + 5.5, y + cellHeight / 2 - 0.5, 3, 1, color)
    case 0x2502: rectangle(x + cellWidth / 2 - 0.5, y, 1, cellHeight, color)
    case 0x2524:
      rectangle(x + cellWidth / 2 - 0.5, y, 1, cellHeight, color)
        + rectangle(x, y + cellHeight / 2 - 0.5, cellWidth / 2, 1, color)
    case 0x256D: corner(x, y, 1, 1, color)
    case 0x256E: corner(x, y, -1, 1, color)
    case 0x256F: corner(x, y, -1, -1, color)
    case 0x2570: corner(x, y, 1, -1, color)
    default: nil
    }
  }

  // An arc from the middle of a side edge to the middle of the upper or the lower one.
  private static func corner(_ x: Double, _ y: Double, _ right: Double, _ down: Double, _ color: String) -> String {
    let (middleX, middleY) = (x + cellWidth / 2, y + cellHeight / 2)
    let (edgeX, edgeY) = (middleX + right * cellWidth / 2, middleY + down * cellHeight / 2)
    return "<path d=\"M\(number(edgeX)) \(number(middleY)) Q\(number(middleX)) \(number(middleY)) \(number(middleX)) "
      + "\(number(edgeY))\" fill=\"none\" stroke=\"\(color)\"/>\n"
  }

  private static func dots(_ bits: UInt32, _ x: Double, _ y: Double, _ color: String) -> String {
    // Bit by bit: column and row of the dot.
    let positions: [(column: Int, row: Int)] = [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2), (0, 3), (1, 3)]
    let (width, height) = (number(cellWidth / 2 - 1.5), number(cellHeight / 4 - 1.5))
    let path = positions.enumerated().filter { bits & (1 << UInt32($0.offset)) != 0 }.map { _, position in
      "M\(number(x + Double(position.column) * cellWidth / 2 + 1)) \(number(y + Double(position.row) * cellHeight / 4 + 1))"
        + "h\(width)v\(height)h-\(width)z"
    }
    return path.isEmpty ? "" : "<path d=\"\(path.joined())\" fill=\"\(color)\"/>\n"
  }

  private static func rectangle(_ x: Double, _ y: Double, _ width: Double, _ height: Double, _ color: String) -> String
  {
    "<rect x=\"\(number(x))\" y=\"\(number(y))\" width=\"\(number(width))\" height=\"\(number(height))\" fill=\"\(color)\"/>\n"
  }

  // Two decimals at most: the picture is a text file that people compare.
  private static func number(_ value: Double) -> String {
    let hundredths = Int((value * 100).rounded())
    let (whole, rest) = (abs(hundredths) / 100, abs(hundredths) % 100)
    let digits =
      rest == 0 ? "\(whole)" : rest % 10 == 0 ? "\(whole).\(rest / 10)" : "\(whole).\(rest < 10 ? "0" : "")\(rest)"
    return hundredths < 0 ? "-" + digits : digits
  }

  private static func escaped(_ glyph: Unicode.Scalar) -> String {
    switch glyph {
    case "&": "&amp;"
    case "<": "&lt;"
    case ">": "&gt;"
    default: String(glyph)
    }
  }
}

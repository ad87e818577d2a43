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
        svg += run(row: row, columns: column..<end, style, palette)
        column = end
      }
    }
    return svg + "</g>\n</svg>\n"
  }

  // A stretch of cells of one style.
  private func run(row: Int, columns: Range<Int>, _ style: Style, _ palette: Palette) -> String {
    let foreground = "#" + (palette.rgb(style.ink) ?? palette.foreground).hex
    let color = style.reverse ? "#" + palette.background.hex : foreground
    let top = Double(row) * Self.cellHeight
    var svg = ""
    if style.reverse {
      svg += Self.rectangle(
        x: Double(columns.lowerBound) * Self.cellWidth, y: top, width: Double(columns.count) * Self.cellWidth,
        height: Self.cellHeight, color: foreground)
    }
    var word = (start: columns.lowerBound, letters: "")
    for column in columns {
      let glyph = self[column, row].glyph
      if glyph == Glyphs.rightHalf { continue }
      if self[column + 1, row].glyph == Glyphs.rightHalf {
        svg += Self.text(word.letters, column: word.start, y: top, style, color: color)
        svg += Self.text(Self.escaped(glyph), column: column, y: top, style, color: color, width: 2)
        word.letters = ""
        continue
      }
      let shapes = Self.shapes(of: glyph, x: Double(column) * Self.cellWidth, y: top, color: color)
      guard glyph == " " || shapes != nil else {
        if word.letters.isEmpty { word.start = column }
        word.letters += Self.escaped(glyph)
        continue
      }
      svg += Self.text(word.letters, column: word.start, y: top, style, color: color) + (shapes ?? "")
      word.letters = ""
    }
    return svg + Self.text(word.letters, column: word.start, y: top, style, color: color)
  }

  // - Parameter width: the cells that the letters are made to fill, `nil` where the font does that by itself.
  private static func text(
    _ letters: String, column: Int, y top: Double, _ style: Style, color: String, width: Int? = nil
  ) -> String {
    guard !letters.isEmpty else { return "" }
    let (x, y) = (number(Double(column) * cellWidth), number(top + cellHeight * 0.76))
    let weight = style.bold ? " font-weight=\"bold\"" : ""
    let faint = style.dim ? " opacity=\"0.6\"" : ""
    let length =
      width.map { " textLength=\"\(number(Double($0) * cellWidth))\" lengthAdjust=\"spacingAndGlyphs\"" } ?? ""
    return "<text x=\"\(x)\" y=\"\(y)\" fill=\"\(color)\"\(weight)\(faint)\(length)>\(letters)</text>\n"
  }

  // Glyphs that have to meet their neighbours.
  private static func shapes(of glyph: Unicode.Scalar, x: Double, y: Double, color: String) -> String? {
    switch glyph.value {
    case 0x2800...0x28FF: dots(glyph.value - 0x2800, x: x, y: y, color: color)
    case 0x2581...0x2588:
      rectangle(
        // A little wider than the cell: a seam would show where two blocks meet.
        x: x, y: y + cellHeight * (1 - Double(glyph.value - 0x2580) / 8), width: cellWidth + 0.25,
        height: cellHeight * Double(glyph.value - 0x2580) / 8, color: color)
    case 0x2589...0x258F:
      rectangle(
        x: x, y: y + 3, width: cellWidth * Double(0x2590 - glyph.value) / 8, height: cellHeight - 6, color: color)
    // Scan lines 1, 3, 7 and 9 of a cell's nine; fonts often have none, and 5 is the line in the middle.
    case 0x23BA...0x23BD:
      rectangle(
        x: x, y: y + cellHeight * [0.5, 2.5, 6.5, 8.5][Int(glyph.value - 0x23BA)] / 9 - 0.5, width: cellWidth,
        height: 1,
        color: color)
    case 0x2500, 0x2501:
      rectangle(
        x: x, y: y + cellHeight / 2 - (glyph == "━" ? 1 : 0.5), width: cellWidth, height: glyph == "━" ? 2 : 1,
        color: color)
    case 0x254C:
      rectangle(x: x + 1, y: y + cellHeight / 2 - 0.5, width: 3, height: 1, color: color)
        + rectangle(x: x + 5.5, y: y + cellHeight / 2 - 0.5, width: 3, height: 1, color: color)
    case 0x2502: rectangle(x: x + cellWidth / 2 - 0.5, y: y, width: 1, height: cellHeight, color: color)
    case 0x2514:
      rectangle(x: x + cellWidth / 2 - 0.5, y: y, width: 1, height: cellHeight / 2, color: color)
        + rectangle(x: x + cellWidth / 2, y: y + cellHeight / 2 - 0.5, width: cellWidth / 2, height: 1, color: color)
    case 0x2524:
      rectangle(x: x + cellWidth / 2 - 0.5, y: y, width: 1, height: cellHeight, color: color)
        + rectangle(x: x, y: y + cellHeight / 2 - 0.5, width: cellWidth / 2, height: 1, color: color)
    case 0x256D: corner(x: x, y: y, right: 1, down: 1, color: color)
    case 0x256E: corner(x: x, y: y, right: -1, down: 1, color: color)
    case 0x256F: corner(x: x, y: y, right: -1, down: -1, color: color)
    case 0x2570: corner(x: x, y: y, right: 1, down: -1, color: color)
    default: nil
    }
  }

  // An arc from the middle of a side edge to the middle of the upper or the lower one.
  private static func corner(x: Double, y: Double, right: Double, down: Double, color: String) -> String {
    let (middleX, middleY) = (x + cellWidth / 2, y + cellHeight / 2)
    let (edgeX, edgeY) = (middleX + right * cellWidth / 2, middleY + down * cellHeight / 2)
    return "<path d=\"M\(number(edgeX)) \(number(middleY)) Q\(number(middleX)) \(number(middleY)) \(number(middleX)) "
      + "\(number(edgeY))\" fill=\"none\" stroke=\"\(color)\"/>\n"
  }

  private static func dots(_ bits: UInt32, x: Double, y: Double, color: String) -> String {
    // Bit by bit: column and row of the dot.
    let positions: [(column: Int, row: Int)] = [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2), (0, 3), (1, 3)]
    let (width, height) = (number(cellWidth / 2 - 1.5), number(cellHeight / 4 - 1.5))
    let path = positions.enumerated().filter { bits & (1 << UInt32($0.offset)) != 0 }.map { _, position in
      "M\(number(x + Double(position.column) * cellWidth / 2 + 1)) \(number(y + Double(position.row) * cellHeight / 4 + 1))"
        + "h\(width)v\(height)h-\(width)z"
    }
    return path.isEmpty ? "" : "<path d=\"\(path.joined())\" fill=\"\(color)\"/>\n"
  }

  private static func rectangle(x: Double, y: Double, width: Double, height: Double, color: String) -> String {
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

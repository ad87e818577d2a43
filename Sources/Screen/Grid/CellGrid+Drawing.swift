import Language

extension CellGrid {
  /// Writes text from `column` on, at most `width` cells of it; what is cut off ends in `…`.
  /// - Returns: the number of cells written.
  @discardableResult
  mutating func write(
    _ text: String, column: Int, row: Int, width: Int = .max, _ style: Style = .plain
  ) -> Int {
    var glyphs = Glyphs.columns(of: text)
    if glyphs.count > max(0, width) {
      glyphs = Array(glyphs.prefix(max(0, width)))
      // Half a letter is none.
      if glyphs.count > 1, glyphs[glyphs.count - 1] == Glyphs.rightHalf { glyphs[glyphs.count - 2] = " " }
      if !glyphs.isEmpty { glyphs[glyphs.count - 1] = "…" }
    }
    for (offset, glyph) in glyphs.enumerated() { self[column + offset, row] = Cell(glyph, style) }
    return glyphs.count
  }

  /// Writes text so that it ends before column `end`.
  mutating func write(_ text: String, endingAt end: Int, row: Int, _ style: Style = .plain) {
    write(text, column: end - Glyphs.columns(of: text).count, row: row, style)
  }

  /// Writes pieces of different styles one behind the other, at most `width` cells.
  @discardableResult
  mutating func write(_ pieces: [(String, Style)], column: Int, row: Int, width: Int = .max) -> Int {
    var used = 0
    for (text, style) in pieces {
      used += write(text, column: column + used, row: row, width: width - used, style)
    }
    return used
  }

  /// Draws a frame along the edges of `area`, with a title in its upper edge, a tag behind it where there is room, and a note
  /// at the end of it, which is left out only where not even the title has room beside it, and a note in its lower edge.
  mutating func frame(
    _ area: Rectangle, title: String, tag: (text: String, style: Style)? = nil, note: String = "",
    foot: [(String, Style)] = [], isFront: Bool = false,
    _ edge: Style = Style(.muted)
  ) {
    guard area.width >= 2, area.height >= 2 else { return }
    let (right, bottom) = (area.column + area.width - 1, area.row + area.height - 1)
    for column in area.column...right {
      self[column, area.row] = Cell("─", edge)
      self[column, bottom] = Cell("─", edge)
    }
    for row in area.row...bottom {
      self[area.column, row] = Cell("│", edge)
      self[right, row] = Cell("│", edge)
    }
    self[area.column, area.row] = Cell("╭", edge)
    self[right, area.row] = Cell("╮", edge)
    self[area.column, bottom] = Cell("╰", edge)
    self[right, bottom] = Cell("╯", edge)
    let inside = area.width - 4
    let noteWidth = note.isEmpty ? 0 : Glyphs.columns(of: note).count + 2
    let titleWidth = Glyphs.columns(of: title).count + 2
    let hasNote = noteWidth > 0 && inside - noteWidth >= min(titleWidth, 8)
    write(
      " \(title) ", column: area.column + 2, row: area.row, width: inside - (hasNote ? noteWidth : 0),
      Style(.accent, bold: isFront))
    if let tag, titleWidth + Glyphs.width(of: tag.text) + 1 + (hasNote ? noteWidth : 0) <= inside {
      write(tag.text + " ", column: area.column + 2 + titleWidth, row: area.row, tag.style)
    }
    if hasNote { write(" \(note) ", endingAt: right - 1, row: area.row, Style(.muted)) }
    if !foot.isEmpty {
      write([(" ", edge)] + foot + [(" ", edge)], column: area.column + 2, row: bottom, width: inside)
    }
  }

  /// Blanks an area.
  package mutating func clear(_ area: Rectangle) {
    for row in area.row..<(area.row + area.height) {
      for column in area.column..<(area.column + area.width) { self[column, row] = .blank }
    }
  }
}

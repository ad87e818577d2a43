import Language

extension CellGrid {
  /// Writes text from `column` on, at most `width` cells of it; what is cut off ends in `…`.
  /// - Returns: the number of cells written.
  @discardableResult
  mutating func write(
    _ text: String, column: Int, row: Int, width: Int = .max, _ style: Style = .plain
  ) -> Int {
    let glyphs = Glyphs.columns(of: text)
    let count = min(glyphs.count, max(0, width))
    for offset in 0..<count {
      let isCut = offset == count - 1 && glyphs.count > count
      self[column + offset, row] = Cell(isCut ? "…" : glyphs[offset], style)
    }
    return count
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

  /// Draws a frame along the edges of `area`, with a title and a badge in its upper edge and a note at the end of it.
  mutating func frame(
    _ area: Rectangle, title: String, badge: (text: String, style: Style)? = nil, note: String = "",
    isFront: Bool = false
  ) {
    guard area.width >= 2, area.height >= 2 else { return }
    let style = Style(.muted)
    let (right, bottom) = (area.column + area.width - 1, area.row + area.height - 1)
    for column in area.column...right {
      self[column, area.row] = Cell("─", style)
      self[column, bottom] = Cell("─", style)
    }
    for row in area.row...bottom {
      self[area.column, row] = Cell("│", style)
      self[right, row] = Cell("│", style)
    }
    self[area.column, area.row] = Cell("╭", style)
    self[right, area.row] = Cell("╮", style)
    self[area.column, bottom] = Cell("╰", style)
    self[right, bottom] = Cell("╯", style)
    var used = write(
      " \(title) ", column: area.column + 2, row: area.row, width: area.width - 4, Style(.accent, bold: isFront))
    if let badge, used + badge.text.count + 2 <= area.width - 4 {
      used += write(" \(badge.text) ", column: area.column + 2 + used, row: area.row, badge.style)
    }
    let available = area.width - 6 - used
    if !note.isEmpty, Glyphs.columns(of: note).count + 2 <= available {
      write(" \(note) ", endingAt: right - 1, row: area.row, Style(.muted))
    }
  }

  /// Blanks an area.
  mutating func clear(_ area: Rectangle) {
    for row in area.row..<(area.row + area.height) {
      for column in area.column..<(area.column + area.width) { self[column, row] = .blank }
    }
  }
}

/// Text as glyphs that are one column wide each.
enum Glyphs {
  /// The glyphs of a text: control characters made visible, marks that combine left out, and `▯` for what would take two
  /// columns, so that nothing that a user's file contains can move what stands behind it.
  static func columns(of text: String) -> [Unicode.Scalar] {
    VisibleText.of(text).unicodeScalars.compactMap { scalar in
      if scalar.value < 0x300 { return scalar }
      switch scalar.properties.generalCategory {
      case .nonspacingMark, .enclosingMark, .spacingMark, .format: return nil
      // Nobody knows how wide they are.
      case .unassigned, .privateUse: return "▯"
      default: return isWide(scalar) ? "▯" : scalar
      }
    }
  }

  // East Asian Width W and F of Unicode 15, in whole blocks, the emoji, and the Hangul vowels and finals, which take no
  // column of their own.
  private static func isWide(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x1100...0x11FF, 0x2329, 0x232A, 0x2E80...0x303E, 0x3041...0xA4CF, 0xA960...0xA97F, 0xAC00...0xD7FF,
      0xF900...0xFAFF, 0xFE10...0xFE19, 0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x16FE0...0x18D08,
      0x1AFF0...0x1B2FB, 0x1F000...0x1FAFF, 0x20000...0x3FFFD:
      true
    default: scalar.properties.isEmojiPresentation
    }
  }
}

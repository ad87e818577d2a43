extension CellGrid {
  /// The frame as plain text: a line for each row, blanks at the ends left out.
  public var plainText: String {
    (0..<size.rows).map { row in
      String(text(row: row).reversed().drop { $0 == " " }.reversed())
    }.joined(separator: "\n") + "\n"
  }

  /// The frame for a terminal: text with the escape sequences (SGR) for its styles.
  public func ansiText(_ palette: Palette) -> String {
    var text = ""
    for row in 0..<size.rows {
      var current = Style.plain
      for column in 0..<size.columns {
        let cell = self[column, row]
        if cell.glyph == Glyphs.rightHalf { continue }
        if cell.style != current {
          text += "\u{1B}[0m" + Self.sequence(cell.style, palette)
          current = cell.style
        }
        text.unicodeScalars.append(cell.glyph)
      }
      text += current == .plain ? "\n" : "\u{1B}[0m\n"
    }
    return text
  }

  private static func sequence(_ style: Style, _ palette: Palette) -> String {
    var codes: [String] = []
    if style.bold { codes.append("1") }
    if style.dim { codes.append("2") }
    if style.reverse { codes.append("7") }
    if palette.depth == .truecolor, let color = palette.rgb(style.ink) {
      codes.append("38;2;\(color.red);\(color.green);\(color.blue)")
    } else if let index = palette.index(style.ink) {
      codes.append(palette.depth == .palette256 ? "38;5;\(index)" : index < 8 ? "3\(index)" : "9\(index - 8)")
    }
    return codes.isEmpty ? "" : "\u{1B}[\(codes.joined(separator: ";"))m"
  }
}

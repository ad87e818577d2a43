extension CellGrid {
  /// The frame as plain text: a line for each row, blanks at the ends left out.
  public var plainText: String {
    (0..<size.rows).map { row in
      String(text(row: row).reversed().drop { $0 == " " }.reversed())
    }.joined(separator: "\n") + "\n"
  }

  /// The frame for a terminal: text with the escape sequences (SGR) for its styles.
  public func ansiText(depth: ColorDepth) -> String {
    var text = ""
    for row in 0..<size.rows {
      var current = Style.plain
      for column in 0..<size.columns {
        let cell = self[column, row]
        if cell.style != current {
          text += "\u{1B}[0m" + Self.sequence(cell.style, depth)
          current = cell.style
        }
        text.unicodeScalars.append(cell.glyph)
      }
      text += current == .plain ? "\n" : "\u{1B}[0m\n"
    }
    return text
  }

  private static func sequence(_ style: Style, _ depth: ColorDepth) -> String {
    var codes: [String] = []
    if style.bold { codes.append("1") }
    if style.dim { codes.append("2") }
    if style.underline { codes.append("4") }
    if style.reverse { codes.append("7") }
    if depth == .truecolor, let color = Palette.rgb(style.ink) {
      codes.append("38;2;\(color.red);\(color.green);\(color.blue)")
    } else if depth == .palette256, let index = Palette.index(style.ink, depth: depth) {
      codes.append("38;5;\(index)")
    } else if let index = Palette.index(style.ink, depth: depth) {
      codes.append(index < 8 ? "3\(index)" : "9\(index - 8)")
    }
    return codes.isEmpty ? "" : "\u{1B}[\(codes.joined(separator: ";"))m"
  }
}

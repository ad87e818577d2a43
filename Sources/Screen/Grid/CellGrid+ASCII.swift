extension CellGrid {
  /// The grid with nothing but characters below 0x80: shapes are the same, drawn more coarsely.
  var ascii: CellGrid {
    var grid = self
    for row in 0..<size.rows {
      for column in 0..<size.columns {
        let cell = self[column, row]
        grid[column, row] = Cell(Self.ascii(cell.glyph), cell.style)
      }
    }
    return grid
  }

  private static func ascii(_ glyph: Unicode.Scalar) -> Unicode.Scalar {
    switch glyph.value {
    case 0x20..<0x7F: glyph
    case 0x2800...0x28FF: dots(glyph.value - 0x2800)
    // Lower eighths, from the foot to a full cell.
    case 0x2581...0x2588: Array("_..-=+*#".unicodeScalars)[Int(glyph.value - 0x2581)]
    case 0x2589...0x258F: "#"
    default: substitutes[glyph] ?? "?"
    }
  }

  // The upper two rows of dots, the lower two, or both.
  private static func dots(_ bits: UInt32) -> Unicode.Scalar {
    let (upper, lower) = (bits & 0b0001_1011 != 0, bits & 0b1110_0100 != 0)
    return upper && lower ? ":" : upper ? "'" : lower ? "." : " "
  }

  private static let substitutes: [Unicode.Scalar: Unicode.Scalar] = [
    "─": "-", "│": "|", "╭": "+", "╮": "+", "╰": "+", "╯": "+", "┤": "+", "━": "=", "╌": "-", "…": "~", "→": ">",
    "▸": ">", "┄": ".", "┅": ":", "◂": "<", "‹": "<", "▶": ">", "●": "*", "◆": "*", "‖": "=", "×": "x", "∞": "I",
    "·": "-", "–": "-", "≤": "<", "±": "+",
    "↑": "^", "↓": "v", "←": "<", "»": ">", "›": ">", "✓": "v", "▯": "?", "²": "2", "└": "+",
    "↗": "^", "↘": "v", "░": ":", "▾": "v", "≥": ">",
    "◌": "o", "⎺": "-", "⎻": "-", "⎼": "_", "⎽": "_",
  ]
}

import Session

/// What was said and done last, the newest line at the foot.
struct LogPanel {
  let scene: Scene
  let pending: [String]
  /// Only words and errors, where there is room for little.
  var isBig = false

  func draw(in area: Rectangle, isFront: Bool, on grid: inout CellGrid) {
    for column in area.column..<(area.column + area.width) {
      grid[column, area.row] = Cell("─", Style(.muted))
    }
    grid.write(" log ", column: area.column + 2, row: area.row, Style(.accent, bold: isFront))
    let rows = area.height - 1
    let entries = scene.log.entries.suffix(isBig ? 100 : rows * 2).filter { entry in
      if case .command = entry { !isBig } else { true }
    }
    let lines =
      (entries.map(Self.line)
      + pending.map { ("… " + $0 + "  (after this step)", Style(.muted)) })
      .flatMap { Paragraph.wrap($0.0, area.width - 2, $0.1) }
    let words = pinnedWords(width: area.width - 2, rows: rows)
    for (offset, line) in (words + lines.suffix(rows - words.count)).enumerated() {
      grid.write(line.text, column: area.column + 1, row: area.row + 1 + offset, width: area.width - 2, line.style)
    }
  }

  // While a lesson waits, its last words stay, whatever was printed behind them.
  private func pinnedWords(width: Int, rows: Int) -> [(text: String, style: Style)] {
    guard case .waiting = scene.player else { return [] }
    let entries = scene.log.entries
    guard let last = entries.lastIndex(where: { if case .said = $0 { true } else { false } }) else { return [] }
    let behind = entries[(last + 1)...].map(Self.line).flatMap { Paragraph.wrap($0.0, width, $0.1) }
    let (text, style) = Self.line(entries[last])
    let words = Paragraph.wrap(text, width, style)
    return words.count + behind.count <= rows ? [] : Array(words.prefix(rows - 1))
  }

  private static func line(_ entry: Log.Entry) -> (String, Style) {
    switch entry {
    case .command(let text): ("› " + text, Style(.muted))
    case .output(let text): ("  " + text, .plain)
    case .note(let text): ("· " + text, Style(.muted))
    case .said(let text): ("» " + text, Style(.accent, bold: true))
    case .held(let text): ("✓ " + text, Style(.good))
    case .error(let text): ("! " + text, Style(.danger, bold: true))
    }
  }

}

/// Text in lines of a width.
enum Paragraph {
  static func wrap(_ text: String, _ width: Int, _ style: Style) -> [(text: String, style: Style)] {
    guard text.count > width, width > 10 else { return [(text, style)] }
    var lines: [String] = []
    var line = ""
    for word in text.split(separator: " ", omittingEmptySubsequences: false) {
      if line.count + word.count + 1 > width, line.contains(where: { $0 != " " }) {
        lines.append(line)
        line = "  " + word
      } else {
        line += (line.isEmpty ? "" : " ") + word
      }
    }
    return (lines + [line]).map { ($0, style) }
  }
}

import Session

/// What was said and done last, the newest line at the foot.
struct LogPanel {
  let scene: Scene
  let view: ViewState
  /// Whether words stand elsewhere.
  var hasWords = false

  // A panel as the others, where it has the room; else a rule above the lines has to do.
  private static let leastFramed = 8

  private static func isFramed(_ area: Rectangle) -> Bool { area.height >= leastFramed }

  /// Where its lines stand.
  static func inside(_ area: Rectangle) -> Rectangle {
    if isFramed(area) { return area.inside }
    return Rectangle(column: area.column + 1, row: area.row + 1, width: area.width - 2, height: max(0, area.height - 1))
  }

  func draw(in area: Rectangle, isFront: Bool, on grid: inout CellGrid) {
    let (isFramed, inside) = (Self.isFramed(area), Self.inside(area))
    let rows = inside.height
    let lines = Self.lines(scene, view, width: inside.width, hasWords: hasWords, atMost: isFront ? nil : rows)
    let back = isFront ? min(view.logScroll, max(0, lines.count - rows)) : 0
    let last = lines.count - back
    let scrolled = isFront && lines.count > rows
    let note = scrolled ? "\(max(1, last - rows + 1))–\(last) of \(lines.count) · ↑ ↓ PgUp PgDn" : ""
    if isFramed {
      grid.frame(area, title: "log", note: note, isFront: isFront)
    } else {
      for column in area.column..<(area.column + area.width) { grid[column, area.row] = Cell("─", Style(.muted)) }
      grid.write(" log ", column: area.column + 2, row: area.row, Style(.accent, bold: isFront))
      if scrolled { grid.write(" \(note) ", endingAt: area.column + area.width - 2, row: area.row, Style(.muted)) }
    }
    for (offset, line) in lines.dropLast(back).suffix(rows).enumerated() {
      grid.write(line.text, column: inside.column, row: inside.row + offset, width: inside.width, line.style)
    }
  }

  /// The lines of the log at a width.
  /// - Parameter most: how many of the newest are wanted, `nil` for all.
  static func lines(
    _ scene: Scene, _ view: ViewState, width: Int, hasWords: Bool, atMost most: Int?
  ) -> [(text: String, style: Style)] {
    // From the newest back: of a long log most is not looked at.
    var entries: [Log.Entry] = []
    for entry in scene.log.entries.reversed() where most.map({ entries.count < $0 }) ?? true {
      if hasWords, case .said = entry { continue }
      entries.append(entry)
    }
    return
      (entries.reversed().map(line)
      + view.pending.map { ("… " + $0 + "  (after this step)", Style(.muted)) })
      .flatMap { text, style in Paragraph.wrap(text, width, indent: "  ").map { ($0, style) } }
  }

  private static func line(_ entry: Log.Entry) -> (String, Style) {
    switch entry {
    case .command(let text): ("› " + text, Style(.muted))
    case .repeated(let text): ("› " + text, Style(.muted, dim: true))
    case .travelled(let verb, let words): ("‹ \(verb): \(words)", Style(.muted))
    case .output(let text): ("  " + text, .plain)
    case .note(let text): ("· " + text, Style(.muted))
    case .said(let text): ("» " + text, Style(.accent, bold: true))
    case .held(let text): ("✓ " + text, Style(.good))
    case .error(let text): ("! " + text, Style(.danger, bold: true))
    }
  }
}

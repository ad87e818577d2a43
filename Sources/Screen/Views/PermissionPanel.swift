import Language
import Session

/// A scenario's question whether it may write a file: the whole path, however long, over what else there is.
struct PermissionPanel {
  let question: Player.Question

  func draw(on grid: inout CellGrid) {
    let width = grid.size.columns - 4
    let path = Self.broken(VisibleText.of(question.request.path), width)
    let lines =
      Paragraph.wrap("The scenario wants to write this file, which must not exist yet:", width).map {
        ($0, Style.plain)
      }
      + path.map { ($0, Style(.warning, bold: true)) }
      + Paragraph.wrap("Type yes and Enter to let it; no and Enter, or Esc, and it is not written.", width).map {
        ($0, Style.plain)
      }
    // Where there is no room for all, the end of the path tells more than its beginning.
    let rows = max(1, grid.size.rows - 3)
    let shown = lines.count <= rows ? lines : Array(lines.suffix(rows))
    let area = Rectangle(
      column: 0, row: max(0, grid.size.rows - 3 - shown.count), width: grid.size.columns, height: shown.count + 2)
    grid.clear(area)
    grid.frame(area, title: "may it?", isFront: true)
    for (offset, line) in shown.enumerated() {
      grid.write(line.0, column: 2, row: area.row + 1 + offset, width: width, line.1)
    }
  }

  // A path has no blanks to be broken at.
  private static func broken(_ text: String, _ width: Int) -> [String] {
    guard width > 0 else { return [] }
    var lines = [""]
    for character in text {
      if Glyphs.width(of: lines[lines.count - 1] + String(character)) > width { lines.append("") }
      lines[lines.count - 1].append(character)
    }
    return lines
  }
}

import Language
import Session

/// A scenario's question whether it may write a file: the whole path, however long, over what else there is.
struct PermissionPanel {
  let question: Player.Question

  /// Whether all of it has room: what is not seen cannot be allowed.
  func isWhole(on size: GridSize) -> Bool {
    size.columns >= View.overview.smallest.columns && size.rows >= View.overview.smallest.rows
      && lines(width: size.columns - 4).count <= Self.rows(size)
  }

  private static func rows(_ size: GridSize) -> Int { max(1, size.rows - 3) }

  private func lines(width: Int) -> [(String, Style)] {
    let path = Self.broken(VisibleText.of(question.request.path), width)
    return
      Paragraph.wrap("The scenario wants to write this file, which must not exist yet:", width).map {
        ($0, Style.plain)
      }
      + path.map { ($0, Style(.warning, bold: true)) }
      + Paragraph.wrap("Type yes and Enter to let it; no and Enter, or Esc, and it is not written.", width).map {
        ($0, Style.plain)
      }
  }

  func draw(on grid: inout CellGrid) {
    let width = grid.size.columns - 4
    let whole = lines(width: width)
    let shown =
      isWhole(on: grid.size)
      ? whole
      : Paragraph.wrap(
        "The scenario wants to write a file whose path has no room here. Make the window larger to see it; no and Enter, or Esc, and it is not written.",
        width
      ).prefix(Self.rows(grid.size)).map { ($0, Style(.warning)) }
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

import Language
import Session
import Training

/// The line of time: what was gone through, where one stands, and what is still there of the future; with the steps that were
/// clipped or not finite, and the marks. A click goes to a step.
struct ScrubBar {
  let scene: Scene

  /// The row that it has on a screen; `nil` on one with fewer rows than its panels need.
  static func row(_ size: GridSize) -> Int? { size.rows >= 20 ? size.rows - 3 : nil }

  /// The last step that it has room for: of this branch, or of the longest other one.
  private var last: Int { scene.others.filter { !$0.isGhost }.reduce(scene.end.step) { max($0, $1.history.lastStep) } }

  /// Where its cells are in a row.
  private func bar(in area: Rectangle) -> Rectangle {
    let label = 1 + Glyphs.width(of: left) + 1
    let width = area.width - label - Glyphs.width(of: right) - 2
    return Rectangle(column: area.column + label, row: area.row, width: max(0, width), height: 1)
  }

  private var left: String { scene.branch ?? "time" }

  private var right: String {
    if scene.isPast { return "past \(PlaceText(scene.position).text) · end \(PlaceText(scene.end).text)" }
    return "end \(PlaceText(scene.end).text)"
  }

  // The cell of a step: the start is the first, the last step the last.
  private func cell(of step: Int, _ width: Int) -> Int {
    last == 0 ? 0 : Int((Double(step) / Double(last) * Double(width - 1)).rounded())
  }

  /// The step that a click on a cell means; `nil` outside the bar.
  func step(at column: Int, in area: Rectangle) -> Int? {
    let bar = bar(in: area)
    guard bar.width > 1, (bar.column..<bar.column + bar.width).contains(column), scene.end > .start else { return nil }
    let step = Int((Double(column - bar.column) / Double(bar.width - 1) * Double(last)).rounded())
    return min(step, scene.end.step)
  }

  func draw(in area: Rectangle, on grid: inout CellGrid) {
    guard scene.problem == nil else { return }
    let bar = bar(in: area)
    grid.write(left, column: area.column + 1, row: area.row, width: area.width - 2, Style(.accent, bold: scene.isPast))
    grid.write(
      right, endingAt: area.column + area.width - 1, row: area.row,
      scene.isPast ? Style(.warning, bold: true) : Style(.muted))
    guard bar.width > 8 else { return }
    for cell in 0..<bar.width { grid[bar.column + cell, bar.row] = Cell("·", Style(.muted, dim: true)) }
    // The steps of this branch, each where it is; of several in one cell the worst is seen.
    if last > 0 { drawSteps(in: bar, on: &grid) }
    for mark in scene.marks {
      grid[bar.column + cell(of: mark.step, bar.width), bar.row] = Cell("▾", Style(.accent, bold: true))
    }
    grid[bar.column + cell(of: scene.step, bar.width), bar.row] = Cell("◆", Style(.accent, bold: true, reverse: true))
  }

  private func drawSteps(in bar: Rectangle, on grid: inout CellGrid) {
    let end = cell(of: scene.end.step, bar.width)
    let now = cell(of: scene.step, bar.width)
    let cells = end + 1
    let found = scene.history.incidents(atMost: cells)
    for cell in 0..<cells where !found.isEmpty {
      let incident = found[min(found.count - 1, cell * found.count / cells)]
      let isFuture = cell > now
      let style: Style
      let glyph: Unicode.Scalar
      if incident.isNonfinite {
        (glyph, style) = ("×", Style(.danger, bold: !isFuture))
      } else if incident.isClipped {
        (glyph, style) = (isFuture ? "┅" : "━", Style(.after, bold: !isFuture, dim: isFuture))
      } else {
        (glyph, style) = (isFuture ? "┄" : "─", Style(.before, dim: isFuture))
      }
      grid[bar.column + cell, bar.row] = Cell(glyph, style)
    }
  }
}

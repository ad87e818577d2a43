import Session
import Training

/// Draws the screen: a function of what is there and of nothing else, no clock and no terminal among it.
/// - Parameters:
///   - stage: the experiment, what drives it, and its log.
///   - view: what the viewer looks at and types.
///   - size: the size to fill; one too small gives a page that says so.
/// - Returns: a grid of exactly that size.
public func render(_ stage: Stage, _ view: ViewState, size: GridSize) -> CellGrid {
  var grid = CellGrid(size: size)
  if size.columns < Layout.minimum.columns || size.rows < Layout.minimum.rows {
    drawTooSmall(size, on: &grid)
  } else {
    draw(stage, view, on: &grid)
  }
  return view.isASCII ? grid.ascii : grid
}

/// Where the terminal's cursor belongs: in the prompt while it is open, else nowhere.
public func cursorPlace(_ view: ViewState, size: GridSize) -> (column: Int, row: Int)? {
  switch view.entry {
  case .prompt(let editor), .find(let editor):
    guard size.columns >= Layout.minimum.columns, size.rows >= Layout.minimum.rows else { return nil }
    return (2 + Footer.window(editor, width: size.columns - 3).cursor, size.rows - 1)
  case .none, .question:
    return nil
  }
}

private func draw(_ stage: Stage, _ view: ViewState, on grid: inout CellGrid) {
  let layout = Layout(grid.size, panel: view.panel, parameters: stage.workbench.parameterNames.count, isBig: view.isBig)
  let isOverview = view.panel == .overview
  Header(stage: stage, view: view).draw(in: layout.header, on: &grid)
  if let area = layout.total {
    TotalNormPanel(stage: stage).draw(
      in: area, isFront: !isOverview || view.isBig, isBig: view.isBig, showsLoss: isOverview && layout.loss == nil,
      on: &grid)
  }
  if let area = layout.numbers { BigNumbersPanel(stage: stage).draw(in: area, on: &grid) }
  if let area = layout.parameters {
    ParametersPanel(stage: stage, cursor: view.cursor).draw(in: area, isFront: !isOverview, on: &grid)
  }
  if let area = layout.loss {
    LossPanel(stage: stage).draw(in: area, isFront: !isOverview, isBig: view.isBig, on: &grid)
  }
  if let area = layout.log {
    LogPanel(stage: stage, pending: view.pending, isBig: view.isBig).draw(in: area, isFront: !isOverview, on: &grid)
  }
  if layout.log == nil {
    drawNews(stage, view, layout.phases, on: &grid)
  } else {
    PhaseLine(stage: stage).draw(in: layout.phases, on: &grid)
  }
  Footer(view: view).draw(in: layout.footer, on: &grid)
  if let help = view.help { HelpPage(lines: help.lines, scroll: help.scroll).draw(on: &grid) }
  if !view.candidates.isEmpty { drawCandidates(view.candidates, layout.phases, on: &grid) }
}

// Where the log has no room, its newest line takes the place of the phases: words and errors are never lost.
private func drawNews(_ stage: Stage, _ view: ViewState, _ area: Rectangle, on grid: inout CellGrid) {
  guard let entry = stage.log.entries.last, stage.workbench.experiment?.open == nil else {
    return PhaseLine(stage: stage).draw(in: area, on: &grid)
  }
  let style: Style
  if case .error = entry { style = Style(.danger, bold: true) } else { style = Style(.muted) }
  grid.write(view.pending.last.map { "… " + $0 } ?? entry.text, column: 1, row: area.row, width: area.width - 2, style)
}

private func drawCandidates(_ candidates: [String], _ area: Rectangle, on grid: inout CellGrid) {
  // As many lines as it takes, at most four, upwards from the line above the prompt.
  let lines = Paragraph.wrap(candidates.joined(separator: "  "), area.width - 3, Style(.accent)).prefix(4)
  for (place, line) in lines.enumerated() {
    let row = area.row - lines.count + 1 + place
    grid.clear(Rectangle(column: 0, row: row, width: area.width, height: 1))
    grid.write(line.text, column: 2, row: row, width: area.width - 3, line.style)
  }
}

private func drawTooSmall(_ size: GridSize, on grid: inout CellGrid) {
  let need = Layout.minimum
  let lines = [
    "too small: \(size.columns)×\(size.rows)", "clipscope needs", "at least \(need.columns)×\(need.rows)", "q quits",
  ]
  let first = max(0, (size.rows - lines.count) / 2)
  for (place, line) in lines.enumerated() {
    grid.write(line, column: max(0, (size.columns - line.count) / 2), row: first + place, width: size.columns)
  }
}

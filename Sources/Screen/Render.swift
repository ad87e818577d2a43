import Language
import Session
import Training

/// Draws the screen: a function of what is there and of nothing else, no clock and no terminal among it.
/// - Parameters:
///   - scene: what there is to show.
///   - view: what the viewer looks at and types.
///   - size: the size to fill; one too small gives a page that says so.
/// - Returns: a grid of exactly that size.
public func render(_ scene: Scene, _ view: ViewState, size: GridSize) -> CellGrid {
  var grid = CellGrid(size: size)
  if fits(view, size) {
    draw(scene, view, on: &grid)
  } else {
    drawTooSmall(size, needed: view.panel.smallest, scene.bindings, on: &grid)
  }
  return view.isASCII ? grid.ascii : grid
}

private func fits(_ view: ViewState, _ size: GridSize) -> Bool {
  size.columns >= view.panel.smallest.columns && size.rows >= view.panel.smallest.rows
}

/// Where the terminal's cursor belongs: in the prompt while it is open, else nowhere.
public func cursorPosition(_ view: ViewState, size: GridSize) -> (column: Int, row: Int)? {
  guard let (sign, editor) = Footer.sign(view.entry), fits(view, size) else { return nil }
  let margin = sign.count + 1 + Glyphs.width(of: Footer.search(editor, width: size.columns))
  return (margin + Footer.window(editor, width: size.columns - margin - 1).cursor, size.rows - 1)
}

private func draw(_ scene: Scene, _ view: ViewState, on grid: inout CellGrid) {
  var rest = Rectangle(column: 0, row: 0, width: grid.size.columns, height: grid.size.rows)
  Header(scene: scene, view: view).draw(in: rest.cutTop(1), on: &grid)
  Footer(scene: scene, view: view).draw(in: rest.cutBottom(1), on: &grid)
  let phases = rest.cutBottom(1)
  let time = ScrubBar.row(grid.size) == nil ? nil : rest.cutBottom(1)
  let panel = view.shown(scene)
  panel.draw(scene, view, rest, &grid)
  if let time, !panel.isPage { ScrubBar(scene: scene).draw(in: time, on: &grid) }
  if let news = news(scene, view, rest, panel) {
    grid.write(news.text, column: 1, row: phases.row, width: phases.width - 2, news.style)
  } else if !panel.isPage {
    PhaseLine(scene: scene).draw(in: phases, on: &grid)
  }
  if let help = view.help { HelpPage(lines: help.lines, scroll: help.scroll).draw(on: &grid) }
  if case .permission(let question, _) = view.entry { PermissionPanel(question: question).draw(on: &grid) }
  if !view.candidates.isEmpty { drawCandidates(view.candidates, phases, on: &grid) }
}

// Where no log stands on the screen, its newest line takes the place of the phases: words and errors are never lost. What
// a lesson says has a panel of its own, and commands are what the phases show.
private func news(
  _ scene: Scene, _ view: ViewState, _ area: Rectangle, _ panel: View
) -> (text: String, style: Style)? {
  if panel.log(scene, view, area) != nil { return nil }
  if let waiting = view.pending.last { return ("… " + waiting, Style(.muted)) }
  if scene.hasQueue { return ("… then \(scene.waiting.text)", Style(.muted)) }
  // A lesson that waits has its words where there is no panel for them.
  if case .waiting = scene.player, panel.words(scene, view, area) == nil, let words = scene.passage.last {
    if case .error? = scene.log.entries.last {} else { return ("» " + words, Style(.accent, bold: true)) }
  }
  switch scene.log.entries.last {
  case .error(let text): return ("! " + text, Style(.danger, bold: true))
  case .note(let text) where scene.present?.phase == nil: return ("· " + text, Style(.muted))
  case .travelled(_, let text): return ("‹ " + text, Style(.muted))
  case .output(let text) where scene.present?.phase == nil: return (text, .plain)
  case .said(let text) where panel.words(scene, view, area) == nil && scene.present?.phase == nil:
    return ("» " + text, Style(.accent, bold: true))
  default: return nil
  }
}

private func drawCandidates(_ candidates: [String], _ area: Rectangle, on grid: inout CellGrid) {
  // As many lines as it takes, at most four, upwards from the line above the prompt.
  let lines = Paragraph.wrap(candidates.joined(separator: "  "), area.width - 3, indent: "  ").prefix(4)
  for (offset, line) in lines.enumerated() {
    let row = area.row - lines.count + 1 + offset
    grid.clear(Rectangle(column: 0, row: row, width: area.width, height: 1))
    grid.write(line, column: 2, row: row, width: area.width - 3, Style(.accent))
  }
}

private func drawTooSmall(
  _ size: GridSize, needed: GridSize, _ bindings: KeyBindings, on grid: inout CellGrid
) {
  let quit = bindings.bindings.first { $0.line == "quit" }?.key.label ?? "Ctrl-C"
  let lines = [
    "too small: \(size.columns)×\(size.rows)", "clipscope needs", "at least \(needed.columns)×\(needed.rows)",
    "\(quit) quits",
  ]
  let first = max(0, (size.rows - lines.count) / 2)
  for (offset, line) in lines.enumerated() {
    grid.write(line, column: max(0, (size.columns - line.count) / 2), row: first + offset, width: size.columns)
  }
}

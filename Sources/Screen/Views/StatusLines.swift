import Language
import Session
import Training

/// The first line of the screen: what is trained, and how it stands.
struct Header {
  let scene: Scene
  let view: ViewState

  func draw(in area: Rectangle, on grid: inout CellGrid) {
    let digest = scene.digest?.prefix(8) ?? "–"
    let state = state
    let right = [
      (state.text, state.style), ("  step \(scene.step)", Style(bold: true)),
      ("  \(digest) ", Style(.muted)),
    ]
    let rightWidth = right.reduce(0) { $0 + Glyphs.columns(of: $1.0).count }
    let leftWidth = area.width - rightWidth - 2
    let title = scene.title
    grid.write(
      [
        (" clipscope", Style(.accent, bold: true)),
        ("  " + title.model, Style(bold: true)), (" · \(title.task) · \(title.optimizer)", .plain),
        (title.details.map { " · " + $0 }.joined(), Style(.muted)),
      ], column: area.column, row: area.row, width: leftWidth)
    grid.write(right, column: area.column + area.width - rightWidth, row: area.row, width: rightWidth)
  }

  private var speed: String { view.speed.map { NumberText.short($0) + "/s" } ?? "max" }

  private var state: (text: String, style: Style) {
    switch scene.player {
    case .waiting(let key): return ("◆ press \(key?.label ?? "space")", Style(.accent, bold: true, reverse: true))
    case .held: return ("‖ held", Style(.warning, bold: true))
    case .playing, .asking: return ("▶ \(speed)", Style(.good, bold: true))
    case .none, .ended: break
    }
    if scene.activity != .idle { return ("● run \(speed)", Style(.good, bold: true)) }
    return scene.present?.phase == nil
      ? ("‖ idle", Style(.muted)) : ("‖ in a step", Style(.warning, bold: true))
  }
}

/// The six phases of a step: which are made of the open one, and which comes next.
struct PhaseLine {
  let scene: Scene

  func draw(in area: Rectangle, on grid: inout CellGrid) {
    let made = scene.present?.phase?.number ?? 0
    var pieces: [(String, Style)] = [(" ", .plain)]
    for phase in Phase.allCases {
      let isLast = phase.number == made
      let style = isLast ? Style(.accent, bold: true) : made > 0 && phase.number > made ? Style(.muted) : .plain
      pieces.append((isLast ? "[\(phase.rawValue)]" : phase.rawValue, style))
      if phase != .step { pieces.append((" ▸ ", Style(.muted))) }
    }
    let used = grid.write(pieces, column: area.column, row: area.row, width: area.width)
    var note = "a step, from zeroing the gradients to the update"
    if made > 0 { note = "\(Phase.allCases.count - made) phases to the end of step \(scene.step + 1)" }
    if let progress = scene.progress { note = "\(progress.path) \(progress.line)/\(progress.lines)" }
    let available = area.width - used - 4
    if available >= 12 {
      let shown = Glyphs.columns(of: note).count > available ? "…" + note.suffix(available - 1) : note
      grid.write(shown, endingAt: area.column + area.width - 1, row: area.row, Style(.muted))
    }
  }
}

/// The last line: keys, or what is being entered.
struct Footer {
  let scene: Scene
  let view: ViewState

  func draw(in area: Rectangle, on grid: inout CellGrid) {
    switch view.entry {
    case .none: drawKeys(in: area, on: &grid)
    case .prompt(let editor): draw(editor, ":", in: area, on: &grid)
    case .find(let editor): draw(editor, "/", in: area, on: &grid)
    case .question(let question):
      let answers = "  y yes · n no "
      let shown = " " + Self.abridged(question.text, area.width - answers.count - 1) + answers
      grid.write(shown, column: area.column, row: area.row, Style(.warning, bold: true, reverse: true))
    }
  }

  // The answers are never cut off, and of a path the end tells more than the middle.
  private static func abridged(_ question: String, _ width: Int) -> String {
    guard question.count > width else { return question }
    let tail = max(0, width / 2)
    return question.prefix(max(0, width - tail - 1)) + "…" + question.suffix(tail)
  }

  // From the most needed key to the least; what has no room is left to `?`.
  private static let shown: [(line: String, label: String)] = [
    ("run", "run"), ("step", "step"), ("phase", "phase"), ("clip on", "clip"), ("max_norm up", ""),
    ("max_norm down", "max_norm"), ("help", "help"), ("quit", "quit"), ("prompt", "prompt"),
    ("norm_type next", "norm_type"), ("lr down", ""),
    ("lr up", "lr"), ("restart", "restart"), ("panel next", "panel"), ("scroll up", ""), ("scroll down", "parameter"),
    ("speed down", ""), ("speed up", "speed"),
  ]

  private func drawKeys(in area: Rectangle, on grid: inout CellGrid) {
    var pieces: [(String, Style)] = []
    if let count = view.count { pieces.append((" \(count)", Style(.accent, bold: true, reverse: true))) }
    var keys = ""
    var width = pieces.reduce(0) { $0 + $1.0.count }
    for (line, label) in Self.shown {
      guard let binding = scene.bindings.bindings.first(where: { $0.line == line }) else { continue }
      keys += binding.key.label
      guard !label.isEmpty else { continue }
      width += keys.count + label.count + 3
      guard width <= area.width else { break }
      pieces += [("  ", .plain), (keys, Style(.accent, bold: true)), (" " + label, .plain)]
      keys = ""
    }
    grid.write(
      pieces.dropFirst(pieces.first?.0 == "  " ? 1 : 0).map(\.self), column: area.column + 1, row: area.row,
      width: area.width - 1)
  }

  private func draw(_ editor: LineEditor, _ sign: String, in area: Rectangle, on grid: inout CellGrid) {
    let (text, start, _) = Self.window(editor, width: area.width - 3)
    grid.write(sign + " ", column: area.column, row: area.row, Style(.accent, bold: true))
    grid.write(text, column: area.column + 2, row: area.row, width: area.width - 2)
    if start > 0 { grid[area.column + 1, area.row] = Cell("…", Style(.muted)) }
  }

  /// The part of the line that is shown, so that the cursor is in it, and the cursor's column in that part.
  static func window(_ editor: LineEditor, width: Int) -> (text: String, start: Int, cursor: Int) {
    let before = Glyphs.columns(of: String(editor.text.prefix(editor.cursor))).count
    let start = max(0, before - max(1, width))
    let glyphs = Glyphs.columns(of: editor.text).dropFirst(start)
    return (String(String.UnicodeScalarView(glyphs)), start, before - start)
  }
}

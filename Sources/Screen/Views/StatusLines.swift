import Language
import Session
import Training

/// The first line of the screen: what is trained, and how it stands.
struct Header {
  let scene: Scene
  let view: ViewState

  func draw(in area: Rectangle, on grid: inout CellGrid) {
    let state = state
    var right = state + [("  step \(scene.step)", Style(bold: true))]
    let digest = ("  \(scene.digest?.prefix(8) ?? "–") ", Style(.muted))
    let needed = Self.width([(" " + words(details: 0).joined(separator: " · "), .plain)] + right) + 2
    right.append(needed + Self.width([digest]) <= area.width ? digest : (" ", .plain))
    let rightWidth = Self.width(right)
    let left = left(width: area.width - rightWidth - 2)
    grid.write(left, column: area.column, row: area.row, width: area.width - rightWidth - 2)
    grid.write(right, column: area.column + area.width - rightWidth, row: area.row, width: rightWidth)
  }

  private static func width(_ pieces: [(String, Style)]) -> Int {
    pieces.reduce(0) { $0 + Glyphs.width(of: $1.0) }
  }

  private func words(details count: Int) -> [String] {
    [scene.title.model, scene.title.task, scene.title.optimizer] + scene.title.details.prefix(count)
  }

  // As many details as there is room for; where there is less, the task's words are cut and then the model's, never the
  // optimizer and its rate.
  private func left(width: Int) -> [(String, Style)] {
    func pieces(_ model: String, _ task: String, _ details: Int) -> [(String, Style)] {
      let more = scene.title.details.prefix(details).map { " · " + $0 }.joined()
      return [
        (" " + model, Style(.accent, bold: true)), (" · \(task) · \(scene.title.optimizer)", .plain),
        (more, Style(.muted)),
      ]
    }
    let title = scene.title
    for details in (0...title.details.count).reversed() {
      let shown = pieces(title.model, title.task, details)
      if Self.width(shown) <= width { return shown }
    }
    let surplus = Self.width(pieces(title.model, title.task, 0)) - width
    let task = Glyphs.abridged(title.task, max(6, Glyphs.width(of: title.task) - surplus))
    let rest = Self.width(pieces(title.model, task, 0)) - width
    return pieces(Glyphs.abridged(title.model, max(4, Glyphs.width(of: title.model) - rest)), task, 0)
  }

  private var speed: String { view.speed.map { NumberText.short($0) + "/s" } ?? "max" }

  private var state: [(String, Style)] {
    if let share = view.share { return [("◌ \(Int(share * 100)) % · Esc stops", Style(.warning, bold: true))] }
    switch scene.player {
    case .waiting(let key):
      return [("◆ press \(key?.label ?? "space")", Style(.accent, bold: true, reverse: true))] + past(" ")
    case .held: return [("‖ held", Style(.warning, bold: true))] + past(" ")
    case .playing, .asking: return [("▶ \(speed)", Style(.good, bold: true))]
    case .none, .ended: break
    }
    if scene.waiting.steps > 1 { return [("● \(scene.waiting.steps) to go", Style(.good, bold: true))] }
    if scene.activity != .idle { return [("● run \(speed)", Style(.good, bold: true))] }
    if scene.isPast { return past("") }
    return scene.present?.phase == nil
      ? [("‖ idle", Style(.muted))] : [("‖ in a step", Style(.warning, bold: true))]
  }

  // That there is more behind the position of now, and how far it reaches; nothing where nothing is, or while it is gone through.
  private func past(_ space: String) -> [(String, Style)] {
    guard scene.isPast, scene.activity == .idle else { return [] }
    let phase = scene.present?.phase == nil ? "" : ", in a step"
    return [("\(space)◂ past\(phase), end \(PlaceText(scene.end).text)", Style(.warning, bold: true))]
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
    guard made > 0 else { return }
    let left = Phase.allCases.count - made
    let note = "\(left) phase\(left == 1 ? "" : "s") to the end of step \(scene.step + 1)"
    if area.width - used - 4 >= note.count {
      grid.write(note, endingAt: area.column + area.width - 1, row: area.row, Style(.muted))
    }
  }
}

/// The last line: keys, or what is being entered.
struct Footer {
  let scene: Scene
  let view: ViewState

  func draw(in area: Rectangle, on grid: inout CellGrid) {
    if let (sign, editor) = Self.sign(view.entry) { return draw(editor, sign, in: area, on: &grid) }
    switch view.entry {
    case .none, .prompt, .find, .permission: drawKeys(in: area, on: &grid)
    case .question(let line):
      let answers = "  y yes · n no "
      let text = "\(VisibleText.of(line)): give up what is there?"
      // The answers are never cut off.
      let shown = " " + Glyphs.abridged(text, area.width - answers.count - 1) + answers
      grid.write(shown, column: area.column, row: area.row, Style(.warning, bold: true, reverse: true))
    }
  }

  /// The sign in front of what is entered, `nil` where nothing is.
  static func sign(_ entry: ViewState.Entry) -> (sign: String, editor: LineEditor)? {
    switch entry {
    case .none, .question: nil
    case .prompt(let editor): (":", editor)
    case .find(let editor): ("/", editor)
    case .permission(_, let editor): ("yes or no:", editor)
    }
  }

  // From the most needed key to the least; what has no room is left to `?`.
  private func shown(on size: GridSize) -> [(line: String, label: String)] {
    if view.hasNextPage(scene, size) { return [("run", "next page")] + all(isWaiting: false).dropFirst() }
    let isWaiting = scene.player == .waiting(nil)
    // A lesson that waits for another key takes space for itself.
    if case .waiting(_?) = scene.player { return Array(all(isWaiting: false).dropFirst()) }
    return all(isWaiting: isWaiting)
  }

  private func all(isWaiting: Bool) -> [(line: String, label: String)] {
    return [
      ("run", isWaiting ? "go on" : scene.isRunning ? "stop" : "run")
    ] + (scene.hasQueue ? [("close", "forget what waits")] : []) + [
      ("step", "step"), ("back", "back"), ("clip on", scene.clipping.isOn ? "clip off" : "clip on"),
      ("undo", "undo"), ("help", "help"), ("quit", "quit"), ("max_norm up", ""), ("max_norm down", "max_norm"),
      ("phase", "phase"), ("prompt", "prompt"), ("twin \"clip on\"", scene.twin == nil ? "twin" : "end twin"),
      ("panel next", "view"), ("lessons", "lessons"), ("goto start", ""), ("goto end", "start, end"),
      ("norm_type next", "norm_type"), ("lr down", ""), ("lr up", "lr"), ("restart", "restart"), ("zoom in", ""),
      ("zoom out", "zoom"), ("scroll up", ""), ("scroll down", "parameter"), ("speed down", ""), ("speed up", "speed"),
    ]
  }

  private func drawKeys(in area: Rectangle, on grid: inout CellGrid) {
    var pieces: [(String, Style)] = []
    if let count = view.count { pieces.append((" \(count)", Style(.accent, bold: true, reverse: true))) }
    var keys = ""
    var width = pieces.reduce(0) { $0 + $1.0.count }
    for (line, label) in shown(on: grid.size) {
      guard let binding = scene.bindings.bindings.first(where: { $0.line == line }) else { continue }
      keys += binding.key.label
      guard !label.isEmpty else { continue }
      width += keys.count + label.count + 3
      guard width <= area.width else { break }
      pieces += [("  ", .plain), (keys, Style(.accent, bold: true)), (" " + label, .plain)]
      keys = ""
    }
    // There is always a way out, and it is said.
    if !scene.bindings.bindings.contains(where: { $0.line == "quit" }) {
      pieces.insert(contentsOf: [("  ", .plain), ("Ctrl-C", Style(.accent, bold: true)), (" quit", .plain)], at: 0)
    }
    grid.write(
      pieces.dropFirst(pieces.first?.0 == "  " ? 1 : 0).map(\.self), column: area.column + 1, row: area.row,
      width: area.width - 1)
  }

  private func draw(_ editor: LineEditor, _ sign: String, in area: Rectangle, on grid: inout CellGrid) {
    let searched = Self.search(editor, width: area.width)
    let margin = sign.count + 1 + Glyphs.width(of: searched)
    let (text, start, _) = Self.window(editor, width: area.width - margin - 1)
    grid.write(
      [(sign + " ", Style(.accent, bold: true)), (searched, Style(.warning, bold: true))], column: area.column,
      row: area.row)
    grid.write(text, column: area.column + margin, row: area.row, width: area.width - margin)
    if start > 0 { grid[area.column + margin - 1, area.row] = Cell("…", Style(.muted)) }
  }

  /// What stands in front of the line while it is found by a search: at most half of the width.
  static func search(_ editor: LineEditor, width: Int) -> String {
    editor.searching.map { "(\($0.prefix(max(8, width / 2 - 4)))) " } ?? ""
  }

  /// The part of the line that is shown, so that the cursor is in it, and the cursor's column in that part.
  static func window(_ editor: LineEditor, width: Int) -> (text: String, start: Int, cursor: Int) {
    let before = Glyphs.columns(of: String(editor.text.prefix(editor.cursor))).count
    let start = max(0, before - max(1, width))
    let glyphs = Array(Glyphs.columns(of: editor.text).dropFirst(start))
    // Half a letter at the edge is a blank; the other halves are made anew where they are written.
    let isHalf = glyphs.first == Glyphs.rightHalf
    let shown = (isHalf ? [" "] : []) + glyphs.filter { $0 != Glyphs.rightHalf }
    return (String(String.UnicodeScalarView(shown)), start, before - start)
  }
}

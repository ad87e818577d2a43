import Language
import Session
import Training

/// A lesson's words: whole, on pages where they are long, with what leads on in the lower edge.
struct WordsPanel {
  let scene: Scene
  let view: ViewState

  /// What the viewer may do next, where the words end.
  private enum Next {
    case page(Int, of: Int)
    case goOn(Key?)
    case held
    case ended
    case playing
  }

  /// The lines of the words at a width.
  static func lines(_ scene: Scene, width: Int) -> [String] {
    scene.passage.flatMap { Paragraph.wrap($0, width) }
  }

  /// How many pages the words take in an area.
  static func pages(_ scene: Scene, in area: Rectangle) -> Int {
    let (lines, rows) = (lines(scene, width: area.width - 4).count, max(1, area.height - 2))
    return max(1, (lines + rows - 1) / rows)
  }

  func draw(in area: Rectangle, isFront: Bool = false, on grid: inout CellGrid) {
    let lines = Self.lines(scene, width: area.width - 4)
    let (rows, pages) = (max(1, area.height - 2), Self.pages(scene, in: area))
    let page = min(view.page, pages - 1)
    let next = next(page, pages)
    let isWaiting: Bool
    switch next {
    case .page, .goOn: isWaiting = true
    case .held, .ended, .playing: isWaiting = false
    }
    grid.frame(
      area, title: title, note: pages > 1 ? "page \(page + 1) of \(pages)" : "", foot: foot(next, area.width - 4),
      isFront: isFront || isWaiting, isWaiting ? Style(.accent) : Style(.muted))
    for (offset, line) in lines.dropFirst(page * rows).prefix(rows).enumerated() {
      grid.write(
        line, column: area.column + 2, row: area.row + 1 + offset, width: area.width - 4,
        scene.isPassageOver ? Style(.muted) : Style(bold: isWaiting))
    }
  }

  private var title: String {
    guard let (name, act, acts) = scene.progress else { return "words" }
    return acts > 1 ? "\(VisibleText.of(name)) \(act)/\(acts)" : VisibleText.of(name)
  }

  private func next(_ page: Int, _ pages: Int) -> Next {
    if page + 1 < pages, scene.player != .playing, scene.activity == .idle { return .page(page + 2, of: pages) }
    switch scene.player {
    case .waiting(let key): return .goOn(key)
    case .held: return .held
    case .ended: return .ended
    case .none, .playing, .asking: return .playing
    }
  }

  private func foot(_ next: Next, _ width: Int) -> [(String, Style)] {
    let key = Style(.accent, bold: true, reverse: true)
    switch next {
    case .page(let page, let pages): return [(" space ", key), (" ▸ page \(page) of \(pages)", .plain)]
    case .goOn(nil): return [(" space ", key), (" ▸ go on", .plain)]
    case .goOn(let awaited?): return [(" press \(awaited.label) ", key)]
    case .held: return [("held by you: ", Style(.muted)), (label("run"), key), (" ▸ go on", .plain)]
    case .playing: return scene.activity == .idle ? [] : [("steps are being made", Style(.muted))]
    case .ended:
      guard scene.progress != nil else { return [] }
      var pieces = [("the end: ", Style(.muted)), (label("again"), key), (" again", .plain)]
      if let lesson = scene.nextLesson {
        pieces += [("  ", .plain), (label("lesson next"), key), (" next: \(VisibleText.of(lesson.name))", .plain)]
      }
      if !scene.lessons.isEmpty { pieces += [("  ", .plain), (label("lessons"), key), (" lessons", .plain)] }
      let whole = pieces + [("  or go on by yourself", Style(.muted))]
      return whole.reduce(2) { $0 + Glyphs.width(of: $1.0) } <= width ? whole : pieces
    }
  }

  // The key that types a line as things stand, or the line itself where none does.
  private func label(_ line: String) -> String {
    let binding = scene.bindings.bindings.first { $0.line == line }
    return " \(binding?.key.label ?? ": " + line) "
  }
}

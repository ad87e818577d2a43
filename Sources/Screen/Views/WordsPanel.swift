import Language
import Session
import Training

/// A lesson's words: whole, on pages where they are long, with what leads on in the lower edge.
struct WordsPanel {
  let scene: Scene
  let view: ViewState
  private let setting: Setting

  /// Words of a scene as a view shows them in an area.
  init(scene: Scene, view: ViewState, in area: Rectangle) {
    (self.scene, self.view) = (scene, view)
    setting = Self.setting(scene, view, width: area.width)
  }

  /// How words are set: in lines, and how many rows each takes.
  struct Setting {
    var lines: [String]
    var isLarge = false
    /// Rows of a line.
    var height: Int { isLarge ? LargeLetters.height : 1 }
    /// Rows of all lines: the last one needs nothing clear below it.
    var rows: Int { lines.count * height - (isLarge && !lines.isEmpty ? 1 : 0) }

    /// How many lines stand on a page of so many rows.
    func lines(in rows: Int) -> Int { max(1, (rows + (isLarge ? 1 : 0)) / height) }
  }

  /// What the viewer may do next, where the words end.
  private enum Next {
    case page(Int, of: Int)
    case goOn(Key?)
    case held
    case ended
    case playing
  }

  // Narrower, a page of large letters would hold half a sentence.
  private static let leastForLarge = 120

  /// How the words are set in a panel of a width: large for a class room, where all their letters can be.
  static func setting(_ scene: Scene, _ view: ViewState, width: Int) -> Setting {
    // What was said before the steps that are being made is not said as loud as what is so.
    if view.isBig, view.shown(scene) == .overview, !view.isASCII, width >= leastForLarge, !scene.isPassageOver {
      let large = scene.passage.compactMap { LargeLetters.wrap($0, width - 4) }
      if large.count == scene.passage.count { return Setting(lines: large.flatMap(\.self), isLarge: true) }
    }
    return Setting(lines: scene.passage.flatMap { Paragraph.wrap($0, width - 4) })
  }

  /// How many pages the words take in an area.
  static func pages(_ scene: Scene, _ view: ViewState, in area: Rectangle) -> Int {
    WordsPanel(scene: scene, view: view, in: area).pages(in: area)
  }

  private func pages(in area: Rectangle) -> Int {
    let perPage = setting.lines(in: area.height - 2)
    return max(1, (setting.lines.count + perPage - 1) / perPage)
  }

  func draw(in area: Rectangle, isFront: Bool = false, on grid: inout CellGrid) {
    let (perPage, pages) = (setting.lines(in: area.height - 2), pages(in: area))
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
    let style = scene.isPassageOver ? Style(.muted) : Style(bold: isWaiting)
    for (offset, line) in setting.lines.dropFirst(page * perPage).prefix(perPage).enumerated() {
      let (column, row) = (area.column + 2, area.row + 1 + offset * setting.height)
      if setting.isLarge {
        LargeLetters.draw(line, column: column, row: row, style, on: &grid)
      } else {
        grid.write(line, column: column, row: row, width: area.width - 4, style)
      }
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
    case .playing:
      guard scene.activity != .idle else { return [] }
      let text = scene.isPassageOver ? "said before the steps that are being made" : "steps are being made"
      return [(text, Style(.muted))]
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

import Language
import Session

/// The first page: the lessons in the order to take them, and an experiment of one's own.
struct LessonsPage {
  let scene: Scene
  let view: ViewState

  /// What may be chosen.
  enum Choice: Hashable {
    case lesson(Lesson)
    case own
    case help
  }

  /// The choices, from the top.
  static func choices(_ scene: Scene) -> [Choice] { scene.lessons.map(Choice.lesson) + [.own, .help] }

  func draw(in area: Rectangle, on grid: inout CellGrid) {
    grid.frame(area, title: "lessons", foot: [("↑ ↓ choose · Enter begins · Esc closes", Style(.muted))], isFront: true)
    let inside = area.inside
    for (offset, line) in Self.introduction(scene, in: area).enumerated() {
      grid.write(
        line, column: inside.column + 2, row: inside.row + 1 + offset, width: inside.width - 4, Style(bold: true))
    }
    let nameWidth = min((scene.lessons.map { Glyphs.width(of: $0.name) } + [9]).max()! + 5, inside.width / 2)
    for (index, row) in Self.rows(scene, view, in: area) {
      draw(Self.choices(scene)[index], index, row: row, nameWidth, in: inside, on: &grid)
    }
  }

  private static func introduction(_ scene: Scene, in area: Rectangle) -> [String] {
    let text =
      "A network learns by small steps, and a gradient says which way each goes. Now and then gradients explode. "
      + "See it happen, and see what clipping them does."
    let lines = Paragraph.wrap(text, area.inside.width - 4)
    return area.inside.height >= choices(scene).count + lines.count + 3 ? lines : []
  }

  // The choices that have room, so that the chosen one is among them, and their rows.
  private static func rows(_ scene: Scene, _ view: ViewState, in area: Rectangle) -> [(index: Int, row: Int)] {
    let (inside, count) = (area.inside, choices(scene).count)
    let intro = introduction(scene, in: area).count
    let top = inside.row + (intro > 0 ? intro + 2 : 0)
    let fits = max(1, inside.row + inside.height - top)
    let first = max(0, min(view.choice - fits + 1, count - fits))
    // A blank line between the lessons and the rest, where there is one to spare.
    let gap = fits > count && !scene.lessons.isEmpty ? 1 : 0
    return (first..<min(count, first + fits)).map { index in
      (index, top + index - first + (index >= scene.lessons.count ? gap : 0))
    }
  }

  /// The choice in a row of the page.
  static func choice(at row: Int, _ scene: Scene, _ view: ViewState, in area: Rectangle) -> Int? {
    rows(scene, view, in: area).first { $0.row == row }?.index
  }

  private func draw(
    _ choice: Choice, _ index: Int, row: Int, _ nameWidth: Int, in area: Rectangle, on grid: inout CellGrid
  ) {
    let isChosen = index == view.choice
    let (name, title): (String, String)
    switch choice {
    case .lesson(let lesson): (name, title) = ("\(index + 1)  \(lesson.name)", lesson.title)
    case .own where scene.isLessonOpen: (name, title) = ("   back", "to the lesson where it stands")
    case .own:
      (name, title) = ("   your own", "an experiment without a lesson: \(scene.title.model), \(scene.title.task)")
    case .help: (name, title) = ("   help", "what stands on the screen, the keys, the commands")
    }
    let style = isChosen ? Style(.accent, bold: true) : Style(bold: false)
    grid.write(isChosen ? "▸" : " ", column: area.column + 1, row: row, style)
    grid.write(VisibleText.of(name), column: area.column + 3, row: row, width: nameWidth, style)
    grid.write(
      VisibleText.of(title), column: area.column + 3 + nameWidth, row: row, width: area.width - nameWidth - 5,
      isChosen ? Style(bold: true) : Style(.muted))
  }
}

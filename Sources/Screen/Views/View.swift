import Language
import Session

/// Something to look at: a row of the table of views. Tab walks through those that are there.
public struct View: Sendable, Equatable {
  /// How the code and tests call it.
  public let name: String
  /// How help calls it.
  package let title: String
  /// How to read it, for help.
  package let reading: String
  /// The smallest screen that it can be drawn on.
  var smallest = GridSize(columns: 40, rows: 10)
  /// Whether there is anything in a scene that it could show.
  var isThere: @Sendable (Scene) -> Bool = { _ in true }
  /// Whether it is a page of its own, without the line about clipping and a lesson's words; Tab passes it.
  package var isPage = false
  /// Where it shows the log, if it does.
  var log: @Sendable (Scene, ViewState, Rectangle) -> Rectangle? = { _, _, _ in nil }
  /// Draws it in an area.
  let draw: @Sendable (Scene, ViewState, Rectangle, inout CellGrid) -> Void

  /// Views are told apart by their names.
  public static func == (left: View, right: View) -> Bool { left.name == right.name }

  // MARK: The table

  /// All views, in the order of Tab.
  public static let all = [overview, total, loss, parameters, layers, parameter, log, lessons]

  /// All panels, as far as there is room.
  public static let overview = View(
    name: "overview", title: "overview",
    reading: "all that there is room for; with --big fewer and larger panels",
    log: { scene, view, area in Layout(area, scene, view).log }
  ) { scene, view, area, grid in
    Layout(area, scene, view).draw(scene, view, on: &grid)
  }

  /// The total norm alone.
  public static let total = View(
    name: "total", title: "total norm",
    reading:
      "the norm of all gradients together: orange before clipping, blue after it, max_norm as it was at each step",
    isThere: hasExperiment
  ) { scene, view, area, grid in
    alone(scene, view, area, &grid) { TotalNormPanel(scene: scene, view: view).draw(in: $0, isFront: true, on: &$1) }
  }

  /// The loss alone.
  public static let loss = View(
    name: "loss", title: "loss", reading: "the loss of each step's batch, before the update", isThere: hasExperiment
  ) { scene, view, area, grid in
    alone(scene, view, area, &grid) { LossPanel(scene: scene, view: view).draw(in: $0, isFront: true, on: &$1) }
  }

  /// The parameters alone.
  public static let parameters = View(
    name: "parameters", title: "by parameter",
    reading:
      "each gradient's norm over the run, each on its own log scale; ↗ grows, ↘ fades; now before → after, and its share",
    isThere: hasExperiment
  ) { scene, view, area, grid in
    alone(scene, view, area, &grid) { ParametersPanel(scene: scene, view: view).draw(in: $0, isFront: true, on: &$1) }
  }

  /// One bar a layer.
  public static let layers = View(
    name: "layers", title: "by layer, now",
    reading: "one bar a layer, the first at the left: what is passed on in blue, what was clipped away in orange",
    isThere: hasExperiment
  ) { scene, view, area, grid in
    alone(scene, view, area, &grid) { LayersPanel(scene: scene, view: view).draw(in: $0, isFront: true, on: &$1) }
  }

  /// The parameter under the cursor.
  public static let parameter = View(
    name: "parameter", title: "one parameter", reading: "the one under the cursor, large; Enter opens it",
    isThere: hasExperiment
  ) { scene, view, area, grid in
    alone(scene, view, area, &grid) { ParameterPanel(scene: scene, view: view).draw(in: $0, on: &$1) }
  }

  /// The log alone.
  public static let log = View(
    name: "log", title: "log",
    reading: "› commands, » a scenario's words, · notes, ✓ what held, ! what was refused or failed; ↑ ↓ scroll",
    log: { _, _, area in area }
  ) { scene, view, area, grid in
    alone(scene, view, area, &grid) { LogPanel(scene: scene, view: view).draw(in: $0, isFront: true, on: &$1) }
  }

  /// The first page.
  public static let lessons = View(
    name: "lessons", title: "lessons", reading: "the page on which one is chosen", isPage: true
  ) { scene, view, area, grid in
    LessonsPage(scene: scene, view: view).draw(in: area, on: &grid)
  }

  private static let hasExperiment: @Sendable (Scene) -> Bool = { $0.problem == nil }

  // A panel by itself stays between the line about clipping and a lesson's words.
  private static func alone(
    _ scene: Scene, _ view: ViewState, _ area: Rectangle, _ grid: inout CellGrid,
    draw: (Rectangle, inout CellGrid) -> Void
  ) {
    var rest = area
    ClippingLine(scene: scene).draw(in: rest.cutTop(1), on: &grid)
    if let words = words(scene, view, area) {
      WordsPanel(scene: scene, view: view, in: words).draw(in: words, on: &grid)
    }
    draw(inside(area, scene, view), &grid)
  }

  /// What is left of an area for a panel that stands alone.
  static func inside(_ area: Rectangle, _ scene: Scene, _ view: ViewState) -> Rectangle {
    var rest = area
    _ = rest.cutTop(1)
    _ = rest.cutBottom(words(scene, view, area)?.height ?? 0)
    return rest
  }

  /// Where a lesson's words stand in an area; `nil` where there are none or no room.
  func words(_ scene: Scene, _ view: ViewState, _ area: Rectangle) -> Rectangle? {
    if isPage { return nil }
    return self == .overview ? Layout(area, scene, view).words : Self.words(scene, view, area)
  }

  private static func words(_ scene: Scene, _ view: ViewState, _ area: Rectangle) -> Rectangle? {
    guard !scene.passage.isEmpty, area.height >= 15 else { return nil }
    var rest = area
    let lines = WordsPanel.setting(scene, view, width: area.width).rows
    return rest.cutBottom(min(lines, max(3, area.height / 5)) + 2)
  }

  /// The next view of a scene that is there, or the one before.
  func neighbour(_ direction: ViewCommand.Direction, in scene: Scene) -> View {
    let there = Self.all.filter { $0 == self || $0.isThere(scene) && !$0.isPage }
    let index = there.firstIndex(of: self) ?? 0
    return there[(index + (direction == .next ? 1 : there.count - 1)) % there.count]
  }

  /// The lines of help about all views.
  static var help: [String] {
    ["VIEWS  (Tab and Shift-Tab walk through those that have something to show)"]
      + all.map { "  " + $0.title + String(repeating: " ", count: max(1, 14 - $0.title.count)) + $0.reading }
  }
}

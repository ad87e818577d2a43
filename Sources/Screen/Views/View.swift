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
  /// Whether the newest words stand in it; where they do not, they take the place of the phases.
  var showsLog: @Sendable (Rectangle, ViewState) -> Bool = { _, _ in false }
  /// Draws it in an area.
  let draw: @Sendable (Scene, ViewState, Rectangle, inout CellGrid) -> Void

  /// Views are told apart by their names.
  public static func == (left: View, right: View) -> Bool { left.name == right.name }

  // MARK: The table

  /// All views, in the order of Tab.
  public static let all = [overview, total, parameters, loss, log]

  /// All panels, as far as there is room.
  public static let overview = View(
    name: "overview", title: "overview",
    reading: "all of them, as far as there is room; with --big fewer and larger ones",
    showsLog: { Layout($0, isBig: $1.isBig, parameters: 0).log != nil }
  ) { scene, view, area, grid in
    Layout(area, isBig: view.isBig, parameters: scene.parameters.count).draw(scene, view, on: &grid)
  }

  /// The total norm alone.
  public static let total = View(
    name: "total", title: "total norm",
    reading:
      "lines: the norm of all gradients before clipping; dots: after; the level line: max_norm, dashed while off",
    isThere: hasExperiment
  ) { scene, view, area, grid in
    TotalNormPanel(scene: scene).draw(in: area, isFront: true, isBig: view.isBig, showsLoss: false, on: &grid)
  }

  /// The parameters alone.
  public static let parameters = View(
    name: "parameters", title: "by parameter",
    reading: "each gradient's norm over the run, now before and after clipping, and its share of the total",
    isThere: hasExperiment
  ) { scene, view, area, grid in
    ParametersPanel(scene: scene, cursor: view.cursor).draw(in: area, isFront: true, on: &grid)
  }

  /// The loss alone.
  public static let loss = View(
    name: "loss", title: "loss", reading: "the loss of each step's batch, before the update", isThere: hasExperiment
  ) { scene, view, area, grid in
    LossPanel(scene: scene).draw(in: area, isFront: true, isBig: view.isBig, on: &grid)
  }

  /// The log alone.
  public static let log = View(
    name: "log", title: "log",
    reading: "› commands, » a scenario's words, · notes, ✓ what held, ! what was refused or failed",
    showsLog: { _, _ in true }
  ) { scene, view, area, grid in
    LogPanel(scene: scene, pending: view.pending, isBig: view.isBig).draw(in: area, isFront: true, on: &grid)
  }

  private static let hasExperiment: @Sendable (Scene) -> Bool = { $0.problem == nil }

  /// The next view of a scene that is there, or the one before.
  func neighbour(_ direction: ViewCommand.Direction, in scene: Scene) -> View {
    let there = Self.all.filter { $0 == self || $0.isThere(scene) }
    let index = there.firstIndex(of: self) ?? 0
    return there[(index + (direction == .next ? 1 : there.count - 1)) % there.count]
  }

  /// The lines of help about all views.
  static var help: [String] {
    ["VIEWS  (Tab and Shift-Tab walk through those that have something to show)"]
      + all.map { "  " + $0.title + String(repeating: " ", count: max(1, 14 - $0.title.count)) + $0.reading }
  }
}

import Language

/// What a mouse does on the screen: a cell was clicked, or the wheel turned over it.
public struct MouseEvent: Hashable, Sendable {
  /// What was done.
  public enum Action: Hashable, Sendable {
    case press, wheelUp, wheelDown
  }

  /// What was done.
  public let action: Action
  /// The cell's column, from 0.
  public let column: Int
  /// The cell's row, from 0.
  public let row: Int

  /// Something done at a cell.
  public init(_ action: Action, column: Int, row: Int) { (self.action, self.column, self.row) = (action, column, row) }
}

extension ViewState {
  /// The mouse was used: a click chooses a parameter, and opens the chosen one; the wheel zooms the charts round the step
  /// that it is over, and scrolls the parameters, help and the log.
  /// - Returns: what there is to do beyond the view.
  public mutating func feed(_ mouse: MouseEvent, _ scene: Scene, size: GridSize) -> [ViewOutcome] {
    if help != nil, mouse.action != .press {
      return feed(.named(mouse.action == .wheelUp ? .up : .down), scene, size: size)
    }
    guard case .none = entry, help == nil else { return [] }
    let area = Self.area(size)
    if panel == .lessons { return feedLessonsPage(mouse, scene, area) }
    if panel == .log, mouse.action != .press {
      return apply(.scroll(mouse.action == .wheelUp ? .up : .down), scene, size: size)
    }
    if let words = shown(scene).words(scene, self, area), words.contains(mouse), mouse.action == .press,
      scene.player == .waiting(nil)
    {
      return feed(.named(.space), scene, size: size)
    }
    if let row = ScrubBar.row(size), mouse.row == row, mouse.action == .press, !shown(scene).isPage {
      let time = Rectangle(column: 0, row: row, width: size.columns, height: 1)
      let step = ScrubBar(scene: scene).step(at: mouse.column, in: time)
      return step.map { [.request(.line("goto \($0)"))] } ?? []
    }
    let (plots, parameters) = places(scene, area)
    if let parameters, parameters.contains(mouse) {
      if mouse.action == .press { return choose(mouse, in: parameters, scene, size) }
      return apply(.scroll(mouse.action == .wheelUp ? .up : .down), scene, size: size)
    }
    guard mouse.action != .press, let plot = plots.first(where: { $0.contains(mouse) }) else { return [] }
    if mouse.action == .wheelUp {
      let cell = mouse.column - plot.column
      // Over the newest steps the chart goes on following them.
      center = cell * 10 >= plot.width * 9 ? nil : window(on: scene).record(atCell: cell, of: plot.width)
    }
    return apply(.zoom(mouse.action == .wheelUp ? .in : .out), scene, size: size)
  }

  // Where curves over time and the list of parameters are.
  private func places(_ scene: Scene, _ area: Rectangle) -> (plots: [Rectangle], parameters: Rectangle?) {
    let total = TotalNormPanel(scene: scene, view: self)
    let loss = LossPanel(scene: scene, view: self)
    let inside = View.inside(area, scene, self)
    switch shown(scene) {
    case .overview:
      let layout = Layout(area, scene, self)
      return ([total.plot(in: layout.total)] + (layout.loss.map { [loss.plot(in: $0)] } ?? []), layout.parameters)
    case .parameters: return ([], inside)
    case .total: return ([total.plot(in: inside)], nil)
    case .loss: return ([loss.plot(in: inside)], nil)
    case .parameter: return ([inside.inside], nil)
    default: return ([], nil)
    }
  }

  private mutating func choose(
    _ mouse: MouseEvent, in area: Rectangle, _ scene: Scene, _ size: GridSize
  ) -> [ViewOutcome] {
    let visible = ParametersPanel.visible(scene, self, in: area)
    let lines = max(1, min(3, area.inside.height / max(1, scene.parameters.count)))
    let index = visible.lowerBound + (mouse.row - area.inside.row) / lines
    guard visible.contains(index), mouse.row >= area.inside.row else { return [] }
    if index == cursor { return apply(.open, scene, size: size) }
    cursor = index
    return []
  }

  private mutating func feedLessonsPage(_ mouse: MouseEvent, _ scene: Scene, _ area: Rectangle) -> [ViewOutcome] {
    let choices = LessonsPage.choices(scene).count
    switch mouse.action {
    case .wheelUp: choice = max(0, choice - 1)
    case .wheelDown: choice = min(choices - 1, choice + 1)
    case .press:
      guard let index = LessonsPage.choice(at: mouse.row, scene, self, in: area) else { return [] }
      if index == choice { return choose(scene) }
      choice = index
    }
    return []
  }
}

extension Rectangle {
  fileprivate func contains(_ mouse: MouseEvent) -> Bool {
    (column..<column + width).contains(mouse.column) && (row..<row + height).contains(mouse.row)
  }
}

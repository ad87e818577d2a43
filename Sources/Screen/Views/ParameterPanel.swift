import Language
import Session
import Training

/// The parameter under the cursor by itself: its gradient's norm over the run, and what is known of it now.
struct ParameterPanel {
  let scene: Scene
  let view: ViewState

  func draw(in area: Rectangle, on grid: inout CellGrid) {
    guard scene.parameters.indices.contains(view.cursor) else {
      return grid.frame(area, title: "parameter", isFront: true)
    }
    let parameter = scene.parameters[view.cursor]
    let shape = parameter.shape.map(String.init).joined(separator: "×")
    let window = view.window(on: scene)
    let inside = area.inside
    let rows = inside.height - 1
    let range = scene.history.count > 0 ? window.summary(scene.history, .norm(view.cursor)).positiveRange : nil
    let axis = range.map { Axis.decades(around: $0, rows: rows) }
    grid.frame(
      area, title: "gradient norm of \(parameter.name), \(shape)", note: axis?.scale.name ?? "", foot: facts,
      isFront: true)
    guard rows > 0 else { return }
    let plot = ChartAxes.plot(in: inside, axis, hasSteps: true)
    ChartAxes.draw(
      axis, around: plot, in: inside,
      steps: axis == nil ? nil : window.steps(scene.history, others: [], now: scene.step), on: &grid)
    guard let axis = axis ?? (scene.history.count > 0 ? .unmarked : nil) else {
      return Hints.draw(in: plot, scene, on: &grid)
    }
    ReadingCursor.draw(scene, window, in: plot, on: &grid)
    var curve = RangePlot(plot, axis)
    if let twin = scene.twin, twin.hasSameParameters {
      curve.add(window.columns(twin.history, .norm(view.cursor), atMost: curve.columns), Style(.twin), .dashed)
    }
    curve.add(
      window.columns(scene.history, .norm(view.cursor), atMost: curve.columns), Style(.before),
      view.isBig ? .heavy : .fine)
    curve.draw(on: &grid)
  }

  private var facts: [(String, Style)] {
    guard let before = scene.present?.before, before.perParameter.indices.contains(view.cursor) else { return [] }
    var pieces = [
      ("before ", Style(.muted)), (NumberText.short(before.perParameter[view.cursor]), Style(.before, bold: true)),
    ]
    if let after = scene.present?.passedOn {
      pieces += [
        (" → after ", Style(.muted)), (NumberText.short(after.perParameter[view.cursor]), Style(.after, bold: true)),
      ]
    }
    if let share = ParametersPanel.share(of: view.cursor, before) {
      pieces.append((" · \(Int((share * 100).rounded())) % of the total", .plain))
    }
    if let ratio = scene.present?.updateRatios?[view.cursor], !(ratio < 0) {
      pieces.append((" · update \(NumberText.short(100 * ratio)) % of the weight", .plain))
    }
    return pieces
  }
}

import Language
import Session
import Training

/// The loss on an axis that fits it, and that of the run before as a ghost.
struct LossPanel {
  let scene: Scene
  let view: ViewState

  func draw(in area: Rectangle, isFront: Bool, on grid: inout CellGrid) {
    let inside = area.inside
    let window = view.window(on: scene)
    let hasSteps = inside.height >= 4
    let rows = inside.height - (hasSteps ? 1 : 0)
    let losses = window.summary(scene.history, .loss)
    let ghost = view.ghost(of: scene)
    let axis =
      losses.hasFinite ? Axis.fitting(Self.range(losses, ghost.map { window.summary($0, .loss) }), rows: rows) : nil
    let title = "loss " + (scene.present?.loss.map { NumberText.short($0) } ?? "–")
    grid.frame(area, title: title, note: axis?.scale.name ?? "", isFront: isFront)
    guard rows > 0 else { return }
    let plot = ChartAxes.plot(in: inside, axis, hasSteps: hasSteps)
    ChartAxes.draw(
      axis, around: plot, in: inside, steps: axis == nil ? nil : window.steps(scene.history, ghost: ghost), on: &grid)
    guard let axis = axis ?? (scene.history.count > 0 ? .unmarked : nil) else { return }
    var curves = RangePlot(plot, axis)
    if let ghost {
      curves.add(window.columns(ghost, .loss, atMost: curves.columns), Style(.ghost))
    }
    curves.add(
      window.columns(scene.history, .loss, atMost: curves.columns), Style(.loss), view.isBig ? .heavy : .fine)
    curves.draw(on: &grid)
  }

  /// Where the curve is in an area; all charts of one width have their axes at about the same place.
  func plot(in area: Rectangle) -> Rectangle {
    let inside = area.inside
    let hasSteps = inside.height >= 4
    let losses = view.window(on: scene).summary(scene.history, .loss)
    return ChartAxes.plot(
      in: inside, Axis.fitting(losses, rows: inside.height - (hasSteps ? 1 : 0)), hasSteps: hasSteps)
  }

  // A ghost that has left for infinity must not press the run of now flat.
  private static func range(_ losses: Stretch, _ ghost: Stretch?) -> Stretch {
    guard let ghost, ghost.hasFinite,
      max(abs(ghost.maximum), abs(ghost.minimum)) <= 1000 * max(abs(losses.maximum), abs(losses.minimum))
    else { return losses }
    var both = losses
    both.join(ghost)
    return both
  }
}

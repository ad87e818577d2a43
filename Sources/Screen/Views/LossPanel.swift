import Language
import Session
import Training

/// The loss on an axis that fits it, and dimmed what came on other ways.
struct LossPanel {
  let scene: Scene
  let view: ViewState

  func draw(in area: Rectangle, isFront: Bool, on grid: inout CellGrid) {
    let inside = area.inside
    let window = view.window(on: scene)
    let hasSteps = inside.height >= 4
    let rows = inside.height - (hasSteps ? 1 : 0)
    let losses = window.summary(scene.history, .loss)
    let others = view.others(of: scene)
    let shown =
      others.map { window.summary($0, .loss) } + (scene.twin.map { [window.summary($0.history, .loss)] } ?? [])
    let range = shown.reduce(losses, Self.range)
    let axis = losses.hasFinite ? Axis.fitting(range, rows: rows) : nil
    var title = "loss " + (scene.present?.loss.map { NumberText.short($0) } ?? "–")
    if let loss = scene.twin?.present?.loss {
      // A number is shown whole, or it is another.
      let both = ["\(title) · twin \(NumberText.short(loss))", "\(title) · \(NumberText.short(loss))"]
      title = both.first { Glyphs.width(of: $0) + 2 <= area.width - 4 } ?? title
    }
    // Where there is no room for both, what the twin has come to says more than what kind of axis it is.
    let scale = axis?.scale.name ?? ""
    let hasRoom = scene.twin == nil || Glyphs.width(of: title + scale) + 4 <= area.width - 4
    grid.frame(area, title: title, note: hasRoom ? scale : "", isFront: isFront)
    guard rows > 0 else { return }
    let plot = ChartAxes.plot(in: inside, axis, hasSteps: hasSteps)
    ChartAxes.draw(
      axis, around: plot, in: inside,
      steps: axis == nil ? nil : window.steps(scene.history, others: others, now: scene.step),
      on: &grid)
    guard let axis = axis ?? (scene.history.count > 0 ? .unmarked : nil) else { return }
    var curves = RangePlot(plot, axis)
    ReadingCursor.draw(scene, window, in: plot, on: &grid)
    for other in others { curves.add(window.columns(other, .loss, atMost: curves.columns), Style(.ghost)) }
    if let twin = scene.twin {
      curves.add(window.columns(twin.history, .loss, atMost: curves.columns), Style(.twin), .dashed)
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

  // Another way that has left for infinity must not press the run of now flat.
  private static func range(_ losses: Stretch, _ ghost: Stretch) -> Stretch {
    guard ghost.hasFinite,
      max(abs(ghost.maximum), abs(ghost.minimum)) <= 1000 * max(abs(losses.maximum), abs(losses.minimum))
    else { return losses }
    var both = losses
    both.join(ghost)
    return both
  }
}

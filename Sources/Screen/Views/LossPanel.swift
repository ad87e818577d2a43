import Language
import Session
import Training

/// The loss over the whole run, on an axis that fits it.
struct LossPanel {
  let scene: Scene

  func draw(in area: Rectangle, isFront: Bool, isBig: Bool, on grid: inout CellGrid) {
    let losses = scene.history.summary(of: .loss)
    let axis =
      losses.hasFinite
      ? Axis.fitting(low: Double(losses.minimum), high: Double(losses.maximum)) : Axis(scale: .linear, low: 0, high: 1)
    let loss = scene.present?.loss
    let name =
      switch axis.scale {
      case .logarithmic: "log"
      case .linear: "linear"
      case .symmetric: "±log"
      }
    grid.frame(area, title: "loss \(loss.map { NumberText.short($0) } ?? "–")", note: name, isFront: isFront)
    let labelled = AxisLabels.draw(axis, in: area.inside, on: &grid)
    var plot = RangePlot(labelled, axis, isThick: isBig)
    plot.add(scene.history.columns(of: .loss, atMost: plot.columns).stretches, .loss)
    plot.draw(on: &grid)
  }
}

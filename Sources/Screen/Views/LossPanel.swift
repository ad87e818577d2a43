import Language
import Session
import Training

/// The loss over the whole run, on an axis that fits it.
struct LossPanel {
  let stage: Stage

  func draw(in area: Rectangle, isFront: Bool, isBig: Bool, on grid: inout CellGrid) {
    let history = stage.workbench.history
    let losses = history.losses.columns(4096).stretches.filter(\.hasFinite)
    let axis =
      losses.isEmpty
      ? Axis(scale: .linear, low: 0, high: 1)
      : Axis.fitting(Double(losses.map(\.minimum).min()!), Double(losses.map(\.maximum).max()!))
    let open = stage.workbench.experiment?.open
    let loss = open?.loss ?? (open == nil ? history.last?.loss : nil)
    let name =
      switch axis.scale {
      case .logarithmic: "log"
      case .linear: "linear"
      case .symmetric: "±log"
      }
    grid.frame(area, title: "loss \(loss.map { NumberText.short($0) } ?? "–")", note: name, isFront: isFront)
    let labelled = AxisLabels.draw(axis, in: area.inside, on: &grid)
    var plot = RangePlot(labelled, axis, isThick: isBig)
    plot.add(history.losses.columns(plot.columns).stretches, .loss)
    plot.draw(on: &grid)
  }
}

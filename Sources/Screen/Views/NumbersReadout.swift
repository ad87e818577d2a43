import Language
import Optimization
import Session
import Training

/// The numbers of the step that is being made, or else of the last one; what is not computed yet is a dash.
struct NumbersReadout {
  let scene: Scene
  private var before: Float? { scene.present?.before?.total }
  private var outcome: ClipOutcome? { scene.present?.outcome }
  private var loss: Float? { scene.present?.loss }

  func draw(in area: Rectangle, showsLoss: Bool, on grid: inout CellGrid) {
    for (offset, line) in lines(showsLoss: showsLoss).prefix(area.height).enumerated() {
      let used = grid.write(
        line.name, column: area.column + 2, row: area.row + offset, width: area.width - 2, Style(.muted))
      grid.write(
        line.value, column: area.column + 2 + max(10, used + 1), row: area.row + offset,
        width: area.width - 2 - max(10, used + 1), line.style)
    }
  }

  /// The numbers that clipping is about, for a panel of large digits.
  var main: [BigNumber] {
    [
      BigNumber(name: "before", value: before, style: style(before, .before)),
      BigNumber(name: "after", value: outcome?.after.total, style: style(outcome?.after.total, .after)),
      BigNumber(name: "factor", value: outcome?.factor, style: factorStyle),
    ]
  }

  private func lines(showsLoss: Bool) -> [(name: String, value: String, style: Style)] {
    var lines = [
      ("before", number(before), style(before, .before)),
      ("after", number(outcome?.after.total), style(outcome?.after.total, .after)),
      ("factor", outcome.map { "×" + NumberText.short($0.factor) } ?? "–", factorStyle),
    ]
    lines.append(contentsOf: [
      ("clipped", duty, Style(isClipped ? .warning : .plain, bold: isClipped)),
      ("rule", rule, Style(scene.clipping.isOn ? .limit : .muted)),
    ])
    let totals = scene.history.summary(of: .total)
    if totals.nans + totals.infinities > 0 {
      let text = [("NaN", totals.nans), ("inf", totals.infinities)].filter { $0.1 > 0 }
        .map { "\($0.1) \($0.0)" }.joined(separator: ", ")
      lines.append(("nonfinite", text, Style(.danger, bold: true)))
    }
    if showsLoss { lines.append(("loss", number(loss), style(loss, .loss))) }
    lines += [
      ("lr", NumberText.short(scene.learningRate), .plain),
      ("saturated", saturated, .plain),
      ("update/w", update, .plain),
    ]
    return lines
  }

  private var isClipped: Bool { outcome?.clipped == true }
  private var factorStyle: Style { Style(isClipped ? .warning : .plain, bold: isClipped) }

  private var duty: String {
    guard let duty = scene.history.duty() else { return "–" }
    let (window, steps) = (History.window, min(History.window, scene.history.count))
    return steps < window
      ? "\(Int((duty * Float(steps)).rounded())) of \(steps)" : "\(Int((duty * 100).rounded())) % of \(window)"
  }

  private var rule: String {
    let clipping = scene.clipping
    return clipping.isOn ? SettingsText.brief(clipping.rule) : "off"
  }

  private var saturated: String {
    scene.present?.saturated.map { NumberText.short((100 * Double($0)).rounded()) + " % of units" } ?? "–"
  }

  // The largest of the parameters' changes, relative to the parameter.
  private var update: String {
    guard let ratios = scene.present?.updateRatios, let largest = ratios.max() else { return "–" }
    return NumberText.short(ratios.contains { $0.isNaN } ? .nan : largest)
  }

  private func number(_ value: Float?) -> String { value.map { NumberText.short($0) } ?? "–" }

  private func style(_ value: Float?, _ ink: Ink) -> Style {
    value.map { $0.isFinite } ?? true ? Style(ink, bold: true) : Style(.danger, bold: true)
  }
}

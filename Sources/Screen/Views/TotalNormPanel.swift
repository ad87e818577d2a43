import Analysis
import Foundation
import Language
import Optimization
import Session
import Training

/// The total norm before and after clipping, with `max_norm` as it was at each step, and dimmed what came on other ways.
struct TotalNormPanel {
  let scene: Scene
  let view: ViewState

  private var others: [Scene.Other] { view.others(of: scene) }

  func draw(in area: Rectangle, isFront: Bool, on grid: inout CellGrid) {
    let inside = area.inside
    let window = view.window(on: scene)
    let (axis, plot, names) = arrange(inside, window)
    // The rule and the kind of the axis always stand there; the order of the norm where it has room.
    let kind = axis.map { " · \($0.scale.name)" } ?? ""
    let order = "norm_type \(NumberText.of(scene.clipping.normOrder))"
    let title = "total norm" + (scene.twin.map { " · twin \($0.words)" } ?? "")
    let hasRoom = Glyphs.width(of: title + rule.text + order + kind) + 7 <= area.width - 4
    grid.frame(
      area, title: title, tag: rule, note: hasRoom || axis == nil ? order + kind : String(kind.dropFirst(3)),
      foot: foot, isFront: isFront)
    guard plot.height > 0 else { return }
    var room = inside
    _ = room.cutRight(names?.width ?? 0)
    guard let axis else {
      ChartAxes.draw(nil, around: plot, in: room, steps: nil, on: &grid)
      guard scene.history.count == 0 else { return }
      return Hints.draw(in: plot, scene, on: &grid)
    }
    var curves = RangePlot(plot, axis)
    drawThreshold(plot, curves, window, on: &grid)
    ReadingCursor.draw(scene, window, in: plot, on: &grid)
    addCurves(to: &curves, window)
    let threshold = scene.clipping.active?.maxNorm.flatMap { maxNorm in
      curves.line(of: Double(Float(maxNorm))).map { (row: $0, text: NumberText.short(maxNorm)) }
    }
    ChartAxes.draw(
      axis, around: plot, in: room, steps: window.steps(scene.history, others: others, now: scene.step),
      threshold: threshold, on: &grid)
    curves.draw(on: &grid)
    if let names { drawNames(in: names, curves, window, on: &grid) }
  }

  private func arrange(
    _ inside: Rectangle, _ window: ChartWindow
  ) -> (axis: Axis?, plot: Rectangle, names: Rectangle?) {
    let hasSteps = inside.height >= 4
    let axis = axis(window, rows: inside.height - (hasSteps ? 1 : 0))
    var room = inside
    let names = inside.width >= 44 && axis != nil ? room.cutRight(17) : nil
    return (axis, ChartAxes.plot(in: room, axis, hasSteps: hasSteps), names)
  }

  /// Where the curves are in an area.
  func plot(in area: Rectangle) -> Rectangle { arrange(area.inside, view.window(on: scene)).plot }

  // How many norms are none, and that a part of the run is shown.
  private var foot: [(String, Style)] {
    var pieces: [(String, Style)] = view.zoom > 0 ? [("zoom \(1 << view.zoom)× ", Style(.accent, bold: true))] : []
    if let twin = scene.twin { pieces.append(("twin \(twin.state) ", Style(.twin, bold: true))) }
    let totals = scene.history.summary(of: .total)
    let counts = [("NaN", totals.nans), ("inf", totals.infinities)].filter { $0.1 > 0 }.map { "\($0.1) \($0.0)" }
    if !counts.isEmpty {
      pieces.append((counts.joined(separator: ", ") + " of \(scene.history.count) steps", Style(.danger, bold: true)))
    }
    return pieces
  }

  private var rule: (text: String, style: Style) {
    let clipping = scene.clipping
    guard clipping.isOn else { return ("clip off", Style(.muted)) }
    let threshold = clipping.rule.maxNorm.map { "max_norm \(NumberText.of($0))" }
    return (threshold ?? SettingsText.name(of: clipping.rule), Self.style(of: clipping))
  }

  // The blue comes last: whatever else shares its place, what is passed on is seen.
  private func addCurves(to plot: inout RangePlot, _ window: ChartWindow) {
    let strokes: RangePlot.Strokes = view.isBig ? .heavy : .fine
    for other in others { plot.add(window.columns(other, .total, atMost: plot.columns), Style(.ghost)) }
    if let twin = scene.twin {
      plot.add(window.columns(twin.history, .total, atMost: plot.columns), Style(.twin), .dashed)
    }
    plot.add(window.columns(scene.history, .total, atMost: plot.columns), Style(.before), strokes)
    guard scene.history.hasClipping(in: window.records) else { return }
    var after = window.columns(scene.history, .totalAfter, atMost: plot.columns)
    // Where clipping was off nothing was passed on by it.
    for index in after.stretches.indices {
      let last = window.records.lowerBound + (index + 1) * window.records.count / after.of - 1
      if scene.history.clipping(ofRecord: last)?.isOn == false { after.stretches[index] = Stretch() }
    }
    plot.add(after, Style(.after, bold: true), .heavy)
  }

  private func axis(_ window: ChartWindow, rows: Int) -> Axis? {
    let series = [Series.total, .totalAfter].map { window.summary(scene.history, $0) }
    var ranges = series.compactMap(\.positiveRange)
    // A ghost that has left for infinity must not press the run of now flat: what is cut to `max_norm` is to be told from
    // what it was before. It leaves by the upper edge.
    let most: Float = rows < 12 ? 10 : 1e3
    let limit = ranges.map(\.upperBound).max().map { $0 * most } ?? .infinity
    let twin = scene.twin.map { window.summary($0.history, .total) }
    for ghost in (others.map { window.summary($0, .total) } + [twin].compactMap(\.self)).compactMap(\.positiveRange) {
      if ghost.lowerBound < limit { ranges.append(ghost.lowerBound...min(ghost.upperBound, limit)) }
    }
    // The threshold is drawn only where there are norms to compare it with, and it must not dwarf them.
    if let maxNorm = scene.clipping.active?.maxNorm.map(Float.init), maxNorm > 0, let first = ranges.first,
      maxNorm < first.upperBound * 1e3, maxNorm > first.lowerBound / 1e3
    {
      ranges.append(maxNorm...maxNorm)
    }
    guard let low = ranges.map(\.lowerBound).min(), let high = ranges.map(\.upperBound).max() else {
      if let maxNorm = scene.clipping.active?.maxNorm.map(Float.init), maxNorm > 0, maxNorm.isFinite,
        scene.history.count > 0
      {
        return .decades(around: maxNorm...maxNorm, rows: rows)
      }
      // Zeros alone are seen at the foot of any axis.
      return series.contains { $0.hasFinite || $0.nans + $0.infinities > 0 }
        ? .unmarked : nil
    }
    return .decades(around: low...high, rows: rows)
  }

  // Over each step at the value that it had, and only dashed where clipping was off; from now on as it is set.
  private func drawThreshold(_ area: Rectangle, _ plot: RangePlot, _ window: ChartWindow, on grid: inout CellGrid) {
    let (clipping, history) = (scene.clipping, scene.history)
    for column in 0..<area.width {
      let record = window.record(atCell: column, of: area.width)
      let isPast = record >= 0 && (record < history.count - 1 || scene.isPast && record < history.count)
      let then = (isPast ? history.clipping(ofRecord: record) : nil) ?? clipping
      guard let maxNorm = then.rule.maxNorm, let line = plot.line(of: Double(Float(maxNorm))) else { continue }
      grid[area.column + column, area.row + line] = Cell(then.isOn ? "─" : "╌", Self.style(of: then))
    }
  }

  private static func style(of clipping: Clipping) -> Style {
    Style(.limit, bold: clipping.isOn, dim: !clipping.isOn)
  }

  private typealias Name = (line: Int, pieces: [(String, Style)])

  // Each curve's name and its last number where it ends. Two that end in one row share it, and what has no row there stands
  // elsewhere: `max_norm` beside the axis and above, the ghost in the next row.
  private func drawNames(in area: Rectangle, _ plot: RangePlot, _ window: ChartWindow, on grid: inout CellGrid) {
    // Names stand where curves end; where older steps are looked at, they end elsewhere.
    guard view.center == nil else { return }
    let rows = max(0, area.height - (area.height >= 4 ? 1 : 0))
    var names = curveNames(plot, width: area.width - 1)
    // In its row, or in the next that is free.
    func place(_ text: String, at value: Float, _ style: Style) {
      let line = plot.line(of: Double(value)) ?? (value <= 0 ? max(0, rows - 1) : 0)
      let free = [line, line + 1, line - 1].first { row in
        (0..<rows).contains(row) && !names.contains { $0.line == row }
      }
      if let free { names.append((free, [(text, style)])) }
    }
    if let maxNorm = scene.clipping.rule.maxNorm, let line = plot.line(of: Double(Float(maxNorm))),
      !names.contains(where: { $0.line == line })
    {
      names.append((line, [("max_norm \(NumberText.short(maxNorm))", Self.style(of: scene.clipping))]))
    }
    if let twin = scene.twin?.present?.before?.total {
      let isAbove = twin.isFinite && twin > 0 && plot.line(of: Double(twin)) == nil
      let text = twin.isNaN ? "NaN" : (isAbove ? "↑" : "") + NumberText.short(twin)
      place("twin " + text, at: twin, Style(.twin, bold: true))
    }
    // Where it ended, or at the edge that it left by.
    for other in others {
      guard let last = other.history.last?.before.total else { continue }
      place(name(of: other, last, plot, width: area.width - 1), at: last, Style(.ghost))
    }
    for name in names where (0..<rows).contains(name.line) {
      grid.write(name.pieces, column: area.column + 1, row: area.row + name.line, width: area.width - 1)
    }
  }

  // Its last norm, and how far it went where the axis does not reach.
  private func name(of other: Scene.Other, _ last: Float, _ plot: RangePlot, width: Int) -> String {
    let end = last.isNaN ? "NaN" : NumberText.short(last)
    let name = Glyphs.abridged(other.name, max(3, width - Glyphs.width(of: end) - 1))
    let most = other.history.summary(of: .total).maximum
    guard most.isFinite, most > 0, plot.line(of: Double(most)) == nil else { return "\(name) \(end)" }
    // A run that ended out there has no other number; of one that came back, or to NaN, its power of ten.
    if last == most { return "\(name) ↑\(end)" }
    let both = "\(name) ↑1e\(Int(log10(most).rounded(.down))) \(end)"
    return both.count <= width ? both : "\(name) \(end)"
  }

  private func curveNames(_ plot: RangePlot, width: Int) -> [Name] {
    let isOn = scene.clipping.isOn
    func end(_ value: Float?, _ style: Style) -> (line: Int, text: String, style: Style)? {
      guard let value, let line = plot.line(of: Double(value)) else { return nil }
      return (line, NumberText.short(value), style)
    }
    let before = end(scene.present?.before?.total, Style(.before, bold: true))
    let isPassedOn = isOn && scene.present?.outcome?.skipsStep != true
    let after = isPassedOn ? end(scene.present?.outcome?.after.total, Style(.after, bold: true)) : nil
    if let before, let after, before.line == after.line {
      let pieces = [(before.text, before.style), (" → ", Style(.muted)), (after.text, after.style)]
      if pieces.reduce(0, { $0 + Glyphs.width(of: $1.0) }) <= width { return [(before.line, pieces)] }
      return [(after.line, [("after \(after.text)", after.style)])]
    }
    return [
      before.map { ($0.line, [("\(isOn ? "before" : "norm") \($0.text)", $0.style)]) },
      after.map { ($0.line, [("after \($0.text)", $0.style)]) },
    ]
    .compactMap(\.self)
  }
}

/// What to do, where there is nothing to see yet.
enum Hints {
  static func draw(in area: Rectangle, _ scene: Scene, on grid: inout CellGrid) {
    let lines =
      scene.problem.map { problem in
        ["These settings make no experiment yet:"] + Paragraph.wrap(problem, area.width - 3) + [": opens the prompt."]
      }
      ?? (scene.passage.isEmpty
        ? ["No step has been made yet:", "space trains, n makes one step,", ". one phase, c switches clipping."]
        : ["No step has been made yet."])
    for (offset, line) in lines.enumerated() where offset < area.height {
      grid.write(
        line, column: area.column + 2, row: area.row + max(0, area.height - lines.count) / 2 + offset,
        width: area.width - 3, Style(.muted))
    }
  }
}

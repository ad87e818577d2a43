import Analysis
import Language
import Optimization
import Session
import Training

/// The total norm before and after clipping, over the whole run, with `max_norm` as a line; beside it the numbers.
struct TotalNormPanel {
  let scene: Scene

  func draw(in area: Rectangle, isFront: Bool, isBig: Bool, showsLoss: Bool, on grid: inout CellGrid) {
    let order = NumberText.of(scene.clipping.normOrder)
    let span = scene.history.columns(of: .total, atMost: (isBig ? 1 : 2) * max(1, area.width - 9)).length
    let unit = scene.history.isComplete ? "steps" : "records"
    grid.frame(
      area, title: "total norm", badge: badge,
      note: "p \(order) · log" + (span > 1 ? " · \(span) \(unit) a dot" : ""), isFront: isFront)
    var inside = area.inside
    if inside.width >= 54, !isBig {
      let readout = inside.cutRight(28)
      NumbersReadout(scene: scene).draw(in: readout, showsLoss: showsLoss, on: &grid)
    }
    plot(in: inside, isThick: isBig, on: &grid)
  }

  // How it stands, in a word: what colours and marks say, for whoever sees no colour or sits far away.
  private var badge: (text: String, style: Style)? {
    switch scene.finding?.verdict {
    case .calm, nil: nil
    case .clipped: ("CLIPPED", Style(.warning, bold: true, reverse: true))
    case .exploding: ("EXPLODING", Style(.danger, bold: true, reverse: true))
    case .infinite: ("INFINITE", Style(.danger, bold: true, reverse: true))
    case .notANumber: ("NaN", Style(.danger, bold: true, reverse: true))
    }
  }

  private var axis: Axis {
    var ranges = [Series.total, .totalAfter].compactMap { scene.history.summary(of: $0).positiveRange }
    // The threshold is drawn only where there are norms to compare it with, and it must not dwarf them.
    if let maxNorm = scene.clipping.active?.maxNorm.map(Float.init), maxNorm > 0, let first = ranges.first,
      maxNorm < first.upperBound * 1e3, maxNorm > first.lowerBound / 1e3
    {
      ranges.append(maxNorm...maxNorm)
    }
    guard let low = ranges.map(\.lowerBound).min(), let high = ranges.map(\.upperBound).max() else {
      return .decades(around: nil)
    }
    return .decades(around: low...high)
  }

  private func plot(in area: Rectangle, isThick: Bool, on grid: inout CellGrid) {
    let axis = axis
    let labelled = AxisLabels.draw(axis, in: area, on: &grid)
    var plot = RangePlot(labelled, axis, isThick: isThick)
    let history = scene.history
    if history.count > 0 { drawThreshold(labelled, plot, on: &grid) }
    // Before comes on top: where nothing was clipped, the two are one.
    plot.add(history.columns(of: .totalAfter, atMost: plot.columns).stretches, .after, isDotted: true)
    plot.add(history.columns(of: .total, atMost: plot.columns).stretches, .before)
    plot.draw(on: &grid)
    if scene.present == nil { Hints.draw(in: labelled, scene, on: &grid) }
  }

  // Over each step at the value that it had, and only dashed where clipping was off; from now on as it is set.
  private func drawThreshold(_ area: Rectangle, _ plot: RangePlot, on grid: inout CellGrid) {
    let (clipping, history) = (scene.clipping, scene.history)
    let (stretches, length) = history.columns(of: .total, atMost: plot.columns)
    let used = min(area.width, (stretches.count + plot.columnsPerCell - 1) / plot.columnsPerCell)
    for column in 0..<area.width {
      let end = min((column + 1) * plot.columnsPerCell * length, history.count)
      let isPast = column < used && end < history.count
      drawThreshold(
        (isPast ? history.clipping(ofRecord: end - 1) : nil) ?? clipping, column: area.column + column, top: area.row,
        plot,
        on: &grid
      )
    }
    guard let maxNorm = clipping.rule.maxNorm, let line = plot.line(of: Double(Float(maxNorm))) else { return }
    // The name of the line stands where no norm is drawn yet; the numbers beside the plot have it, too.
    let style = Self.style(of: clipping)
    grid.write(NumberText.short(maxNorm), endingAt: area.column - 1, row: area.row + line, style)
    let label = " max_norm \(NumberText.of(maxNorm))\(clipping.isOn ? "" : " (off)") "
    if area.width - used > label.count + 2 {
      grid.write(label, endingAt: area.column + area.width - 1, row: area.row + line, style)
    }
  }

  private func drawThreshold(
    _ clipping: Clipping, column: Int, top: Int, _ plot: RangePlot, on grid: inout CellGrid
  ) {
    guard let maxNorm = clipping.rule.maxNorm, let line = plot.line(of: Double(Float(maxNorm))) else { return }
    grid[column, top + line] = Cell(clipping.isOn ? "━" : "╌", Self.style(of: clipping))
  }

  private static func style(of clipping: Clipping) -> Style {
    Style(.limit, bold: clipping.isOn, dim: !clipping.isOn)
  }
}

/// The numbers of an axis, at its left.
enum AxisLabels {
  private static let leastWidth = 7

  /// Draws the labels and the line of the axis.
  /// - Returns: the area that is left for the plot.
  static func draw(_ axis: Axis, in area: Rectangle, on grid: inout CellGrid) -> Rectangle {
    let labels = axis.labels(rows: area.height)
    let width = max(leastWidth, labels.map(\.text.count).max() ?? 0)
    guard area.width >= width + 8 else { return area }
    let edge = area.column + width
    for row in 0..<area.height { grid[edge, area.row + row] = Cell("│", Style(.muted)) }
    for (row, text) in labels {
      grid.write(text, endingAt: edge, row: area.row + row, Style(.muted))
      grid[edge, area.row + row] = Cell("┤", Style(.muted))
    }
    return Rectangle(column: edge + 1, row: area.row, width: area.width - width - 1, height: area.height)
  }
}

/// What to do, where there is nothing to see yet.
enum Hints {
  static func draw(in area: Rectangle, _ scene: Scene, on grid: inout CellGrid) {
    let lines =
      scene.problem.map { ["These settings make no experiment yet:", $0] }
      ?? (isWaiting(scene)
        ? ["A lesson is about to begin:", "space goes on with it,", "? shows all keys."]
        : [
          "No step has been made yet:", "space trains, n makes one step,", ". one phase, c switches clipping,",
          ": opens the prompt, ? all keys,", "q leaves.",
        ])
    for (offset, line) in lines.enumerated() where offset < area.height {
      grid.write(
        line, column: area.column + 2, row: area.row + max(0, area.height - lines.count) / 2 + offset,
        width: area.width - 3, Style(.muted))
    }
  }

  private static func isWaiting(_ scene: Scene) -> Bool {
    if case .waiting = scene.player { true } else { false }
  }
}

import Language
import Training

/// A chart's axes: numbers and a line at its left, the first and the last step below it.
enum ChartAxes {
  private static let leastWidth = 4

  /// The area that the axes leave for a plot.
  /// - Parameter hasSteps: whether there is a row of steps below it.
  static func plot(in area: Rectangle, _ axis: Axis?, hasSteps: Bool) -> Rectangle {
    let width = max(leastWidth, axis?.ticks.map(\.text.count).max() ?? 0)
    let height = area.height - (hasSteps ? 1 : 0)
    guard area.width >= width + 8 else {
      return Rectangle(column: area.column, row: area.row, width: area.width, height: height)
    }
    return Rectangle(
      column: area.column + width + 1, row: area.row, width: area.width - width - 1, height: height)
  }

  /// Draws the axes around a plot.
  /// - Parameters:
  ///   - steps: the steps of the plot; `nil` for no row of them.
  ///   - threshold: a number with a row of its own, from the top, which takes the place of a tick there.
  static func draw(
    _ axis: Axis?, around plot: Rectangle, in area: Rectangle, steps: ChartWindow.Steps?,
    threshold: (row: Int, text: String)? = nil, on grid: inout CellGrid
  ) {
    let edge = plot.column - 1
    if edge > area.column {
      for row in 0..<plot.height { grid[edge, plot.row + row] = Cell("│", Style(.muted)) }
      for tick in axis?.ticks ?? [] where plot.height - 1 - tick.row != threshold?.row {
        label(tick.text, plot.height - 1 - tick.row, Style(.muted), edge, plot, on: &grid)
      }
      if let threshold { label(threshold.text, threshold.row, Style(.limit), edge, plot, on: &grid) }
    }
    guard plot.height < area.height else { return }
    let row = plot.row + plot.height
    for column in plot.column..<plot.column + plot.width { grid[column, row] = Cell("─", Style(.muted)) }
    if edge >= area.column { grid[edge, row] = Cell("└", Style(.muted)) }
    guard let steps else { return }
    grid.write("\(steps.ends.lowerBound)", column: plot.column, row: row, width: plot.width, Style(.muted))
    var free = plot.column + "\(steps.ends.lowerBound)".count + 1
    func write(_ text: String, endingAt end: Int) {
      guard end - text.count >= free, end <= plot.column + plot.width else { return }
      grid.write(text, endingAt: end, row: row, Style(.muted))
      free = end + 1
    }
    // The step of now stands where its numbers are; what comes behind it is another run's, or still to come.
    let right = plot.column + plot.width
    guard steps.ends.upperBound > steps.ends.lowerBound else { return }
    guard let last = steps.last else { return write("step \(steps.ends.upperBound)", endingAt: right) }
    let end = plot.column + 1 + Int((last.place * Double(plot.width - 1)).rounded())
    let text = "step \(last.step)"
    write(text, endingAt: max(end, min(right, free + text.count)))
    if steps.lastDrawn > last.step { write("\(steps.lastDrawn)", endingAt: right) }
  }

  private static func label(
    _ text: String, _ row: Int, _ style: Style, _ edge: Int, _ plot: Rectangle, on grid: inout CellGrid
  ) {
    guard row >= 0 else { return }
    grid.write(text, endingAt: edge, row: plot.row + row, style)
    grid[edge, plot.row + row] = Cell("┤", Style(.muted))
  }
}

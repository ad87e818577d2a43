import Session
import Training

/// Where the position of now is in a chart, where that is not its end.
enum ReadingCursor {
  private static func cell(_ scene: Scene, _ window: ChartWindow, width: Int) -> Int? {
    guard scene.isPast else { return nil }
    return window.cell(ofRecord: ChartWindow.record(of: scene.step, in: scene.history), of: width)
  }

  /// A line behind the curves, from the foot to the head.
  static func draw(_ scene: Scene, _ window: ChartWindow, in plot: Rectangle, on grid: inout CellGrid) {
    guard let cell = cell(scene, window, width: plot.width) else { return }
    for row in 0..<plot.height { grid[plot.column + cell, plot.row + row] = Cell("│", Style(.accent, bold: true)) }
  }

  /// A cell of each row in reverse, where there is no room for a line: blocks fill their cells as those of a sparkline do.
  static func light(_ scene: Scene, _ window: ChartWindow, in area: Rectangle, on grid: inout CellGrid) {
    guard scene.isPast, area.width > 0 else { return }
    let record = ChartWindow.record(of: scene.step, in: scene.history)
    guard window.records.contains(record) else { return }
    // As `Sparkline` lays its stretches out; with two columns of dots a cell where it has more rows.
    let cell =
      area.height > 1
      ? window.cell(ofRecord: record, of: area.width)
      : min(area.width - 1, Self.block(record - window.records.lowerBound, window.records.count, area.width))
    guard let cell else { return }
    for row in area.row..<area.row + area.height {
      let column = area.column + cell
      guard grid[column, row].glyph != " " else {
        if area.height > 1 { grid[column, row] = Cell("│", Style(.accent, bold: true)) }
        continue
      }
      var style = grid[column, row].style
      style.reverse.toggle()
      grid[column, row] = Cell(grid[column, row].glyph, style)
    }
  }

  // The first of the cells that show a record.
  private static func block(_ index: Int, _ count: Int, _ width: Int) -> Int {
    let stretches = min(width, count)
    let stretch = index * stretches / count
    return (stretch * width + stretches - 1) / stretches
  }
}

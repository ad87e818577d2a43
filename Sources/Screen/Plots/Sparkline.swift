import Training

/// A series in one or a few rows, on an axis that it shares with others.
///
/// In one row a stretch whose extremes are close is a block as high as its maximum; one whose extremes are apart is a bar
/// of dots from minimum to maximum. With more rows it is a `RangePlot`.
enum Sparkline {
  static func draw(
    _ history: History, _ series: Series, _ axis: Axis, in area: Rectangle, _ style: Style, on grid: inout CellGrid
  ) {
    guard area.width > 0, area.height > 0 else { return }
    if area.height > 1 {
      var plot = RangePlot(area, axis)
      plot.add(history.columns(of: series, atMost: plot.columns).stretches, style.ink)
      plot.draw(on: &grid)
      return
    }
    for (column, stretch) in history.columns(of: series, atMost: area.width).stretches.enumerated() {
      grid[area.column + column, area.row] = cell(stretch, axis, style)
    }
  }

  private static func cell(_ stretch: Stretch, _ axis: Axis, _ style: Style) -> Cell {
    if stretch.nans > 0 || stretch.infinities > 0 { return Nonfinite.cell(isNaN: stretch.nans > 0) }
    guard stretch.hasFinite else { return .blank }
    guard let top = axis.level(of: Double(stretch.maximum), levels: 8) else { return Cell("0", Style(.muted)) }
    let foot = axis.level(of: Double(stretch.minimum), levels: 8) ?? 0
    if top - foot <= 1 { return Cell(Unicode.Scalar(0x2581 + UInt32(top))!, style) }
    // Both halves of a braille cell from the lower to the upper quarter.
    let rows: [UInt32] = [0xC0, 0x24, 0x12, 0x09]
    let dots = ((foot / 2)...(top / 2)).reduce(UInt32(0)) { $0 | rows[$1] }
    return Cell(Unicode.Scalar(0x2800 + dots)!, style)
  }
}

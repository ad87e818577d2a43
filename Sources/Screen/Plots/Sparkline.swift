import Training

/// A series in one or two rows, on an axis of its own: with more rows than one a line in braille, and a twin's dashed beside it;
/// in one row blocks of eighths, each as high as the maximum of its stretch.
enum Sparkline {
  static func draw(
    _ series: (stretches: [Stretch], of: Int), twin: (stretches: [Stretch], of: Int)? = nil, _ axis: Axis,
    in area: Rectangle, _ style: Style, on grid: inout CellGrid
  ) {
    guard area.width > 0, area.height > 0 else { return }
    if area.height > 1 {
      var plot = RangePlot(area, axis)
      if let twin { plot.add(twin, Style(.twin), .dashed) }
      plot.add(series, style)
      return plot.draw(on: &grid)
    }
    for column in 0..<area.width where series.of > 0 {
      let index = column * series.of / area.width
      guard index < series.stretches.count else { return }
      grid[area.column + column, area.row] = cell(series.stretches[index], axis, style)
    }
  }

  private static func cell(_ stretch: Stretch, _ axis: Axis, _ style: Style) -> Cell {
    if stretch.nans > 0 || stretch.infinities > 0 { return Nonfinite.cell(isNaN: stretch.nans > 0) }
    guard stretch.hasFinite else { return .blank }
    guard let top = axis.level(of: Double(stretch.maximum), levels: 8) else { return Cell("0", Style(.muted)) }
    return Cell(Unicode.Scalar(0x2581 + UInt32(top))!, style)
  }
}

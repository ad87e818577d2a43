import Training

/// Series over time as lines in braille dots: two columns and four rows of dots a cell.
///
/// A series fills the width. Where it has fewer stretches than there are columns its points are joined by lines; where a
/// stretch holds several steps it is a band of sparse dots from its minimum to its maximum with its last value as a line,
/// so that a spike of one step is as tall as it was.
struct RangePlot {
  /// How a series is drawn.
  enum Strokes {
    /// Fine dots.
    case fine
    /// Two dots thick, and level stretches as a heavy bar: told apart from a fine line also where there is no colour.
    case heavy
    /// Fine dots in every other cell: told apart from a whole line also where there is no colour and no dot.
    case dashed
  }

  private let area: Rectangle
  private let axis: Axis
  // For each cell its dots, and the style of the series that was drawn last there.
  private var dots: [UInt8]
  private var styles: [Style]
  // Cells that a level heavy line runs through.
  private var bars: [Int: Style] = [:]
  // What is not finite has no height: its cells at the top of the plot, and whether it is NaN.
  private var marks: [Int: (isNaN: Bool, isGhost: Bool)] = [:]
  private var zeros: Set<Int> = []
  private var isDashed = false

  /// A plot in `area`.
  init(_ area: Rectangle, _ axis: Axis) {
    (self.area, self.axis) = (area, axis)
    dots = Array(repeating: 0, count: max(0, area.width * area.height))
    styles = Array(repeating: .plain, count: dots.count)
  }

  /// How many stretches fit.
  var columns: Int { 2 * area.width }

  private var rows: Int { 4 * area.height }

  /// A stretch as rows of dots counted from the foot.
  private struct Bar {
    var low: Int
    var high: Int
    var line: Int
  }

  /// Adds a series, over what is there already.
  /// - Parameters:
  ///   - series: stretches from the left, and how many of them, at most `columns`, would fill the width.
  mutating func add(_ series: (stretches: [Stretch], of: Int), _ style: Style, _ strokes: Strokes = .fine) {
    let (stretches, count) = series
    var previous: (column: Int, bar: Bar)?
    defer { isDashed = false }
    isDashed = strokes == .dashed
    for (index, stretch) in stretches.enumerated() {
      let column = Self.column(of: index, among: count, width: columns)
      if stretch.nans > 0 || stretch.infinities > 0 {
        // Up to the next stretch, where there are columns between.
        let next = index + 1 < stretches.count ? Self.column(of: index + 1, among: count, width: columns) : column + 1
        // Of both, what came first is said first; at the end only NaN counts.
        let isNaN = stretch.nans > 0 && (stretch.infinities == 0 || index + 1 == stretches.count)
        for cell in column / 2...max(column, next - 1) / 2 { marks[cell] = (isNaN, style.ink == .ghost) }
      }
      // What has no say in the axis leaves by the edge; it does not lie along it.
      if style.ink == .ghost || isDashed, stretch.hasFinite, let height = axis.height(of: Double(stretch.last)),
        !(0...1).contains(height)
      {
        let begins = axis.height(of: Double(stretch.minimum)).map { (0...1).contains($0) } ?? false
        if previous != nil || begins, let bar = bar(stretch) {
          draw(bar, column: column, from: previous, style, strokes)
        }
        previous = nil
        continue
      }
      guard let bar = bar(stretch) else {
        if stretch.hasFinite { zeros.insert(column / 2) }
        previous = nil
        continue
      }
      draw(bar, column: column, from: previous, style, strokes)
      previous = (column, bar)
    }
  }

  /// Where a stretch is drawn: over the whole width, the only one at its end, where the newest is.
  static func column(of index: Int, among count: Int, width: Int) -> Int {
    count < 2 ? width - 1 : index * (width - 1) / (count - 1)
  }

  private func bar(_ stretch: Stretch) -> Bar? {
    guard stretch.hasFinite, let high = axis.level(of: Double(stretch.maximum), levels: rows) else { return nil }
    let low = axis.level(of: Double(stretch.minimum), levels: rows) ?? 0
    return Bar(low: low, high: high, line: axis.level(of: Double(stretch.last), levels: rows) ?? low)
  }

  private mutating func draw(
    _ bar: Bar, column: Int, from previous: (column: Int, bar: Bar)?, _ style: Style, _ strokes: Strokes
  ) {
    if strokes == .heavy, bar.low / 4 == bar.high / 4, previous.map({ $0.bar.low / 4 == bar.low / 4 }) ?? true {
      for column in (previous.map { $0.column + 1 } ?? column)...column { setBar(column: column, row: bar.high, style) }
      return
    }
    // The band: sparse, but whole at its ends.
    for row in bar.low...bar.high where row == bar.low || row == bar.high || (row + column) % 2 == 0 {
      set(column: column, row: row, style)
    }
    set(column: column, row: bar.line, style)
    if let previous { join(previous, to: (column, bar), style) }
    if strokes == .heavy { set(column: column, row: min(rows - 1, bar.line + 1), style) }
  }

  // The line from the stretch before: its last values over columns between, and over the rows that both leave open.
  private mutating func join(_ from: (column: Int, bar: Bar), to: (column: Int, bar: Bar), _ style: Style) {
    let width = to.column - from.column
    var last = from.bar.line
    for column in from.column...to.column where width > 0 {
      let part = Double(column - from.column) / Double(width)
      let row = from.bar.line + Int((Double(to.bar.line - from.bar.line) * part).rounded())
      if column > from.column {
        // Up or down to the middle in this column: no longer stroke than the step is.
        for step in min(last, row)...max(last, row) where step != last || last == row {
          set(column: column, row: step, style)
        }
      }
      last = row
    }
  }

  private func index(column: Int, row: Int) -> Int? {
    let index = (area.height - 1 - row / 4) * area.width + column / 2
    return index >= 0 && index < dots.count && column / 2 < area.width ? index : nil
  }

  private mutating func set(column: Int, row: Int, _ style: Style) {
    guard let index = index(column: column, row: row), !isDashed || column / 2 % 2 == 0 else { return }
    // What another series has drawn in the same cell gives way: two colours have no room in one.
    if styles[index] != style { dots[index] = 0 }
    dots[index] |= Self.bits[column % 2 * 4 + row % 4]
    styles[index] = style
    bars[index] = nil
  }

  private mutating func setBar(column: Int, row: Int, _ style: Style) {
    guard let index = index(column: column, row: row) else { return }
    bars[index] = style
  }

  // U+2800: dots 1 2 3 7 down the left, 4 5 6 8 down the right; from the foot up.
  private static let bits: [UInt8] = [0x40, 0x04, 0x02, 0x01, 0x80, 0x20, 0x10, 0x08]

  /// The row of the plot, from its top, that a number falls into; `nil` outside.
  func line(of value: Double) -> Int? {
    guard let height = axis.height(of: value), height >= -1e-6, height <= 1 + 1e-6, area.height > 0 else { return nil }
    return axis.level(of: value, levels: rows).map { area.height - 1 - $0 / 4 }
  }

  /// Draws the dots, and on top what has no height.
  func draw(on grid: inout CellGrid) {
    for index in dots.indices {
      let (column, row) = (area.column + index % area.width, area.row + index / area.width)
      if let style = bars[index] {
        grid[column, row] = Cell("━", style)
      } else if dots[index] != 0 {
        grid[column, row] = Cell(Unicode.Scalar(0x2800 + UInt32(dots[index]))!, styles[index])
      }
    }
    for column in zeros where column < area.width {
      let foot = (area.height - 1) * area.width + column
      if dots[foot] == 0, bars[foot] == nil {
        grid[area.column + column, area.row + area.height - 1] = Cell("0", Style(.muted))
      }
    }
    for (column, mark) in marks where column < area.width && area.height > 0 {
      let cell = Nonfinite.cell(isNaN: mark.isNaN)
      grid[area.column + column, area.row] = mark.isGhost ? Cell(cell.glyph, Style(.ghost)) : cell
    }
  }
}

/// The marks for what is no height.
enum Nonfinite {
  static func cell(isNaN: Bool) -> Cell { Cell(isNaN ? "×" : "∞", Style(.danger, bold: true, reverse: true)) }
}

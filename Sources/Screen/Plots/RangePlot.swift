import Training

/// Series over time as bars from minimum to maximum, in braille dots: two columns and four rows of dots a cell.
///
/// Each dot column is one stretch of steps. A bar also reaches for the one before it, so that a series is a line; it never
/// ends short of its own extremes, so a spike of one step is as tall as it was.
struct RangePlot {
  private let area: Rectangle
  private let axis: Axis
  // For each cell its dots, and the ink of the series that was drawn last there.
  private var dots: [UInt8]
  private var inks: [Ink?]
  // What is not finite has no height: its cells at the top of the plot, and whether it is NaN.
  private var marks: [Int: Bool] = [:]
  private var zeros: Set<Int> = []
  private let isThick: Bool

  /// A plot in `area`; a thick one draws a stretch as a whole cell's width, for eyes that are far away.
  init(_ area: Rectangle, _ axis: Axis, isThick: Bool = false) {
    (self.area, self.axis, self.isThick) = (area, axis, isThick)
    dots = Array(repeating: 0, count: max(0, area.width * area.height))
    inks = Array(repeating: nil, count: dots.count)
  }

  /// How many stretches fit.
  var columns: Int { columnsPerCell * area.width }
  /// How many stretches share a cell.
  var columnsPerCell: Int { isThick ? 1 : 2 }

  private var rows: Int { 4 * area.height }

  /// Adds a series, over what is there already. A dotted one draws every second column only, with its neighbour's
  /// extremes in it: told apart from a line also where there is no colour.
  mutating func add(_ stretches: [Stretch], _ ink: Ink, isDotted: Bool = false) {
    var previous: (low: Int, high: Int)?
    for (column, stretch) in stretches.prefix(columns).enumerated() {
      if stretch.nans > 0 || stretch.infinities > 0 { marks[column / columnsPerCell] = stretch.nans > 0 }
      guard let bar = bar(stretch) else {
        if stretch.hasFinite { zeros.insert(column / columnsPerCell) }
        previous = nil
        continue
      }
      var (low, high) = bar
      if let previous {
        if low > previous.high { low = min(low, previous.high + 1) }
        if high < previous.low { high = max(high, previous.low - 1) }
      }
      if isThick {
        for row in low...min(high + 1, rows - 1) {
          set(column: 2 * column, row: row, ink)
          if !isDotted { set(column: 2 * column + 1, row: row, ink) }
        }
      } else {
        for row in low...high { set(column: isDotted ? column / 2 * 2 : column, row: row, ink) }
      }
      previous = bar
    }
  }

  // Dot rows counted from the foot.
  private func bar(_ stretch: Stretch) -> (low: Int, high: Int)? {
    guard stretch.hasFinite, let high = axis.level(of: Double(stretch.maximum), levels: rows) else { return nil }
    return (axis.level(of: Double(stretch.minimum), levels: rows) ?? 0, high)
  }

  private mutating func set(column: Int, row: Int, _ ink: Ink) {
    let line = area.height - 1 - row / 4
    let index = line * area.width + column / 2
    guard index >= 0, index < dots.count else { return }
    dots[index] |= Self.bits[column % 2 * 4 + row % 4]
    inks[index] = ink
  }

  // U+2800: dots 1 2 3 7 down the left, 4 5 6 8 down the right; from the foot up.
  private static let bits: [UInt8] = [0x40, 0x04, 0x02, 0x01, 0x80, 0x20, 0x10, 0x08]

  /// The row of the plot, from its top, that a number falls into; `nil` outside.
  func line(of value: Double) -> Int? {
    guard let height = axis.height(of: value), height >= 0, height <= 1, area.height > 0 else { return nil }
    return axis.level(of: value, levels: rows).map { area.height - 1 - $0 / 4 }
  }

  /// Draws the dots, and on top what has no height.
  func draw(on grid: inout CellGrid) {
    for index in dots.indices where dots[index] != 0 {
      let glyph = Unicode.Scalar(0x2800 + UInt32(dots[index]))!
      grid[area.column + index % area.width, area.row + index / area.width] =
        Cell(glyph, Style(inks[index] ?? .plain))
    }
    for column in zeros where column < area.width {
      let foot = area.row + area.height - 1
      if dots[(area.height - 1) * area.width + column] == 0 {
        grid[area.column + column, foot] = Cell("0", Style(.muted))
      }
    }
    for (column, isNaN) in marks where column < area.width && area.height > 0 {
      grid[area.column + column, area.row] = Nonfinite.cell(isNaN: isNaN)
    }
  }
}

/// The marks for what is no height.
enum Nonfinite {
  static func cell(isNaN: Bool) -> Cell { Cell(isNaN ? "×" : "∞", Style(.danger, bold: true, reverse: true)) }
}

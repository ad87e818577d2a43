import Analysis
import Foundation
import Language
import Optimization
import Session
import Training

/// A line for each parameter: whether its gradient's norm grows or fades, the norm over the run, each on a logarithmic scale
/// of its own, the norm before and after clipping, and its share of the total.
struct ParametersPanel {
  let scene: Scene
  let view: ViewState

  /// The columns of a line: the name, the sparkline, the numbers, the share as a number and as a bar.
  private struct Columns {
    var name: Int
    var spark: Int
    var numbers = 19
    var share = 6
    var bar = 0

    init(width: Int, longestName: Int) {
      name = min(longestName, max(8, width / 3))
      var rest = width - 2 - name - 1 - 1
      if rest < numbers + share + 8 { share = 0 }
      if rest < numbers + 8 { numbers = 0 }
      rest -= numbers + share
      bar = rest > 30 ? min(20, rest / 4) : 0
      spark = max(0, rest - bar - (bar > 0 ? 1 : 0))
    }
  }

  func draw(in area: Rectangle, isFront: Bool, on grid: inout CellGrid) {
    let names = scene.parameters.map(\.name)
    let inside = area.inside
    let lines = max(1, min(3, inside.height / max(1, names.count)))
    let visible = Self.visible(scene, view, in: area)
    let range = names.count > visible.count ? " \(visible.lowerBound + 1)–\(visible.upperBound) of \(names.count)" : ""
    let columns = Columns(width: inside.width, longestName: names.map(\.count).max() ?? 0)
    let hasTwin = hasTwin && columns.bar >= Self.twinWidth
    let headings =
      columns.numbers == 0
      ? "" : "before → after" + (columns.share > 0 ? "   \(shareName)" : "") + (hasTwin ? "   twin" : "")
    grid.frame(
      area, title: (inside.width >= 64 ? "gradient norm by parameter" : "by parameter") + range, note: headings,
      foot: foot(width: inside.width - 4), isFront: isFront)
    for (offset, index) in visible.enumerated() {
      let row = Rectangle(
        column: inside.column, row: inside.row + offset * lines, width: inside.width, height: lines)
      draw(index, names[index], columns, in: row, on: &grid)
    }
  }

  /// The parameters that have room in an area, so that the chosen one is among them.
  static func visible(_ scene: Scene, _ view: ViewState, in area: Rectangle) -> Range<Int> {
    let count = scene.parameters.count
    let lines = max(1, min(3, area.inside.height / max(1, count)))
    let fits = max(1, area.inside.height / lines)
    let first = min(max(0, view.cursor - fits + 1), max(0, count - fits))
    return first..<min(count, first + fits)
  }

  // Of all sides of a step what no other panel says.
  private func foot(width: Int) -> [(String, Style)] {
    var facts: [String] = []
    if let saturated = scene.present?.saturated {
      facts.append("saturated \(NumberText.short((100 * Double(saturated)).rounded())) % of activations")
    }
    if let dead = scene.known.dead() {
      facts.append("dead \(NumberText.short((100 * Double(dead)).rounded())) % of units")
    }
    // A parameter that was zero has no share that it was moved by.
    if let ratios = scene.present?.updateRatios, ratios.count == scene.parameters.count,
      let largest = ratios.indices.filter({ !(ratios[$0] < 0) }).max(by: { Self.isSmaller(ratios[$0], ratios[$1]) })
    {
      facts.append("largest update \(Self.percent(ratios[largest])) of \(scene.parameters[largest].name)")
    }
    if hasNorms { facts.append("each row on its own log scale") }
    while facts.joined(separator: " · ").count > width, facts.count > 1 { facts.removeLast() }
    return facts.isEmpty ? [] : [(facts.joined(separator: " · "), .plain)]
  }

  private static let twinWidth = 8

  private var hasTwin: Bool { scene.twin?.hasSameParameters == true }

  // NaN is what one wants to see.
  private static func isSmaller(_ one: Float, _ other: Float) -> Bool { one < other || !one.isNaN && other.isNaN }

  private static func percent(_ ratio: Float) -> String {
    ratio.isFinite ? NumberText.short(100 * ratio) + " %" : NumberText.short(ratio)
  }

  private var shareName: String {
    let order = scene.present?.before?.order ?? scene.clipping.normOrder
    return order == 2 ? "share of norm²" : order.isFinite && order > 0 ? "share" : "of total"
  }

  // The series of the parameters, none before anything was recorded.
  private var hasNorms: Bool { scene.history.count > 0 }

  // Each row has a scale of its own, from the smallest to the largest that is seen, and no less than a decade: how it changes
  // is what a row shows, and how large it is stands beside it.
  private func axis(_ index: Int) -> Axis? {
    guard hasNorms else { return nil }
    let window = view.window(on: scene)
    guard var range = window.summary(scene.history, .norm(index)).positiveRange else { return .unmarked }
    // A twin that has left for infinity does not press it flat.
    if hasTwin, let other = scene.twin.flatMap({ window.summary($0.history, .norm(index)).positiveRange }) {
      range =
        min(
          range.lowerBound, max(other.lowerBound, range.lowerBound / 1e3))...max(
          range.upperBound, min(other.upperBound, range.upperBound * 1e3))
    }
    let (low, high) = (Double(range.lowerBound), Double(range.upperBound))
    let missing = max(1, 10 / (high / low)).squareRoot()
    return Axis(low: max(low, high * 1e-12) / missing, high: high * missing)
  }

  private func draw(
    _ index: Int, _ name: String, _ columns: Columns, in area: Rectangle, on grid: inout CellGrid
  ) {
    let row = area.row + (area.height - 1) / 2
    let isChosen = index == view.cursor
    let trend = scene.known.count > 0 ? Trend(scene.known, parameter: index) : .calm
    let isNonfinite = scene.present?.nonfinite?.contains(index) ?? false
    var column = area.column
    grid[column, row] = Cell(isChosen ? "▸" : " ", Style(.accent, bold: true))
    grid[column + 1, row] = sign(trend, index)
    column += 2
    let nameStyle = isNonfinite ? Style(.danger, bold: true) : Style(.plain, bold: isChosen)
    grid.write(Self.abridged(name, columns.name), column: column, row: row, width: columns.name, nameStyle)
    column += columns.name + 1
    let spark = Rectangle(column: column, row: area.row, width: columns.spark, height: area.height)
    if let axis = axis(index) {
      drawThreshold(axis, in: spark, on: &grid)
      let window = view.window(on: scene)
      let most = (area.height > 1 ? 2 : 1) * max(0, columns.spark)
      let series = window.columns(scene.history, .norm(index), atMost: most)
      // What is bad is told without colour, too.
      let style = Style(Self.ink(trend), bold: trend == .growing || trend == .nonfinite)
      let twin = hasTwin ? scene.twin.map { window.columns($0.history, .norm(index), atMost: most) } : nil
      Sparkline.draw(series, twin: twin, axis, in: spark, style, on: &grid)
      ReadingCursor.light(scene, window, in: spark, on: &grid)
    } else if !hasNorms {
      let shape = scene.parameters[index].shape.map(String.init).joined(separator: "×")
      grid.write(shape, column: column, row: row, width: columns.spark, Style(.muted))
    }
    column += columns.spark + 1
    if columns.numbers > 0 { drawNumbers(index, column: column, row: row, on: &grid) }
    column += columns.numbers
    drawShare(index, column: column, row: row, columns, on: &grid)
  }

  private func sign(_ trend: Trend, _ index: Int) -> Cell {
    switch trend {
    case .calm: .blank
    case .growing: Cell("↗", Style(.danger, bold: true))
    case .vanishing: Cell("↘", Style(.muted, bold: true))
    case .nonfinite:
      Cell(scene.known.last?.before.perParameter[index].isNaN == false ? "∞" : "×", Style(.danger, bold: true))
    }
  }

  private static func ink(_ trend: Trend) -> Ink {
    switch trend {
    case .calm: .before
    case .growing, .nonfinite: .danger
    case .vanishing: .muted
    }
  }

  // max_norm, where it is on the scale: as a faint line, or, behind a single row, as a dash at its height.
  private func drawThreshold(_ axis: Axis, in area: Rectangle, on grid: inout CellGrid) {
    guard let maxNorm = scene.clipping.active?.maxNorm else { return }
    let value = Double(Float(maxNorm))
    if area.height == 1 {
      guard let height = axis.height(of: value), (0...1).contains(height),
        let level = axis.level(of: value, levels: Self.dashes.count)
      else { return }
      grid[area.column + area.width, area.row] = Cell(Self.dashes[level], Style(.limit))
      return
    }
    guard let line = RangePlot(area, axis).line(of: value) else { return }
    for column in 0..<area.width { grid[area.column + column, area.row + line] = Cell("╌", Style(.limit, dim: true)) }
  }

  // From the foot of a cell to its head; no bar looks like one.
  private static let dashes: [Unicode.Scalar] = ["⎽", "⎼", "─", "⎻", "⎺"]

  private func drawNumbers(_ index: Int, column: Int, row: Int, on grid: inout CellGrid) {
    guard let norms = scene.present?.before?.perParameter, norms.indices.contains(index) else { return }
    let before = norms[index]
    func text(_ value: Float) -> (String, Ink) {
      (NumberText.short(value), value.isFinite ? .plain : .danger)
    }
    let (first, firstInk) = text(before)
    grid.write(first, endingAt: column + 8, row: row, Style(firstInk, bold: firstInk == .danger))
    grid.write("→", column: column + 9, row: row, Style(.muted))
    guard let after = scene.present?.passedOn?.perParameter[index] else {
      grid.write("–", column: column + 11, row: row, Style(.muted))
      return
    }
    let (second, secondInk) = text(after)
    grid.write(
      second, column: column + 11, row: row, Style(secondInk == .danger ? .danger : after == before ? .plain : .after))
  }

  private func drawShare(_ index: Int, column: Int, row: Int, _ columns: Columns, on grid: inout CellGrid) {
    guard columns.share > 0, let before = scene.present?.before, let share = Self.share(of: index, before) else {
      return
    }
    grid.write("\(Int((share * 100).rounded())) %", endingAt: column + columns.share, row: row)
    guard columns.bar > 0 else { return }
    // Beside a twin the bar gives way to its norm.
    if hasTwin, columns.bar >= Self.twinWidth, let norm = scene.twin?.present?.before?.perParameter[index] {
      let ink: Ink = norm.isFinite ? .twin : .danger
      return grid.write(
        NumberText.short(norm), endingAt: column + columns.share + 1 + columns.bar, row: row, Style(ink, bold: true))
    }
    let eighths = Int((share * Double(columns.bar * 8)).rounded())
    for cell in 0..<columns.bar {
      let filled = min(8, max(0, eighths - 8 * cell))
      // U+2588 is a full block, U+2589 to U+258F are seven eighths down to one.
      guard filled > 0 else { break }
      grid[column + columns.share + 1 + cell, row] =
        Cell(Unicode.Scalar(0x2590 - UInt32(filled))!, Style(.before))
    }
  }

  /// The part of the total that a parameter makes up: of its p-th power, as norms of order p add up. Norms of order 0 and below
  /// do not add up.
  static func share(of index: Int, _ norms: GradientNorms) -> Double? {
    guard norms.perParameter.indices.contains(index), norms.order > 0 else { return nil }
    let (part, total) = (Double(norms.perParameter[index]), Double(norms.total))
    guard part.isFinite, total.isFinite, total > 0 else { return nil }
    return min(1, norms.order.isFinite ? Foundation.pow(part / total, Double(norms.order)) : part / total)
  }

  // The end of a name tells more than its middle: `rnn.wei…_hh_l0`.
  private static func abridged(_ name: String, _ width: Int) -> String {
    guard name.count > width, width > 4 else { return name }
    let tail = width / 2
    return name.prefix(width - tail - 1) + "…" + name.suffix(tail)
  }
}

import Foundation
import Language
import Optimization
import Session
import Training

/// One line for each parameter: its gradient's norm over the run as a sparkline, all on one logarithmic axis, the norm
/// before and after clipping, and its share of the total.
struct ParametersPanel {
  let scene: Scene
  let cursor: Int

  /// The columns of a line: the name, the sparkline, the numbers, the share as a number and as a bar.
  private struct Columns {
    var name: Int
    var spark: Int
    var numbers = 18
    var share = 5
    var bar = 0

    init(width: Int, longestName: Int) {
      name = min(longestName, max(8, width / 3))
      var rest = width - 1 - name - 1 - 1
      if rest < numbers + share + 8 { share = 0 }
      if rest < numbers + 8 { numbers = 0 }
      rest -= numbers + share
      bar = rest > 44 ? min(24, rest / 4) : 0
      spark = max(0, rest - bar - (bar > 0 ? 1 : 0))
    }
  }

  func draw(in area: Rectangle, isFront: Bool, on grid: inout CellGrid) {
    let names = scene.parameters.map(\.name)
    let inside = area.inside
    let lines = max(1, min(3, inside.height / max(1, names.count)))
    let visible = max(1, inside.height / lines)
    let first = min(max(0, cursor - visible + 1), max(0, names.count - visible))
    let axis = axis
    let scale = "\(NumberText.short(axis.low)) to \(NumberText.short(axis.high)) · one log scale"
    let range = names.count > visible ? "\(first + 1)–\(min(names.count, first + visible)) of \(names.count) · " : ""
    grid.frame(area, title: "by parameter", note: range + scale, isFront: isFront)
    let columns = Columns(width: inside.width, longestName: names.map(\.count).max() ?? 0)
    for (offset, index) in (first..<min(names.count, first + visible)).enumerated() {
      let row = Rectangle(
        column: inside.column, row: inside.row + offset * lines, width: inside.width, height: lines)
      draw(index, names[index], columns, axis, in: row, on: &grid)
    }
  }

  // The series of the parameters, none before anything was recorded.
  private var norms: [Series] { scene.history.count == 0 ? [] : scene.parameters.indices.map(Series.norm) }

  private var axis: Axis {
    let ranges = norms.compactMap { scene.history.summary(of: $0).positiveRange }
    guard let low = ranges.map(\.lowerBound).min(), let high = ranges.map(\.upperBound).max() else {
      return .decades(around: nil)
    }
    // Twelve decades are as many as eight levels can tell apart; what is below them is at the foot.
    return .decades(around: max(low, high * 1e-12)...high)
  }

  private func draw(
    _ index: Int, _ name: String, _ columns: Columns, _ axis: Axis, in area: Rectangle, on grid: inout CellGrid
  ) {
    let row = area.row + (area.height - 1) / 2
    let isChosen = index == cursor
    let isNonfinite = scene.present?.nonfinite?.contains(index) ?? false
    var column = area.column
    grid[column, row] = Cell(isChosen ? "▸" : " ", Style(.accent, bold: true))
    column += 1
    let nameStyle = isNonfinite ? Style(.danger, bold: true) : Style(.plain, bold: isChosen)
    grid.write(Self.abridged(name, columns.name), column: column, row: row, width: columns.name, nameStyle)
    column += columns.name + 1
    if index < norms.count {
      let spark = Rectangle(column: column, row: area.row, width: columns.spark, height: area.height)
      Sparkline.draw(scene.history, norms[index], axis, in: spark, Style(.before), on: &grid)
    }
    column += columns.spark + 1
    if columns.numbers > 0 { drawNumbers(index, column: column, row: row, on: &grid) }
    column += columns.numbers
    drawShare(index, column: column, row: row, columns, on: &grid)
  }

  private func drawNumbers(_ index: Int, column: Int, row: Int, on grid: inout CellGrid) {
    guard let before = scene.present?.before?.perParameter[index] else { return }
    func text(_ value: Float) -> (String, Ink) {
      (NumberText.short(value), value.isFinite ? .plain : .danger)
    }
    let (first, firstInk) = text(before)
    grid.write(first, endingAt: column + 7, row: row, Style(firstInk, bold: firstInk == .danger))
    grid.write("→", column: column + 8, row: row, Style(.muted))
    guard let after = scene.present?.outcome?.after.perParameter[index] else {
      grid.write("–", column: column + 10, row: row, Style(.muted))
      return
    }
    let (second, secondInk) = text(after)
    grid.write(
      second, column: column + 10, row: row, Style(secondInk == .danger ? .danger : after == before ? .plain : .after))
  }

  private func drawShare(_ index: Int, column: Int, row: Int, _ columns: Columns, on grid: inout CellGrid) {
    guard columns.share > 0, let before = scene.present?.before, let share = Self.share(of: index, before) else {
      return
    }
    grid.write("\(Int((share * 100).rounded()))%", endingAt: column + columns.share, row: row)
    guard columns.bar > 0 else { return }
    let eighths = Int((share * Double(columns.bar * 8)).rounded())
    for cell in 0..<columns.bar {
      let filled = min(8, max(0, eighths - 8 * cell))
      // U+2588 is a full block, U+2589 to U+258F are seven eighths down to one.
      guard filled > 0 else { break }
      grid[column + columns.share + 1 + cell, row] =
        Cell(Unicode.Scalar(0x2590 - UInt32(filled))!, Style(.before))
    }
  }

  /// The part of the total that a parameter makes up: of its p-th power, as norms of order p add up.
  static func share(of index: Int, _ norms: GradientNorms) -> Double? {
    let (part, total) = (Double(norms.perParameter[index]), Double(norms.total))
    guard part.isFinite, total.isFinite, total > 0 else { return nil }
    return norms.order.isFinite && norms.order > 0 ? Foundation.pow(part / total, Double(norms.order)) : part / total
  }

  // The end of a name tells more than its middle: `rnn.wei…_hh_l0`.
  private static func abridged(_ name: String, _ width: Int) -> String {
    guard name.count > width, width > 4 else { return name }
    let tail = width / 2
    return name.prefix(width - tail - 1) + "…" + name.suffix(tail)
  }
}

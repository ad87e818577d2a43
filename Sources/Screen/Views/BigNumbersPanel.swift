import Foundation
import Language
import Session
import Training

/// The numbers that a class looks at, as large as there is room: the total norm before and after clipping, and the factor.
struct BigNumbersPanel {
  let scene: Scene

  func draw(in area: Rectangle, on grid: inout CellGrid) {
    let numbers = NumbersReadout(scene: scene).main
    let shown = numbers.prefix(area.width >= 110 ? 3 : 2)
    let width = area.width / shown.count
    for (index, number) in shown.enumerated() {
      let panel = Rectangle(column: area.column + index * width, row: area.row, width: width, height: area.height)
      grid.frame(panel, title: number.name, note: index == 1 && shown.count == 2 ? factor(numbers) : "", isFront: true)
      draw(number.value, number.style, in: panel.inside, on: &grid)
    }
  }

  private func factor(_ numbers: [BigNumber]) -> String {
    numbers.last.map { "factor \($0.value.map { NumberText.short($0) } ?? "–")" } ?? ""
  }

  private func draw(_ value: Float?, _ style: Style, in area: Rectangle, on grid: inout CellGrid) {
    let text = Self.text(value, blocks: (area.width - 2) / 2)
    let rows = max(1, area.height / BigDigits.height)
    let columns = max(1, min(2 * rows, (area.width - 2) / max(1, BigDigits.width(of: text))))
    let column = area.column + (area.width - BigDigits.width(of: text) * columns) / 2
    let row = area.row + (area.height - rows * BigDigits.height + 1) / 2
    BigDigits.draw(text, column: column, row: row, block: (columns, rows), style, on: &grid)
  }

  // As many digits as there is room for.
  private static func text(_ value: Float?, blocks: Int) -> String {
    guard let value else { return "–" }
    let choices = [3, 2, 1].map { NumberText.short(rounded(value, digits: $0)) }
    return choices.first { BigDigits.width(of: $0) <= blocks } ?? choices[2]
  }

  private static func rounded(_ value: Float, digits: Int) -> Double {
    guard value.isFinite, value != 0 else { return Double(value) }
    let unit = Foundation.pow(10, (Foundation.log10(Double(value.magnitude))).rounded(.down) - Double(digits - 1))
    return (Double(value) / unit).rounded() * unit
  }
}

/// A number with its name, as `BigNumbersPanel` shows it.
struct BigNumber {
  let name: String
  let value: Float?
  let style: Style
}

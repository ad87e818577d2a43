import Foundation
import Language
import Session
import Training

/// The numbers that a class looks at, as large as there is room: the total norm before and after clipping, and the loss.
struct BigNumbersPanel {
  let scene: Scene

  private struct Number {
    let name: String
    let value: Float?
    let ink: Ink

    var style: Style { value.map { $0.isFinite } ?? true ? Style(ink, bold: true) : Style(.danger, bold: true) }
  }

  private var numbers: [Number] {
    let present = scene.present
    return [
      Number(name: "norm before", value: present?.before?.total, ink: .before),
      Number(name: "norm after", value: present?.passedOn?.total, ink: .after),
      Number(name: "loss", value: present?.loss, ink: .loss),
    ]
  }

  func draw(in area: Rectangle, on grid: inout CellGrid) {
    let shown = numbers.prefix(area.width >= 66 ? 3 : 2)
    for (index, number) in shown.enumerated() {
      let (first, end) = (area.width * index / shown.count, area.width * (index + 1) / shown.count)
      let panel = Rectangle(column: area.column + first, row: area.row, width: end - first, height: area.height)
      grid.frame(panel, title: number.name, isFront: true)
      draw(number, in: panel.inside, on: &grid)
    }
  }

  private func draw(_ number: Number, in area: Rectangle, on grid: inout CellGrid) {
    let text = Self.text(number.value, blocks: area.width - 2)
    let rows = max(1, area.height / BigDigits.height)
    let columns = max(1, min(2 * rows, (area.width - 2) / max(1, BigDigits.width(of: text))))
    let column = area.column + (area.width - BigDigits.width(of: text) * columns) / 2
    let row = area.row + (area.height - rows * BigDigits.height + 1) / 2
    BigDigits.draw(text, column: column, row: row, block: (columns, rows), number.style, on: &grid)
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

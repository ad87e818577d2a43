import Foundation

/// A scroll position of help, no further than its end: on a narrow screen its lines take more rows.
public func helpScroll(_ scroll: Int, of lines: [String], size: GridSize) -> Int {
  HelpPage.clamp(scroll, lines: HelpPage.wrapped(lines, size: size).count, rows: size.rows)
}

/// Help over the whole screen but its first and last line.
struct HelpPage {
  let lines: [String]
  let scroll: Int

  func draw(on grid: inout CellGrid) {
    let area = Rectangle(column: 0, row: 1, width: grid.size.columns, height: grid.size.rows - 2)
    grid.clear(area)
    let visible = area.height - 2
    let lines = Self.wrapped(lines, size: grid.size)
    let first = Self.clamp(scroll, lines: lines.count, rows: grid.size.rows)
    let last = min(lines.count, first + visible)
    grid.frame(
      area, title: "help", note: "\(first + 1)–\(last) of \(lines.count) · ↑ ↓ PgUp PgDn · Esc closes", isFront: true)
    for (offset, line) in lines[first..<last].enumerated() {
      let isTitle = line.first.map { $0 != " " && $0.isUppercase } ?? false
      grid.write(
        line, column: area.column + 2, row: area.row + 1 + offset, width: area.width - 4,
        isTitle ? Style(.accent, bold: true) : .plain)
    }
  }

  /// The lines as they fit; what goes on in a second one stands below its own column.
  static func wrapped(_ lines: [String], size: GridSize) -> [String] {
    lines.flatMap { line -> [String] in
      let width = size.columns - 4
      guard line.count > width, width > 20 else { return [line] }
      let margin = line.prefix { $0 == " " }.count
      let column = line.range(of: "  ", options: .backwards).map {
        line.distance(from: line.startIndex, to: $0.upperBound)
      }
      let indent = column.map { $0 > margin && $0 < width * 2 / 3 ? $0 : margin + 2 } ?? margin + 2
      var rows = [String(repeating: " ", count: margin)]
      var isFirst = true
      for word in line.dropFirst(margin).split(separator: " ", omittingEmptySubsequences: false) {
        if !isFirst, rows[rows.count - 1].count + word.count + 1 > width {
          rows.append(String(repeating: " ", count: indent) + word)
        } else {
          rows[rows.count - 1] += (isFirst ? "" : " ") + word
        }
        isFirst = false
      }
      return rows
    }
  }

  /// A scroll position with the last line at the foot at most.
  static func clamp(_ scroll: Int, lines: Int, rows: Int) -> Int { max(0, min(scroll, lines - (rows - 4))) }
}

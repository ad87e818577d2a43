import CTerminal
import Screen

extension TerminalSession {
  /// Shows `grid`, with the cursor in a cell or not at all. What the terminal shows already costs nothing.
  ///
  /// While the terminal has not taken the frame before, the newest grid waits for it and the ones between are dropped.
  func draw(_ grid: CellGrid, cursor: (column: Int, row: Int)? = nil) {
    waiting = (grid, cursor)
    flush()
  }

  /// Sends what the terminal takes: the rest of the last frame, then the one that waits.
  func flush() {
    guard sendOutbox() else { return }
    noteTaken()
    guard let (grid, cursor) = waiting else { return }
    waiting = nil
    paint(grid)
    painter_place_cursor(Int32(cursor?.column ?? 0), Int32(cursor?.row ?? 0), cursor != nil)
    guard let frame = assembleFrame() else { return }
    let brackets = TerminalCapabilities.frameBrackets
    outbox = options.synchronizedOutput ? brackets.begin + frame + brackets.end : frame
    options.recorder?.output(outbox)
    frameBegan = TerminalSystem.milliseconds
    if sendOutbox() { noteTaken() }
  }

  // A line that takes long for a frame has all that the system holds for it still to carry, and the answer to the next key
  // would stand behind that: fewer frames leave the line some room. A large frame that is taken in two portions is not slow.
  private func noteTaken() {
    guard let began = frameBegan else { return }
    frameBegan = nil
    slowness = TerminalSystem.milliseconds - began <= Self.patience ? max(1, slowness * 0.97) : min(16, slowness * 2)
  }

  private static let patience = 20

  /// True when everything is out.
  private func sendOutbox() -> Bool {
    guard !outbox.isEmpty else { return true }
    let count = guard_write(outbox, outbox.count)
    if count > 0 {
      outbox.removeFirst(count)
    } else if count < 0 && !TerminalSystem.isTemporary {
      // The terminal is gone; reading from it says so to the event loop.
      outbox = []
    }
    return outbox.isEmpty
  }

  /// The bytes that lead from the last frame to what was painted, `nil` if there are none.
  private func assembleFrame() -> [UInt8]? {
    var length = 0
    guard let bytes = painter_take_frame(&length) else { return nil }
    return Array(UnsafeBufferPointer(start: bytes, count: length))
  }

  /// Hands the cells that have changed to ncurses; those outside the grid are blank.
  private func paint(_ grid: CellGrid) {
    if let painted, painted == grid { return }
    let known = painted?.size == grid.size ? painted : nil
    for row in 0..<size.rows {
      for column in 0..<size.columns {
        let cell = grid[column, row]
        let isWide = grid[column + 1, row].glyph == Glyphs.rightHalf
        // A letter of two cells is written with its first; of one that was there both are blank by now.
        if cell.glyph == Glyphs.rightHalf { continue }
        if known?[column, row] == cell, !isWide || known?[column + 1, row].glyph == Glyphs.rightHalf { continue }
        for (offset, glyph) in glyphs(cell.glyph, isWide: isWide).enumerated() {
          painter_put(
            Int32(column + offset), Int32(row), glyph.value, colors.pair(cell.style.ink), attributes(cell.style))
        }
      }
    }
    painted = grid
  }

  /// A character that takes just as many columns here as it has cells; anything else would shift the rest of its row.
  private func glyphs(_ scalar: Unicode.Scalar, isWide: Bool) -> [Unicode.Scalar] {
    if (0x20...0x7E).contains(scalar.value) { return isWide ? [scalar, " "] : [scalar] }
    let fits = !usesASCII && painter_width(scalar.value) == (isWide ? 2 : 1)
    return fits ? [scalar] : isWide ? ["?", "?"] : ["?"]
  }

  private func attributes(_ style: Style) -> PainterAttributes {
    var attributes = PainterAttributes()
    if style.bold { attributes.insert(.bold) }
    if style.reverse { attributes.insert(.reverse) }
    if style.dim { attributes.insert(.dim) }
    return attributes
  }
}

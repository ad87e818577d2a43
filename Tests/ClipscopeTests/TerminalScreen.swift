import Screen

/// A terminal without a window: takes what a program writes and knows what would be on the screen.
///
///     var screen = TerminalScreen(columns: 80, rows: 24)
///     screen.feed(bytes)
///     #expect(screen.text.contains("step 1"))
///
/// It knows what the descriptions of xterm, screen, tmux, linux, rxvt and the VT100 family make ncurses send. What it
/// does not know it notes in `unknown`, so that nothing passes unseen.
struct TerminalScreen: Equatable {
  /// How a character looks.
  struct Look: Hashable {
    /// The parameters of SGR that are on, without colours: 1 bold, 2 dim, 4 underlined, 7 reversed.
    var attributes: Set<Int> = []
    /// The colours as the program named them, `nil` for the terminal's own.
    var ink: [Int]?
    var paper: [Int]?
  }

  /// A character and how it looks.
  struct Cell: Hashable {
    var glyph: Unicode.Scalar = " "
    var look = Look()

    /// Whether nobody could tell two cells apart: a blank shows no ink.
    func looksLike(_ other: Self) -> Bool {
      guard glyph == " ", other.glyph == " " else { return self == other }
      let seen: Set<Int> = [4, 7]
      return look.paper == other.look.paper
        && look.attributes.intersection(seen) == other.look.attributes.intersection(seen)
    }
  }

  private(set) var columns: Int
  private(set) var rows: Int
  private(set) var cells: [Cell]
  /// Where the next character goes, from 0.
  private(set) var cursor = (column: 0, row: 0)
  /// The private modes that are switched on.
  private(set) var modes: Set<Int> = [25, 7]
  /// How often the whole screen was cleared, and how many frames came in brackets.
  private(set) var clears = 0
  private(set) var frames = 0
  /// Sequences that mean nothing here.
  private(set) var unknown: [String] = []

  // Written in the last column, the cursor stays there until the next character.
  private var wraps = false
  private var look = Look()
  private var margins: ClosedRange<Int>
  private var inserts = false
  private var drawsLines = [false, false]
  private var shifted = 0
  private var saved = (column: 0, row: 0)
  private var last: Unicode.Scalar = " "
  private var sequence: [UInt8] = []

  init(columns: Int, rows: Int) {
    (self.columns, self.rows) = (columns, rows)
    cells = Array(repeating: Cell(), count: columns * rows)
    margins = 0...max(0, rows - 1)
  }

  /// Gives it another size; what was on it is gone, as the program has to paint it again anyway.
  mutating func resize(columns: Int, rows: Int) {
    (self.columns, self.rows) = (columns, rows)
    cells = Array(repeating: Cell(), count: columns * rows)
    (cursor, wraps, margins) = ((0, 0), false, 0...max(0, rows - 1))
  }

  /// The screen as text, a line for each row.
  var text: String { (0..<rows).map { text(row: $0) + "\n" }.joined() }

  /// The text of a row, blanks at its end left out.
  func text(row: Int) -> String {
    var line = String.UnicodeScalarView(cells[row * columns..<(row + 1) * columns].map(\.glyph))
    while line.last == " " { line.removeLast() }
    return String(line)
  }

  /// Whether two screens show the same, wherever they come from.
  static func == (one: Self, other: Self) -> Bool {
    one.columns == other.columns && one.rows == other.rows && one.modes.contains(25) == other.modes.contains(25)
      && zip(one.cells, other.cells).allSatisfy { $0.looksLike($1) }
  }

  // MARK: Taking bytes

  /// Takes bytes; a sequence may be cut anywhere.
  mutating func feed(_ bytes: some Sequence<UInt8>) {
    for byte in bytes { feed(byte) }
  }

  private mutating func feed(_ byte: UInt8) {
    // CAN ends whatever has begun.
    if byte == 0x18 { return sequence = [] }
    sequence.append(byte)
    switch sequence[0] {
    case 0x1B: if sequence.count > 1 { feedEscape(byte) }
    case 0..<0x20, 0x7F:
      sequence = []
      control(byte)
    case 0x20..<0x7F:
      sequence = []
      put(Unicode.Scalar(byte))
    default: feedUTF8()
    }
  }

  private mutating func feedUTF8() {
    let length = [0xC0: 2, 0xE0: 3, 0xF0: 4][Int(sequence[0] & 0xF0) == 0xD0 ? 0xC0 : Int(sequence[0] & 0xF0)] ?? 1
    guard sequence.count >= length else { return }
    let scalars = Array(String(decoding: sequence, as: UTF8.self).unicodeScalars)
    sequence = []
    scalars.forEach { put($0) }
  }

  private mutating func feedEscape(_ byte: UInt8) {
    let isDone =
      switch sequence[1] {
      case UInt8(ascii: "["): sequence.count > 2 && (0x40...0x7E).contains(byte)
      case UInt8(ascii: "]"): byte == 7 || sequence.suffix(2) == [0x1B, 0x5C]
      case UInt8(ascii: "("), UInt8(ascii: ")"): sequence.count == 3
      default: true
      }
    guard isDone else { return }
    let whole = sequence
    sequence = []
    switch whole[1] {
    case UInt8(ascii: "["): controlSequence(whole)
    case UInt8(ascii: "("): drawsLines[0] = whole[2] == UInt8(ascii: "0")
    case UInt8(ascii: ")"): drawsLines[1] = whole[2] == UInt8(ascii: "0")
    case UInt8(ascii: "7"): saved = cursor
    case UInt8(ascii: "8"): (cursor, wraps) = (saved, false)
    case UInt8(ascii: "M"): reverseLineFeed()
    case UInt8(ascii: "D"): lineFeed()
    case UInt8(ascii: "="), UInt8(ascii: ">"): break
    default: note(whole)
    }
  }

  private mutating func note(_ sequence: [UInt8]) {
    unknown.append(String(decoding: sequence, as: UTF8.self).debugDescription)
  }

  // MARK: Characters

  private static let lines = Dictionary(
    uniqueKeysWithValues: zip("`afgijklmnopqrstuvwxyz{|}~".unicodeScalars, "◆▒°±␉┘┐┌└┼⎺⎻─⎼⎽├┤┴┬│≤≥π≠£·".unicodeScalars))

  private mutating func put(_ scalar: Unicode.Scalar) {
    guard columns > 0, rows > 0 else { return }
    if wraps {
      cursor.column = 0
      lineFeed()
      wraps = false
    }
    last = scalar
    if inserts { insertBlanks(1) }
    let glyph = drawsLines[shifted] ? Self.lines[scalar] ?? scalar : scalar
    cells[cursor.row * columns + cursor.column] = Cell(glyph: glyph, look: look)
    if Glyphs.isWide(glyph), cursor.column < columns - 1 {
      cursor.column += 1
      cells[cursor.row * columns + cursor.column] = Cell(glyph: Glyphs.rightHalf, look: look)
    }
    if cursor.column == columns - 1 { wraps = modes.contains(7) } else { cursor.column += 1 }
  }

  private mutating func control(_ byte: UInt8) {
    switch byte {
    case 0x08: move(to: cursor.column - (wraps ? 0 : 1), cursor.row)
    case 0x09: move(to: (cursor.column / 8 + 1) * 8, cursor.row)
    case 0x0A: lineFeed()
    case 0x0D: move(to: 0, cursor.row)
    case 0x0E: shifted = 1
    case 0x0F: shifted = 0
    case 0x00, 0x07: break
    default: note([byte])
    }
  }

  private mutating func move(to column: Int, _ row: Int) {
    cursor = (max(0, min(column, columns - 1)), max(0, min(row, rows - 1)))
    wraps = false
  }

  private mutating func lineFeed() {
    if cursor.row == margins.upperBound { scroll(margins, by: 1) } else { cursor.row = min(cursor.row + 1, rows - 1) }
  }

  private mutating func reverseLineFeed() {
    if cursor.row == margins.lowerBound { scroll(margins, by: -1) } else { cursor.row = max(0, cursor.row - 1) }
  }

  private mutating func scroll(_ range: ClosedRange<Int>, by count: Int) {
    guard range.upperBound < rows else { return }
    let old = cells
    for row in range {
      for column in 0..<columns {
        let source = row + count
        cells[row * columns + column] = range.contains(source) ? old[source * columns + column] : Cell()
      }
    }
  }

  private mutating func insertBlanks(_ count: Int) {
    let (start, end) = (cursor.row * columns + cursor.column, (cursor.row + 1) * columns)
    let kept = cells[start..<end].dropLast(min(count, end - start))
    cells.replaceSubrange(start..<end, with: Array(repeating: Cell(), count: end - start - kept.count) + kept)
  }

  private mutating func deleteCells(_ count: Int) {
    let (start, end) = (cursor.row * columns + cursor.column, (cursor.row + 1) * columns)
    let kept = cells[start..<end].dropFirst(count)
    cells.replaceSubrange(start..<end, with: kept + Array(repeating: Cell(), count: end - start - kept.count))
  }

  private mutating func erase(_ range: Range<Int>) {
    for place in range.clamped(to: cells.indices) { cells[place] = Cell() }
  }

  // MARK: Control sequences

  private mutating func controlSequence(_ bytes: [UInt8]) {
    let body = bytes[2..<(bytes.count - 1)]
    let isPrivate = body.first == UInt8(ascii: "?")
    let words = String(decoding: isPrivate ? body.dropFirst() : body, as: UTF8.self)
    let numbers = words.split(separator: ";", omittingEmptySubsequences: false).map { Int($0) ?? 0 }
    let final = Character(Unicode.Scalar(bytes[bytes.count - 1]))
    let place = cursor.row * columns + cursor.column
    if isPrivate { return setMode(numbers, final, bytes) }
    func count(_ index: Int = 0) -> Int { index < numbers.count ? max(1, numbers[index]) : 1 }
    switch final {
    case "A": move(to: cursor.column, cursor.row - count())
    case "B": move(to: cursor.column, cursor.row + count())
    case "C": move(to: cursor.column + count(), cursor.row)
    case "D": move(to: cursor.column - count(), cursor.row)
    case "G", "`": move(to: count() - 1, cursor.row)
    case "d": move(to: cursor.column, count() - 1)
    case "H", "f": move(to: count(1) - 1, count() - 1)
    case "I": move(to: (cursor.column / 8 + count()) * 8, cursor.row)
    case "Z": move(to: (cursor.column - 1) / 8 * 8, cursor.row)
    case "J": eraseScreen(numbers[0], place)
    case "K": eraseLine(numbers[0], place)
    case "X": erase(place..<min(place + count(), (cursor.row + 1) * columns))
    case "b": for _ in 0..<count() { put(last) }
    case "@": insertBlanks(count())
    case "P": deleteCells(count())
    case "L": scrollLines(by: -count())
    case "M": scrollLines(by: count())
    case "S": scroll(margins, by: count())
    case "T": scroll(margins, by: -count())
    case "m": render(numbers)
    case "r": setMargins(numbers)
    case "h" where numbers == [4], "l" where numbers == [4]: inserts = final == "h"
    // The title of a window, kept and brought back.
    case "t" where [22, 23].contains(numbers[0]): break
    default: note(bytes)
    }
  }

  private mutating func scrollLines(by count: Int) {
    guard margins.contains(cursor.row) else { return }
    scroll(cursor.row...margins.upperBound, by: count)
  }

  private mutating func setMargins(_ numbers: [Int]) {
    let (top, bottom) = (max(1, numbers[0]) - 1, (numbers.count > 1 ? numbers[1] : rows) - 1)
    margins = top < bottom && bottom < rows ? top...bottom : 0...max(0, rows - 1)
    move(to: 0, 0)
  }

  private mutating func eraseScreen(_ what: Int, _ place: Int) {
    if what == 2 || what == 0 && place == 0 { clears += 1 }
    erase(what == 0 ? place..<cells.count : what == 1 ? 0..<(place + 1) : 0..<cells.count)
  }

  private mutating func eraseLine(_ what: Int, _ place: Int) {
    let (start, end) = (cursor.row * columns, (cursor.row + 1) * columns)
    erase(what == 0 ? place..<end : what == 1 ? start..<(place + 1) : start..<end)
  }

  private mutating func setMode(_ numbers: [Int], _ final: Character, _ bytes: [UInt8]) {
    guard final == "h" || final == "l" else {
      // The shape of linux's cursor.
      return final == "c" ? () : note(bytes)
    }
    for mode in numbers {
      if mode == 2026, final == "l", modes.contains(mode) { frames += 1 }
      if final == "h" { modes.insert(mode) } else { modes.remove(mode) }
    }
  }

  private mutating func render(_ numbers: [Int]) {
    var rest = numbers[...]
    while let number = rest.popFirst() {
      switch number {
      case 0, 10: look = number == 0 ? Look() : look
      case 1, 2, 4, 7: look.attributes.insert(number)
      case 3, 5: look.attributes.insert(number)
      case 22: look.attributes.subtract([1, 2])
      case 23, 24, 25, 27: look.attributes.remove(number - 20)
      case 30...37, 90...97: look.ink = [number]
      case 40...47, 100...107: look.paper = [number]
      case 39: look.ink = nil
      case 49: look.paper = nil
      case 38, 48:
        let color = Array(rest.prefix(rest.first == 2 ? 4 : 2))
        rest = rest.dropFirst(color.count)
        if number == 38 { look.ink = color } else { look.paper = color }
      default: unknown.append("SGR \(number)")
      }
    }
  }
}

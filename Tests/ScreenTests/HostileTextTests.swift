import Foundation
import Language
import Screen
import Session
import Stories
import Testing

#if canImport(FoundationXML)
  import FoundationXML
#endif

/// Text from files and users can neither reach the terminal raw nor move what stands beside it.
@Suite struct HostileTextTests {
  static let texts = [
    "\u{1B}[2J\u{1B}[31mred", "\u{1B}]0;title\u{7}", "a\u{8}\u{8}b", "\u{9B}31m", "\u{202E}reversed\u{202C}",
    "\u{2066}isolate\u{2069}", "\u{061C}mark", "語語語語 wide", "e\u{301}\u{301}\u{301} combining", "👩‍👩‍👧 family 🏳️‍🌈",
    "\u{FEFF}bom", "soft\u{AD}hyphen", "\u{115F}\u{1160}\u{3164}filler", "\u{FFF9}x\u{FFFA}y\u{FFFB}", "tab\there",
    "\u{E0041}tag", "\u{2028}line\u{2029}", "private \u{E000}", "\u{10FFFF}", "ﷺ", "\u{17A4}\u{D7B0}",
  ]

  /// Whether one column is all that a glyph takes up, as far as Unicode tells.
  private func isSafe(_ glyph: Unicode.Scalar) -> Bool {
    if glyph == Glyphs.rightHalf || Glyphs.isWide(glyph) { return true }
    if glyph.value < 0x20 || (0x7F..<0xA0).contains(glyph.value) || glyph.value == 0xAD { return false }
    switch glyph.properties.generalCategory {
    case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator, .nonspacingMark,
      .enclosingMark, .spacingMark:
      return false
    default:
      return !glyph.properties.isEmojiPresentation
    }
  }

  /// Every place where text of somebody else's is shown.
  private func grids(_ text: String, ascii: Bool = false) throws -> [(String, CellGrid)] {
    let size = GridSize(columns: 100, rows: 30)
    var stage = Stage(files: MemoryFiles(files: [text: "x,\(text.filter { !$0.isNewline })\n1,2\n3,5\n"]))
    for command in [Command.words(.say(text)), .files(.save(text)), .look(.print(.values(text))), .view(.find(text))] {
      _ = stage.type(command.text)
    }
    _ = stage.type("task csv \(Command.files(.save(text)).text.dropFirst(5)) target=x")
    _ = stage.type(text)
    while stage.isBusy { _ = stage.advance() }
    func view(_ change: (inout ViewState) -> Void) -> ViewState {
      var view = ViewState()
      view.isASCII = ascii
      change(&view)
      return view
    }
    let views = [
      ("log", view { $0.panel = .log }), ("overview", view { _ in }),
      ("prompt", view { $0.entry = .prompt(LineEditor(text: text)) }),
      ("question", view { $0.entry = .permission(Player.Question(.trace(path: text), number: 0), LineEditor()) }),
      ("candidates", view { $0.candidates = [text, text] }),
      ("pending", view { ($0.pending, $0.panel) = ([text, text], .log) }),
      ("help", view { $0.help = ([text, text], 0) }),
    ]
    return views.map { ($0.0, render(stage, $0.1, size: size)) }
  }

  @Test("Nothing raw reaches the grid, wherever the text is shown", arguments: texts)
  func raw(text: String) throws {
    for (name, grid) in try grids(text) {
      let unsafe = grid.cells.map(\.glyph).filter { !isSafe($0) }
      #expect(unsafe.isEmpty, "\(name): \(unsafe.map(\.value))")
      #expect(!grid.plainText.contains("\u{1B}"))
      #expect(
        (0..<30).allSatisfy { row in
          grid.text(row: row).unicodeScalars.reduce(0) { $0 + (Glyphs.isWide($1) ? 2 : 1) } == 100
        })
      // A letter of two columns has both of its cells, and nothing else has a right half.
      for row in 0..<30 {
        for column in 0..<100 {
          #expect(Glyphs.isWide(grid[column, row].glyph) == (grid[column + 1, row].glyph == Glyphs.rightHalf))
        }
      }
      for depth in ColorDepth.allCases {
        let stripped = grid.ansiText(Palette(depth: depth)).replacing(/\u{1B}\[[0-9;]*m/, with: "")
        #expect(!stripped.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" }, "only our own colours")
      }
      #expect(XMLParser(data: Data(grid.svg().utf8)).parse(), "\(name)")
    }
    for (name, grid) in try grids(text, ascii: true) {
      #expect(grid.cells.allSatisfy { (0x20..<0x7F).contains($0.glyph.value) }, "\(name)")
    }
  }

  @Test("Every scalar of Unicode, one by one, becomes glyphs of one column, a letter of two, or nothing")
  func everyScalar() throws {
    var unsafe: [UInt32] = []
    var wide: [UInt32] = []
    let columns = 600
    var line = String.UnicodeScalarView()
    var stage = Stage(files: MemoryFiles())
    func look() {
      var view = ViewState()
      view.panel = .log
      let grid = render(stage, view, size: GridSize(columns: columns, rows: 404))
      for (glyph, next) in zip(grid.cells, grid.cells.dropFirst() + [.blank]).map({ ($0.glyph, $1.glyph) }) {
        if !isSafe(glyph) { unsafe.append(glyph.value) }
        if Self.isKnownWide(glyph.value), next != Glyphs.rightHalf { wide.append(glyph.value) }
      }
    }
    var lines = 0
    for value in UInt32(0)...0x10FFFF {
      guard let scalar = Unicode.Scalar(value), scalar.properties.isWhitespace == false else { continue }
      line.append(scalar)
      guard line.count == 500 || value == 0x10FFFF else { continue }
      stage.note(String(line))
      line = String.UnicodeScalarView()
      lines += 1
      if lines % 400 == 0 || value == 0x10FFFF { look() }
    }
    #expect(lines > 2000)
    #expect(unsafe.isEmpty, "\(unsafe.prefix(20).map { String($0, radix: 16) })")
    #expect(wide.isEmpty, "\(Set(wide).sorted().prefix(20).map { String($0, radix: 16) })")
  }

  // The blocks that EastAsianWidth.txt (Unicode 15) gives W or F, and the vowels and consonants that join the one before.
  private static func isKnownWide(_ value: UInt32) -> Bool {
    switch value {
    case 0x1100...0x11FF, 0x2329, 0x232A, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0xA4CF,
      0xA960...0xA97C,
      0xAC00...0xD7A3, 0xD7B0...0xD7FB, 0xF900...0xFAFF, 0xFE10...0xFE19, 0xFE30...0xFE6B, 0xFF01...0xFF60,
      0xFFE0...0xFFE6,
      0x16FE0...0x18D08, 0x1AFF0...0x1B2FB, 0x1F200...0x1F265, 0x20000...0x3FFFD:
      true
    default: false
    }
  }

  @Test("What stands behind hostile text stands where it stands behind harmless text")
  func columns() throws {
    for text in Self.texts {
      let (hostile, harmless) = (try grids(text), try grids("harmless"))
      for (one, other) in zip(hostile, harmless) where one.0 == "overview" {
        for row in 1..<15 {
          let edges = { (grid: CellGrid) in
            (0..<100).filter { grid[$0, row].glyph == "│" || grid[$0, row].glyph == "╮" || grid[$0, row].glyph == "╯" }
          }
          #expect(edges(one.1) == edges(other.1), "row \(row) of \(text.debugDescription)")
        }
      }
    }
  }
}

import Foundation
import Language
import Screen
import Session
import Stories
import Testing
import Training

/// The states that a viewer must tell apart, by characters and attributes: colour is never needed.
@Suite struct StateTests {
  /// The pictures of docs/STATES.md, with a mark that each of them has and none of the others.
  static let states: [(name: String, mark: String)] = [
    ("calm", "‖ idle"), ("clipped", " CLIPPED "), ("exploding", " EXPLODING "), ("nan", " NaN "),
    ("paused", "◆ press c"), ("inside", "[clip]"),
  ]

  static func stage(_ name: String) throws -> Stage {
    let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../docs/states/\(name).scenario")
    return try Stage.told(String(contentsOf: path, encoding: .utf8), waits: true)
  }

  @Test("Each state has its own mark, at every size and in ASCII", arguments: states.indices)
  func marks(index: Int) throws {
    for size in [(80, 24), (160, 48), (60, 20)] {
      for isBig in [false, true] {
        for (other, (name, _)) in Self.states.enumerated() {
          var view = ViewState()
          view.isBig = isBig
          let grid = render(
            try Self.stage(name), view, size: GridSize(columns: size.0, rows: size.1))
          let mark = Self.states[index].mark
          // Idle are all but the paused one and the one inside a step: calm is what has no other mark.
          let isShown = grid.plainText.contains(mark)
          if index != 0 { #expect(isShown == (other == index), "\(name) at \(size), \(mark)\n\(grid.plainText)") }
          if index == 0, other == 0 {
            #expect(isShown)
            for (_, mark) in Self.states.dropFirst() { #expect(!grid.plainText.contains(mark), "\(mark)") }
          }
        }
      }
    }
  }

  @Test("The badge is reversed and bold, so that it is seen without colour and from afar")
  func badges() throws {
    for (name, mark) in Self.states where mark.hasPrefix(" ") {
      let grid = render(try Self.stage(name), ViewState(), size: GridSize(columns: 80, rows: 24))
      let start = try #require(grid.text(row: 1).range(of: mark))
      let first = grid.text(row: 1).distance(from: grid.text(row: 1).startIndex, to: start.lowerBound)
      for column in first..<(first + mark.count) {
        #expect(grid[column, 1].style.reverse && grid[column, 1].style.bold, "\(name)")
      }
    }
  }

  @Test("Clipping is told by the shape of the line, too: norms after it are a heavy line, norms before it fine dots")
  func heavy() throws {
    for (columns, rows) in [(80, 24), (160, 48)] {
      let grid = render(try Self.stage("clipped"), ViewState(), size: GridSize(columns: columns, rows: rows))
      let after = grid.cells.filter { $0.style.ink == .after && $0.glyph == "━" }
      #expect(after.count > columns / 6, "\(grid.plainText)")
      let before = grid.cells.filter { $0.style.ink == .before && (0x2801...0x28FF).contains($0.glyph.value) }
      #expect(before.count > columns / 5)
      #expect(!grid.cells.contains { $0.style.ink == .before && $0.glyph == "━" })
    }
  }

  @Test("max_norm is drawn at the value that it had, dashed where clipping was off")
  func threshold() throws {
    let stage = try Stage.told(
      "\(Stages.recurrent); init default; optimizer sgd lr=0.0001; max_norm 8; step 20; clip on; step 20; "
        + "max_norm 32; step 20")
    let grid = render(stage, ViewState(), size: GridSize(columns: 160, rows: 48))
    var rows: [Unicode.Scalar: Set<Int>] = [:]
    for row in 0..<48 {
      for column in 0..<160
      where grid[column, row].style.ink == .limit && "─╌".unicodeScalars.contains(grid[column, row].glyph) {
        rows[grid[column, row].glyph, default: []].insert(row)
      }
    }
    let (dashed, solid) = (rows["╌"] ?? [], (rows["─"] ?? []).sorted())
    #expect(dashed.count == 1, "\(grid.plainText)")
    #expect(solid.count == 2 && dashed.contains(solid[1]) && solid[0] < solid[1], "\(grid.plainText)")
  }

  @Test("A big screen has fewer and larger panels: the total norm and its numbers, which are read from afar")
  func big() throws {
    let stage = try Self.stage("clipped")
    var view = ViewState()
    view.isBig = true
    for (columns, rows, titles) in [
      (80, 24, ["norm before", "norm after", "loss"]), (160, 48, ["norm before", "norm after", "loss"]),
    ] {
      let grid = render(stage, view, size: GridSize(columns: columns, rows: rows))
      let text = grid.plainText
      for title in titles { #expect(text.contains("╭─ \(title) "), "\(text)") }
      #expect(!text.contains("by parameter") && text.contains("by layer"))
      let blocks = grid.cells.filter { $0.glyph == "█" }
      #expect(blocks.count > 60 && Set(blocks.map(\.style.ink)).isSuperset(of: [.before, .after]))
      // Every other panel is a Tab away.
      view.panel = .parameters
      #expect(render(stage, view, size: grid.size).plainText.contains("by parameter"))
      view.panel = .overview
    }
    let words = stage.after("say \"Look at the orange line.\"")
    #expect(render(words, view, size: GridSize(columns: 80, rows: 24)).plainText.contains("Look at the orange line."))
  }

  @Test("Help on a narrow screen loses no word: what is too long goes on below its own column")
  func help() throws {
    var view = ViewState()
    let lines = ViewState.help(KeyBindings())
    var shown = ""
    let size = GridSize(columns: 60, rows: 24)
    var scroll = 0
    while true {
      view.help = (lines, scroll)
      let grid = render(Stage(files: MemoryFiles()), view, size: size)
      for row in 2..<22 {
        #expect(!grid.text(row: row).contains("…"))
        shown += String(grid.text(row: row).dropFirst(2).dropLast(2)) + " "
      }
      if helpScroll(scroll + 1, of: lines, size: size) == scroll { break }
      scroll = helpScroll(scroll + 20, of: lines, size: size)
    }
    let words = Set(shown.split(separator: " ").map(String.init))
    for word in lines.joined(separator: " ").split(separator: " ") { #expect(words.contains(String(word)), "\(word)") }
  }
}

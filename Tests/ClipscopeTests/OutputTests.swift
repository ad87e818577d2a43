import CTerminal
import Foundation
import SeededRandom
import Testing

extension EndToEnd {
  /// What is written to the terminal: that it is what was meant, and how much of it there is.
  @Suite(.serialized)
  struct OutputTests {
    static let terminals = [
      "xterm-256color", "xterm", "screen-256color", "tmux-256color", "linux", "rxvt", "vt100", "vt220",
    ]

    private static func isHere(_ terminal: String) -> Bool {
      ["/lib/terminfo", "/usr/share/terminfo", "/etc/terminfo"].contains {
        FileManager.default.fileExists(atPath: "\($0)/\(terminal.prefix(1))/\(terminal)")
      }
    }

    @Test func sixKindsOfTerminalAreHere() {
      #expect(Self.terminals.filter(Self.isHere).count >= 6)
    }

    /// Random pictures, one upon the other, through ncurses and onto a screen.
    @Test(arguments: terminals.filter(isHere))
    func thePaintedScreenIsTheGrid(name: String) throws {
      #expect(painter_use_locale() || true)
      try #require(painter_open(name) == .ready)
      defer { painter_close() }
      let hasColor = painter_colors() >= 8
      if hasColor { for color in 0..<8 { #expect(painter_define_pair(Int32(color + 1), Int32(color))) } }
      for seed in UInt64(1)...30 {
        var generator = SplitMix(seed: seed)
        let (columns, rows) = (Int.random(in: 1...90, using: &generator), Int.random(in: 1...30, using: &generator))
        painter_resize(Int32(columns), Int32(rows))
        var screen = TerminalScreen(columns: columns, rows: rows)
        var grid = Array(repeating: TerminalScreen.Cell(), count: columns * rows)
        for _ in 0..<5 {
          for place in grid.indices where Int.random(in: 0..<3, using: &generator) == 0 {
            let ink = hasColor ? Int32.random(in: 0...8, using: &generator) : 0
            let isBold = Bool.random(using: &generator)
            let glyph = "  ab─│█⣿▁é~".unicodeScalars.randomElement(using: &generator)!
            grid[place] = .init(
              glyph: glyph, look: .init(attributes: isBold ? [1] : [], ink: ink == 0 ? nil : [30 + Int(ink) - 1]))
            painter_put(
              Int32(place % columns), Int32(place / columns), glyph.value, ink, isBold ? .bold : PainterAttributes())
          }
          painter_place_cursor(0, 0, false)
          var length = 0
          if let bytes = painter_take_frame(&length) {
            screen.feed(UnsafeBufferPointer(start: bytes, count: length))
          }
          #expect(screen.unknown.isEmpty, "seed \(seed)")
          let wrong = grid.indices.filter { !grid[$0].looksLike(screen.cells[$0]) }
          #expect(wrong.isEmpty, "seed \(seed), \(columns)×\(rows): \(wrong.prefix(3).map { screen.cells[$0] })")
        }
      }
    }

    @Test func theProgramPaintsTheSameEverywhere() throws {
      var pictures: Set<String> = []
      for name in Self.terminals where Self.isHere(name) && name != "linux" {
        let scope = try Scope(environment: ["TERM": name])
        try scope.send("5n")
        try scope.waitFor("five steps") { $0.header.contains("‖ idle  step 5 ") }
        let screen = scope.screen
        #expect(screen.unknown.isEmpty, "\(name): \(screen.unknown)")
        pictures.insert(screen.text)
        try scope.send("q")
        #expect(try scope.terminal.waitForEnd() == .exited(0))
      }
      #expect(pictures.count == 1)
    }

    @Test func theLastCellIsPainted() throws {
      for (columns, rows) in [(40, 10), (80, 24), (133, 37)] {
        let scope = try Scope(columns: columns, rows: rows)
        try scope.send(":" + String(repeating: "x", count: columns - 4) + "\u{1}yz")
        let frame = try scope.waitFor("a full line") { $0.footer.hasPrefix(": yz") }
        #expect(frame.lines.count == rows)
        #expect(frame.footer.count <= columns)
        // The corner of the frame to the right, and nothing scrolled away.
        #expect(frame.header.contains("step 0"))
      }
    }

    @Test func framesStandInBracketsAndTheScreenIsClearedForAReasonOnly() throws {
      let scope = try Scope(options: ["--speed", "200"])
      try scope.send("40n")
      try scope.waitFor("forty steps") { $0.header.contains("‖ idle  step 40 ") }
      #expect(scope.screen.clears == 1, "at the start")
      #expect(scope.screen.frames >= 2)
      try scope.send("\u{C}")
      try scope.waitForScreen("a clear for Ctrl-L") { $0.clears == 2 }
      scope.resize(columns: 90, rows: 30)
      try scope.waitForScreen("a clear for another size") { $0.clears == 3 }
      try scope.send("n")
      try scope.waitFor("a step") { $0.header.contains("‖ idle  step 41 ") }
      try scope.waitUntilKeysAreRead()
      #expect(scope.screen.clears == 3)
      let text = scope.terminal.text
      let (begins, ends) = (
        text.components(separatedBy: "\u{1B}[?2026h"), text.components(separatedBy: "\u{1B}[?2026l")
      )
      #expect(begins.count == ends.count, "as many brackets open as close")
      #expect(begins.dropFirst().allSatisfy { $0.contains("\u{1B}[?2026l") }, "and each closes before the next opens")
    }

    @Test(.enabled(if: Intruder.path != nil)) func aFrameIsOneWrite() throws {
      let folder = try TemporaryFolder()
      let scope = try Scope(
        options: ["--speed", "200"], environment: Intruder.environment("", log: folder.path + "/writes"))
      func writes() -> [Int] {
        (folder.content(of: "writes") ?? "").split(separator: "\n").compactMap { Int($0) }
      }
      let before = (writes: writes().count, frames: scope.screen.frames)
      // Each key is answered before the next is pressed: that is a frame at least.
      for step in 1...5 {
        try scope.send("n")
        try scope.waitFor("step \(step)") { $0.header.contains("‖ idle  step \(step) ") }
      }
      #expect(scope.screen.frames - before.frames >= 5)
      #expect(writes().count - before.writes == scope.screen.frames - before.frames)
      #expect(writes().reduce(0, +) == scope.terminal.output.count, "and nothing is written past them")
    }

    @Test func exportedSizesDoNotFoolIt() throws {
      let scope = try Scope(columns: 100, rows: 30, environment: ["LINES": "11", "COLUMNS": "47"])
      let frame = try scope.waitFor("the panels") { $0.contains("─ total norm ") }
      #expect(frame.lines.count == 30)
      #expect(frame.lines[2].count == 100)
      #expect(frame.footer.contains("q quit"))
    }

    @Test func aThousandSizesEndAsAFreshStart() throws {
      for (columns, rows) in [(80, 24), (57, 17)] {
        var generator = SplitMix(seed: UInt64(columns))
        let scope = try Scope()
        for _ in 0..<1000 {
          scope.resize(
            columns: Int.random(in: 0...160, using: &generator), rows: Int.random(in: 0...60, using: &generator))
          if Int.random(in: 0..<10, using: &generator) == 0 { scope.terminal.look() }
        }
        scope.resize(columns: columns, rows: rows)
        let fresh = try Scope(columns: columns, rows: rows).screen
        // Frames of the sizes before may still come in between.
        try scope.waitForScreen("the screen of a fresh start:\n\(fresh.text)") { $0 == fresh }
        try scope.waitUntilKeysAreRead()
        #expect(scope.screen == fresh, "\(scope.screen.text)\n\(fresh.text)")
      }
    }

    @Test func everySmallSizeIsLivedThrough() throws {
      let scope = try Scope()
      for rows in 0...30 {
        for columns in stride(from: rows % 3, through: 60, by: 3) {
          scope.resize(columns: columns, rows: rows)
          scope.terminal.look()
        }
      }
      scope.resize(columns: 20, rows: 5)
      try scope.waitFor("what it needs") { $0.contains("20×5") && $0.contains("40×10") }
      scope.resize(columns: 80, rows: 24)
      try scope.waitFor("the panels") { $0.contains("─ total norm ") && $0.footer.contains("q quit") }
    }
  }
}

import Foundation
import Screen
import Testing

extension EndToEnd {
  /// Keys as the bytes that terminals send, right and wrong, into the program as it is started.
  @Suite(.serialized)
  struct KeyBytesTests {
    private func open() throws -> Scope {
      let scope = try Scope()
      try scope.waitFor("rest") { $0.header.contains("‖ idle  step 0") && $0.chosen == "fc1.weight" }
      return scope
    }

    @Test func arrowsWorkInBothEncodings() throws {
      let scope = try open()
      for (sent, chosen) in [
        ("\u{1B}[B", "fc1.bias"), ("\u{1B}OB", "fc2.weight"), ("\u{1B}[A", "fc1.bias"), ("\u{1B}OA", "fc1.weight"),
      ] {
        try scope.send(sent)
        try scope.waitFor(chosen) { $0.chosen == chosen }
      }
      for (sent, step) in [("\u{1B}[C", 1), ("\u{1B}OC", 2)] {
        try scope.send(sent)
        try scope.waitFor("a step") { $0.header.contains("step \(step) ") }
      }
    }

    @Test func brokenAndSplitCharactersLoseNoKeyBehindThem() throws {
      let scope = try open()
      var steps = 0
      for bytes: [UInt8] in [
        [0x80], [0xC3], [0xE2, 0x82], [0xF0, 0x9F], [0xFF, 0xFE], [0xED, 0xA0, 0x80], [0xC0, 0xAF], [0xF4, 0x90, 0x80],
      ] {
        try scope.send(bytes + Array("n".utf8))
        steps += 1
        try scope.waitFor("a step behind \(bytes)") { $0.header.contains("step \(steps) ") }
      }
      try scope.send(":")
      try scope.waitFor("the prompt") { $0.footer == ":" }
      // One character in three portions, each read for itself: what was sent before is drawn meanwhile.
      for (portion, line) in [([0x61, 0xE2], ": a"), ([0x82], ": a"), ([0xAC, 0x62], ": a€b")] as [([UInt8], String)] {
        try scope.send(portion)
        try scope.waitFor(line) { $0.footer == line }
      }
    }

    @Test func unknownSequencesAreIgnoredWhole() throws {
      let scope = try open()
      let calm = scope.screen
      let unknown = [
        "\u{1B}OP", "\u{1B}[[A", "\u{1B}[15~", "\u{1B}[24;2~", "\u{1B}[I", "\u{1B}[O", "\u{1B}[?1;2c",
        "\u{1B}[12;40R",
        "\u{1B}[<0;33;7M", "\u{1B}[<0;33;7m", "\u{1B}[M !q", "\u{1B}[27;5;9~", "\u{1B}[113;5u", "\u{1B}[?2026;2$y",
        "\u{1B}]11;rgb:0000/qqqq/0000\u{7}", "\u{1B}]10;quit\u{1B}\\", "\u{1B}P1+r436f=q\u{1B}\\", "\u{1B}_q\u{1B}\\",
      ]
      for sequence in unknown { try scope.send(sequence) }
      try scope.waitUntilKeysAreRead()
      #expect(scope.screen == calm)
      try scope.send("n")
      let step = try scope.waitFor("a step") { $0.header.contains("step 1 ") }
      #expect(step.log.suffix(2) == [Frame(text: calm.text).log.last, "› step"])
    }

    @Test func controlSFreezesNothing() throws {
      let scope = try open()
      try scope.send("\u{13}")
      try scope.send("n")
      try scope.waitFor("a step") { $0.header.contains("step 1 ") }
      try scope.send("\u{11}n")
      try scope.waitFor("another") { $0.header.contains("step 2 ") }
    }

    @Test func escapeIsAnsweredWithinFiftyMilliseconds() throws {
      let scope = try open()
      try Pace.expect(under: 0.05, attempts: 9) {
        try scope.send("?")
        try scope.waitFor("help") { $0.contains("Esc closes") }
        return try scope.seconds("\u{1B}") { $0.contains("─ total norm ") }
      }
    }

    @Test func aKeyHasItsEffectWithinTwentyMilliseconds() throws {
      let scope = try open()
      // The median of twenty.
      try Pace.expect(under: 0.02) {
        var times: [Double] = []
        for turn in 0..<20 {
          let rule = turn % 2 == 0 ? "max_norm 1" : "clip off"
          times.append(try scope.seconds("c") { $0.rule == rule })
        }
        return times.sorted()[times.count / 2]
      }
    }

    @Test func theMouseIsTakenUnlessItIsNotWanted() throws {
      let taken = try open()
      #expect(taken.terminal.text.contains("\u{1B}[?1000h\u{1B}[?1006h"))
      let rows = taken.screen.text.split(separator: "\n", omittingEmptySubsequences: false)
      let row = try #require(rows.firstIndex { $0.contains("fc2.weight") }) + 1
      try taken.send("\u{1B}[<0;5;\(row)M\u{1B}[<0;5;\(row)m")
      try taken.waitFor("the click") { $0.chosen == "fc2.weight" }
      try taken.send("\u{1B}[<0;5;\(row)M")
      try taken.waitFor("the second click") { $0.contains("gradient norm of fc2.weight") }
      try taken.send("q")
      #expect(try taken.terminal.waitForEnd() == .exited(0))
      #expect(taken.terminal.text.contains("\u{1B}[?1000l\u{1B}[?1006l"))
      let scope = try Scope(options: ["--no-mouse"])
      try scope.send("5n?")
      try scope.waitFor("help") { $0.contains("Esc closes") }
      try scope.send("\u{1B}")
      try scope.waitFor("the panels") { $0.contains("─ total norm ") }
      try scope.send("q")
      #expect(try scope.terminal.waitForEnd() == .exited(0))
      for mode in [9, 1000, 1001, 1002, 1003, 1005, 1006, 1015] {
        #expect(
          !scope.terminal.text.contains("\u{1B}[?\(mode)h"),
          "with --no-mouse what is dragged over is selected, without Shift")
      }
    }

    @Test func aPasteOfAMegabyteIsTextAndBounded() throws {
      let scope = try open()
      let paste = "\u{1B}[200~" + String(repeating: "quit\nq", count: 175_000) + "\u{1B}[201~"
      // Outside the prompt it is nothing.
      try scope.send(paste)
      try scope.send("n")
      try scope.waitFor("a step") { $0.header.contains("step 1 ") && $0.log.last == "› step" }
      try scope.send(":")
      try scope.waitFor("the prompt") { $0.footer == ":" }
      try scope.send(paste)
      try scope.waitFor("its end, cut") { $0.footer.contains("quit; qquit; q") }
      try scope.send("\u{3}")
      try scope.waitFor("an empty prompt") { $0.footer == ":" }
      try scope.send("step 2\r")
      try scope.waitFor("two steps") { $0.header.contains("step 3 ") }
    }

    @Test func whatIsSavedReplaysToTheSameState() throws {
      let scope = try open()
      try scope.send("5nc")
      try scope.waitFor("five steps and a rule") { $0.header.contains("step 5 ") && $0.rule != "clip off" }
      try scope.send("++p>3n")
      try scope.waitFor("eight steps") { $0.header.contains("‖ idle  step 8 ") }
      try scope.send(":lr 0.02; step 4\r")
      try scope.waitFor("twelve steps") { $0.header.contains("‖ idle  step 12 ") }
      try scope.send(":save mine.scenario\r")
      let frame = try scope.waitFor("the file") { $0.log.last?.contains("saved as mine.scenario") == true }
      let file = scope.folder.path + "/mine.scenario"
      let again = try PseudoTerminal(BuiltProgram.clipscope, ["run", file])
      #expect(try again.waitForEnd() == .exited(0))
      #expect(frame.digest.count == 8)
      #expect(again.text.contains("digest \(frame.digest)"), "\(again.text)")
    }

    @Test func theSameKeysMakeTheSameFrames() throws {
      var pictures: [String] = []
      for _ in 0..<2 {
        let scope = try open()
        var picture = ""
        for (keys, step) in [("5n", 5), ("c++3n", 8), ("p>7n", 15)] {
          try scope.send(keys)
          picture += try scope.waitFor("step \(step)") { $0.header.contains("‖ idle  step \(step) ") }.text
        }
        pictures.append(picture)
      }
      #expect(pictures[0] == pictures[1])
      #expect(pictures[0].count > 1000)
    }
  }
}

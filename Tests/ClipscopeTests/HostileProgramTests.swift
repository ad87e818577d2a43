import Foundation
import Testing

extension EndToEnd {
  /// Hostile text in the program as it is started: in the names of files, the header of a table, the words of a scenario and
  /// a sample of text.
  @Suite(.serialized)
  struct HostileProgramTests {
    static let texts = [
      "\u{1B}[2J\u{1B}[31mred", "\u{1B}]0;title\u{7}", "a\u{8}\u{8}b", "\u{9B}31m", "\u{202E}reversed",
      "\u{2066}isolate",
      "語語語語wide", "e\u{301}\u{301}\u{301}combining", "👩‍👩‍👧🏳️‍🌈", "soft\u{AD}hyphen", "\u{115F}\u{3164}filler",
      "\u{2028}line", "x\u{E0041}tag", "\u{10FFFF}",
    ]

    /// Where the frames of the panels stand.
    private func edges(_ screen: TerminalScreen) -> [Int] {
      screen.cells.indices.filter { place in
        place / screen.columns < 18 && "│╭╮╰╯".unicodeScalars.contains(screen.cells[place].glyph)
      }
    }

    private func open(_ text: String) throws -> Scope {
      let scenario = """
        task csv "\(text).csv" target=y batch=2
        model simplenet hidden=2
        step 2
        say "\(text)"
        """
      let folder = try TemporaryFolder()
      _ = try folder.write("\(text),y,z\n1,2,1\n2,3,5\n4,1,2\n", to: "\(text).csv")
      let file = try folder.write(scenario, to: "\(text).scenario")
      return try Scope(file: file, folder: folder)
    }

    @Test(arguments: texts) func nothingRawReachesTheTerminalAndNoColumnMoves(text: String) throws {
      let scope = try open(text)
      try scope.waitFor("the scenario's end") { $0.header.contains("step 2 ") }
      try scope.press(":")
      try scope.paste(text)
      // Behind it what is harmless: when that is seen, all of the text has been.
      try scope.send("@@")
      let screen = try scope.waitForScreen("the line") { Frame(text: $0.text).footer.hasSuffix("@@") }
      #expect(screen.unknown.isEmpty, "\(screen.unknown)")
      #expect(screen.clears == 1)
      let harmless = try open("harmless")
      try harmless.waitFor("the scenario's end") { $0.header.contains("step 2 ") }
      #expect(edges(screen) == edges(harmless.screen))
      try scope.send("\u{1B}")
      try scope.waitFor("the keys") { $0.footer.contains("q quit") }
      try scope.send("q")
      #expect(try scope.terminal.waitForEnd() == .exited(0))
    }

    @Test(arguments: texts) func norDoesItReachAPlainTerminal(text: String) throws {
      let folder = try Folder()
      try folder.write("\(text),y\n1,2\nx,3\n", to: "d.csv")
      try folder.write("\(text)\n", to: "t.txt")
      try folder.write(
        "say \"\(text)\"; task csv d.csv target=\"\(text)\"; print \"\(text)\"; step", to: "\(text).scenario")
      try folder.write("task text t.txt length=3 batch=1; model rnn hidden=2; \(text)", to: "t")
      for arguments in [
        ["run", "\(text).scenario"], ["run", "t"], ["run", "\(text)gone"], ["clip", "\(text)gone"],
        ["run", "t", "--set", text], ["--\(text)"],
      ] {
        let outcome = try folder.clipscope(arguments)
        #expect(outcome.status == 2, "\(arguments): \(outcome)")
        for scalar in (outcome.output + outcome.error).unicodeScalars where scalar != "\n" {
          #expect(
            scalar.properties.generalCategory != .control && scalar.properties.generalCategory != .format, "\(outcome)")
        }
      }
    }
  }
}

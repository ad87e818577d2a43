import Foundation
import Testing

extension EndToEnd {
  /// Small terminals, strange ones, and none at all.
  @Suite(.serialized)
  struct TerminalKindsTests {
    /// The output of a session in which a few things are shown, up to `q`.
    private func output(_ options: [String] = [], _ environment: [String: String] = [:]) throws -> PseudoTerminal {
      let scope = try Scope(options: options, environment: environment) { $0.header.contains("idle") }
      try scope.send("5n?")
      try scope.waitFor("help") { $0.contains("Esc closes") }
      try scope.send("q")
      try scope.waitFor("the panels") { $0.contains("total norm") }
      try scope.send("q")
      #expect(try scope.terminal.waitForEnd() == .exited(0))
      return scope.terminal
    }

    @Test func aSmallTerminalSaysWhatItNeeds() throws {
      let scope = try Scope(columns: 20, rows: 5)
      let small = try scope.waitFor("the page") { $0.contains("clipscope needs") }
      #expect(small.contains("20×5"))
      #expect(small.contains("at least 40×10"))
      #expect(small.contains("q quits"))
      scope.resize(columns: 100, rows: 30)
      let large = try scope.waitFor("the panels") { $0.contains("─ total norm ") && $0.contains("─ log ─") }
      #expect(!large.contains("clipscope needs"))
      #expect(large.lines[2].count == 100)
      scope.resize(columns: 30, rows: 9)
      try scope.waitFor("the page again") { $0.contains("too small: 30×9") && !$0.contains("total norm") }
      try scope.press("q")
      #expect(try scope.terminal.waitForEnd() == .exited(0))
    }

    @Test(arguments: ["dumb", "unknown", "no-such-terminal", ""])
    func aTerminalThatCannotIsToldSo(name: String) throws {
      let terminal = try PseudoTerminal(BuiltProgram.clipscope, environment: ["TERM": name])
      #expect(try terminal.waitForEnd() == .exited(2))
      #expect(terminal.modes == terminal.modesBefore)
      expectOneMessage(terminal.text, about: "TERM")
    }

    @Test(arguments: [("< /dev/null", "standard input"), ("> /dev/null", "standard output")])
    func noTerminalIsToldSo(redirection: String, stream: String) throws {
      let line = "'\(BuiltProgram.clipscope)' \(redirection)"
      let terminal = try PseudoTerminal("/bin/sh", ["-c", line])
      #expect(try terminal.waitForEnd() == .exited(2))
      expectOneMessage(terminal.text, about: stream)
    }

    private func expectOneMessage(_ text: String, about subject: String) {
      #expect(text.hasPrefix("clipscope: "))
      #expect(text.contains(subject))
      #expect(text.contains("clipscope run FILE"))
      #expect(!text.contains("\u{1B}"))
      #expect(text.split(separator: "\r\n").count == 1)
    }

    @Test func noColorEmitsNoColor() throws {
      #expect(try Self.setsColor(output().text))
      let plain = try output([], ["NO_COLOR": "1"])
      #expect(!Self.setsColor(plain.text))
      // Bold stays.
      #expect(plain.text.contains("\u{1B}[0;1m") || plain.text.contains("\u{1B}[1m"))
      #expect(try !Self.setsColor(output(["--color", "0"]).text))
      // The command line comes before the environment.
      #expect(try Self.setsColor(output(["--color", "8"], ["NO_COLOR": "1"]).text))
    }

    /// Whether a text sets a colour. 39 and 49 are the terminal's own ones, to which ncurses goes back at the start.
    private static func setsColor(_ text: String) -> Bool {
      text.matches(of: /\u{1B}\[([0-9;]*)m/).contains { match in
        match.1.split(separator: ";").contains { Int($0).map { $0 >= 30 && $0 != 39 && $0 != 49 } ?? false }
      }
    }

    @Test(arguments: [(["--ascii"], "C.UTF-8"), ([], "C"), ([], "C.UTF-8")])
    func asciiIsAscii(options: [String], locale: String) throws {
      let bytes = try output(options, ["LC_ALL": locale]).output
      #expect(bytes.allSatisfy { $0 < 0x80 } == (!options.isEmpty || locale == "C"))
    }
  }
}

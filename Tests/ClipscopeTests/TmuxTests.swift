import Foundation
import Testing

extension EndToEnd {
  /// The program in tmux, a terminal that others have made: keys and sizes come through it, and its screen is the one that
  /// the program has anywhere.
  @Suite(.serialized, .enabled(if: Tmux.isInstalled))
  struct TmuxTests {
    @Test func theScreenAndItsModesAreSeen() throws {
      let tmux = try Tmux(["/bin/sh", "-c", "printf '\\033[?1049h\\033[?25lhello'; read line; printf '\\033[?1049l'"])
      // The modes stand before the word.
      try tmux.wait(for: "the word") { try tmux.screen.hasPrefix("hello") }
      #expect(try tmux.showsAlternateScreen)
      #expect(try !tmux.showsCursor)
      try tmux.send("Enter")
      try tmux.wait(for: "the end") { try tmux.value("pane_dead") == "1" }
      #expect(try !tmux.showsAlternateScreen)
    }

    /// Keys, and what the screen shows when all that they do is done.
    private static let keys: [(pressed: [String], isDone: @Sendable (Frame) -> Bool)] = [
      (["5", "n"], { $0.header.contains("‖ idle  step 5 ") && $0.log.last == "› step 5" }),
      (["c", "+", "p", ">"], { $0.log.last == "› lr up" }), (["Right"], { $0.header.contains("‖ idle  step 6 ") }),
      (["End"], { $0.chosen == "fc11.bias" }), (["k", "Up"], { $0.chosen == "fc10.bias" }),
      (["Tab"], { !$0.contains("by parameter ") }), (["?"], { $0.contains("─ help ─") }),
      (["Escape"], { $0.contains("─ total norm ") && !$0.contains("by parameter ") }),
      (["Escape"], { $0.contains("by parameter ") }), ([":", "print max"], { $0.footer == ": print max" }),
      (["Tab"], { $0.footer == ": print max_norm" }), (["Enter"], { $0.log.last?.hasPrefix("max_norm") == true }),
    ]

    @Test func itLooksAsItDoesAnywhere() throws {
      let scope = try Scope(columns: 160, rows: 48)
      // A shell tells the status: tmux itself loses it now and then.
      let script = "cd '\(scope.folder.path)'; \"$@\"; echo ended with $?.; read end"
      let tmux = try Tmux(
        ["/bin/sh", "-c", script, "sh", BuiltProgram.clipscope, scope.folder.path + "/" + Scope.scenario],
        columns: 160, rows: 48)
      try tmux.waitForScreen("the end of the scenario", scope.screen.text)
      #expect(try tmux.showsAlternateScreen)
      for (pressed, isDone) in Self.keys {
        try scope.press(pressed)
        try pressed.forEach { try tmux.send($0) }
        try scope.waitFor("what \(pressed) do", isDone)
        try tmux.waitForScreen("what \(pressed) do", scope.screen.text)
        #expect(try tmux.showsCursor == scope.screen.modes.contains(25))
      }
      for (columns, rows) in [(100, 30), (30, 9), (80, 24)] {
        scope.resize(columns: columns, rows: rows)
        try tmux.resize(columns: columns, rows: rows)
        try scope.waitForScreen("\(columns)×\(rows)") { _ in true }
        try tmux.waitForScreen("\(columns)×\(rows)", scope.screen.text)
      }
      let lines = "step 2 # two\nlr 0.5\n"
      try scope.press(":")
      try scope.paste(lines)
      try tmux.send(":")
      try tmux.paste(lines)
      try scope.waitFor("what was pasted") { $0.footer == ": step 2; lr 0.5" }
      try tmux.waitForScreen("what was pasted", scope.screen.text)
      try tmux.send("Enter")
      try scope.press("Enter")
      try scope.waitFor("its end") { $0.header.contains("‖ idle  step 8 ") && $0.log.last == "› lr 0.5" }
      try tmux.waitForScreen("its end", scope.screen.text)
      try tmux.send("q")
      try tmux.wait(for: "the status") { try tmux.screen.contains("ended with 0.") }
      #expect(try !tmux.showsAlternateScreen)
      #expect(try tmux.showsCursor)
    }
  }
}

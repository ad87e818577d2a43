import Foundation
import Testing

extension EndToEnd {
  /// The prompt and the search, in the program as it is started.
  @Suite(.serialized, .enabled(if: Tmux.isInstalled))
  struct PromptTests {
    private func open() throws -> Viewer {
      let viewer = try Viewer(KeysTests.experiment)
      try viewer.waitFor("the end of the scenario") { $0.header.contains("‖ idle  step 0") }
      return viewer
    }

    @Test func aLineIsDoneAndLogged() throws {
      let viewer = try open()
      try viewer.type("step 3; lr 0.5")
      let after = try viewer.waitFor("both commands") { $0.readout("lr") == "0.5" && $0.header.contains("step 3 ") }
      #expect(after.log.suffix(2) == ["› step 3", "› lr 0.5"])
      #expect(after.footer.contains("q quit"))
      #expect(try !viewer.tmux.showsCursor)
    }

    @Test func upBringsTheLastLineBack() throws {
      let viewer = try open()
      try viewer.type("lr 0.5")
      try viewer.waitFor("the rate") { $0.readout("lr") == "0.5" }
      try viewer.type("step 2")
      try viewer.waitFor("two steps") { $0.header.contains("step 2 ") }
      try viewer.press(":", "Up", "Up")
      try viewer.waitFor("the line before the last") { $0.footer == ": lr 0.5" }
      try viewer.press("Down")
      try viewer.waitFor("the last line") { $0.footer == ": step 2" }
      #expect(try viewer.tmux.showsCursor)
      try viewer.press("Enter")
      try viewer.waitFor("two more steps") { $0.header.contains("step 4 ") }
    }

    @Test func tabCompletesAndShowsWhatThereIs() throws {
      let viewer = try open()
      try viewer.press(":", "max", "Tab")
      try viewer.waitFor("the whole word") { $0.footer == ": max_norm" }
      try viewer.press("u", "Tab")
      try viewer.waitFor("the second word") { $0.footer == ": max_norm up" }
      try viewer.press("C-c", "print fc1.", "Tab")
      try viewer.waitFor("several ways") { $0.phases.contains("fc1.bias") && $0.phases.contains("fc1.weight") }
      try viewer.press("x")
      try viewer.waitFor("the phases again") { $0.phases.contains("backward") && $0.footer == ": print fc1.x" }
    }

    @Test func aMistakeKeepsTheLineAndNamesTheWord() throws {
      let viewer = try open()
      try viewer.type("step 2; max_nrm 5")
      let refused = try viewer.waitFor("the mistake") {
        $0.text.contains("max_nrm is") || $0.text.contains("no command max_nrm")
      }
      #expect(refused.text.contains("did you mean max_norm?"))
      #expect(refused.text.contains("column 9"))
      #expect(refused.footer == ": step 2; max_nrm 5")
      #expect(refused.header.contains("step 0 "))
      try viewer.press("C-c")
      try viewer.waitFor("an empty prompt") { $0.footer == ":" }
    }

    @Test func aRefusedValueKeepsTheOldOne() throws {
      let viewer = try open()
      for value in ["0", "-1", "nan", "inf", "1e39"] {
        try viewer.type("clip norm max_norm=\(value)")
        let refused = try viewer.waitFor("the refusal") { $0.text.contains("max_norm cannot be \(value)") }
        #expect(refused.readout("rule") == "off")
        try viewer.press("Escape")
        try viewer.waitFor("the keys") { $0.footer.contains("q quit") }
      }
    }

    @Test func helpOfACommand() throws {
      let viewer = try open()
      try viewer.type("help clip")
      let help = try viewer.waitFor("its help") { $0.contains("─ help ─") }
      for word in ["clip:", "max_norm=X", "clip_value=X"] { #expect(help.contains(word), "\(word)") }
      #expect(!help.contains("KEYS"))
      try viewer.press("End")
      try viewer.waitFor("the example at its end") { $0.contains("for example: clip ") }
      try viewer.press("q")
      try viewer.waitFor("the panels") { $0.contains("─ total norm ─") }
    }

    @Test func controlCClearsTheLineAndThenLeavesThePrompt() throws {
      let viewer = try open()
      try viewer.press(":", "quit")
      try viewer.waitFor("the line") { $0.footer == ": quit" }
      try viewer.press("C-c")
      try viewer.waitFor("an empty prompt") { $0.footer == ":" }
      try viewer.press("step", "Enter")
      try viewer.waitFor("a step, as the prompt was still there") { $0.header.contains("step 1 ") }
    }

    @Test(arguments: [[], ["?"], ["n", "r"], ["Space"], ["Tab"]]) func elsewhereControlCLeaves(keys: [String]) throws {
      let viewer = try open()
      for key in keys { try viewer.press(key) }
      if keys.last == "r" { try viewer.waitFor("the question") { $0.footer.contains("Begin again") } }
      try viewer.press("C-c")
      #expect(try viewer.status() == 130)
    }

    @Test func aPasteIsTextAndNoCommand() throws {
      let viewer = try open()
      try viewer.tmux.paste("quit\nq\n")
      try viewer.press("n")
      try viewer.waitFor("a step, nothing else") { $0.header.contains("step 1 ") && $0.log.last == "› step" }
      try viewer.press(":")
      try viewer.waitFor("the prompt") { $0.footer == ":" }
      try viewer.tmux.paste("step 2 # two\nlr 0.5\n")
      try viewer.waitFor("one line") { $0.footer == ": step 2; lr 0.5" }
      #expect(try viewer.screen.header.contains("step 1 "))
    }

    @Test func findGoesToAParameter() throws {
      let viewer = try open()
      try viewer.press("/")
      try viewer.waitFor("the search") { $0.footer == "/" }
      try viewer.press("fc9.b", "Enter")
      try viewer.waitFor("the parameter") { $0.chosen == "fc9.bias" }
      try viewer.press("/", "nothing", "Enter")
      try viewer.waitFor("that there is none") { $0.phases.contains("no parameter has \"nothing\" in its name") }
      #expect(try viewer.screen.chosen == "fc9.bias")
    }
  }
}

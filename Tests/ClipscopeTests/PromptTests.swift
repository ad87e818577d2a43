import Foundation
import Testing

extension EndToEnd {
  /// The prompt and the search, in the program as it is started.
  @Suite(.serialized)
  struct PromptTests {
    private func open() throws -> Scope {
      let scope = try Scope(KeysTests.experiment)
      try scope.waitFor("the end of the scenario") { $0.header.contains("‖ idle  step 0") }
      return scope
    }

    @Test func aLineIsDoneAndLogged() throws {
      let scope = try open()
      try scope.type("step 3; lr 0.5")
      let after = try scope.waitFor("both commands") { $0.rate == "0.5" && $0.header.contains("step 3 ") }
      #expect(after.log.suffix(2) == ["› step 3", "› lr 0.5"])
      #expect(after.footer.contains("q quit"))
      #expect(!scope.screen.modes.contains(25), "there is no cursor without a prompt")
    }

    @Test func upBringsTheLastLineBack() throws {
      let scope = try open()
      try scope.type("lr 0.5")
      try scope.waitFor("the rate") { $0.rate == "0.5" }
      try scope.type("step 2")
      try scope.waitFor("two steps") { $0.header.contains("step 2 ") }
      try scope.press(":", "Up", "Up")
      try scope.waitFor("the line before the last") { $0.footer == ": lr 0.5" }
      try scope.press("Down")
      try scope.waitFor("the last line") { $0.footer == ": step 2" }
      #expect(scope.screen.modes.contains(25), "the prompt has a cursor")
      try scope.press("Enter")
      try scope.waitFor("two more steps") { $0.header.contains("step 4 ") }
    }

    @Test func tabCompletesAndShowsWhatThereIs() throws {
      let scope = try open()
      try scope.press(":", "max", "Tab")
      try scope.waitFor("the whole word") { $0.footer == ": max_norm" }
      try scope.press("u", "Tab")
      try scope.waitFor("the second word") { $0.footer == ": max_norm up" }
      try scope.press("C-c")
      try scope.waitFor("an empty prompt") { $0.footer == ":" }
      try scope.press("print fc1.", "Tab")
      try scope.waitFor("several ways") { $0.phases.contains("fc1.bias") && $0.phases.contains("fc1.weight") }
      try scope.press("x")
      try scope.waitFor("the phases again") { $0.phases.contains("backward") && $0.footer == ": print fc1.x" }
    }

    @Test func aMistakeKeepsTheLineAndNamesTheWord() throws {
      let scope = try open()
      try scope.type("step 2; max_nrm 5")
      let refused = try scope.waitFor("the mistake") {
        $0.text.contains("max_nrm is") || $0.text.contains("no command max_nrm")
      }
      #expect(refused.text.contains("did you mean max_norm?"))
      #expect(refused.text.contains("column 9"))
      #expect(refused.footer == ": step 2; max_nrm 5")
      #expect(refused.header.contains("step 0 "))
      try scope.press("C-c")
      try scope.waitFor("an empty prompt") { $0.footer == ":" }
    }

    @Test func aRefusedValueKeepsTheOldOne() throws {
      let scope = try open()
      for value in ["0", "-1", "nan", "inf", "1e39"] {
        try scope.type("clip norm max_norm=\(value)")
        let refused = try scope.waitFor("the refusal") { $0.text.contains("max_norm cannot be \(value)") }
        #expect(refused.rule == "clip off")
        try scope.press("Escape")
        try scope.waitFor("the keys") { $0.footer.contains("q quit") }
      }
    }

    @Test func helpOfACommand() throws {
      let scope = try open()
      try scope.type("help clip")
      let help = try scope.waitFor("its help") { $0.contains("─ help ─") }
      for word in ["clip:", "max_norm=X", "clip_value=X"] { #expect(help.contains(word), "\(word)") }
      #expect(!help.contains("KEYS"))
      try scope.press("End")
      try scope.waitFor("the example at its end") { $0.contains("for example: clip ") }
      try scope.press("q")
      try scope.waitFor("the panels") { $0.contains("─ total norm ") }
    }

    @Test func controlCClearsTheLineAndThenLeavesThePrompt() throws {
      let scope = try open()
      try scope.press(":", "quit")
      try scope.waitFor("the line") { $0.footer == ": quit" }
      try scope.press("C-c")
      try scope.waitFor("an empty prompt") { $0.footer == ":" }
      try scope.press("step", "Enter")
      try scope.waitFor("a step, as the prompt was still there") { $0.header.contains("step 1 ") }
    }

    @Test(arguments: [[], ["?"], ["n"], ["Space"], ["Tab"]]) func elsewhereControlCLeaves(keys: [String]) throws {
      let scope = try open()
      let before = scope.screen
      // One after the other, and all of them before Ctrl-C, which throws away what was not read.
      for key in keys { try scope.press(key) }
      if !keys.isEmpty { try scope.waitForScreen("what they do") { $0 != before } }
      try scope.press("C-c")
      #expect(try scope.terminal.waitForEnd() == .exited(130))
    }

    @Test func aPasteIsTextAndNoCommand() throws {
      let scope = try open()
      #expect(scope.screen.modes.contains(2004), "brackets around a paste are asked for")
      try scope.paste("quit\nq\n")
      try scope.press("n")
      try scope.waitFor("a step, nothing else") { $0.header.contains("step 1 ") && $0.log.last == "› step" }
      try scope.press(":")
      try scope.waitFor("the prompt") { $0.footer == ":" }
      try scope.paste("step 2 # two\nlr 0.5\n")
      let pasted = try scope.waitFor("one line") { $0.footer == ": step 2; lr 0.5" }
      #expect(pasted.header.contains("step 1 "))
    }

    @Test func findGoesToAParameter() throws {
      let scope = try open()
      try scope.press("/")
      try scope.waitFor("the search") { $0.footer == "/" }
      try scope.press("fc9.b", "Enter")
      try scope.waitFor("the parameter") { $0.chosen == "fc9.bias" }
      try scope.press("/", "nothing", "Enter")
      let none = try scope.waitFor("that there is none") {
        $0.phases.contains("no parameter has \"nothing\" in its name")
      }
      #expect(none.chosen == "fc9.bias")
    }
  }
}

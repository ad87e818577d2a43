import Foundation
import Testing

extension EndToEnd {
  /// A scenario that plays before a viewer, in the program as it is started.
  @Suite(.serialized)
  struct ReplayTests {
    private static let setup = """
      seed 1
      model simplenet hidden=8
      task regression batch=4
      clip norm max_norm=0.1
      clip off
      """

    /// A scenario behind the setup, from its first frame on.
    // On a screen that has the log beside the words.
    private func play(_ scenario: String, options: [String] = [], rows: Int = 40) throws -> Scope {
      try Scope(Self.setup + scenario, options: options, columns: 130, rows: rows, until: { _ in true })
    }

    /// The digest that `clipscope run` tells at the end.
    private func digestWithoutScreen(_ scope: Scope) throws -> String {
      let plain = try PseudoTerminal(BuiltProgram.clipscope, ["run", scope.folder.path + "/" + Scope.scenario])
      #expect(try plain.waitForEnd() == .exited(0))
      let digest = try #require(plain.text.components(separatedBy: "digest ").last)
      return String(digest.prefix { $0.isHexDigit })
    }

    @Test func pauseWaitsForSpaceAndTheEndLeavesTheSessionAlive() throws {
      let scope = try play("\nstep 2\nsay \"look here\"\npause\nstep 3\nsay \"the end\"")
      let waiting = try scope.waitFor("the pause") { $0.header.contains("◆ press space") }
      #expect(waiting.header.contains("step 2 "))
      #expect(waiting.words.hasSuffix("look here"))
      #expect(waiting.contains("─ \(Scope.scenarioName) 1/2 ─"))
      // Other keys do their work and leave it waiting.
      try scope.press("c")
      let turned = try scope.waitFor("the turn") { $0.log.last == "› clip on" }
      #expect(turned.header.contains("◆ press space"))
      try scope.press("c", "Space")
      let end = try scope.waitFor("the end") { $0.words.contains("the end") && $0.header.contains("‖ idle") }
      #expect(end.header.contains("step 5 "))
      #expect(end.digest.count == 8)
      #expect(try digestWithoutScreen(scope).hasPrefix(end.digest))
      try scope.press("n")
      try scope.waitFor("the viewer's own step") { $0.header.contains("step 6 ") }
      try scope.press("q")
      #expect(try scope.terminal.waitForEnd() == .exited(0))
    }

    @Test func pauseWithAKeyNeedsThatKey() throws {
      let scope = try play("\nstep 2\npause c\nstep 3\nsay \"the end\"", rows: 40)
      try scope.waitFor("the pause") { $0.header.contains("◆ press c") && $0.header.contains("step 2 ") }
      try scope.press("Enter", "p")
      let still = try scope.waitFor("another key's work") { $0.log.last == "› norm_type next" }
      #expect(still.header.contains("◆ press c"))
      try scope.press("c")
      let end = try scope.waitFor("the end") { $0.words.contains("the end") && $0.header.contains("‖ idle") }
      #expect(end.header.contains("step 5 "))
      #expect(end.log.contains("› clip on"), "the key does its own work, too")
    }

    @Test(arguments: ["n", "."]) func aKeyThatMakesStepsCanBeWaitedFor(key: String) throws {
      let scope = try play("\nstep 2\npause \(key)\nsay \"behind\"\nstep 3")
      try scope.waitFor("the pause") { $0.header.contains("◆ press \(key)") }
      try scope.press(key)
      try scope.waitFor("what is behind it") { $0.header.contains("‖ idle") && $0.words.contains("behind") }
    }

    @Test func aRunDuringThePauseEndsWithIt() throws {
      let scope = try play("\nstep 2\npause c\nsay \"behind\"")
      try scope.waitFor("the pause") { $0.header.contains("◆ press c") }
      try scope.press("Space")
      try scope.waitFor("the answer") { $0.log.last == "· the scenario waits for c" }
      try scope.type("run")
      try scope.waitFor("the viewer's run") { !$0.header.contains("step 2 ") }
      try scope.press("c")
      try scope.waitFor("the end of both") { $0.words.contains("behind") && $0.header.contains("‖ idle") }
    }

    @Test func theViewerTakesOverAndGivesBack() throws {
      let scope = try play("\nuntil step >= 600\nsay \"the end\"")
      try scope.waitFor("the scenario") { $0.header.contains("▶ 20/s") && !$0.header.contains("step 0 ") }
      try scope.press("Space")
      let held = try scope.waitFor("the hold") { $0.header.contains("‖ held") }
      #expect(held.log.last == "· the scenario is held: run goes on with it")
      try scope.press("c", "n")
      let turned = try scope.waitFor("the viewer's step") { $0.log.last == "› step" && $0.digest != held.digest }
      #expect(turned.rule == "max_norm 0.1")
      #expect(turned.header.contains("‖ held"))
      try scope.press("]", "]", "]", "Space")
      try scope.waitFor("the scenario again, faster") { $0.header.contains("▶ 160/s") }
      try scope.press("9", "]")
      let end = try scope.waitFor("the end") { $0.words.contains("the end") && $0.header.contains("‖ idle") }
      #expect(end.header.contains("step 600 "))
    }

    @Test func theSpeedIsTheViewers() throws {
      let scope = try play("\nstep 100000", options: ["--speed", "10"])
      try scope.waitFor("the scenario") { $0.header.contains("▶ 10/s") }
      try scope.press("[")
      try scope.waitFor("half the speed") { $0.header.contains("▶ 5/s") }
      try scope.press("9", "]")
      try scope.waitFor("the highest speed") { $0.header.contains("▶ max") }
      try scope.waitFor("many steps") { $0.step ?? 0 > 500 }
    }

    @Test func savingAsksFirst() throws {
      for (answer, isWritten) in [(["yes", "Enter"], true), (["no", "Enter"], false), (["Escape"], false)] {
        let scope = try play("\nstep 2\nsave out.scenario\nsay \"behind\"")
        let question = try scope.waitFor("the question") { $0.footer.hasPrefix("yes or no:") }
        #expect(question.contains("The scenario wants to write this file"))
        // The whole path, wherever its lines end.
        let real = URL(fileURLWithPath: scope.folder.path).resolvingSymlinksInPath().path + "/out.scenario"
        let text = question.lines.map { $0.trimmingCharacters(in: ["│", " "]) }.joined()
        #expect(text.contains(real), "\(text)")
        #expect(!question.words.contains("behind"))
        #expect(scope.folder.files == [Scope.scenario])
        // A key that is held is no answer.
        try scope.press("y", "y", "y", "Enter", "Enter")
        try scope.waitFor("what to type") { $0.contains("type yes or no, and Enter") }
        #expect(scope.folder.files == [Scope.scenario])
        for key in answer { try scope.press(key) }
        if answer == ["Escape"] {
          // Out of all its questions: the scenario is held, and the keys are the viewer's.
          try scope.waitFor("that it is held") { $0.header.contains("‖ held") && $0.footer.contains("q quit") }
          #expect(scope.folder.files == [Scope.scenario])
          try scope.press("Space")
        }
        try scope.waitFor("what is behind it") { $0.words.contains("behind") && $0.footer.contains("q quit") }
        #expect(scope.folder.files == (isWritten ? ["out.scenario"] : []) + [Scope.scenario])
        if isWritten { #expect(scope.folder.content(of: "out.scenario")?.hasSuffix("step 2\n") == true) }
      }
    }

    @Test func savingNeverWritesOver() throws {
      let scope = try play("\npause\nsave out.scenario\nsay \"behind\"")
      try scope.waitFor("the pause") { $0.header.contains("◆ press space") }
      _ = try scope.folder.write("precious\n", to: "out.scenario")
      try scope.press("Space")
      try scope.waitFor("the question") { $0.footer.hasPrefix("yes or no:") }
      try scope.press("yes", "Enter")
      try scope.waitFor("the refusal") { $0.contains("already and is not written over") }
      #expect(scope.folder.content(of: "out.scenario") == "precious\n")
      #expect(scope.folder.files == ["out.scenario", Scope.scenario])
    }

    @Test func theQuestionWaitsForThePrompt() throws {
      let scope = try play("\npause c\nsave out.scenario")
      try scope.waitFor("the pause") { $0.header.contains("◆ press c") }
      // The key, and the prompt right behind it: what is typed there is no answer.
      try scope.press("c", ":", "say yyy")
      let line = try scope.waitFor("the line") { $0.footer == ": say yyy" || $0.footer.hasPrefix("yes or no:") }
      #expect(line.footer == ": say yyy")
      #expect(scope.folder.files == [Scope.scenario])
      try scope.press("Escape")
      try scope.waitFor("the question") { $0.footer.hasPrefix("yes or no:") }
      try scope.press("no", "Enter")
      try scope.waitFor("the keys") { $0.footer.contains("q quit") }
      #expect(scope.folder.files == [Scope.scenario])
    }

    @Test func aTraceCanBeReadWhileItGrows() throws {
      let scope = try Scope(Self.setup)
      let path = scope.folder.path + "/live.jsonl"
      try scope.type("trace \"\(path)\"; step 7")
      try scope.waitFor("seven steps") { $0.header.contains("step 7 ") && $0.header.contains("‖ idle") }
      #expect(scope.folder.content(of: "live.jsonl")?.split(separator: "\n").count == 8)
      try scope.press("q")
      #expect(try scope.terminal.waitForEnd() == .exited(0))
      let lines = try #require(scope.folder.content(of: "live.jsonl")).split(separator: "\n")
      #expect(lines.count == 8)
      #expect(lines.first?.hasPrefix("{\"trace\":\"clipscope\"") == true)
      #expect(scope.folder.files == ["live.jsonl", Scope.scenario])
    }
  }
}

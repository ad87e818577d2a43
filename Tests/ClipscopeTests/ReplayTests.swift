import Foundation
import Testing

extension EndToEnd {
  /// A scenario that plays before a viewer, in the program as it is started.
  @Suite(.serialized, .enabled(if: Tmux.isInstalled))
  struct ReplayTests {
    private static let setup = """
      seed 1
      model simplenet hidden=8
      task regression batch=4
      clip norm max_norm=0.1
      clip off
      """

    /// The digest that `clipscope run` tells at the end.
    private func digestWithoutScreen(_ viewer: Viewer) throws -> String {
      let plain = try PseudoTerminal(BuiltProgram.clipscope, ["run", viewer.folder.path + "/" + Viewer.scenario])
      #expect(try plain.waitForEnd() == .exited(0))
      let digest = try #require(plain.text.components(separatedBy: "digest ").last)
      return String(digest.prefix { $0.isHexDigit })
    }

    @Test func pauseWaitsForSpaceAndTheEndLeavesTheSessionAlive() throws {
      let viewer = try Viewer(Self.setup + "\nstep 2\nsay \"look here\"\npause\nstep 3\nsay \"the end\"")
      let waiting = try viewer.waitFor("the pause") { $0.header.contains("◆ press space") }
      #expect(waiting.header.contains("step 2 "))
      #expect(waiting.log.last == "» look here")
      #expect(waiting.phases.contains("\(Viewer.scenario) 9/10"))
      // Other keys do their work and leave it waiting.
      try viewer.press("c")
      let turned = try viewer.waitFor("the turn") { $0.log.last == "› clip on" }
      #expect(turned.header.contains("◆ press space"))
      try viewer.press("c", "Space")
      let end = try viewer.waitFor("the end") { $0.log.contains("» the end") && $0.header.contains("‖ idle") }
      #expect(end.header.contains("step 5 "))
      #expect(end.digest.count == 8)
      #expect(try digestWithoutScreen(viewer).hasPrefix(end.digest))
      try viewer.press("n")
      try viewer.waitFor("the viewer's own step") { $0.header.contains("step 6 ") }
      try viewer.press("q")
      #expect(try viewer.status() == 0)
    }

    @Test func pauseWithAKeyNeedsThatKey() throws {
      let viewer = try Viewer(Self.setup + "\nstep 2\npause c\nstep 3\nsay \"the end\"", rows: 40)
      try viewer.waitFor("the pause") { $0.header.contains("◆ press c") && $0.header.contains("step 2 ") }
      try viewer.press("Enter", "p")
      let still = try viewer.waitFor("another key's work") { $0.log.last == "› norm_type next" }
      #expect(still.header.contains("◆ press c"))
      try viewer.press("c")
      let end = try viewer.waitFor("the end") { $0.log.contains("» the end") && $0.header.contains("‖ idle") }
      #expect(end.header.contains("step 5 "))
      #expect(end.log.contains("› clip on"), "the key does its own work, too")
    }

    @Test(arguments: ["n", "."]) func aKeyThatMakesStepsCanBeWaitedFor(key: String) throws {
      let viewer = try Viewer(Self.setup + "\nstep 2\npause \(key)\nsay \"behind\"\nstep 3")
      try viewer.waitFor("the pause") { $0.header.contains("◆ press \(key)") }
      try viewer.press(key)
      try viewer.waitFor("what is behind it") { $0.header.contains("‖ idle") && $0.log.contains("» behind") }
    }

    @Test func aRunDuringThePauseEndsWithIt() throws {
      let viewer = try Viewer(Self.setup + "\nstep 2\npause c\nsay \"behind\"")
      try viewer.waitFor("the pause") { $0.header.contains("◆ press c") }
      try viewer.press("Space")
      try viewer.waitFor("the answer") { $0.log.last == "· the scenario waits for c" }
      try viewer.type("run")
      try viewer.waitFor("the viewer's run") { !$0.header.contains("step 2 ") }
      try viewer.press("c")
      try viewer.waitFor("the end of both") { $0.log.contains("» behind") && $0.header.contains("‖ idle") }
    }

    @Test func theViewerTakesOverAndGivesBack() throws {
      let viewer = try Viewer(Self.setup + "\nuntil step >= 60\nsay \"the end\"")
      try viewer.waitFor("the scenario") { $0.header.contains("▶ 20/s") && !$0.header.contains("step 0 ") }
      try viewer.press("Space")
      let held = try viewer.waitFor("the hold") { $0.header.contains("‖ held") }
      #expect(held.log.last == "· the scenario is held: run goes on with it")
      try viewer.press("c", "n")
      let turned = try viewer.waitFor("the viewer's step") { $0.log.last == "› step" && $0.digest != held.digest }
      #expect(turned.readout("rule")?.hasPrefix("norm ≤ 0.1") == true)
      #expect(turned.header.contains("‖ held"))
      try viewer.press("]", "]", "]", "Space")
      try viewer.waitFor("the scenario again, faster") { $0.header.contains("▶ 160/s") || $0.header.contains("idle") }
      let end = try viewer.waitFor("the end") { $0.log.contains("» the end") && $0.header.contains("‖ idle") }
      #expect(end.header.contains("step 60 "))
    }

    @Test func theSpeedIsTheViewers() throws {
      let viewer = try Viewer(Self.setup + "\nstep 100000", options: ["--speed", "10"])
      try viewer.waitFor("the scenario") { $0.header.contains("▶ 10/s") }
      try viewer.press("[")
      try viewer.waitFor("half the speed") { $0.header.contains("▶ 5/s") }
      try viewer.press("9", "]")
      try viewer.waitFor("the highest speed") { $0.header.contains("▶ max") }
      try viewer.waitFor("many steps") { $0.step ?? 0 > 500 }
    }

    @Test func savingAsksFirst() throws {
      for (answer, isWritten) in [("y", true), ("n", false), ("Escape", false)] {
        let viewer = try Viewer(Self.setup + "\nstep 2\nsave out.scenario\nsay \"behind\"")
        let question = try viewer.waitFor("the question") { $0.footer.contains("y yes · n no") }
        #expect(question.footer.contains("The scenario wants to write"))
        #expect(question.footer.contains("out.scenario. May it?"))
        #expect(!question.log.contains("» behind"))
        #expect(viewer.folder.files == [Viewer.scenario])
        try viewer.press("x", answer)
        try viewer.waitFor("what is behind it") { $0.log.contains("» behind") && $0.footer.contains("q quit") }
        #expect(viewer.folder.files == (isWritten ? ["out.scenario"] : []) + [Viewer.scenario])
        if isWritten { #expect(viewer.folder.content(of: "out.scenario")?.hasSuffix("step 2\n") == true) }
      }
    }

    @Test func savingNeverWritesOver() throws {
      let viewer = try Viewer(Self.setup + "\npause\nsave out.scenario\nsay \"behind\"")
      try viewer.waitFor("the pause") { $0.header.contains("◆ press space") }
      _ = try viewer.folder.write("precious\n", to: "out.scenario")
      try viewer.press("Space")
      try viewer.waitFor("the question") { $0.footer.contains("y yes · n no") }
      try viewer.press("y")
      try viewer.waitFor("the refusal") { $0.contains("already and is not written over") }
      #expect(viewer.folder.content(of: "out.scenario") == "precious\n")
      #expect(viewer.folder.files == ["out.scenario", Viewer.scenario])
    }

    @Test func theQuestionWaitsForThePrompt() throws {
      let viewer = try Viewer(Self.setup + "\npause c\nsave out.scenario")
      try viewer.waitFor("the pause") { $0.header.contains("◆ press c") }
      // The key, and the prompt right behind it: what is typed there is no answer.
      try viewer.tmux.send("c", ":", "say yyy")
      try viewer.waitFor("the line") { $0.footer == ": say yyy" || $0.footer.contains("y yes · n no") }
      #expect(try viewer.screen.footer == ": say yyy")
      #expect(viewer.folder.files == [Viewer.scenario])
      try viewer.press("Escape")
      try viewer.waitFor("the question") { $0.footer.contains("y yes · n no") }
      try viewer.press("n")
      try viewer.waitFor("the keys") { $0.footer.contains("q quit") }
      #expect(viewer.folder.files == [Viewer.scenario])
    }

    @Test func aTraceIsInPlaceAtTheEnd() throws {
      let viewer = try Viewer(Self.setup)
      let path = viewer.folder.path + "/live.jsonl"
      try viewer.type("trace \"\(path)\"; step 7")
      try viewer.waitFor("seven steps") { $0.header.contains("step 7 ") && $0.header.contains("‖ idle") }
      #expect(viewer.folder.content(of: "live.jsonl") == nil, "it appears when it is whole")
      try viewer.press("q")
      #expect(try viewer.status() == 0)
      let lines = try #require(viewer.folder.content(of: "live.jsonl")).split(separator: "\n")
      #expect(lines.count == 8)
      #expect(lines.first?.hasPrefix("{\"trace\":\"clipscope\"") == true)
      #expect(viewer.folder.files == ["live.jsonl", Viewer.scenario])
    }
  }
}

import Foundation
import Testing

extension EndToEnd {
  /// The screen answers while a long step is made, and is silent while nothing is.
  @Suite(.serialized)
  struct ResponsivenessTests {
    /// A step of this takes between a third of a second and a second.
    private static let slow = """
      model mlp hidden=1024x12
      task regression rows=64 batch=64
      clip norm max_norm=1
      clip off
      """

    /// A session in the middle of a long step.
    private func stepping() throws -> Scope {
      let scope = try Scope(Self.slow)
      try scope.send("n")
      try scope.waitFor("a step") { $0.header.contains("20/s") }
      return scope
    }

    @Test func aKeyIsAnsweredWhileAStepIsMade() throws {
      // The line shows as pending at once, while the step is made: the goal is 33 ms.
      try Pace.expect(under: 0.1, attempts: 5) {
        let scope = try stepping()
        let isClipped = { (frame: Frame) in frame.rule == "max_norm 1" }
        let answer = try scope.seconds("c") { $0.contains("(after this step)") || isClipped($0) }
        let effect = try scope.seconds("", until: isClipped)
        // Where the step ended too soon nothing was pending: that was no measurement.
        return effect > 0.1 ? answer : .infinity
      }
    }

    @Test func keysOfTheViewAloneWorkWhileAStepIsMade() throws {
      // The slowest of three keys.
      try Pace.expect(under: 0.1) {
        let scope = try stepping()
        return max(
          try scope.seconds("?") { $0.contains("Esc closes") },
          try scope.seconds("q") { $0.contains("─ total norm ") },
          try scope.seconds(":") { $0.footer == ":" })
      }
    }

    @Test func aHeldKeyLeavesNoBacklog() throws {
      let scope = try Scope(Self.slow)
      try scope.press("c", "Space")
      try scope.waitFor("the first step") { $0.step == 1 && $0.rule == "max_norm 1" }
      try scope.press(String(repeating: "+", count: 50))
      // Where it has read them, however late that is: they wait for the step, unless that has just ended.
      let before = try scope.waitFor("the keys") {
        $0.contains("after this step") || $0.rule != "max_norm 1"
      }
      // Ten rungs a decade.
      let after = try scope.waitFor("fifty rungs") { $0.rule == "max_norm 100000" }
      let steps = try #require(after.step) - #require(before.step)
      #expect(steps <= 2, "the step under way, and the one that was just drawn")
      #expect(!after.contains("after this step"))
    }

    @Test func leavingWaitsForTheTraceAndNotForMore() throws {
      let scope = try stepping()
      let path = scope.folder.path + "/live.jsonl"
      try scope.type("trace \"\(path)\"")
      try scope.waitFor("the trace") { $0.contains("step by step") }
      try scope.press("n")
      try scope.waitFor("a step") { $0.header.contains("20/s") }
      try scope.press("q")
      #expect(try scope.terminal.waitForEnd() == .exited(0))
      let trace = try #require(scope.folder.content(of: "live.jsonl"))
      // The step was made to its end, unless it had not been begun.
      #expect((1...2).contains(trace.split(separator: "\n").count))
      #expect(trace.hasSuffix("}\n"))
      #expect(scope.folder.files == ["live.jsonl", Scope.scenario])
    }

    @Test(arguments: [KeysTests.experiment, KeysTests.experiment + "\nstep 3\npause\nstep 3", ""])
    func nothingIsWrittenWhileNothingHappens(scenario: String) throws {
      let scope = try Scope(scenario.isEmpty ? "seed 2" : scenario) {
        $0.header.contains("‖ idle") || $0.header.contains("◆ press space")
      }
      let position = scope.terminal.position
      let end = ContinuousClock.now + .seconds(1)
      try scope.terminal.wait(for: "the end of a second") { ContinuousClock.now >= end }
      #expect(scope.terminal.position == position)
      // It is alive all the same.
      try scope.press("?")
      try scope.waitFor("help") { $0.contains("Esc closes") }
    }
  }
}

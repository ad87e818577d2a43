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

    private struct Session {
      let folder: TemporaryFolder
      let terminal: PseudoTerminal

      init(_ scenario: String, options: [String] = []) throws {
        folder = try TemporaryFolder()
        let file = try folder.write(scenario + "\n", to: "slow.scenario")
        terminal = try PseudoTerminal(BuiltProgram.clipscope, [file] + options)
      }

      /// Sends keys and returns the seconds until their answer is on the screen.
      func seconds(_ keys: String, until answer: String) throws -> Double {
        let start = terminal.position
        return try Pace.seconds {
          try terminal.send(keys)
          try terminal.waitForOutput(answer, from: start)
        }
      }

      /// Waits for a while in which the program may do what it wants, and returns the bytes that it wrote.
      func bytes(within seconds: Double) throws -> Int {
        let start = terminal.position
        let end = ContinuousClock.now + .seconds(seconds)
        try terminal.wait(for: "the end of a while") { ContinuousClock.now >= end }
        return terminal.position - start
      }
    }

    /// A session in the middle of a long step.
    private func stepping() throws -> Session {
      let session = try Session(Self.slow)
      try session.terminal.waitForOutput("idle")
      _ = try session.seconds("n", until: "20/s")
      return session
    }

    @Test func aKeyIsAnsweredWhileAStepIsMade() throws {
      // The line shows as pending at once, while the step is made: the goal is 33 ms.
      try Pace.expect(under: 0.1, attempts: 5) {
        let session = try stepping()
        let answer = try session.seconds("c", until: "(after this step)")
        let effect = try session.seconds("", until: "norm ≤ 1")
        // Where the step ended too soon nothing was pending: that was no measurement.
        return effect > 0.1 ? answer : .infinity
      }
    }

    @Test func keysOfTheViewAloneWorkWhileAStepIsMade() throws {
      // The slowest of three keys.
      try Pace.expect(under: 0.1) {
        let session = try stepping()
        return max(
          try session.seconds("?", until: "Esc closes"), try session.seconds("q", until: "total norm"),
          try session.seconds(":", until: "\u{1B}[?25h"))
      }
    }

    @Test(.enabled(if: Tmux.isInstalled)) func aHeldKeyLeavesNoBacklog() throws {
      let viewer = try Viewer(Self.slow)
      try viewer.waitFor("the experiment") { $0.header.contains("‖ idle") }
      try viewer.press("c", "Space")
      try viewer.waitFor("the first step") { $0.step == 1 && $0.readout("rule")?.hasPrefix("norm ≤ 1 ") == true }
      let before = try #require(viewer.screen.step)
      try viewer.press(String(repeating: "+", count: 50))
      // Ten rungs a decade.
      let after = try viewer.waitFor("fifty rungs") { $0.readout("rule")?.hasPrefix("norm ≤ 100000") == true }
      #expect(try #require(after.step) - before <= 2, "the step under way, and the one that was just drawn")
      #expect(!after.contains("after this step"))
    }

    @Test func leavingWaitsForTheTraceAndNotForMore() throws {
      let session = try stepping()
      let path = session.folder.path + "/live.jsonl"
      _ = try session.seconds(":trace \"\(path)\"\r", until: "appears when")
      _ = try session.seconds("n", until: "20/s")
      try session.terminal.send("q")
      #expect(try session.terminal.waitForEnd() == .exited(0))
      let trace = try #require(session.folder.content(of: "live.jsonl"))
      // The step was made to its end, unless it had not been begun.
      #expect((1...2).contains(trace.split(separator: "\n").count))
      #expect(trace.hasSuffix("}\n"))
      #expect(session.folder.files == ["live.jsonl", "slow.scenario"])
    }

    @Test(arguments: [KeysTests.experiment, KeysTests.experiment + "\nstep 3\npause\nstep 3", ""])
    func nothingIsWrittenWhileNothingHappens(scenario: String) throws {
      let session = try Session(scenario.isEmpty ? "seed 2" : scenario)
      try session.terminal.waitForOutput("help")
      try session.terminal.wait(for: "the scenario to come to rest") {
        try session.bytes(within: 0.2) == 0
      }
      #expect(try session.bytes(within: 1) == 0)
      // It is alive all the same.
      _ = try session.seconds("?", until: "Esc closes")
    }
  }
}

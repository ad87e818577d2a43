import Foundation
import Testing

extension EndToEnd {
  /// What the screen costs: processor time, memory, and the patience of whoever sits at a slow line.
  @Suite(.serialized)
  struct LoadTests {
    static let training = """
      seed 1
      model rnn hidden=16
      task adding length=20 batch=8
      """

    @Test func restCostsNothing() throws {
      let scope = try Scope(columns: 120, rows: 40)
      try scope.send("9n")
      try scope.waitFor("nine steps") { $0.header.contains("‖ idle  step 9 ") }
      try scope.waitForRest(0.3)
      let (bytes, time) = (scope.terminal.output.count, scope.processorTime)
      let end = ContinuousClock.now + .seconds(3)
      try scope.terminal.wait(for: "three seconds to pass") { ContinuousClock.now >= end }
      #expect(scope.terminal.output.count == bytes)
      #expect(scope.processorTime - time < 0.003, "a thousandth of three seconds")
      try scope.send("n")
      try scope.waitFor("life") { $0.header.contains("step 10 ") }
    }

    /// The main thread draws, the other trains: what a frame costs is what the main thread uses.
    @Test(.enabled(if: FileManager.default.fileExists(atPath: "/proc/self/task"))) func aFrameIsCheap() throws {
      let scope = try Scope(Self.training, options: ["--speed", "1000"], columns: 200, rows: 50)
      try scope.send(" ")
      try scope.waitFor("training") { $0.header.contains("● run") && ($0.step ?? 0) > 50 }
      var costs: [Double] = []
      // The best of a few, and twice the goal of a tenth: the machine may have more to do than this, and a processor that is
      // shared takes longer for the same.
      while costs.count < 5, costs.min() ?? 1 >= 0.2 {
        let (frames, time) = (scope.screen.frames, try mainThreadTime(scope))
        try scope.terminal.wait(for: "sixty frames") { scope.screen.frames >= frames + 60 }
        costs.append(60 * (try mainThreadTime(scope) - time) / Double(scope.screen.frames - frames))
      }
      #expect(costs.min() ?? 1 < 0.2, "the shares of a core that 60 frames a second would take: \(costs)")
    }

    private func mainThreadTime(_ scope: Scope) throws -> Double {
      let process = scope.terminal.process
      let path = "/proc/\(process)/task/\(process)/schedstat"
      let text = try String(contentsOfFile: path, encoding: .utf8)
      return (Double(text.split(separator: " ")[0]) ?? .nan) / 1e9
    }

    @Test func overASlowLineAKeyIsAnsweredWithinASecond() throws {
      let scope = try Scope(Self.training, options: ["--speed", "1000"], columns: 120, rows: 40)
      scope.terminal.bytesPerSecond = 20_000
      try scope.send(" ")
      // Long enough for all that the system holds for a line to fill.
      try scope.waitFor("training") { $0.header.contains("● run") && ($0.step ?? 0) > 1500 }
      var times: [Double] = []
      for _ in 0..<4 {
        times.append(try scope.seconds("?") { $0.contains("Esc closes") })
        times.append(try scope.seconds("\u{1B}") { $0.contains("─ total norm ─") })
      }
      #expect(times.allSatisfy { $0 < 1 }, "\(times)")
      try expectNoBacklog(scope)
      scope.terminal.bytesPerSecond = 20_000
      try scope.send("q")
      #expect(try scope.terminal.waitForEnd(within: 3) == .exited(0))
      try scope.terminal.wait(for: "the rest of the bytes") { !scope.screen.modes.contains(1049) }
      scope.expectRestored()
    }

    @Test func aStalledLineHoldsNothingUp() throws {
      let scope = try Scope(Self.training, options: ["--speed", "1000"], columns: 120, rows: 40)
      try scope.send(" ")
      try scope.waitFor("training") { ($0.step ?? 0) > 100 }
      scope.terminal.isStalled = true
      let end = ContinuousClock.now + .seconds(1)
      try scope.terminal.wait(for: "a second to pass") { ContinuousClock.now >= end }
      try expectNoBacklog(scope)
      // Training went on meanwhile, and the newest frame comes at once.
      try scope.waitFor("the step of now", within: 1) { ($0.step ?? 0) > 600 }
      try scope.send("q")
      #expect(try scope.terminal.waitForEnd() == .exited(0))
    }

    // What comes when the line is free again is what the system holds, the rest of a frame, and the newest one: not all
    // the frames that were due meanwhile.
    private func expectNoBacklog(_ scope: Scope) throws {
      scope.terminal.isStalled = false
      scope.terminal.bytesPerSecond = nil
      let (bytes, frames) = (scope.terminal.output.count, scope.screen.frames)
      try scope.terminal.wait(for: "three frames") { scope.screen.frames >= frames + 3 }
      #expect(scope.terminal.output.count - bytes < 100_000, "\(scope.terminal.output.count - bytes) bytes")
    }
  }
}

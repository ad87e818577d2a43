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
      // A thousandth of three seconds.
      try Pace.expect(under: 0.003) {
        let (bytes, time) = (scope.terminal.output.count, scope.processorTime)
        let end = ContinuousClock.now + .seconds(3)
        try scope.terminal.wait(for: "three seconds to pass") { ContinuousClock.now >= end }
        #expect(scope.terminal.output.count == bytes)
        return scope.processorTime - time
      }
      try scope.send("n")
      try scope.waitFor("life") { $0.header.contains("step 10 ") }
    }

    /// The main thread draws, the other trains: what a frame costs is what the main thread uses.
    @Test(.enabled(if: FileManager.default.fileExists(atPath: "/proc/self/task"))) func aFrameIsCheap() throws {
      let scope = try Scope(Self.training, options: ["--speed", "1000"], columns: 200, rows: 50)
      try scope.send(" ")
      try scope.waitFor("training") { $0.header.contains("● run") && ($0.step ?? 0) > 50 }
      // The seconds that sixty frames take: five times the goal of a tenth, because a processor that is shared takes longer for
      // the same, and other suites train networks on both of them meanwhile. scripts/bench --resources holds the goal itself.
      try Pace.expect(under: 0.5, attempts: 6) {
        let (frames, time) = (scope.catchUp().frames, try mainThreadTime(scope))
        try scope.terminal.wait(for: "sixty frames") { scope.catchUp().frames >= frames + 60 }
        return 60 * (try mainThreadTime(scope) - time) / Double(scope.screen.frames - frames)
      }
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
      // The slowest of eight keys.
      try Pace.expect(under: 1) {
        var times: [Double] = []
        for _ in 0..<4 {
          times.append(try scope.seconds("?") { $0.contains("Esc closes") })
          times.append(try scope.seconds("\u{1B}") { $0.contains("─ total norm ") })
        }
        return times.max()!
      }
      scope.terminal.bytesPerSecond = nil
      let (bytes, frames) = (scope.terminal.position, scope.screen.frames)
      try scope.waitForScreen("three frames") { $0.frames >= frames + 3 }
      #expect(scope.terminal.position - bytes < 100_000, "\(scope.terminal.position - bytes) bytes")
      scope.terminal.bytesPerSecond = 20_000
      try scope.send("q")
      #expect(try scope.terminal.waitForEnd() == .exited(0))
      try scope.terminal.wait(for: "the rest of the bytes") { !scope.rawScreen.modes.contains(1049) }
      scope.expectRestored()
    }

    @Test func aStalledLineHoldsNothingUp() throws {
      let scope = try Scope(Self.training, options: ["--speed", "1000"], columns: 120, rows: 40)
      try scope.send(" ")
      try scope.waitFor("training") { ($0.step ?? 0) > 100 }
      scope.catchUp()
      scope.terminal.isStalled = true
      try scope.terminal.wait(for: "a line that takes nothing more") { scope.terminal.isFull }
      let time = scope.processorTime
      try scope.terminal.wait(for: "training behind it") { scope.processorTime - time > 0.3 }
      scope.terminal.isStalled = false
      // What comes when the line is free again is what the system holds, the rest of a frame, and the newest one, many steps
      // later: not all the frames that were due meanwhile.
      let bytes = scope.terminal.position
      var last = Frame(text: scope.screen.text).step ?? 0
      try scope.waitFor("the step of now, long after \(last)") { frame in
        defer { last = frame.step ?? 0 }
        return (frame.step ?? 0) - last > 150
      }
      #expect(scope.terminal.position - bytes < 100_000, "\(scope.terminal.position - bytes) bytes")
      try scope.send("q")
      #expect(try scope.terminal.waitForEnd() == .exited(0))
    }
  }
}

import Foundation
import Testing

extension EndToEnd {
  /// What can go wrong inside the program, made to happen by a library that is preloaded into it.
  @Suite(.serialized, .enabled(if: Intruder.path != nil))
  struct MishapTests {
    enum Thread: String, CaseIterable, Sendable {
      case main, training
      var signal: Int32 { self == .main ? SIGUSR1 : SIGUSR2 }
    }

    private func open(_ action: String) throws -> Scope {
      try Scope(options: ["--speed", "200"], environment: Intruder.environment(action))
    }

    /// What stands below the screen that was left.
    private func words(_ scope: Scope) -> String {
      scope.terminal.text.components(separatedBy: "\u{1B}[?1049l").last ?? ""
    }

    @Test(arguments: [("trap", [SIGILL, SIGTRAP]), ("abort", [SIGABRT]), ("overflow", [SIGSEGV])], Thread.allCases)
    func aTrapOnEitherThreadGivesTheTerminalBack(
      _ crash: (action: String, signals: [Int32]), _ thread: Thread
    ) throws {
      try Pace.expect(under: 1) {
        let scope = try open(crash.action)
        if thread == .training {
          try scope.send(" ")
          try scope.waitFor("training") { $0.header.contains("200/s") }
        }
        scope.terminal.signal(thread.signal)
        let seconds = try scope.terminal.secondsToEnd()
        let end = try scope.terminal.waitForEnd()
        #expect(crash.signals.contains { end == .killed(signal: $0) }, "\(end)")
        scope.expectRestored()
        #expect(words(scope).contains("clipscope crashed (signal"))
        #expect(words(scope).contains("please report it"))
        return seconds
      }
    }

    @Test(arguments: Thread.allCases)
    func exitGivesTheTerminalBack(_ thread: Thread) throws {
      try Pace.expect(under: 1) {
        let scope = try open("exit")
        scope.terminal.signal(thread.signal)
        let seconds = try scope.terminal.secondsToEnd()
        #expect(try scope.terminal.waitForEnd() == .exited(7))
        scope.expectRestored()
        #expect(!words(scope).contains("crashed"))
        return seconds
      }
    }

    @Test(.disabled(if: Sanitizer.defersSignals), arguments: ["\u{3}", "\u{1C}"])
    func aSecondInterruptEndsALoopThatHangs(key: String) throws {
      try Pace.expect(under: 1) {
        let scope = try open("hang")
        scope.terminal.signal(SIGUSR1)
        // At rest it uses no processor time: when it does, it hangs.
        let time = scope.processorTime
        try scope.terminal.wait(for: "the loop to spin") { scope.processorTime - time > 0.04 }
        // Held down, as one does.
        let seconds = try Pace.seconds {
          try scope.terminal.wait(for: "the end of the program") {
            if !scope.terminal.hasEnded { try scope.send(key) }
            return scope.terminal.hasEnded
          }
        }
        #expect(try scope.terminal.waitForEnd() == .killed(signal: key == "\u{3}" ? SIGINT : SIGQUIT))
        scope.expectRestored()
        return seconds
      }
    }

    @Test func standardErrorWaitsUntilTheScreenIsLeft() throws {
      let scope = try open("speak")
      let calm = scope.screen
      scope.terminal.signal(SIGUSR1)
      // A key behind it: when that is answered, the warning has been written.
      try scope.waitUntilKeysAreRead()
      #expect(scope.screen == calm)
      #expect(!scope.terminal.text.contains("a loud warning"))
      try scope.send("q")
      #expect(try scope.terminal.waitForEnd() == .exited(0))
      #expect(words(scope).contains("a loud warning\r\n"))
    }
  }
}

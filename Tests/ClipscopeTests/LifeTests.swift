import Foundation
import Testing

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

extension EndToEnd {
  /// However the program ends, the terminal is as it was.
  @Suite(.serialized)
  struct LifeTests {
    /// What the program does when its end comes.
    enum Occupation: String, CaseIterable, Sendable { case idle, training }

    /// A program that is to end, on a terminal whose bytes are looked at as they are.
    private struct Session {
      private let scope: Scope
      var terminal: PseudoTerminal { scope.terminal }

      init(_ occupation: Occupation) throws {
        scope = try Scope(options: ["--speed", "500"])
        #expect(terminal.modes != terminal.modesBefore)
        guard occupation == .training else { return }
        try scope.send(" ")
        try scope.waitFor("training") { $0.header.contains("500/s") }
      }

      /// Nothing that was switched on is on any more.
      func expectRestored() {
        #expect(terminal.modes == terminal.modesBefore)
        for mode in ["1049", "2004", "2026", "1000", "1006"] {
          let off = terminal.text.range(of: "\u{1B}[?\(mode)l", options: .backwards)
          #expect(off != nil, "mode \(mode) is switched off")
          guard let off, let on = terminal.text.range(of: "\u{1B}[?\(mode)h", options: .backwards) else { continue }
          #expect(on.lowerBound < off.lowerBound, "mode \(mode) is off at the end")
        }
        let shown = terminal.text.range(of: "\u{1B}[?25h", options: .backwards)
        let hidden = terminal.text.range(of: "\u{1B}[?25l", options: .backwards)
        #expect(shown != nil && hidden != nil, "the cursor was hidden, and is shown again")
        if let shown, let hidden { #expect(hidden.lowerBound < shown.lowerBound) }
      }

      /// What came out after the screen was left.
      var words: String { terminal.text.components(separatedBy: "\u{1B}[?1049l").last ?? "" }
    }

    @Test(
      arguments: [("q", Int32(0)), ("\u{3}", 130), ("\u{1C}", 131), (":quit\r", 0), (":step 1; quit\r", 0)],
      Occupation.allCases)
    func aKeyEndsIt(_ end: (keys: String, status: Int32), _ occupation: Occupation) throws {
      try Pace.expect(under: 2) {
        let session = try Session(occupation)
        try session.terminal.send(end.keys)
        let seconds = try session.terminal.secondsToEnd()
        #expect(try session.terminal.waitForEnd() == .exited(end.status))
        session.expectRestored()
        #expect(!session.words.contains("crashed"))
        return seconds
      }
    }

    @Test(arguments: [SIGTERM, SIGINT, SIGHUP, SIGQUIT], Occupation.allCases)
    func aSignalEndsIt(_ number: Int32, _ occupation: Occupation) throws {
      try Pace.expect(under: 1) {
        let session = try Session(occupation)
        session.terminal.signal(number)
        let seconds = try session.terminal.secondsToEnd()
        #expect(try session.terminal.waitForEnd() == .exited(128 + number))
        session.expectRestored()
        #expect(!session.words.contains("crashed"))
        return seconds
      }
    }

    @Test(arguments: [SIGSEGV, SIGABRT, SIGILL, SIGTRAP], Occupation.allCases)
    func aCrashIsReadable(_ number: Int32, _ occupation: Occupation) throws {
      try Pace.expect(under: 1) {
        let session = try Session(occupation)
        session.terminal.signal(number)
        let seconds = try session.terminal.secondsToEnd()
        #expect(try session.terminal.waitForEnd() == .killed(signal: number))
        session.expectRestored()
        #expect(session.words.contains("clipscope crashed (signal \(number), SIG"))
        #expect(session.words.contains("please report it"))
        return seconds
      }
    }

    @Test(arguments: Occupation.allCases) func killedTheWatchdogRestores(_ occupation: Occupation) throws {
      try Pace.expect(under: 1) {
        let session = try Session(occupation)
        session.terminal.signal(SIGKILL)
        let seconds = try Pace.seconds {
          #expect(try session.terminal.waitForEnd() == .killed(signal: SIGKILL))
          try session.terminal.wait(for: "the watchdog") {
            session.terminal.modes == session.terminal.modesBefore && session.terminal.text.contains("\u{1B}[?1049l")
          }
        }
        session.expectRestored()
        return seconds
      }
    }

    @Test(arguments: Occupation.allCases) func aClosedTerminalEndsIt(_ occupation: Occupation) throws {
      try Pace.expect(under: 1) {
        let session = try Session(occupation)
        session.terminal.hangUp()
        let seconds = try session.terminal.secondsToEnd()
        #expect(try session.terminal.waitForEnd() == .exited(128 + SIGHUP))
        return seconds
      }
    }

    @Test func aStalledTerminalDoesNotKeepIt() throws {
      try Pace.expect(under: 1) {
        let session = try Session(.training)
        try session.terminal.stall()
        session.terminal.signal(SIGTERM)
        let seconds = try session.terminal.secondsToEnd()
        #expect(try session.terminal.waitForEnd() == .exited(128 + SIGTERM))
        #expect(session.terminal.modes == session.terminal.modesBefore)
        return seconds
      }
    }
  }
}

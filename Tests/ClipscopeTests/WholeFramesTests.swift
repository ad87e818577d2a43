import Testing

/// That a wait sees whole frames, each of them and nothing else, with programs that write theirs in pieces.
@Suite(.serialized)
struct WholeFramesTests {
  private static let begin = "\u{1B}[?2026h"
  private static let end = "\u{1B}[?2026l"

  /// A program that prints pieces of text, each when a line has come, and ends with another line.
  private func printing(_ pieces: [String]) throws -> Scope {
    let script = "stty -echo; for piece; do printf %s \"$piece\"; read line; done"
    return try Scope(running: ["/bin/sh", "-c", script, "sh"] + pieces, in: TemporaryFolder(), columns: 40, rows: 3)
  }

  @Test func halfAFrameIsNeverSeen() throws {
    let scope = try printing([
      Self.begin + "one half" + Self.end, Self.begin + "\ranother ", "half" + Self.end + "outside", "",
    ])
    var seen: [String] = []
    func wait(for line: String) throws {
      try scope.waitFor(line) {
        if seen.last != String($0.header) { seen.append(String($0.header)) }
        return $0.header == line
      }
    }
    try wait(for: "one half")
    try scope.send("\n")
    // The first half has come, and will not be followed by the second for as long as nobody asks for it.
    try scope.terminal.waitForOutput("another ")
    #expect(throws: Scope.WaitFailure.self) {
      try scope.waitFor("a half", within: 0.2) {
        seen.append(String($0.header))
        return $0.contains("another")
      }
    }
    #expect(scope.catchUp().text.hasPrefix("one half\n"))
    #expect(scope.rawScreen.text.hasPrefix("another\n"), "which is what there is")
    try scope.send("\n")
    try wait(for: "another half")
    // Nor what belongs to no frame.
    try scope.terminal.waitForOutput("outside")
    #expect(scope.catchUp().text.hasPrefix("another half\n"))
    #expect(scope.rawScreen.text.hasPrefix("another halfoutside\n"))
    #expect(Set(seen) == ["one half", "another half"])
  }

  @Test func eachOfSeveralFramesIsSeenInOrder() throws {
    let scope = try printing([(1...9).map { "\(Self.begin)\r\($0)\(Self.end)" }.joined(), ""])
    try scope.terminal.waitForOutput("9" + Self.end)
    for number in [2, 3, 7] {
      var seen: [String] = []
      try scope.waitFor("\(number)") {
        seen.append(String($0.header))
        return $0.header == "\(number)"
      }
      #expect(scope.screen.text.hasPrefix("\(number)\n"))
      #expect(scope.screen.frames == number)
      #expect(seen.last == "\(number)")
    }
    #expect(scope.catchUp().frames == 9)
  }

  @Test func aFrameMayBeCutAnywhere() {
    let text = "\(Self.begin)\u{1B}[Hwhole ⣿\(Self.end)"
    let bytes = Array((text + text).utf8)
    for cut in bytes.indices {
      var frames = WholeFrames(columns: 20, rows: 2)
      var count = 0
      for output in [Array(bytes[..<cut]), bytes] {
        while frames.next(in: output) {
          count += 1
          #expect(frames.screen.text == "whole ⣿\n\n", "cut behind \(cut) bytes")
        }
        #expect(count == output.count / (bytes.count / 2), "cut behind \(cut) bytes")
      }
    }
  }

  @Test func whatWasPaintedForTheSizeBeforeIsNotSeen() {
    var frames = WholeFrames(columns: 20, rows: 2)
    var output = Array("\(Self.begin)\u{1B}[H\u{1B}[2Jsmall\(Self.end)".utf8)
    frames.resize(columns: 30, rows: 3, after: output)
    #expect(frames.isOutdated && frames.screen.text == "small\n\n")
    output += Array("\(Self.begin)\u{1B}[Hstill \(Self.end)".utf8)
    let isStillSeen = frames.next(in: output)
    #expect(!isStillSeen)
    output += Array("\(Self.begin)\u{1B}[H\u{1B}[2Jlarge\(Self.end)".utf8)
    let isLargeSeen = frames.next(in: output)
    #expect(isLargeSeen && !frames.isOutdated && frames.screen.text == "large\n\n\n")
  }

  @Test func aProgramThatHasEndedIsNotWaitedFor() throws {
    let scope = try printing([])
    let seconds = Pace.seconds {
      #expect(throws: Scope.WaitFailure.self) { try scope.waitFor("a frame") { _ in true } }
    }
    #expect(seconds < PseudoTerminal.patience)
  }
}

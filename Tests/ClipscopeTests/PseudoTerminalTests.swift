import Testing

/// The harness itself, with programs that every system has.
@Suite(.serialized)
struct PseudoTerminalTests {
  private static func shell(_ script: String) throws -> PseudoTerminal {
    try PseudoTerminal("/bin/sh", ["-c", script], columns: 73, rows: 19)
  }

  @Test func aProgramSeesItsTerminalAndItsSize() throws {
    let terminal = try Self.shell("test -t 0 && test -t 1 && test -t 2 && stty size")
    #expect(try terminal.waitForEnd() == .exited(0))
    #expect(terminal.text.contains("19 73"))
  }

  @Test func inputArrivesAndTheStatusIsTold() throws {
    let terminal = try Self.shell("echo ready; read line; echo got $line; exit 7")
    try terminal.waitForOutput("ready")
    try terminal.send("hello\r")
    try terminal.waitForOutput("got hello")
    #expect(try terminal.waitForEnd() == .exited(7))
  }

  @Test func changedModesAreSeen() throws {
    let terminal = try Self.shell("read line; stty raw -echo; echo raw")
    let before = terminal.modes
    try terminal.send("\r")
    try terminal.waitForEnd()
    #expect(terminal.modes != before)
  }

  @Test func keysSendSignals() throws {
    let terminal = try Self.shell("echo ready; exec cat")
    try terminal.waitForOutput("ready")
    try terminal.send("\u{3}")
    #expect(try terminal.waitForEnd() == .killed(signal: 2))
  }

  @Test func aClosedWindowHangsUp() throws {
    let terminal = try Self.shell("echo ready; exec cat")
    try terminal.waitForOutput("ready")
    terminal.hangUp()
    #expect(try terminal.waitForEnd() == .killed(signal: 1))
  }

  @Test func whatNeverComesIsReported() throws {
    let terminal = try Self.shell("echo something; exec cat")
    #expect(throws: PseudoTerminal.Problem.self) { try terminal.waitForOutput("else", within: 0.2) }
  }
}

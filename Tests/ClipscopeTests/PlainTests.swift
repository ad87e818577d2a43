import Foundation
import Testing

/// `--plain`: line by line, without cells.
@Suite struct PlainTests {
  @Test("From a pipe: the same commands, keys as lines, sentences for what happens, and no escape sequence")
  func pipe() throws {
    let outcome = try Folder().clipscope(
      ["--plain"],
      input: "seed 0; task sum; model simplenet; clip norm\nstep 3\n2n\nc\nn\n+\nprint max_norm\npanel next\n")
    #expect(outcome.status == 0, "\(outcome)")
    #expect(!outcome.output.contains("\u{1B}"))
    let lines = outcome.output.split(separator: "\n").map(String.init)
    #expect(lines[0].hasPrefix("A new experiment: simplenet"))
    #expect(lines[1] == "Clipping starts." && lines[2].hasSuffix("total norm 27 clipped to 1 by factor 0.0371."))
    #expect(
      lines.filter { $0.hasPrefix("Step ") }.map { $0.prefix { $0 != ":" } } == [
        "Step 1", "Step 3", "Step 5", "Step 6",
      ])
    #expect(lines.contains("Clipping has stopped: 5 of 5 steps from step 1 to 5 were clipped."))
    #expect(lines.contains("max_norm 1.25"))
    #expect(lines.contains("That is for the screen: there is none here."))
    #expect(lines.last!.hasPrefix("standard input: 0 expectations held · step 6"))
  }

  @Test("A lesson is told to its end, and its expectations decide the status")
  func lesson() throws {
    let folder = try Folder()
    try folder.write("task sum; model simplenet\nsay \"Listen.\"\npause\nstep 2\nexpect loss > 1e30", to: "s")
    let outcome = try folder.clipscope(["--plain", "s"])
    #expect(outcome.status == 1)
    #expect(outcome.output.hasPrefix("Listen.\nA new experiment"))
    #expect(outcome.output.contains("Step 2: loss "))
    #expect(outcome.output.contains("s: 0 expectations held, 1 did not · step 2"))
    #expect(outcome.error.hasPrefix("line 5: expected loss > 1e30") && outcome.error.split(separator: "\n").count == 1)
    #expect(try folder.clipscope(["--plain"], input: "stpe\n").error.hasPrefix("line 1: there is no command stpe"))
    #expect(try folder.clipscope(["--every", "5"]).status == 2)
  }

  @Test("Somebody who types is waited for, can stop a run, and leaves with quit")
  func interactive() throws {
    let folder = try TemporaryFolder()
    let file = try folder.write("task sum; model simplenet\nsay \"Listen.\"\npause c\nstep 2\n", to: "s")
    let terminal = try PseudoTerminal(BuiltProgram.clipscope, ["--plain", file], environment: ["TERM": "dumb"])
    try terminal.waitForOutput("Waiting for the key c: type it and press Enter.")
    try terminal.send("\n")
    try terminal.waitForOutput("the scenario waits for c")
    #expect(!terminal.text.contains("Step "))
    try terminal.send("c\n")
    try terminal.waitForOutput("Step 2: ")
    try terminal.waitForOutput("the scenario has ended")
    try terminal.send("run\n")
    try terminal.waitForOutput("Step 100: ")
    let start = terminal.position
    try terminal.send("\n")
    // It asks again when the run has been stopped, and not before.
    try terminal.waitForOutput("> ", from: start)
    try terminal.send("quit\n")
    #expect(try terminal.waitForEnd() == .exited(0))
    #expect(terminal.text.contains("Clipping starts.") && !terminal.text.contains("\u{1B}"))
  }
}

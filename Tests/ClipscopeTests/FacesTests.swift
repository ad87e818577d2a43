import Foundation
import Testing

/// The other faces of the program: repl, frame, version, and what it says to wrong usage.
@Suite struct FacesTests {
  // MARK: repl

  @Test(
    "The prompt reads lines from a pipe; what is wrong costs a message, and the status tells",
    arguments: [
      ("step 3\nexpect step == 3\nprint step\n", 0, ["step 3"], []),
      ("step 2; expect step == 2; norms", 0, ["fc1.weight"], []),
      ("", 0, [], []), ("\n# words\n\n", 0, [], []), ("quit\nstep 5\n", 0, ["step 0"], []),
      ("stpe\nstep 2\n", 2, ["step 2"], ["there is no command stpe; did you mean step?"]),
      ("stpe\nexpect error\n", 0, ["1 expectation held"], ["there is no command stpe"]),
      ("run\n", 2, ["step 0"], ["write run N or until"]),
      ("expect loss > 0\n", 2, [], ["loss has not been measured yet"]),
      ("step\nexpect loss > 1e30\n", 1, [], ["expected loss > 1e30"]),
      ("help clip\n", 0, ["clip_value"], []), ("save \"\n", 2, [], ["this quote is never closed"]),
      ("say \"\u{1B}[2J\"\n", 0, ["» ␛[2J"], []), ("until loss < -1e30 max 3\nstep", 0, ["step 4"], []),
    ] as [(String, Int32, [String], [String])])
  func repl(input: String, status: Int32, output: [String], errors: [String]) throws {
    let outcome = try Folder().clipscope(["repl"], input: input)
    #expect(outcome.status == status, "\(outcome)")
    for text in output { #expect(outcome.output.contains(text), "\(outcome)") }
    for text in errors { #expect(outcome.error.contains(text), "\(outcome)") }
    #expect(!(outcome.output + outcome.error).contains("\u{1B}"))
  }

  // MARK: frame

  @Test("A frame in each format, of any size, at any step")
  func frame() throws {
    let folder = try Folder()
    try folder.write("task regression; step 8; clip norm max_norm=0.25; say \"here\"; step 8; expect loss > 0", to: "s")
    for (size, rows, columns) in [
      ("80x24", 24, 80), ("160x48", 48, 160), ("40x10", 10, 40), ("10x3", 3, 10), ("1x1", 1, 1),
    ] {
      let text = try folder.clipscope(["frame", "s", "--at", "8", "--size", size, "--format", "text"])
      #expect(text.status == 0, "\(size)")
      let lines = text.output.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
      #expect(lines.count == rows)
      #expect(lines.allSatisfy { $0.count <= columns })
      #expect(!text.output.contains("\u{1B}"))
      let ascii = try folder.clipscope(["frame", "s", "--size", size, "--ascii"])
      #expect(ascii.output.utf8.allSatisfy { $0 < 0x80 })
      let svg = try folder.clipscope(["frame", "--format", "svg", "s", "--size", size])
      #expect(svg.status == 0 && svg.output.hasPrefix("<svg") && svg.output.hasSuffix("</svg>\n"))
    }
    let text = try folder.clipscope(["frame", "s", "--at", "8"])
    #expect(text.output.contains("step 8"))
    #expect(text.output.contains("here"), "being at a step is after all commands that were given there")
    #expect(text.output.contains("max_norm 0.25") || text.output.contains("norm ≤ 0.25"))
    #expect(try folder.clipscope(["frame", "s"]).output.contains("step 16"))
    #expect(try folder.clipscope(["frame", "s", "--at", "0"]).output.contains("step 0"))
    #expect(try folder.clipscope(["frame", "s", "--size", "20x5"]).output.contains("too small"))
  }

  @Test("As many colours as were asked for")
  func colors() throws {
    let folder = try Folder()
    try folder.write("task regression; step 8", to: "s")
    for (color, sign, not) in [
      ("0", "", "[3"), ("8", "[1;3", "38;"), ("16", "", "38;"), ("256", "38;5;", "38;2;"), ("true", "38;2;", "38;5;"),
    ] {
      let outcome = try folder.clipscope(["frame", "s", "--format", "ansi", "--color", color])
      #expect(outcome.status == 0)
      #expect(sign.isEmpty || outcome.output.contains(sign), "\(color)")
      #expect(!outcome.output.contains(not), "\(color)")
    }
  }

  @Test(
    "Wrong frames",
    arguments: [
      ["--at", "17"], ["--at", "-1"], ["--at", "x"], ["--size", "80"], ["--size", "80x"], ["--size", "-1x5"],
      ["--size", "80x24x3"],
      ["--size", "100000x100000"], ["--format", "gif"], ["--color", "7"], ["--color", "16777216"], ["--frobnicate"],
    ])
  func wrongFrames(arguments: [String]) throws {
    let folder = try Folder()
    try folder.write("task regression; step 16", to: "s")
    let outcome = try folder.clipscope(["frame", "s"] + arguments)
    #expect(outcome.status == 2, "\(outcome)")
    #expect(outcome.output.isEmpty && !outcome.error.isEmpty)
  }

  // MARK: Usage

  @Test("Without a terminal nothing starts a screen: a message, status 2, no escape sequence")
  func noTerminal() throws {
    let folder = try Folder()
    try folder.write("step", to: "s")
    for arguments in [[], ["s"], ["play", "s"], ["--speed", "5"]] {
      let outcome = try folder.clipscope(arguments)
      #expect(outcome.status == 2, "\(arguments): \(outcome)")
      #expect(outcome.output.isEmpty)
      #expect(outcome.error.contains("terminal") && outcome.error.contains("clipscope run FILE"))
      #expect(!outcome.error.contains("\u{1B}"))
    }
  }

  @Test(
    "Wrong usage is status 2",
    arguments: [
      ["frobnicate"], ["--frobnicate"], ["run"], ["run", "a", "b"], ["run", "s", "--frobnicate"], ["repl", "x"],
      ["frame"], ["version", "x"],
      ["--speed", "0"], ["--speed", "-1"], ["--speed", "nan"],
    ])
  func usage(arguments: [String]) throws {
    let outcome = try Folder().clipscope(arguments)
    #expect(outcome.status == 2, "\(outcome)")
    #expect(outcome.output.isEmpty && !outcome.error.isEmpty)
  }

  @Test(
    "Help and the version are no mistakes",
    arguments: [["--help"], ["run", "--help"], ["help"], ["version"], ["frame", "-h"]])
  func help(arguments: [String]) throws {
    let outcome = try Folder().clipscope(arguments)
    #expect(outcome.status == 0)
    #expect(outcome.error.isEmpty)
    #expect(outcome.output.lowercased().contains("clipscope"))
  }

  @Test("Scenarios that came with the program are found by name, the nearer folder first")
  func scenarios() throws {
    let folder = try Folder()
    try folder.write("step 1", to: "a/x.scenario")
    try folder.write("step 2", to: "b/x.scenario")
    try folder.write("step 3", to: "scenarios/x.scenario")
    func steps(_ arguments: [String], _ environment: [String: String] = [:]) throws -> Substring? {
      try folder.clipscope(["run"] + arguments, environment: environment).output.firstMatch(of: /step \d/)?.0
    }
    #expect(try steps(["x"]) == "step 3")
    #expect(try steps(["x"], ["CLIPSCOPE_SCENARIOS": "b"]) == "step 2")
    #expect(try steps(["x.scenario", "--scenarios", "a"], ["CLIPSCOPE_SCENARIOS": "b"]) == "step 1")
    try folder.write("step 4", to: "x")
    #expect(try steps(["x", "--scenarios", "a"]) == "step 4")
    // The prompt looks where it is told, too.
    let lesson = try folder.clipscope(["repl", "--scenarios", "a"], input: "lesson x\n")
    #expect(lesson.status == 0 && lesson.output.contains("step 1"))
  }

  @Test("frame --at draws the step of the pass that is asked for, with the rule that was in force there")
  func passes() throws {
    let folder = try Folder()
    try folder.write(
      """
      task regression scale=10
      optimizer sgd lr=0.03
      clip off
      step 12
      expect loss is nan
      say "gone"
      pause
      clip norm max_norm=0.5
      restart
      step 30
      max_norm 4
      step 30
      """, to: "s")
    func frame(_ at: String) throws -> String { try folder.clipscope(["frame", "s", "--at", at]).output }
    let first = try frame("12")
    #expect(first.contains("step 12 ") && first.contains("clip off") && first.contains("gone"), "\(first)")
    #expect(!first.contains("max_norm 0.5"))
    #expect(try frame("x1:12") == first)
    let second = try frame("x2:12")
    #expect(second.contains("step 12 ") && second.contains("max_norm 0.5"), "\(second)")
    #expect(try frame("30").contains("max_norm 4"), "after all commands that were given there")
    #expect(try frame("x2:0").contains("max_norm 0.5"))
    #expect(try frame("40").contains("step 40 "), "the first experiment that has it")
    for at in ["x1:13", "x3:1", "61"] {
      let outcome = try folder.clipscope(["frame", "s", "--at", at])
      #expect(outcome.status == 2 && outcome.error.contains("ends with experiment 2 at step 60 and has no step \(at)"))
    }
    for at in ["x0:3", "-1", "x1", "1.5"] {
      #expect(try folder.clipscope(["frame", "s", "--at", at]).status == 2, "\(at)")
    }
    let view = try folder.clipscope(["frame", "s", "--view", "layers"])
    #expect(view.output.contains("gradient norm by layer, now"))
  }

  @Test("frame reads CLIPSCOPE_THEME; --theme goes before it")
  func themeOfFrames() throws {
    let folder = try Folder()
    try folder.write("step 3", to: "s")
    func frame(_ arguments: [String], _ theme: String?) throws -> Outcome {
      try folder.clipscope(
        ["frame", "s", "--format", "svg"] + arguments, environment: theme.map { ["CLIPSCOPE_THEME": $0] } ?? [:])
    }
    let light = try frame(["--theme", "light"], nil).output
    #expect(try frame([], "light").output == light)
    #expect(try frame([], nil).output != light && frame(["--theme", "dark"], "light").output != light)
    #expect(try frame([], "pink").status == 2)
  }

  @Test("A text on standard input that is not UTF-8 is refused as in a file, and what was done before stays")
  func badInput() throws {
    let folder = try Folder()
    for face in [["repl"], ["--plain"]] {
      let script =
        "printf 'trace t%s; step 2\\nsay \"\\377\"\\nstep\\n' \(face[0].dropFirst(2)) | '\(BuiltProgram.clipscope)' \(face[0])"
      let process = Process()
      process.executableURL = URL(fileURLWithPath: "/bin/sh")
      process.arguments = ["-c", script]
      process.currentDirectoryURL = URL(fileURLWithPath: folder.path)
      let errors = Pipe()
      (process.standardError, process.standardOutput) = (errors, FileHandle.nullDevice)
      process.environment = ["PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"].merging(Sanitizer.environment) { $1 }
      try process.run()
      let text = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
      process.waitUntilExit()
      #expect(process.terminationStatus == 2 && text.contains("line 2 that is not a text in UTF-8"), "\(face): \(text)")
      let trace = try #require(
        folder.names.first { $0.hasPrefix("t") && folder.read($0)?.contains("\"step\":2") == true })
      unlink(folder.path + "/" + trace)
    }
    #expect(try folder.clipscope(["clip", "--rule", "norn"]).status == 2)
    #expect(try folder.clipscope(["clip", "--rule", "norn"]).error.contains("did you mean norm?"))
  }

  @Test("What the pages show of the program is what it says")
  func samples() throws {
    let folder = try Folder()
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../..")
    func page(_ name: String) throws -> String {
      try String(contentsOf: root.appendingPathComponent(name), encoding: .utf8)
    }
    let readme = try page("README.md")
    let repl = try folder.clipscope(["repl"], input: "seed 0; clip norm max_norm=1; step; print total_norm\n")
    #expect(readme.contains("| scripts/run repl\n\(repl.output)```"), "\(repl.output)")
    let line = "{\"gradients\":[{\"name\":\"w\",\"shape\":[2],\"values\":[3,4]}],\"rule\":\"norm\",\"max_norm\":1}"
    let clip = try folder.clipscope(["clip"], input: line + "\n")
    #expect(readme.contains("echo '\(line)' | scripts/run clip --values\n\(clip.output)```"))
    try folder.write("clip norm max_norm=1\nstep", to: "s")
    let trace = try folder.clipscope(["run", "s", "--trace", "-", "--quiet"]).output
    let parts = readme.matches(of: /`("(?:total_norm|factor)":[0-9.]+)`/).map { String($0.1) }
    #expect(parts.count == 2 && parts.allSatisfy { trace.contains($0) }, "\(parts)")
    let plain = try folder.clipscope(["--plain"], input: "clip norm\nstep 30\n").output
    let told = plain.split(separator: "\n").filter { $0.hasPrefix("Step ") || $0.hasPrefix("Clipping ") }.joined(
      separator: "\n")
    #expect(try page("docs/TERMINAL.md").contains("> clip norm\n> step 30\n\(told)\n```"), "\(told)")
  }
}

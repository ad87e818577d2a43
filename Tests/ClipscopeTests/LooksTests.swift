import Foundation
import Testing

extension EndToEnd {
  /// Themes, recordings and the switches of the screen, in a real terminal.
  @Suite(.serialized)
  struct LooksTests {
    /// Everything that a short session writes, byte by byte: whether or not it stands in brackets.
    private func output(_ options: [String] = [], _ environment: [String: String] = [:]) throws -> String {
      let folder = try TemporaryFolder()
      let file = try folder.write(KeysTests.experiment, to: "small.scenario")
      let terminal = try PseudoTerminal(BuiltProgram.clipscope, [file] + options, environment: environment)
      try terminal.waitForOutput("idle")
      try terminal.send("q")
      #expect(try terminal.waitForEnd() == .exited(0))
      return terminal.text
    }

    @Test(
      "A flag goes before the environment, and that before what the terminal says",
      arguments: [
        ([], [:], "74"), (["--theme", "light"], [:], "25"), (["--theme", "contrast"], [:], "81"),
        (["--theme", "contrast-light"], [:], "19"), ([], ["CLIPSCOPE_THEME": "contrast"], "81"),
        (["--theme", "dark"], ["CLIPSCOPE_THEME": "light"], "74"), ([], ["COLORFGBG": "0;15"], "25"),
        ([], ["COLORFGBG": "15;0"], "74"), ([], ["COLORFGBG": "0;15", "CLIPSCOPE_THEME": "contrast"], "81"),
      ] as [([String], [String: String], String)])
    func themes(options: [String], environment: [String: String], accent: String) throws {
      let text = try output(options, environment)
      for known in ["74", "25", "81", "19"] {
        #expect(text.contains("38;5;\(known)m") == (known == accent), "\(known)")
      }
      // The background is the terminal's own.
      #expect(!text.contains("48;5;"))
    }

    @Test("A theme that does not exist is told before the screen is opened, with the nearest")
    func wrongTheme() throws {
      let terminal = try PseudoTerminal(BuiltProgram.clipscope, environment: ["CLIPSCOPE_THEME": "lihgt"])
      #expect(try terminal.waitForEnd() == .exited(2))
      #expect(terminal.text.contains("CLIPSCOPE_THEME: lihgt is no theme; did you mean light?"))
      #expect(!terminal.text.contains("\u{1B}"))
    }

    @Test("Frames stand in brackets, unless they are not wanted")
    func synchronized() throws {
      let with = try output()
      #expect(with.contains("\u{1B}[?2026h"))
      func count(_ end: String) -> Int { with.components(separatedBy: "\u{1B}[?2026\(end)").count }
      // One more at the end, in what gives the terminal back whatever happened.
      #expect(count("l") == count("h") + 1)
      #expect(!(try output(["--no-sync"])).contains("\u{1B}[?2026h"))
    }

    @Test("Fewer frames a second are fewer frames")
    func frameRate() throws {
      func frames(_ rate: String) throws -> Int {
        let scenario = "task regression; model mlp hidden=64x6; step 900; say \"made\""
        return try Scope(scenario, options: ["--speed", "1001", "--fps", rate]).screen.frames
      }
      let (few, many) = (try frames("2"), try frames("120"))
      #expect(few < many, "\(few) at 2 a second, \(many) at 120")
    }

    @Test("A recording plays, and ends in the screen that was seen last")
    func recording() throws {
      let scope = try Scope(options: ["--record", "r.cast"])
      try scope.press("5", "n", ":", "say \"⣿ \\\\ words\"", "Enter")
      try scope.waitFor("the words") {
        $0.header.contains("‖ idle  step 5 ") && $0.contains("│ ⣿ \\ words ")
      }
      try scope.press("q")
      #expect(try scope.terminal.waitForEnd() == .exited(0))
      scope.catchUp()
      let lines = try #require(scope.folder.content(of: "r.cast")).split(separator: "\n").map { Data($0.utf8) }
      let header = try #require(try JSONSerialization.jsonObject(with: lines[0]) as? [String: Any])
      #expect(header["version"] as? Int == 2 && header["width"] as? Int == 80 && header["height"] as? Int == 24)
      var time = 0.0
      var bytes = ""
      for line in lines.dropFirst() {
        let event = try #require(try JSONSerialization.jsonObject(with: line) as? [Any])
        let now = try #require(event[0] as? Double)
        #expect(now >= time && event[1] as? String == "o")
        time = now
        bytes += try #require(event[2] as? String)
      }
      // Played into a terminal of the same kind and size.
      var played = TerminalScreen(columns: 80, rows: 24)
      played.feed(bytes.utf8)
      #expect(played == scope.screen, "\(played.text)")
      #expect(played.modes.contains(1049) && played.frames == scope.screen.frames)
    }
  }
}

/// The manual, the completions and the pictures: what is written by the program is what is kept.
@Suite struct WrittenTests {
  private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../..")
    .standardizedFileURL

  private func kept(_ path: String) -> String? {
    try? String(contentsOf: Self.root.appendingPathComponent(path), encoding: .utf8)
  }

  @Test("docs/clipscope.1 is the manual that the program prints")
  func manual() throws {
    let page = try Folder().clipscope(["manual"])
    #expect(page.status == 0)
    if ProcessInfo.processInfo.environment["RECORD"] != nil {
      try page.output.write(
        to: Self.root.appendingPathComponent("docs/clipscope.1"), atomically: true, encoding: .utf8)
      Issue.record("recorded; run again without RECORD")
    }
    #expect(kept("docs/clipscope.1") == page.output, "write it anew: RECORD=1 scripts/test --filter WrittenTests")
    for word in [
      "\\-\\-theme", "\\-\\-kernels", "NO_COLOR", "CLIPSCOPE_SCENARIOS", "128+n", "max_norm up", "error_if_nonfinite",
      ".SS clipscope export torch", "help factor",
    ] {
      #expect(page.output.contains(word), "\(word)")
    }
    // No line is a request that was not meant, and none holds what roff would swallow.
    for line in page.output.split(separator: "\n") where line.hasPrefix(".") {
      #expect(line.firstMatch(of: /^\.(TH|SH|SS|TP|PP|br|B)( |$)/) != nil, "\(line)")
    }
  }

  @Test("--help tells keys, environment and exit statuses, in 80 columns")
  func help() throws {
    let help = try Folder().clipscope(["--help"], environment: ["COLUMNS": "80"])
    #expect(help.status == 0)
    for word in ["KEYS", "max_norm up", "ENVIRONMENT", "CLIPSCOPE_THEME", "NO_COLOR", "EXIT STATUS", "128+n", "frame"] {
      #expect(help.output.contains(word), "\(word)")
    }
    #expect(help.output.split(separator: "\n").allSatisfy { $0.count <= 80 })
  }

  @Test("The pictures of the states are those that scripts/pictures draws")
  func pictures() throws {
    let folder = try Folder()
    let process = Process()
    process.executableURL = Self.root.appendingPathComponent("scripts/pictures")
    process.arguments = [folder.path]
    let variables = ["PATH": "/usr/bin:/bin", "CLIPSCOPE": BuiltProgram.clipscope]
    process.environment = variables.merging(Sanitizer.environment) { $1 }
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    #expect(folder.names.count == 36)
    for name in folder.names {
      #expect(folder.read(name) == kept("docs/states/\(name)"), "\(name): draw it anew: scripts/pictures")
    }
    let states = try FileManager.default.contentsOfDirectory(
      atPath: Self.root.appendingPathComponent("docs/states").path)
    #expect(Set(states.filter { $0.hasSuffix(".svg") }) == Set(folder.names), "no picture is left over")
    // Each of them is on the page.
    let page = try #require(kept("docs/STATES.md"))
    for name in folder.names { #expect(page.contains("(states/\(name))"), "\(name)") }
  }

  @Test("Each shell gets a completion that knows the options and completes scenario files")
  func completions() throws {
    let folder = try Folder()
    for (shell, files) in [("bash", "scenario"), ("zsh", "*.scenario"), ("fish", "scenario")] {
      let script = try folder.clipscope(["--generate-completion-script", shell])
      #expect(script.status == 0)
      for word in ["theme", "contrast-light", "plain", "frame", files] {
        #expect(script.output.contains(word), "\(shell): \(word)")
      }
    }
    // In bash, asked as Tab asks.
    try folder.write("step", to: "my.scenario")
    try folder.write("words", to: "my.txt")
    try folder.write(try folder.clipscope(["--generate-completion-script", "bash"]).output, to: "complete.bash")
    let ask = """
      cd '\(folder.path)'; . ./complete.bash; COMP_WORDS=(clipscope run my); COMP_CWORD=2; COMP_LINE="clipscope run my"
      COMP_POINT=16; _clipscope clipscope my run 2>/dev/null; printf '%s\\n' "${COMPREPLY[@]}"
      """
    let process = Process()
    let pipe = Pipe()
    process.executableURL = URL(fileURLWithPath: "/bin/bash")
    process.arguments = ["-c", ask]
    process.standardOutput = pipe
    try process.run()
    let reply = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(reply.split(separator: "\n") == ["my.scenario"], "\(reply)")
  }

  @Test("A word that is almost right gets the right one")
  func nearest() throws {
    let folder = try Folder()
    #expect(try folder.clipscope(["rnu", "x"]).error.contains("Did you mean clipscope run?"))
    #expect(try folder.clipscope(["--them", "dark"]).error.contains("--theme"))
    try folder.write("step", to: "scenarios/tutorial.scenario")
    #expect(try folder.clipscope(["run", "tutoral"]).error.contains("did you mean tutorial?"))
    #expect(
      try folder.clipscope(["repl"], input: "step\nclip max_norm=1\n").error.hasPrefix("line 2: a rule (norm, value"))
  }
}

import Foundation
import Testing

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Little memory, few descriptors, files of no shape, and signals at a bad moment: an answer, soon, and no trap.
@Suite(.serialized) struct HardshipTests {
  // MARK: Signals

  @Test(
    "SIGQUIT ends every face, and a crash says what it is, without a prompt that waits for a key",
    arguments: [
      ["run", "s", "--max-steps", "900000000"], ["repl"], ["--plain"], ["clip"], ["export", "torch", "s"],
      ["frame", "s"],
    ])
  func quits(arguments: [String]) throws {
    let folder = try Folder()
    try folder.write("task regression rows=400 batch=400; model mlp hidden=100x4; step 900000", to: "s")
    let needsInput = !arguments.contains("s")
    for (signal, words) in [
      (SIGQUIT, ""), (SIGILL, "clipscope crashed (signal 4, SIGILL). This is a mistake in clipscope"),
    ] {
      // In a terminal, where a debugger would have somebody to ask, and started by a shell, as one does.
      let start = "sh -c 'echo pid $$.; exec \"$0\" \"$@\"' \"$@\"; echo status $?."
      let terminal = try PseudoTerminal(
        "/bin/sh", ["-c", "cd \"$0\"; \(start)", folder.path, BuiltProgram.clipscope] + arguments)
      if needsInput { try terminal.send("\r") }
      var process: pid_t = 0
      try terminal.wait(for: "the program") {
        process = terminal.text.firstMatch(of: /pid (\d+)\./).flatMap { pid_t($0.1) } ?? 0
        return process > 0 && Self.hasBegun(process, waits: needsInput)
      }
      kill(process, signal)
      #expect(try terminal.secondsToEnd() < 10)
      #expect(terminal.text.contains("status \(128 + signal)."), "\(arguments): \(terminal.text)")
      #expect(
        (words.isEmpty || terminal.text.contains(words)) && !terminal.text.contains("Press"),
        "\(arguments): \(terminal.text)")
    }
  }

  // It has begun once it waits for input, or has worked for a twentieth of a second.
  private static func hasBegun(_ process: pid_t, waits: Bool) -> Bool {
    let stat = (try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)) ?? ""
    guard stat.contains("(clipscope"), let rest = stat.split(separator: ")").last else { return false }
    let words = rest.split(separator: " ")
    guard words.count > 13, let ticks = Int(words[11]) else { return false }
    return waits ? words[0] == "S" : ticks >= 5
  }

  @Test("A crash while the terminal takes nothing ends all the same")
  func stalled() throws {
    let scope = try Scope(options: ["--speed", "500"])
    try scope.send(" ")
    try scope.waitFor("training") { $0.header.contains("500/s") }
    try scope.terminal.stall()
    scope.terminal.signal(SIGSEGV)
    #expect(try scope.terminal.secondsToEnd() < 10)
    #expect(try scope.terminal.waitForEnd() == .killed(signal: SIGSEGV))
  }

  // MARK: The terminal

  @Test(
    "With too few descriptors the screen is refused at once; with enough of them everything works", arguments: 6...30)
  func descriptors(most: Int) throws {
    let terminal = try PseudoTerminal(
      "/bin/sh", ["-c", "ulimit -n \(most); exec \"$0\" --blank", BuiltProgram.clipscope])
    try terminal.wait(for: "a screen or a refusal") {
      terminal.hasEnded || terminal.text.contains("q\u{1B}") || terminal.text.contains("quit")
    }
    if !terminal.hasEnded { try terminal.send("nq") }
    #expect(try terminal.secondsToEnd() < 10)
    let end = try terminal.waitForEnd()
    #expect(end == .exited(0) || end == .exited(2), "\(most): \(end)")
    if end == .exited(2) { #expect(terminal.text.contains("clipscope: "), "\(terminal.text)") }
    if most >= 30, !Sanitizer.isOn { #expect(end != .exited(2)) }
    #expect(terminal.modes == terminal.modesBefore)
  }

  @Test(
    "A terminal of more rows and columns than ncurses counts",
    arguments: [(80, 40_000), (40_000, 24), (65_535, 65_535)])
  func giantTerminal(columns: Int, rows: Int) throws {
    let terminal = try PseudoTerminal(BuiltProgram.clipscope, ["--blank"], columns: 80, rows: 24)
    try terminal.waitForOutput("quit")
    terminal.resize(columns: columns, rows: rows)
    try terminal.send("n")
    terminal.resize(columns: 80, rows: 24)
    try terminal.send("q")
    #expect(try terminal.waitForEnd() == .exited(0))
    #expect(terminal.modes == terminal.modesBefore)
  }

  @Test(
    "A speed at which nothing would ever happen is the slowest that there is",
    arguments: ["1e-10", "1e-300", "1e9", "1e300"])
  func speeds(speed: String) throws {
    let scope = try Scope(options: ["--speed", speed])
    try scope.send(" ")
    let text = speed.contains("-") ? "● run 0.1/s" : "● run max"
    try scope.waitFor("steps at \(text)") { $0.header.contains(text) && $0.header.contains("step ") }
    try scope.send("q")
    #expect(try scope.terminal.secondsToEnd() < 10)
    #expect(try scope.terminal.waitForEnd() == .exited(0))
  }

  // MARK: Memory

  @Test(
    "An experiment larger than what this process may take is refused, and memory that ends is no mistake of clipscope's"
  )
  func memory() throws {
    guard !Sanitizer.isOn else { return }
    let folder = try Folder()
    try folder.write("model mlp hidden=3000x6; step", to: "s")
    #expect(try folder.clipscope(["run", "s"]).status == 0)
    let tight = try Folder.shell("ulimit -v 900000; '\(BuiltProgram.clipscope)' run s", in: folder)
    #expect(tight.status == 2 && tight.error.contains("this experiment would need about"), "\(tight)")
    #expect(!tight.error.contains("the limit is 4 GB"), "\(tight)")
    // A megabyte of table in hardly more memory than the program takes: it ends, and says why.
    try folder.write("x,y\n" + String(repeating: "1,2\n3,5\n", count: 4_000_000), to: "d.csv")
    try folder.write("task csv d.csv target=y; model simplenet; step", to: "c")
    let ended = try Folder.shell("ulimit -v 130000; '\(BuiltProgram.clipscope)' run c", in: folder)
    #expect(ended.status != 0 && !ended.error.contains("a mistake in clipscope"), "\(ended)")
    #expect(ended.error.contains("run out of memory"), "\(ended)")
  }

  @Test("Its memory does not grow with the steps, whatever their number")
  func soak() throws {
    guard !Sanitizer.isOn else { return }
    let folder = try Folder()
    for (story, steps) in [
      ("task sum; model simplenet hidden=2", 2_000_000), ("task xor; model mlp hidden=1x400", 30_000),
    ] {
      try folder.write("\(story); clip norm; step \(steps)", to: "s")
      let outcome = try #require(try folder.peakMemory("run s --max-steps 90000000 --quiet"))
      #expect(outcome.status == 0 && outcome.peak < 64_000, "\(story): \(outcome)")
    }
  }

  // MARK: Files

  @Test("Files of no shape are refused soon and in little memory")
  func shapeless() throws {
    let folder = try Folder()
    func table(_ text: String) throws -> [String] {
      try folder.write(text, to: "d.csv")
      try folder.write("task csv d.csv target=y; model simplenet; step", to: "c")
      return ["run", "c"]
    }
    let columns = (0..<300_000).map { "c\($0)" }.joined(separator: ",")
    let cases: [(String, () throws -> [String])] = [
      (
        "100 errors or more",
        {
          try folder.write(String(repeating: "x\n", count: 400_000), to: "s"); return ["run", "s"]
        }
      ),
      (
        "longer than 64 kB",
        {
          try folder.write(String(repeating: "x;", count: 400_000), to: "s"); return ["run", "s"]
        }
      ),
      (
        "longer than 64 kB",
        {
          try folder.write("say \"" + String(repeating: "x", count: 400_000), to: "s"); return ["run", "s"]
        }
      ),
      (
        "larger than 1 MB",
        {
          try folder.write(String(repeating: "step\n", count: 9_000_000), to: "s"); return ["run", "s"]
        }
      ),
      ("more than 10000 columns", { try table("\(columns)\n\(columns)\n") }),
      ("a field of more than 64 kB", { try table("x,y\n" + String(repeating: "1", count: 40_000_000) + ",2\n3,4\n") }),
      ("not closed within 64 kB", { try table("x,y\n\"" + String(repeating: "1\n", count: 20_000_000)) }),
      ("is empty; the first line", { try table(String(repeating: "\n", count: 20_000_000)) }),
      ("has the same value all over", { try table("x,y\n" + String(repeating: "1,2\n", count: 5_000_000)) }),
    ]
    for (message, make) in cases {
      let arguments = try make().map { "'\($0)'" }.joined(separator: " ")
      try Pace.expect(under: 6) {
        var outcome = Outcome(status: -1, output: "", error: "")
        let seconds = try Pace.seconds {
          outcome = try Folder.shell(
            "ulimit -v \(Sanitizer.isOn ? "unlimited" : "700000"); '\(BuiltProgram.clipscope)' \(arguments)", in: folder
          )
        }
        #expect(outcome.status == 2 && outcome.error.contains(message), "\(message): \(outcome.error.prefix(400))")
        #expect(outcome.error.split(separator: "\n").count < 40, "not a thousand sentences for one mistake")
        return seconds
      }
    }
  }

  @Test("Dumps that no gradient has: an answer, no trap and no end of waiting")
  func dumps() throws {
    let folder = try Folder()
    let huge = "[9223372036854775807,0]"
    for rule in ["norm", "value", "per-parameter", "agc", "autoclip", "zclip", "skip"] {
      let lines = [
        "{\"gradients\":[{\"name\":\"a\",\"shape\":\(huge),\"values\":[],\"weights\":[]}],\"rule\":\"\(rule)\"}",
        "{\"gradients\":[{\"name\":\"a\",\"shape\":[0,9,9223372036854775807],\"values\":[],\"weights\":[]}],\"rule\":\"\(rule)\"}",
        "{\"gradients\":[{\"name\":\"a\",\"shape\":[2],\"values\":[1,2],\"weights\":[1]}],\"rule\":\"\(rule)\"}",
        "{\"gradients\":[{\"name\":\"a\",\"shape\":[2,1],\"values\":[1,2],\"weights\":[]}],\"rule\":\"\(rule)\"}",
        "{\"gradients\":[{\"name\":\"a\",\"shape\":[2],\"values\":[1e400,1e-400],\"weights\":[1,\"nan\"]}],\"rule\":\"\(rule)\"}",
        String(repeating: "[", count: 200_000),
      ]
      let outcome = try folder.clipscope(["clip"], input: lines.joined(separator: "\n") + "\n")
      #expect(outcome.status == 2 && outcome.output.split(separator: "\n").count == lines.count, "\(rule): \(outcome)")
    }
  }

  // MARK: Work that takes long

  @Test("A large orthogonal start shows how far it is, and Esc and q leave it")
  func longWork() throws {
    for key in ["\u{1B}", "q"] {
      let scope = try Scope("task adding length=2 batch=2; model rnn hidden=3")
      try scope.send(":model rnn hidden=3000; init orthogonal=1; step\r")
      try scope.waitFor("how far it is") { $0.header.contains("% · Esc stops") }
      try scope.send(key)
      if key == "q" {
        #expect(try scope.terminal.secondsToEnd() < 10)
        #expect(try scope.terminal.waitForEnd() == .exited(0))
      } else {
        let frame = try scope.waitFor("that it was stopped") { $0.contains("it was stopped before it was done") }
        #expect(!frame.header.contains("Esc stops"))
      }
    }
  }
}

import Foundation
import Testing

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// The program in a pseudo-terminal, with its screen read by `TerminalScreen`: bytes go in as they are, and what would be
/// seen comes out.
///
///     let scope = try Scope("task sum")
///     try scope.send("n")
///     try scope.waitFor("step 1") { $0.header.contains("step 1 ") }
final class Scope {
  let folder: TemporaryFolder
  let terminal: PseudoTerminal
  /// The modes that the terminal had before.
  let before: PseudoTerminal.Modes
  private var current: TerminalScreen
  private var read = 0
  private var size: (columns: Int, rows: Int)

  /// Opens the program on a scenario, and waits until it has come to rest.
  convenience init(
    _ scenario: String = EndToEnd.KeysTests.experiment, options: [String] = [], columns: Int = 80, rows: Int = 24,
    environment: [String: String] = [:]
  ) throws {
    let folder = try TemporaryFolder()
    let file = try folder.write(scenario + "\n", to: "small.scenario")
    try self.init(
      file: file, folder: folder, options: options, columns: columns, rows: rows, environment: environment)
  }

  /// The same with a scenario that is written already.
  init(
    file: String, folder: TemporaryFolder, options: [String] = [], columns: Int = 80, rows: Int = 24,
    environment: [String: String] = [:]
  ) throws {
    self.folder = folder
    size = (columns, rows)
    // In a folder of its own: what is saved by chance is gone with it.
    let script = "cd \"$0\" && exec \"$@\""
    terminal = try PseudoTerminal(
      "/bin/sh", ["-c", script, folder.path, BuiltProgram.clipscope, file] + options, columns: columns, rows: rows,
      environment: environment)
    before = terminal.modes
    current = TerminalScreen(columns: columns, rows: rows)
    try waitFor("rest") { $0.header.contains("‖ idle") || $0.contains("clipscope needs") }
  }

  // MARK: Acting

  func send(_ text: String) throws { try terminal.send(text) }
  func send(_ bytes: [UInt8]) throws { try terminal.send(bytes) }

  /// Drags the window to another size. A terminal of no size is taken for one of 80×24.
  func resize(columns: Int, rows: Int) {
    update()
    // The same size again is no news: the system tells nobody.
    guard (columns, rows) != size else { return }
    size = (columns, rows)
    terminal.resize(columns: columns, rows: rows)
    current.resize(columns: columns > 0 && rows > 0 ? columns : 80, rows: columns > 0 && rows > 0 ? rows : 24)
  }

  // MARK: Looking

  /// The screen now.
  var screen: TerminalScreen {
    update()
    return current
  }

  private func update() {
    if read < terminal.position { current.feed(terminal.output[read...]) }
    read = terminal.position
  }

  /// Lets go of the output that has been looked at.
  func forget() {
    update()
    terminal.forgetOutput()
    read = 0
  }

  // MARK: Waiting

  /// Waits until the screen shows something, and returns it.
  @discardableResult
  func waitFor(_ what: String, within seconds: Double = 10, _ condition: (Frame) throws -> Bool) throws -> Frame {
    var seen = -1
    do {
      try terminal.wait(for: what, within: seconds) {
        guard seen != terminal.position else { return false }
        seen = terminal.position
        return try condition(Frame(text: screen.text))
      }
    } catch PseudoTerminal.Problem.timedOut {
      throw Tmux.Problem.timedOut(what: what, screen: screen.text)
    }
    return Frame(text: screen.text)
  }

  /// Waits until nothing has been written for a while.
  func waitForRest(_ seconds: Double = 0.2) throws {
    var (seen, since) = (-1, ContinuousClock.now)
    try terminal.wait(for: "the screen to come to rest") {
      if seen != terminal.position { (seen, since) = (terminal.position, .now) }
      return ContinuousClock.now - since >= .seconds(seconds)
    }
  }

  /// The seconds of processor time that the program has used.
  var processorTime: Double {
    var clock = clockid_t()
    var time = timespec()
    guard clock_getcpuclockid(terminal.process, &clock) == 0, clock_gettime(clock, &time) == 0 else { return .nan }
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }

  /// The bytes of memory that are the program's own, as the system counts them.
  var memory: Int {
    let status = (try? String(contentsOfFile: "/proc/\(terminal.process)/status", encoding: .utf8)) ?? ""
    let line = status.split(separator: "\n").first { $0.hasPrefix("RssAnon:") }
    return line.flatMap { $0.split(separator: " ").dropFirst().first }.flatMap { Int($0) }.map { $0 << 10 } ?? 0
  }

  /// Expects the terminal as it was found.
  func expectRestored() {
    #expect(terminal.modes == before)
    let left = screen
    #expect(left.modes.isDisjoint(with: [1049, 2004, 2026, 1000, 1002, 1003, 1004, 1006]), "\(left.modes)")
    #expect(left.modes.contains(25), "the cursor is shown")
  }
}

/// A library that acts inside the program; see intruder.c.
enum Intruder {
  /// Its path, `nil` where it cannot be made.
  static let path: String? = {
    #if os(Linux)
      let source = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("intruder.c")
      let library = FileManager.default.temporaryDirectory.appendingPathComponent("clipscope-intruder-\(getpid()).so")
      let compiler = Process()
      compiler.executableURL = URL(fileURLWithPath: "/usr/bin/env")
      compiler.arguments = ["clang", "-shared", "-fPIC", "-O1", "-o", library.path, source.path]
      guard (try? compiler.run()) != nil else { return nil }
      compiler.waitUntilExit()
      return compiler.terminationStatus == 0 ? library.path : nil
    #else
      return nil
    #endif
  }()

  /// The environment of a program that it is in.
  static func environment(_ action: String, log: String? = nil) -> [String: String] {
    var variables = ["LD_PRELOAD": path ?? "", "INTRUDER": action]
    variables["INTRUDER_LOG"] = log
    return variables
  }
}

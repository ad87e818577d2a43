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
///
/// It sees whole frames only, in the order in which they were drawn: a wait tries its condition on each of them and stops
/// at the first that meets it. What is no frame, such as the way out of the screen, is seen by `rawScreen` and in the
/// output of the `terminal` itself; so is all that a program writes with `--no-sync`.
final class Scope {
  /// A wait that failed, with the screen that was seen last.
  struct WaitFailure: Error, CustomStringConvertible {
    let what: String
    let screen: String
    let reason: any Error

    var description: String { "waited in vain for \(what) (\(reason)); the screen was\n\(screen)" }
  }

  /// The scenario is in the folder, under this name.
  static let scenario = "small.scenario"
  /// What the panel of its words is called.
  static let scenarioName = "small"

  let folder: TemporaryFolder
  let terminal: PseudoTerminal
  private var frames: WholeFrames
  private var size: (columns: Int, rows: Int)

  /// Opens the program on a scenario, and waits for a frame: the first that shows it at rest, if nothing else is said.
  convenience init(
    _ scenario: String = EndToEnd.KeysTests.experiment, options: [String] = [], columns: Int = 80, rows: Int = 24,
    environment: [String: String] = [:], until condition: (Frame) -> Bool = Scope.isAtRest
  ) throws {
    let folder = try TemporaryFolder()
    let file = try folder.write(scenario + "\n", to: Self.scenario)
    try self.init(
      file: file, folder: folder, options: options, columns: columns, rows: rows, environment: environment,
      until: condition)
  }

  /// The same with a scenario that is written already.
  convenience init(
    file: String, folder: TemporaryFolder, options: [String] = [], columns: Int = 80, rows: Int = 24,
    environment: [String: String] = [:], until condition: (Frame) -> Bool = Scope.isAtRest
  ) throws {
    try self.init(
      running: [BuiltProgram.clipscope, file] + options, in: folder, columns: columns, rows: rows,
      environment: environment)
    try waitFor("the program to be ready", condition)
  }

  /// Starts any program, and waits for nothing.
  init(
    running command: [String], in folder: TemporaryFolder, columns: Int = 80, rows: Int = 24,
    environment: [String: String] = [:]
  ) throws {
    self.folder = folder
    size = (columns, rows)
    // In a folder of its own: what is saved by chance is gone with it.
    let script = "cd \"$0\" && exec \"$@\""
    terminal = try PseudoTerminal(
      "/bin/sh", ["-c", script, folder.path] + command, columns: columns, rows: rows, environment: environment)
    frames = WholeFrames(columns: columns, rows: rows)
  }

  /// Whether a frame shows that the scenario has ended and nothing is trained, or that there is no room for that.
  static func isAtRest(_ frame: Frame) -> Bool {
    frame.header.contains("‖ idle") || frame.contains("clipscope needs")
  }

  // MARK: Acting

  func send(_ text: String) throws { try terminal.send(text) }
  func send(_ bytes: [UInt8]) throws { try terminal.send(bytes) }

  /// Drags the window to another size. A terminal of no size is taken for one of 80×24.
  func resize(columns: Int, rows: Int) {
    // The same size again is no news: the system tells nobody.
    guard (columns, rows) != size else { return }
    size = (columns, rows)
    terminal.look()
    terminal.resize(columns: columns, rows: rows)
    let isNone = columns <= 0 || rows <= 0
    frames.resize(columns: isNone ? 80 : columns, rows: isNone ? 24 : rows, after: terminal.output)
  }

  // MARK: Looking

  /// The screen at the end of the frame that was looked at last: the one that met the last condition.
  var screen: TerminalScreen { frames.screen }

  /// Goes on to the newest whole frame that has come.
  @discardableResult
  func catchUp() -> TerminalScreen {
    terminal.look()
    while frames.next(in: terminal.output) { continue }
    return screen
  }

  /// The screen with every byte that has come, whether or not it belongs to a whole frame: for what is written outside
  /// of frames.
  var rawScreen: TerminalScreen { frames.rawScreen(after: terminal.output) }

  /// Lets go of the output so far; frames that nobody has looked at are passed over.
  func forget() {
    frames.forget(terminal.output)
    terminal.forgetOutput()
  }

  // MARK: Waiting

  /// Waits until a frame shows something, and returns that frame.
  @discardableResult
  func waitFor(
    _ what: String, within seconds: Double = PseudoTerminal.patience, _ condition: (Frame) throws -> Bool
  ) throws -> Frame {
    Frame(text: try waitForScreen(what, within: seconds) { try condition(Frame(text: $0.text)) }.text)
  }

  /// Waits until the screen meets a condition at the end of a frame, and returns it.
  ///
  /// The frame that was looked at last is tried first, unless it was of another size, then each that follows.
  @discardableResult
  func waitForScreen(
    _ what: String, within seconds: Double = PseudoTerminal.patience, _ condition: (TerminalScreen) throws -> Bool
  ) throws -> TerminalScreen {
    do {
      if screen.frames > 0, !frames.isOutdated, try condition(screen) { return screen }
      var hasEnded = false
      try terminal.wait(for: what, within: seconds) {
        while frames.next(in: terminal.output) {
          if try condition(screen) { return true }
        }
        // All that it had written was read after its end had been seen: there will be no other frame.
        if hasEnded { throw PseudoTerminal.Problem.ended(tail: terminal.tail) }
        hasEnded = terminal.hasEnded
        return false
      }
    } catch let problem as PseudoTerminal.Problem {
      throw WaitFailure(what: what, screen: screen.text, reason: problem)
    }
    return screen
  }

  /// Sends keys and returns the seconds until their answer is on the screen.
  func seconds(_ keys: String, until condition: (Frame) -> Bool) throws -> Double {
    try Pace.seconds {
      try send(keys)
      try waitFor("the answer to \(keys.debugDescription)", condition)
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
    #expect(terminal.modes == terminal.modesBefore)
    let left = rawScreen
    #expect(left.modes.isDisjoint(with: [1049, 2004, 2026, 1000, 1002, 1003, 1004, 1006]), "\(left.modes)")
    #expect(left.modes.contains(25), "the cursor is shown")
  }
}

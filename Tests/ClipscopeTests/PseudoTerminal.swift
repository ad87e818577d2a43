import CPseudoTerminal
import Foundation

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// A program that runs in a real pseudo-terminal, as in a window: it leads a session, has the terminal as its standard
/// streams, and gets the signals of keys and of a window that closes.
///
///     let terminal = try PseudoTerminal(BuiltProgram.clipscope, columns: 80, rows: 24)
///     try terminal.waitForOutput("? help")
///     try terminal.send("q")
///     #expect(try terminal.waitForEnd() == .exited(0))
///
/// It sees the bytes as they come, in any portions: what a frame shows is for `Scope` to say. Every wait is for a state and
/// has a deadline; tests never sleep.
final class PseudoTerminal {
  /// How a program ended.
  enum Ending: Equatable {
    case exited(Int32)
    case killed(signal: Int32)
  }

  /// The modes of a terminal, to be compared before and after.
  struct Modes: Equatable {
    let input: UInt
    let output: UInt
    let control: UInt
    let local: UInt
    let characters: [UInt8]
  }

  /// What went wrong in a test's own terminal.
  enum Problem: Error, CustomStringConvertible {
    case system(String)
    case timedOut(what: String, tail: String)
    case ended(tail: String)

    var description: String {
      switch self {
      case .system(let action): "\(action): \(String(cString: strerror(errno)))"
      case .timedOut(let what, let tail): "waited in vain for \(what); the output ended in \(tail.debugDescription)"
      case .ended(let tail): "the program has ended; the output ended in \(tail.debugDescription)"
      }
    }
  }

  /// How many seconds a test waits for what must merely come about. They cost nothing where it does, and on a machine
  /// that is busy with something else they may be needed.
  static let patience = 60.0

  /// The modes that the terminal had before the program was started.
  let modesBefore: Modes
  /// The process of the program.
  let process: pid_t
  /// Everything that the program has written so far.
  private(set) var output: [UInt8] = []
  /// While true nothing is read from the program, and its writes pile up: a terminal that has stalled.
  var isStalled = false
  /// How many bytes a second are read, as over a slow line; `nil` for as many as come.
  var bytesPerSecond: Int?

  private var lastRead = ContinuousClock.now
  private var controller: Int32
  // Kept open, so that the terminal and its modes outlive the program.
  private let terminal: Int32
  private var ending: Ending?

  /// Starts a program. The environment is the given one and nothing of the test's own but `PATH` and `HOME`.
  init(
    _ program: String, _ arguments: [String] = [], columns: Int = 80, rows: Int = 24,
    environment: [String: String] = [:]
  ) throws {
    var path = [CChar](repeating: 0, count: 256)
    controller = pseudo_terminal_open(Int32(columns), Int32(rows), &path, path.count)
    guard controller >= 0 else { throw Problem.system("open a pseudo-terminal") }
    terminal = open(path, O_RDWR | O_NOCTTY | O_CLOEXEC)
    modesBefore = Self.modes(of: terminal)
    _ = fcntl(controller, F_SETFL, O_NONBLOCK)
    let variables = Self.environment(environment).map { "\($0.key)=\($0.value)" }
    process = withCStrings([program] + arguments) { words in
      withCStrings(variables) { pseudo_terminal_spawn(path, words, $0) }
    }
    guard process > 0 else { throw Problem.system("start \(program)") }
  }

  deinit {
    if ending == nil {
      kill(process, SIGKILL)
      waitpid(process, nil, 0)
    }
    hangUp()
    close(terminal)
  }

  private static func environment(_ own: [String: String]) -> [String: String] {
    var variables = ["TERM": "xterm-256color", "LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin", "HOME": "/tmp"]
    for name in ["PATH", "HOME"] {
      if let value = ProcessInfo.processInfo.environment[name] { variables[name] = value }
    }
    // What is kept of a session is kept nowhere near the tester's own.
    variables["XDG_STATE_HOME"] = NSTemporaryDirectory() + "/clipscope-tests-\(getpid())"
    return variables.merging(Sanitizer.environment) { $1 }.merging(own) { $1 }
  }

  // MARK: Acting

  /// Types text, or sends any bytes.
  func send(_ text: String) throws { try send(Array(text.utf8)) }

  /// Sends bytes as they are.
  func send(_ bytes: [UInt8]) throws {
    var rest = bytes[...]
    try wait(for: "room for \(bytes.count) bytes of input") {
      let count = rest.withUnsafeBytes { write(controller, $0.baseAddress, $0.count) }
      if count > 0 { rest = rest.dropFirst(count) }
      return rest.isEmpty
    }
  }

  /// Sends a signal to the program alone.
  func signal(_ number: Int32) { kill(process, number) }

  /// Drags the window to another size.
  func resize(columns: Int, rows: Int) { _ = pseudo_terminal_resize(controller, Int32(columns), Int32(rows)) }

  /// Writes to the terminal past the program, as any other program can that runs there.
  func scribble(_ text: String) { _ = Array(text.utf8).withUnsafeBytes { write(terminal, $0.baseAddress, $0.count) } }

  /// Reads nothing any more, and waits until the system holds as much of the program's output as it can.
  func stall() throws {
    isStalled = true
    // Each size is a whole new screen, and more than a terminal buffers.
    var columns = 150
    try wait(for: "a terminal that takes nothing more") {
      columns += columns < 200 ? 1 : -50
      resize(columns: columns, rows: 60)
      return isFull
    }
  }

  /// Closes the window.
  func hangUp() {
    if controller >= 0 { close(controller) }
    controller = -1
  }

  // MARK: Looking

  /// The output as text.
  var text: String { String(decoding: output, as: UTF8.self) }

  /// The end of the output, for messages.
  var tail: String { String(text.suffix(300)) }

  /// Whether the system holds as many bytes of output as it can, because they are not read.
  var isFull: Bool {
    var descriptor = pollfd(fd: terminal, events: Int16(POLLOUT), revents: 0)
    return poll(&descriptor, 1, 0) == 0
  }

  /// The modes of the terminal now.
  var modes: Modes { Self.modes(of: terminal) }

  private static func modes(of terminal: Int32) -> Modes {
    var now = termios()
    tcgetattr(terminal, &now)
    let characters = withUnsafeBytes(of: &now.c_cc) { Array($0) }
    return Modes(
      input: UInt(now.c_iflag), output: UInt(now.c_oflag), control: UInt(now.c_cflag), local: UInt(now.c_lflag),
      characters: characters)
  }

  /// How many bytes of output have come; remember it to look only at what comes later.
  var position: Int { output.count }

  /// Lets go of the output so far; positions begin at 0 again.
  func forgetOutput() { output.removeAll(keepingCapacity: true) }

  /// The output from a position on, as text.
  func text(from position: Int) -> String { String(decoding: output[min(position, output.count)...], as: UTF8.self) }

  /// Whether the program is stopped, as by Ctrl-Z.
  var isStopped: Bool {
    var status: Int32 = 0
    guard ending == nil, waitpid(process, &status, WNOHANG | WUNTRACED) == process else { return false }
    // The low byte of a stopped process is 0x7F; any other status is its end.
    if status & 0xFF == 0x7F { return true }
    ending = Self.ending(status)
    return false
  }

  /// Whether the program has ended.
  var hasEnded: Bool {
    var status: Int32 = 0
    if ending == nil, waitpid(process, &status, WNOHANG) == process { ending = Self.ending(status) }
    return ending != nil
  }

  // MARK: Waiting

  /// Reads what has come, without waiting.
  func look() { readWhatIsThere(milliseconds: 0) }

  /// Waits until the output from `position` on contains some text.
  func waitForOutput(_ wanted: String, from position: Int = 0, within seconds: Double = patience) throws {
    try wait(for: "output of \(wanted.debugDescription)", within: seconds) { text(from: position).contains(wanted) }
  }

  /// Waits until the program has ended, and says how.
  @discardableResult
  func waitForEnd(within seconds: Double = patience) throws -> Ending {
    try wait(for: "the end of the program", within: seconds) { hasEnded }
    readWhatIsThere(milliseconds: 0)
    return ending!
  }

  /// Waits until the program has ended, and says how many seconds that took.
  func secondsToEnd() throws -> Double { try Pace.seconds { try waitForEnd() } }

  /// Waits until a condition holds, reading output meanwhile; throws when it does not hold in time.
  func wait(for what: String, within seconds: Double = patience, until condition: () throws -> Bool) throws {
    let deadline = Date(timeIntervalSinceNow: seconds * Pace.slowness)
    while true {
      readWhatIsThere(milliseconds: 0)
      if try condition() { return }
      if Date() > deadline { throw Problem.timedOut(what: what, tail: tail) }
      readWhatIsThere(milliseconds: 5)
    }
  }

  /// Reads what comes within a moment; false when nothing did.
  @discardableResult
  private func readWhatIsThere(milliseconds: Int32) -> Bool {
    guard controller >= 0, !isStalled else {
      poll(nil, 0, milliseconds)
      return false
    }
    var descriptor = pollfd(fd: controller, events: Int16(POLLIN), revents: 0)
    guard poll(&descriptor, 1, milliseconds) > 0 else { return false }
    if let bytesPerSecond { return readSlowly(bytesPerSecond) }
    var isAny = false
    while readOnce(65536) > 0 { isAny = true }
    return isAny
  }

  private func readOnce(_ most: Int) -> Int {
    let count = withUnsafeTemporaryAllocation(byteCount: most, alignment: 1) { buffer in
      let count = read(controller, buffer.baseAddress, buffer.count)
      if count > 0 { output += buffer[..<count] }
      return count
    }
    return count
  }

  // As much as the time since the last reading has room for; a line that was idle does not save up.
  private func readSlowly(_ bytesPerSecond: Int) -> Bool {
    let passed = min(0.05, (ContinuousClock.now - lastRead) / .seconds(1))
    let most = Int(passed * Double(bytesPerSecond))
    guard most > 0 else {
      poll(nil, 0, 1)
      return false
    }
    lastRead = .now
    return readOnce(most) > 0
  }

  private static func ending(_ status: Int32) -> Ending {
    status & 0x7F == 0 ? .exited(status >> 8 & 0xFF) : .killed(signal: status & 0x7F)
  }
}

/// The strings as C's `argv` and `envp` want them.
func withCStrings<Result>(
  _ strings: [String], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> Result
) -> Result {
  let copies = strings.map { strdup($0) } + [nil]
  defer { copies.forEach { free($0) } }
  return copies.withUnsafeBufferPointer { body($0.baseAddress!) }
}

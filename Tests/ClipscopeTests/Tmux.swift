import Foundation

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// A tmux server of its own with one pane: a terminal that tells what is on its screen.
///
///     let tmux = try Tmux(["/bin/sh"], columns: 80, rows: 24)
///     try tmux.send("clipscope", "Enter")
///     try tmux.waitForScreen("the first frame", scope.screen.text)
///     #expect(try tmux.showsAlternateScreen)
final class Tmux {
  /// What went wrong in a test's own tmux.
  enum Problem: Error, CustomStringConvertible {
    case failed(command: [String], message: String)
    case timedOut(what: String, screen: String)

    var description: String {
      switch self {
      case .failed(let command, let message): "tmux \(command.joined(separator: " ")): \(message)"
      case .timedOut(let what, let screen): "waited in vain for \(what); the screen was\n\(screen)"
      }
    }
  }

  /// Whether tests with tmux can run here.
  static var isInstalled: Bool { executable != nil }

  private static var executable: String? {
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin").split(separator: ":")
    return folders.map { "\($0)/tmux" }.first { FileManager.default.isExecutableFile(atPath: $0) }
  }

  private let folder: URL
  private var socket: String { folder.appendingPathComponent("socket").path }

  /// Starts a program in a detached server. When it ends its last screen stays.
  init(
    _ command: [String], columns: Int = 80, rows: Int = 24, terminal: String = "tmux-256color",
    environment: [String: String] = ["LC_ALL": "C.UTF-8"]
  ) throws {
    folder = FileManager.default.temporaryDirectory.appendingPathComponent("clipscope-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let variables = environment.flatMap { ["-e", "\($0.key)=\($0.value)"] }
    try run(
      ["-f", "/dev/null", "start-server", ";", "set-option", "-g", "default-terminal", terminal, ";"]
        + ["set-option", "-g", "escape-time", "0", ";", "set-option", "-g", "remain-on-exit", "on", ";"]
        + ["new-session", "-d", "-x", "\(columns)", "-y", "\(rows)"] + variables + command)
  }

  deinit {
    _ = try? run(["kill-server"])
    try? FileManager.default.removeItem(at: folder)
  }

  // MARK: Acting

  /// Presses keys under tmux's names (`q`, `Enter`, `Up`, `C-c`, `M-b`); words that are no names are typed.
  func send(_ keys: String...) throws { try run(["send-keys", "--"] + keys) }

  /// Pastes text, in brackets if the program has asked for them.
  func paste(_ text: String) throws {
    try run(["set-buffer", "--", text])
    try run(["paste-buffer", "-p"])
  }

  /// Gives the window another size.
  func resize(columns: Int, rows: Int) throws { try run(["resize-window", "-x", "\(columns)", "-y", "\(rows)"]) }

  // MARK: Looking

  /// The screen as text, a line for each row.
  var screen: String { get throws { try run(["capture-pane", "-p"]) } }

  /// Whether the second screen is up, the one that full-screen programs use.
  var showsAlternateScreen: Bool { get throws { try value("alternate_on") == "1" } }

  /// Whether the cursor can be seen.
  var showsCursor: Bool { get throws { try value("cursor_flag") == "1" } }

  /// A variable of tmux's formats, such as `pane_dead`.
  func value(_ name: String) throws -> String {
    try run(["display-message", "-p", "#{\(name)}"]).trimmingCharacters(in: .newlines)
  }

  // MARK: Waiting

  /// Waits until the screen is this one, text and blanks.
  ///
  /// tmux shows what it has read of a frame, which may be half of one, and does not say so. A part of the screen, or two
  /// looks that are the same, prove nothing; all of a screen that is known from elsewhere does.
  func waitForScreen(_ what: String, _ expected: String) throws {
    try wait(for: "\(what):\n\(expected)") { try screen == expected }
  }

  /// Waits until a condition holds.
  func wait(for what: String, until condition: () throws -> Bool) throws {
    let deadline = Date(timeIntervalSinceNow: PseudoTerminal.patience * Pace.slowness)
    while try !condition() {
      if Date() > deadline { throw Problem.timedOut(what: what, screen: try screen) }
      poll(nil, 0, 10)
    }
  }

  // The server outlives the command that starts it and keeps what it inherits, so the answer goes through a file:
  // nobody has to wait for the end of a pipe.
  @discardableResult
  private func run(_ arguments: [String]) throws -> String {
    guard let executable = Self.executable else { throw Problem.failed(command: arguments, message: "not installed") }
    let answer = folder.appendingPathComponent("answer").path
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, answer, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    posix_spawn_file_actions_adddup2(&actions, 1, 2)
    // The threads that run tests block all signals, and a program would inherit that.
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
    var process = pid_t()
    let words = ["tmux", "-u", "-S", socket] + arguments
    let status = withCStrings(words) { words in
      withCStrings(Self.environment) { posix_spawn(&process, executable, &actions, &attributes, words, $0) }
    }
    guard status == 0 else { throw Problem.failed(command: arguments, message: "cannot be started") }
    var ending: Int32 = 0
    while waitpid(process, &ending, 0) < 0 && errno == EINTR { continue }
    let text = String(decoding: FileManager.default.contents(atPath: answer) ?? Data(), as: UTF8.self)
    guard ending == 0 else { throw Problem.failed(command: arguments, message: text) }
    return text
  }

  private static var environment: [String] {
    // Nothing else of the test's own: `swift test` sets NO_COLOR, for one.
    let kept = ProcessInfo.processInfo.environment.filter { ["PATH", "HOME"].contains($0.key) }
    return kept.merging(Sanitizer.environment) { $1 }.merging(["LC_ALL": "C.UTF-8"]) { $1 }.map {
      "\($0.key)=\($0.value)"
    }
  }
}

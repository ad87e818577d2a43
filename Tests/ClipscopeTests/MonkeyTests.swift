import Foundation
import Screen
import SeededRandom
import Testing

extension EndToEnd {
  /// Somebody who presses anything: keys, broken characters and sequences, pastes of a megabyte, a window dragged to
  /// nothing and back. `CLIPSCOPE_MONKEY_SECONDS` says for how long, `CLIPSCOPE_FUZZ_SEED` which keys; scripts/fuzz sets both.
  @Suite(.serialized)
  struct MonkeyTests {
    private static func number(_ name: String) -> Int? { ProcessInfo.processInfo.environment[name].flatMap { Int($0) } }

    static let seconds = number("CLIPSCOPE_MONKEY_SECONDS") ?? 60
    static let seed = UInt64(number("CLIPSCOPE_FUZZ_SEED") ?? 1)

    @Test func nothingThatIsPressedBreaksIt() throws {
      print("monkey: \(Self.seconds) s, seed \(Self.seed)")
      var monkey = Monkey(seed: Self.seed)
      let folder = try TemporaryFolder()
      let log = folder.path + "/log"
      let scope = try Scope(options: ["--speed", "200"], environment: Intruder.environment("memory", log: log))
      // The largest thing there is comes first: what it needs is kept by the allocator, and is no leak.
      try scope.send(":\u{1B}[200~" + String(repeating: "paste\n", count: 175_000) + "\u{1B}[201~\r")
      try Self.comeToRest(scope, round: 0)
      try Self.fill(scope)
      let end = ContinuousClock.now + .seconds(Self.seconds)
      // As many rounds as there are eighths of the time, however long those take.
      let leastRounds = 8
      var memory: [Int] = []
      var actions = 0
      defer { print("monkey: \(actions) actions, \(memory.count) rounds, bytes in use \(Self.eighths(of: memory))") }
      while ContinuousClock.now < end || memory.count < leastRounds {
        try monkey.pasteMuchAtTimes(into: scope)
        for _ in 0..<200 {
          try monkey.act(on: scope)
          actions += 1
          #expect(scope.terminal.isStopped || !scope.terminal.hasEnded, "seed \(Self.seed), action \(actions)")
        }
        try Self.comeToRest(scope, round: memory.count + 2)
        memory.append(try Self.heldMemory(of: scope, log: log))
        scope.forget()
      }
      if !Sanitizer.isOn {
        Self.expectFlat(memory)
        #expect(scope.memory < 16 << 20)
      }
      try scope.send("q")
      #expect(try scope.terminal.waitForEnd() == .exited(0))
      scope.expectRestored()
      #expect(!scope.terminal.text.contains("crashed"))
    }

    /// Memory does not climb by a hundredth from each eighth of the time to the next, behind the first, in which buffers find
    /// their size. What is kept for a while, such as the lines of the history, goes up and down with what is typed; a leak
    /// of two bytes a key climbs in all.
    private static func expectFlat(_ memory: [Int]) {
      let means = eighths(of: memory).dropFirst()
      let climbs = zip(means, means.dropFirst()).map { $1 - $0 > $0 / 100 }
      #expect(climbs.contains(false), "\(means), of \(memory)")
    }

    /// The mean of each eighth.
    private static func eighths(of memory: [Int]) -> [Int] {
      let length = memory.count / 8
      guard length > 0 else { return memory }
      return (0..<8).map { memory[($0 * length)..<(($0 + 1) * length)].reduce(0, +) / length }
    }

    /// The memory that the program has in use, without what the allocator keeps of all that was let go.
    private static func heldMemory(of scope: Scope, log: String) throws -> Int {
      truncate(log, 0)
      scope.terminal.signal(SIGUSR1)
      var held = 0
      try scope.terminal.wait(for: "what memory is in use") {
        let text = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
        guard let line = text.firstMatch(of: /in use: (\d+)\n/) else { return false }
        held = Int(line.1) ?? 0
        return true
      }
      return held
    }

    /// Fills what has a bound to its bound: the history of the prompt, with what its lines say the log, and the experiments
    /// that `export torch` would write. Otherwise they would grow for as long as anybody watches.
    private static func fill(_ scope: Scope) throws {
      let text = String(repeating: "fill ", count: 50)
      for number in 0..<LineEditor.longestHistory {
        let begin = number % 8 == 0 ? "restart; lr up; lr down; max_norm up; max_norm down; " : ""
        try scope.send(":\u{1B}[200~\(begin)say \"\(number) \(text)\"\u{1B}[201~\r")
        scope.terminal.look()
      }
      try comeToRest(scope, round: 1)
      scope.forget()
    }

    /// From wherever it is back to the same small experiment at the same size. What is said at its end is said once: the
    /// experiment itself may be on the screen before.
    private static func comeToRest(_ scope: Scope, round: Int) throws {
      scope.resize(columns: 80, rows: 24)
      try scope.send(Monkey.endOfSequence)
      try openPrompt(scope)
      let experiment = KeysTests.experiment.replacing("\n", with: "; ")
      try scope.send("speed 200; stop; \(experiment); step; say \"round \(round)\"\r")
      try scope.waitFor("the small experiment") {
        $0.header.contains("mlp 10→4x10→10") && $0.header.contains("‖ idle  step 1 ")
          && $0.contains(" round \(round) ")
      }
    }

    /// Out of a prompt, a search in it, a question, help, and into an empty prompt, where it types what no key means, to
    /// see that it is there.
    private static func openPrompt(_ scope: Scope) throws {
      // A control character behind an Escape makes one of it that no other key can be read into.
      try scope.send(String(repeating: "\u{1B}\0", count: 4))
      try scope.send(":@@@@")
      try scope.waitFor("the prompt") { $0.footer == ": @@@@" }
      try scope.send("\u{15}")
    }
  }
}

/// Makes up what is pressed. It never leaves: no `q`, no Ctrl-C, no Ctrl-\.
private struct Monkey {
  private var generator: SplitMix

  /// An end for a sequence or a paste that has none.
  static let endOfSequence = "\u{18}\u{1B}[201~\u{1B}\\\u{7}"

  init(seed: UInt64) { generator = SplitMix(seed: seed) }

  private static let keys =
    " nl.c+=-p><rjk][".map(String.init) + [
      ":", "/", "?", "\t", "\r", "\u{1B}", "\u{1B}[A", "\u{1B}OB", "\u{1B}[C", "\u{1B}[D", "\u{1B}[5~", "\u{1B}[6~",
      "\u{1B}[H",
      "\u{1B}[F", "\u{1B}[Z", "\u{7F}", "\u{C}", "\u{1}", "\u{5}", "\u{B}", "\u{17}", "\u{19}", "\u{12}", "\u{10}",
      "\u{E}", "\u{7}",
      "\u{1B}b", "\u{1B}f", "\u{13}", "\u{11}", "y", "9", "3", "0",
    ]
  private static let lines = [
    "step 3", "clip norm max_norm=0.1", "clip zclip", "model simplenet hidden=8", "model mlp hidden=4x10", "task xor",
    "norms",
    "print fc1.weight", "until loss < 0 max 20", "expect loss > 0", "bind c \"step\"", "bind c \"clip on\"",
    "help clip", "stats",
    "outlier nan; step", "restart", "say \"\u{202E}語\"", "nonsense", "max_norm 0", "phase 3", "accumulate 3",
    "lr up; lr down",
    "optimizer adam", "optimizer sgd lr=1e30; step 9",
  ]

  private mutating func roll(_ sides: Int) -> Int { Int.random(in: 0..<sides, using: &generator) }

  mutating func act(on scope: Scope) throws {
    switch roll(1000) {
    case 0..<600: try scope.send(Self.keys[roll(Self.keys.count)])
    case 600..<700: try scope.send("\u{1B}\u{1B}:" + Self.lines[roll(Self.lines.count)] + "\r")
    case 700..<800: try scope.send(bytes(1 + roll(12)))
    case 800..<900: try scope.send(sequence())
    case 900..<931: try scope.send("\u{1B}[200~" + String(repeating: "step 1\nx語", count: roll(40)) + "\u{1B}[201~")
    case 931..<935: try suspend(scope)
    default: scope.resize(columns: roll(3) == 0 ? roll(4) : roll(180), rows: roll(3) == 0 ? roll(4) : roll(60))
    }
    scope.terminal.look()
  }

  /// Into whatever a key has led to. When the program is at rest, and not among all that comes at once: inside another
  /// sequence, or where a Ctrl-Z before it is answered late and ends it in the middle, it would not be a paste but a
  /// million keys, and the experiment would have to remember what each of them changed.
  mutating func pasteMuchAtTimes(into scope: Scope) throws {
    guard roll(5) == 0 else { return }
    try scope.send(Self.keys[roll(Self.keys.count)])
    try scope.send("\u{1B}[200~" + String(repeating: "paste\n", count: 175_000) + "\u{1B}[201~")
  }

  // What the terminal itself acts on, and `q`, are left out.
  private mutating func bytes(_ count: Int) -> [UInt8] {
    (0..<count).map { _ in UInt8(roll(256)) }.filter { ![0x03, 0x1C, UInt8(ascii: "q")].contains($0) }
  }

  private mutating func sequence() -> [UInt8] {
    let starts = [
      "\u{1B}[", "\u{1B}O", "\u{1B}]11;", "\u{1B}P", "\u{1B}[<", "\u{1B}[M", "\u{1B}[1;", "\u{1B}[200", "\u{9B}",
      "\u{1B}\u{1B}[",
    ]
    let inside = Array("0123456789;:?<>=~ABCDHFZMmRtu$".utf8)
    return Array(starts[roll(starts.count)].utf8) + (0..<roll(8)).map { _ in inside[roll(inside.count)] }
  }

  // Ctrl-Z gives the terminal back. Without a shell that could bring it back the system does not stop the program.
  private func suspend(_ scope: Scope) throws {
    try scope.send("\u{1A}")
    if scope.terminal.isStopped { scope.terminal.signal(SIGCONT) }
  }
}

import Foundation
import Language
import Screen
import Testing

/// A key, what it does to the screen, and the line that it types.
struct KeyRow: CustomTestStringConvertible, Sendable {
  let key: Key
  /// The key under tmux's name.
  let name: String
  /// Keys to press before, and what the screen shows then.
  let before: [String]
  let start: @Sendable (Frame) -> Bool
  /// What the screen shows after the key and not before it.
  let effect: @Sendable (Frame) -> Bool
  /// The line in the log; `nil` for what only concerns the view.
  let line: String?

  init(
    _ key: Key, _ name: String, after before: [String] = [], line: String? = nil,
    from start: @escaping @Sendable (Frame) -> Bool = { _ in true },
    to effect: @escaping @Sendable (Frame) -> Bool
  ) {
    (self.key, self.name, self.before, self.start, self.effect, self.line) = (key, name, before, start, effect, line)
  }

  var testDescription: String { (before + [name]).joined(separator: " ") }

  private static func at(_ parameter: String) -> @Sendable (Frame) -> Bool { { $0.chosen == parameter } }
  private static func running(_ speed: Int) -> @Sendable (Frame) -> Bool { { $0.header.contains("● run \(speed)/s") } }
  private static func rule(_ text: String) -> @Sendable (Frame) -> Bool {
    { $0.rule == text }
  }
  private static func rate(_ text: String) -> @Sendable (Frame) -> Bool { { $0.rate == text } }
  private static func past(_ step: Int) -> @Sendable (Frame) -> Bool {
    { $0.header.contains("◂ past") && $0.step == step }
  }
  private static let idle: @Sendable (Frame) -> Bool = { $0.header.contains("‖ idle") }
  private static let stepped: @Sendable (Frame) -> Bool = { $0.header.contains("step 1 ") }
  private static let overview: @Sendable (Frame) -> Bool = {
    $0.contains("─ total norm ") && $0.contains("by parameter ") && $0.contains("─ log ─")
  }
  private static let totalAlone: @Sendable (Frame) -> Bool = {
    $0.contains("─ total norm ") && !$0.contains("by parameter ")
  }
  private static let logAlone: @Sendable (Frame) -> Bool = { $0.log.count >= 5 && !$0.contains("─ total norm ") }
  private static let help: @Sendable (Frame) -> Bool = { $0.contains("─ help ─") && $0.contains("THIS SCREEN") }

  /// Every key that acts on the screen as it is; those that leave it have tests of their own.
  static let all: [KeyRow] = [
    KeyRow(.named(.space), "Space", line: "run", from: idle, to: running(20)),
    KeyRow(.named(.space), "Space", after: ["Space"], line: "stop", from: running(20), to: idle),
    KeyRow(.character("n"), "n", line: "step", to: stepped),
    KeyRow(.named(.right), "Right", line: "step", to: stepped),
    KeyRow(.character("l"), "l", line: "step", to: stepped),
    KeyRow(.character("."), ".", line: "phase") { $0.header.contains("‖ in a step") && $0.phases.contains("[zero]") },
    KeyRow(.character("c"), "c", line: "clip on", from: rule("clip off"), to: rule("max_norm 1")),
    KeyRow(.character("c"), "c", after: ["c"], line: "clip off", from: rule("max_norm 1"), to: rule("clip off")),
    KeyRow(
      .character("+"), "+", after: ["c"], line: "max_norm up", from: rule("max_norm 1"), to: rule("max_norm 1.25")),
    KeyRow(
      .character("="), "=", after: ["c"], line: "max_norm up", from: rule("max_norm 1"), to: rule("max_norm 1.25")),
    KeyRow(
      .character("-"), "-", after: ["c"], line: "max_norm down", from: rule("max_norm 1"), to: rule("max_norm 0.8")),
    KeyRow(.character("p"), "p", line: "norm_type next") { $0.normType == "inf" },
    KeyRow(.character(">"), ">", line: "lr up", from: rate("0.01"), to: rate("0.0125")),
    KeyRow(.character("<"), "<", line: "lr down", from: rate("0.01"), to: rate("0.008")),
    KeyRow(.character("r"), "r", after: ["n"], line: "restart", from: stepped) { $0.step == 0 },
    KeyRow(.character("b"), "b", after: ["3", "n"], from: { $0.step == 3 }, to: past(2)),
    KeyRow(.named(.left), "Left", after: ["3", "n"], from: { $0.step == 3 }, to: past(2)),
    KeyRow(.character("h"), "h", after: ["3", "n"], from: { $0.step == 3 }, to: past(2)),
    KeyRow(.character(","), ",", after: ["."], from: { $0.phases.contains("[zero]") }, to: past(0)),
    KeyRow(.character("g"), "g") { $0.footer.hasPrefix(": goto") },
    KeyRow(.character("{"), "{", after: ["3", "n"], from: { $0.step == 3 }, to: past(0)),
    KeyRow(.character("}"), "}", after: ["3", "n", "b"], from: past(2)) { $0.step == 3 && !$0.header.contains("past") },
    KeyRow(.character("("), "(") { $0.log.last == "! there is no spike before 0" },
    KeyRow(.character(")"), ")") { $0.log.last == "! there is no spike between 0 and the end, 0" },
    KeyRow(.character("m"), "m") { $0.log.last == "· m1 is 0: goto mark m1 leads here" },
    KeyRow(.character("t"), "t") { $0.contains("total norm · twin clip on") },
    KeyRow(.character("t"), "t", after: ["t"], from: { $0.contains("total norm · twin clip on") }) {
      !$0.contains("total norm · twin")
    },
    KeyRow(.character("u"), "u", after: ["c"], from: rule("max_norm 1"), to: rule("clip off")),
    KeyRow(.control("r"), "C-r", after: ["c", "u"], from: rule("clip off"), to: rule("max_norm 1")),
    KeyRow(.character("]"), "]", after: ["Space"], from: running(20), to: running(40)),
    KeyRow(.character("["), "[", after: ["Space"], from: running(20), to: running(10)),
    KeyRow(.named(.down), "Down", from: at("fc1.weight"), to: at("fc1.bias")),
    KeyRow(.character("j"), "j", from: at("fc1.weight"), to: at("fc1.bias")),
    KeyRow(.named(.up), "Up", after: ["j", "j"], from: at("fc2.weight"), to: at("fc1.bias")),
    KeyRow(.character("k"), "k", after: ["j", "j"], from: at("fc2.weight"), to: at("fc1.bias")),
    KeyRow(.named(.pageup), "PPage", after: ["End"], from: at("fc11.bias"), to: at("fc7.bias")),
    KeyRow(.named(.pagedown), "NPage", from: at("fc1.weight"), to: at("fc5.weight")),
    KeyRow(.named(.end), "End", from: at("fc1.weight"), to: at("fc11.bias")),
    KeyRow(.named(.home), "Home", after: ["j", "j"], from: at("fc2.weight"), to: at("fc1.weight")),
    KeyRow(.named(.tab), "Tab", from: overview, to: totalAlone),
    KeyRow(.named(.backtab), "BTab", from: overview, to: logAlone),
    KeyRow(.named(.enter), "Enter") { $0.contains("gradient norm of fc1.weight") },
    KeyRow(.named(.enter), "Enter", after: ["Enter"], from: { $0.contains("gradient norm of fc1.weight") }) {
      $0.contains("by parameter ") && !$0.contains("gradient norm of fc1.weight")
    },
    KeyRow(.character("z"), "z", after: ["2", "0", "n"], from: { $0.contains("└1─") && $0.step == 20 }) {
      $0.contains("└11─")
    },
    KeyRow(.character("a"), "a", after: ["n"], from: { $0.step == 1 }) { $0.step == 0 },
    KeyRow(.character("N"), "N") { $0.log.last == "! there are no lessons here" },
    KeyRow(.character("L"), "L") { $0.contains("─ lessons ") && $0.contains("your own") },
    KeyRow(.character(":"), ":") { $0.footer == ":" },
    KeyRow(.character("/"), "/") { $0.footer == "/" },
    KeyRow(.character("?"), "?", to: help),
    KeyRow(.named(.escape), "Escape", after: ["Tab"], from: totalAlone, to: overview),
    KeyRow(.named(.escape), "Escape", after: ["?"], from: help, to: overview),
    KeyRow(.character("?"), "?", after: ["?"], from: help, to: overview),
  ]
}

extension EndToEnd {
  /// Every documented key, in the program as it is started.
  @Suite(.serialized)
  struct KeysTests {
    /// Many parameters, so that there is something to scroll, and a clipping rule that is off.
    static let experiment = """
      seed 1
      model mlp hidden=4x10
      task regression batch=4
      clip norm max_norm=1
      clip off
      """

    @Test(arguments: KeyRow.all)
    func does(_ row: KeyRow) throws {
      let scope = try Scope(Self.experiment)
      try scope.waitFor("the end of the scenario") { $0.header.contains("‖ idle  step 0") && $0.chosen != nil }
      for key in row.before { try scope.press(key) }
      let before = try scope.waitFor("what comes before the key", row.start)
      #expect(!row.effect(before))
      try scope.press(row.name)
      let after = try scope.waitFor("the effect", row.effect)
      if let line = row.line { #expect(after.log.last { $0.hasPrefix("›") } == "› \(line)") }
    }

    @Test func everyBoundKeyIsTested() {
      let elsewhere: Set<Key> = [.control("l"), .control("z"), .character("q"), .character("Z")]
      let tested = Set(KeyRow.all.map(\.key)).union(elsewhere)
      #expect(Set(KeyBindings().bindings.map(\.key)) == tested)
    }

    @Test func zoomsInAndOut() throws {
      let scope = try Scope(Self.experiment)
      try scope.press("2", "0", "n")
      try scope.waitFor("twenty steps") { $0.step == 20 && $0.contains("└1─") }
      for (key, edge) in [("z", "└11─"), ("Z", "└1─"), ("z", "└11─"), ("Escape", "└1─")] {
        try scope.press(key)
        try scope.waitFor(key) { $0.contains(edge) }
      }
    }

    @Test func digitsAreACount() throws {
      let scope = try Scope(Self.experiment)
      try scope.press("1", "0")
      try scope.waitFor("the count at the foot") { $0.footer.trimmingCharacters(in: .whitespaces).hasPrefix("10") }
      try scope.press("n")
      let frame = try scope.waitFor("ten steps") { $0.header.contains("step 10 ") }
      #expect(frame.log.last == "› step 10")
      try scope.press("3", "j")
      try scope.waitFor("three parameters down") { $0.chosen == "fc2.bias" }
      try scope.press("2", "+")
      let turned = try scope.waitFor("two rungs up") { $0.log.suffix(2) == ["› max_norm up", "› max_norm up"] }
      #expect(turned.header.contains("step 10 "))
    }

    @Test func restartIsTakenBackByUndo() throws {
      let scope = try Scope(Self.experiment)
      try scope.press("n")
      try scope.waitFor("a step") { $0.header.contains("step 1 ") }
      try scope.press("r")
      let after = try scope.waitFor("the beginning") { $0.header.contains("step 0 ") }
      #expect(after.log.suffix(2) == ["› restart", "· x2 begins at step 0; what there was is x1: u takes that back"])
      try scope.press("u")
      let back = try scope.waitFor("the step again") { $0.header.contains("step 1 ") }
      #expect(back.log.last?.hasPrefix("‹ undo: undone: restart, given at 1") == true, "\(back.log)")
      try scope.press("C-r")
      try scope.waitFor("the beginning again") { $0.header.contains("step 0 ") }
    }

    @Test func controlLPaintsEverythingAgain() throws {
      let scope = try Scope(Self.experiment)
      let before = scope.screen
      scope.terminal.scribble("\u{1B}[5;5Hscribble")
      try scope.terminal.waitForOutput("scribble")
      #expect(scope.rawScreen.text.contains("scribble"), "it is seen, though it is no frame")
      try scope.press("C-l")
      let after = try scope.waitForScreen("another frame") { $0.frames > before.frames }
      #expect(after == before, "\(after.text)")
    }

    @Test func controlZStopsAndComesBackAtTheSizeOfNow() throws {
      let folder = try TemporaryFolder()
      let file = try folder.write(Self.experiment, to: Scope.scenario)
      let scope = try Scope(running: ["/bin/bash", "--norc", "-i"], in: folder, environment: ["HISTFILE": ""])
      try scope.send("PS1='$ '; '\(BuiltProgram.clipscope)' '\(file)'\r")
      try scope.waitFor("the screen") { $0.header.contains("‖ idle") }
      try scope.press("n")
      try scope.waitFor("a step") { $0.header.contains("step 1 ") }
      let start = scope.terminal.position
      try scope.send("\u{1A}")
      try scope.terminal.waitForOutput("Stopped", from: start)
      #expect(!scope.rawScreen.modes.contains(1049))
      #expect(scope.rawScreen.modes.contains(25))
      scope.resize(columns: 100, rows: 30)
      try scope.send("stty size; echo echo ed\r")
      try scope.terminal.waitForOutput("30 100\r\necho ed\r\n", from: start)
      try scope.send("fg\r")
      let back = try scope.waitFor("the screen") { $0.header.contains("‖ idle  step 1 ") }
      #expect(scope.screen.modes.contains(1049))
      #expect(back.lines.count == 30)
      #expect(back.lines[2].count == 100)
      try scope.press("q")
      try scope.terminal.wait(for: "the shell") { !scope.rawScreen.modes.contains(1049) }
    }

    @Test func onALargeScreenTheKeysDoTheSame() throws {
      let scope = try Scope(Self.experiment, columns: 160, rows: 48)
      let first = try scope.waitFor("the end of the scenario") { $0.header.contains("‖ idle  step 0") }
      #expect(first.lines.count == 48)
      #expect(first.footer.contains("<> lr"))
      try scope.press("5", "n")
      try scope.waitFor("five steps") { $0.header.contains("step 5 ") && $0.log.last == "› step 5" }
      try scope.press("c", "+", "p", ">")
      let turned = try scope.waitFor("the settings") { $0.log.last == "› lr up" }
      #expect(turned.rule == "max_norm 1.25")
      #expect(turned.normType == "inf")
      #expect(turned.rate == "0.0125")
      try scope.press("End")
      try scope.waitFor("the last parameter") { $0.chosen == "fc11.bias" }
      try scope.press("Tab")
      try scope.waitFor("one panel") { !$0.contains("by parameter ") }
      try scope.press("?")
      try scope.waitFor("help") { $0.contains("─ help ─") && $0.contains("THIS SCREEN") }
      try scope.press("Escape")
      try scope.waitFor("one panel") { $0.contains("─ total norm ") && !$0.contains("by parameter ") }
      try scope.press("Escape")
      try scope.waitFor("all panels") { $0.contains("by parameter ") }
      try scope.press("Space")
      try scope.waitFor("training") { $0.header.contains("● run 20/s") }
      try scope.press("q")
      #expect(try scope.terminal.waitForEnd() == .exited(0))
    }
  }
}

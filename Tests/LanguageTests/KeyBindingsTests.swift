import Language
import Session
import Stories
import Testing
import Training

/// The keys are lines of the language, and are those that LANGUAGE.md lists.
@Suite struct KeyBindingsTests {
  private func stage(_ line: String = small) -> Stage {
    var stage = Stage(files: MemoryFiles())
    stage.enter(line)
    return stage
  }

  static let keys: [(Key, String)] = [
    (.named(.space), "run"), (.character("n"), "step"), (.named(.right), "step"), (.character("l"), "step"),
    (.character("."), "phase"), (.character("+"), "max_norm up"), (.character("="), "max_norm up"),
    (.character("-"), "max_norm down"), (.character("p"), "norm_type next"), (.character(">"), "lr up"),
    (.character("<"), "lr down"), (.named(.up), "scroll up"), (.character("k"), "scroll up"),
    (.named(.down), "scroll down"),
    (.character("j"), "scroll down"), (.named(.pageup), "scroll pageup"), (.named(.pagedown), "scroll pagedown"),
    (.named(.tab), "panel next"), (.named(.backtab), "panel previous"), (.character("r"), "restart"),
    (.character("]"), "speed up"), (.character("["), "speed down"), (.character(":"), "prompt"),
    (.character("/"), "find"),
    (.character("?"), "help"), (.control("l"), "redraw"), (.control("z"), "suspend"), (.named(.escape), "back"),
    (.character("q"), "quit"), (.character("c"), "clip on"),
  ]

  @Test("Every key does what it says", arguments: keys)
  func each(key: Key, line: String) throws {
    let lines = KeyBindings().lines(for: key, count: nil, stage())
    #expect(lines == [line])
    #expect(try Parser.commands(in: line).count == 1)
  }

  @Test("Keys that are kept free type nothing", arguments: ["h", "b", "u", "t", "w"])
  func free(letter: String) {
    #expect(KeyBindings().lines(for: Key(name: letter)!, count: nil, stage()) == nil)
    #expect(KeyBindings().lines(for: .named(.left), count: nil, stage()) == nil)
  }

  @Test("space and c turn around: run and stop, clip on and off")
  func toggles() {
    let bindings = KeyBindings()
    var stage = stage()
    for expected in ["clip on", "clip off", "clip on"] {
      let lines = bindings.lines(for: .character("c"), count: nil, stage)
      #expect(lines == [expected])
      stage.enter(expected)
    }
    _ = stage.type("run")
    #expect(bindings.lines(for: .named(.space), count: nil, stage) == ["stop"])
    _ = stage.type("stop")
    #expect(bindings.lines(for: .named(.space), count: nil, stage) == ["run"])
    _ = stage.type("step 5")
    #expect(bindings.lines(for: .named(.space), count: nil, stage) == ["stop"])
  }

  @Test("Digits are a count: of steps, of phases, of times")
  func counts() {
    let bindings = KeyBindings()
    let idle = stage()
    #expect(bindings.lines(for: .character("n"), count: 10, idle) == ["step 10"])
    #expect(bindings.lines(for: .character("."), count: 3, idle) == ["phase 3"])
    #expect(bindings.lines(for: .named(.space), count: 200, idle) == ["run 200"])
    #expect(bindings.lines(for: .character("+"), count: 3, idle) == Array(repeating: "max_norm up", count: 3))
    #expect(bindings.lines(for: .character("+"), count: 9999, idle)?.count == 60)
  }

  @Test("A bind line changes one key, and is taken by the parser that everybody else uses")
  func bind() throws {
    var bindings = KeyBindings()
    let before = bindings.bindings.count
    guard
      case .bind(let key, let line, let otherwise) = try Parser.commands(in: "bind n \"step 5; norms\" \"stop\"").first?
        .command
    else { return #expect(Bool(false)) }
    bindings.bind(key, to: line, otherwise: otherwise)
    #expect(bindings.bindings.count == before)
    #expect(bindings.lines(for: .character("n"), count: nil, stage()) == ["step 5; norms"])
    bindings.bind(.alt("x"), to: "norms", otherwise: nil)
    #expect(bindings.bindings.count == before + 1)
  }

  @Test("The name of each key reads back")
  func names() {
    let keys =
      Key.Name.allCases.map(Key.named) + "aZ?;#\"é語".map(Key.character) + "az".map(Key.control) + "b.".map(Key.alt)
    for key in keys { #expect(Key(name: key.name) == key, "\(key.name)") }
    for name in ["", "  ", "ctrl-", "alt-", "ctrl-ab", "f99", "Space"] { #expect(Key(name: name) == nil, "\(name)") }
    #expect(Key(name: "ctrl-L") == .control("l"))
    #expect(Set(KeyBindings().bindings.map(\.key)).count == KeyBindings().bindings.count)
  }
}

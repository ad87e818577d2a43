import Language
import Session
import Stories
import Testing
import Training

/// The keys are lines of the language, and are those that were agreed on.
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
    (.character("?"), "help"), (.control("l"), "redraw"), (.control("z"), "suspend"), (.named(.escape), "close"),
    (.character("q"), "quit"), (.character("c"), "clip on"), (.character("b"), "back"), (.named(.left), "back"),
    (.character("h"), "back"), (.character(","), "phase back"), (.character("g"), "prompt \"goto \""),
    (.character("{"), "goto start"), (.character("}"), "goto end"), (.character("("), "goto previous"),
    (.character(")"), "goto next"), (.character("m"), "mark"), (.character("u"), "undo"),
    (.control("r"), "redo"), (.character("t"), "twin \"clip on\""),
  ]

  @Test("Every key does what it says", arguments: keys)
  func each(key: Key, line: String) throws {
    let lines = stage().lines(for: key, count: nil)
    #expect(lines == [line])
    #expect(try Parser.commands(in: line).count == 1)
  }

  @Test("Keys that are kept free type nothing", arguments: ["v", "w", "y"])
  func free(letter: String) {
    #expect(stage().lines(for: Key(name: letter)!, count: nil) == nil)
  }

  @Test("space and c turn around: run and stop, clip on and off")
  func toggles() {
    var stage = stage()
    for expected in ["clip on", "clip off", "clip on"] {
      let lines = stage.lines(for: .character("c"), count: nil)
      #expect(lines == [expected])
      stage.enter(expected)
    }
    _ = stage.type("run")
    #expect(stage.lines(for: .named(.space), count: nil) == ["stop"])
    _ = stage.type("stop")
    #expect(stage.lines(for: .named(.space), count: nil) == ["run"])
    _ = stage.type("step 5")
    #expect(stage.lines(for: .named(.space), count: nil) == ["stop"])
  }

  @Test("Digits are a count: of steps, of phases, of times")
  func counts() {
    let idle = stage()
    #expect(idle.lines(for: .character("n"), count: 10) == ["step 10"])
    #expect(idle.lines(for: .character("."), count: 3) == ["phase 3"])
    #expect(idle.lines(for: .named(.space), count: 200) == ["run 200"])
    #expect(idle.lines(for: .character("+"), count: 3) == Array(repeating: "max_norm up", count: 3))
    #expect(idle.lines(for: .character("+"), count: 9999)?.count == 60)
  }

  @Test("A bind line changes one key, and is taken by the parser that everybody else uses")
  func bind() throws {
    var stage = stage()
    let before = stage.bindings.bindings.count
    _ = stage.type("bind n \"step 5; norms\" \"stop\"")
    #expect(stage.bindings.bindings.count == before)
    #expect(stage.lines(for: .character("n"), count: nil) == ["step 5; norms"])
    _ = stage.type("bind alt-x norms")
    #expect(stage.bindings.bindings.count == before + 1)
    #expect(stage.lines(for: .alt("x"), count: nil) == ["norms"])
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

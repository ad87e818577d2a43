import Language
import SeededRandom
import Session
import Stories
import Testing
import Training

/// Steps that were asked for are made, in order, however fast they come.
@Suite struct TypingTests {
  private func stage() -> Stage {
    var stage = Stage(files: MemoryFiles())
    stage.enter(small)
    return stage
  }

  private func finish(_ stage: inout Stage) { while stage.isBusy { _ = stage.advance() } }

  @Test("Five keys at once are five steps, twenty are twenty, and lines add up")
  func counts() {
    for count in [1, 5, 20, 300] {
      var stage = stage()
      for _ in 0..<count { _ = stage.type(.character("n"), count: nil) }
      finish(&stage)
      #expect(stage.workbench.position.step == count)
    }
    var lines = stage()
    for line in ["step 3", "step 4", "step 5"] { _ = lines.type(line) }
    #expect(lines.waiting.steps == 12 && lines.waiting.text == "12 steps")
    finish(&lines)
    #expect(lines.workbench.position.step == 12 && lines.waiting == Waiting())
  }

  @Test("The same keys lead to the same end at any pace", arguments: UInt64(1)...40)
  func pace(seed: UInt64) {
    var generator = SplitMix(seed: seed)
    let keys = (0..<25).map { _ in "nnncp+-.><l".randomElement(using: &generator)! }
    let counts = keys.map { _ in
      Int.random(in: 0..<5, using: &generator) == 0 ? Int.random(in: 2...4, using: &generator) : nil
    }
    let lines = keys.map { _ in
      [
        "step 3; lr up; step", "until step >= 4 max 7; norm_type next", "phase 4", "max_norm 0.2; step 2", "lr x; step",
        nil, nil, nil,
      ]
      .randomElement(using: &generator)!
    }
    var ends: Set<String> = []
    for mostAhead in [0, 1, 3, 1000] {
      var stage = stage()
      for (index, key) in keys.enumerated() {
        _ = stage.type(.character(key), count: counts[index])
        if let line = lines[index] { _ = stage.type(line) }
        // At the pace of whoever waits for the end of each; of one who is a little faster; of one who waits for nothing.
        if mostAhead == 0 { finish(&stage) } else if mostAhead < 1000 { for _ in 0..<mostAhead { _ = stage.advance() } }
      }
      finish(&stage)
      let norms = stage.workbench.history.last.map { "\($0.before.total)" } ?? ""
      ends.insert("\(stage.workbench.position) \(stage.digest) \(stage.workbench.settings) \(norms)")
    }
    #expect(ends.count == 1, "\(ends)")
  }

  @Test("Keys of a lesson, too: each pause takes its own")
  func lesson() throws {
    // One of the keys is bound to nothing. (What the screen does by itself it does at once.)
    let text = """
      \(small); pause n; say "one"; pause n; say "two"; pause; say "three"; pause x; pause n; step 2
      """
    var ends: Set<String> = []
    for isFast in [true, false] {
      var stage = Stage(scenario: try Scenario(text), files: MemoryFiles(), waitsForViewer: true)
      stage.finish()
      for name in ["n", "n", "space", "x", "n", "n"] {
        let key = try #require(Key(name: name))
        _ = stage.type(key, count: nil)
        if !isFast { finish(&stage) }
      }
      finish(&stage)
      #expect(stage.words.contains("three"))
      ends.insert("\(stage.workbench.position) \(stage.digest) \(stage.player.state)")
    }
    #expect(ends.count == 1, "\(ends)")
  }

  @Test("What waits is counted; Esc and stop give it up, and the log says what was not done")
  func abandoned() {
    for gives in [
      { (stage: inout Stage) in stage.abandon() }, { stage in _ = stage.type("stop") },
      { stage in _ = stage.type(.named(.space), count: nil) },
    ] {
      var stage = stage()
      _ = stage.type("step 100")
      for _ in 0..<10 { _ = stage.advance() }
      for key in "nnc" { _ = stage.type(.character(key), count: nil) }
      _ = stage.type("lr 0.5; step 3")
      #expect(stage.waiting.text == "95 steps, c, lr 0.5")
      gives(&stage)
      #expect(!stage.isBusy && stage.workbench.position.step == 10 && stage.waiting == Waiting())
      #expect(stage.notes.last == "not done: 95 steps, c, lr 0.5")
      #expect(!stage.workbench.settings.clipping.isOn)
    }
  }

  @Test("No more than so many inputs wait, and the log says how many were not heard")
  func bound() {
    var stage = stage()
    _ = stage.type("until loss < -1 max 100000")
    for _ in 0..<(Stage.mostWaiting + 7) { _ = stage.type(.character("n"), count: nil) }
    #expect(stage.waiting.steps == Stage.mostWaiting)
    _ = stage.type("stop")
    #expect(!stage.isBusy)
    #expect(stage.notes.last == "not done: \(Stage.mostWaiting) steps, until loss < -1 and 7 more")
    _ = stage.type("until step >= 3 max 5")
    for _ in 0..<(Stage.mostWaiting + 7) { _ = stage.type(.character("n"), count: nil) }
    finish(&stage)
    #expect(stage.workbench.position.step == 3 + Stage.mostWaiting)
    #expect(stage.notes.last == "not done: 7 keys and lines, for \(Stage.mostWaiting) waited already")
  }

  @Test("A run without an end is changed while it goes, ends with the next steps, and says what stood behind it")
  func endless() {
    var stage = stage()
    _ = stage.type("run; norms")
    for _ in 0..<5 { _ = stage.advance() }
    _ = stage.type(.character("c"), count: nil)
    #expect(stage.workbench.settings.clipping.isOn, "it takes effect before the next step")
    _ = stage.type(.character("n"), count: nil)
    finish(&stage)
    #expect(stage.workbench.position.step == 6)
    #expect(stage.notes.contains("not done: norms"))
  }

  @Test("What a key types that a scenario has bound asks before it writes; what the viewer binds does not")
  func boundKeys() throws {
    func stage(_ text: String) throws -> Stage {
      var stage = Stage(
        scenario: try Scenario(text, path: "lessons/a.scenario"), files: MemoryFiles(), waitsForViewer: true,
        asksBeforeWriting: true)
      stage.finish()
      return stage
    }
    for line in ["bind x \"save b.scenario; step\"", "bind y \"bind x \\\"save b.scenario; step\\\"\""] {
      var stage = try stage("\(small); step 2; \(line)")
      if line.hasPrefix("bind y") { _ = stage.type(.character("y"), count: nil) }
      let effects = stage.type(.character("x"), count: nil)
      #expect(!effects.contains { if case .write = $0 { true } else { false } })
      guard case .asking(let question) = stage.player.state else {
        Issue.record("\(line): it asks")
        return
      }
      #expect(question.request.path == "lessons/b.scenario", "its paths are the scenario's")
      #expect(stage.answer(true, to: question).count == 1)
      while stage.isBusy { _ = stage.advance() }
      #expect(stage.player.state == .ended && stage.workbench.position.step == 3, "and goes on behind it")
    }
    // Left without an answer, the scenario is held before it can ask again.
    var chain = try stage("\(small); save a.scenario; save b.scenario; say \"behind\"")
    guard case .asking(let first) = chain.player.state else {
      Issue.record("it asks")
      return
    }
    #expect(chain.leave(first).isEmpty && chain.player.isHeld && !chain.isBusy)
    var own = try stage("\(small); step 2")
    _ = own.type("bind x \"save b.scenario\"")
    #expect(own.type(.character("x"), count: nil).contains { if case .write(_, .viewer) = $0 { true } else { false } })
  }
}

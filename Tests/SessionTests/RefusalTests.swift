import Language
import Session
import Stories
import Testing
import Training

/// A refused command changes nothing, a playing or waiting lesson included.
@Suite struct RefusalTests {
  private static let refused = [
    "model mlp hidden=1000000x100", "until norm(nope) > 1", "until radius(fc1.weight) > 1",
    "task csv missing.csv target=y",
    "seed x", "step 0", "outlier scale=x", "norm_type next; step 3", "lr 0; step", "model simplenet hidden=1000000000",
  ]

  private func lesson(_ text: String = "\(small); clip value; step 6; say \"behind\"; pause; step 2") throws -> Stage {
    Stage(scenario: try Scenario(text), files: MemoryFiles(), waitsForViewer: true)
  }

  @Test("In the middle of its steps the lesson plays on as if nothing had been typed", arguments: refused, 0...6)
  func playing(line: String, made: Int) throws {
    var stage = try lesson()
    while stage.workbench.position.step < made || stage.workbench.settings.clipping.isOn == false {
      _ = stage.advance()
    }
    let before = stage
    _ = stage.type(line)
    #expect(stage.player.state == .playing && stage.workbench.activity == before.workbench.activity)
    #expect(stage.workbench.settings == before.workbench.settings)
    #expect(stage.workbench.run?.experiment.snapshot == before.workbench.run?.experiment.snapshot)
    #expect(stage.errors.count == 1 && stage.notes == before.notes)
    stage.finish()
    #expect(stage.words.contains("behind") && stage.workbench.position.step == 6 && stage.player.state == .waiting(nil))
  }

  @Test("While it waits it goes on waiting, while it is held it stays held", arguments: refused)
  func waiting(line: String) throws {
    var stage = try lesson()
    stage.finish()
    _ = stage.type(line)
    #expect(stage.player.state == .waiting(nil) && stage.errors.count == 1)
    #expect(stage.press(.named(.space)) == true)
    stage.finish()
    #expect(stage.workbench.position.step == 8 && stage.player.state == .ended)

    stage = try lesson()
    while stage.workbench.position.step < 3 { _ = stage.advance() }
    _ = stage.type("stop")
    let held = stage.player.state
    _ = stage.type(line)
    #expect(stage.player.state == held && stage.player.isHeld)
    _ = stage.type("run")
    stage.finish()
    #expect(stage.workbench.position.step == 6)
  }

  @Test(
    "What was typed is done in its order, whatever is typed behind it",
    arguments: refused + ["save a; norms", "trace t; lr x", "", "norms"])
  func restOfALine(line: String) {
    var stage = Stage(files: MemoryFiles())
    _ = stage.type("\(small); clip value; step 5; lr 0.5; step 2")
    _ = stage.advance()
    _ = stage.type(line)
    #expect(stage.workbench.position.step == 1)
    let isKnownWrong = (try? Parser.commands(in: line)) == nil
    #expect(stage.errors.isEmpty != isKnownWrong, "words that nobody understands are told at once")
    while stage.isBusy { _ = stage.advance() }
    #expect(stage.workbench.history[step: 7]?.learningRate == 0.5)
    #expect(stage.workbench.position.step == (line == "norm_type next; step 3" ? 7 : 7))
  }

  @Test("A key that the lesson waits for, and that is refused, leaves it waiting")
  func awaitedKey() throws {
    // These settings make no experiment, so that no step can be made.
    var stage = Stage(
      scenario: try Scenario("task adding; model mlp; pause n; say \"behind\""), files: MemoryFiles(),
      waitsForViewer: true)
    stage.finish()
    _ = stage.type(.character("n"), count: nil)
    #expect(stage.player.state == .waiting(.character("n")) && stage.errors.count == 1)
    _ = stage.type("model rnn hidden=3")
    stage.open(try Scenario("task adding length=3 batch=2; model rnn hidden=3; pause n; say \"behind\""))
    stage.finish()
    _ = stage.type(.character("n"), count: nil)
    stage.finish()
    #expect(stage.workbench.position.step == 1 && stage.words.contains("behind"))
  }

  @Test("What the viewer mistypes is no failure that the lesson expects, and the other way round")
  func expected() throws {
    var stage = try lesson("\(small); step 6; expect error; print fc9.weight; expect error; pause")
    while stage.workbench.position.step < 6 { _ = stage.advance() }
    _ = stage.type("lr x")
    stage.finish()
    #expect(stage.failedExpectations == 1 && stage.errors.contains { $0.contains("it did not fail") })
    #expect(!stage.wasStopped && stage.player.state == .waiting(nil))
    _ = stage.type("norms")
    _ = stage.type("expect error")
    #expect(stage.failedExpectations == 2)
    _ = stage.type("lr x")
    _ = stage.type("expect error")
    #expect(stage.failedExpectations == 2)
  }

  @Test("What is allowed does take over: otherwise the others would show nothing")
  func allowed() throws {
    for line in ["model simplenet hidden=3", "step 3", "until loss < 0 max 2", "until step >= 0", "restart"] {
      var stage = try lesson()
      while stage.workbench.position.step < 3 { _ = stage.advance() }
      _ = stage.type(line)
      #expect(stage.player.state != .playing, "\(line)")
      #expect(stage.workbench.activity == .idle || line.hasPrefix("step") || line.hasPrefix("until loss"), "\(line)")
    }
    // A condition that holds already takes no step; the lesson's are made once, when it goes on.
    var stage = try lesson("\(small); step 6; pause")
    while stage.workbench.position.step < 3 { _ = stage.advance() }
    _ = stage.type("until step >= 0")
    #expect(stage.player.isHeld && !stage.isBusy && stage.workbench.position.step == 3)
    _ = stage.type("run")
    stage.finish()
    #expect(stage.workbench.position.step == 6)
  }
}

/// What a stage tells of changes, files and lessons.
@Suite struct StageEffectTests {
  private func changes(_ effects: [Effect]) -> [String] {
    effects.compactMap {
      if case .changed(let change, let position) = $0 {
        "\(position.step).\(position.phases) \(change.command.text)"
      } else {
        nil
      }
    }
  }

  @Test("Every change that takes effect is told, as the value that it came to, with its position; no other is")
  func changed() throws {
    var stage = Stage(
      scenario: try Scenario(
        "\(small); clip norm; step; max_norm up; max_norm 1.25; phase 2; lr down; norm_type next; clip on; step; accumulate 2; outlier nan; clip off; clip off"
      ), files: MemoryFiles(), waitsForViewer: false)
    let effects = stage.finish()
    #expect(
      changes(effects) == [
        "1.0 max_norm 1.25", "1.2 lr 0.008", "1.2 norm_type inf", "2.0 accumulate 2", "2.0 outlier nan", "2.0 clip off",
      ])
    let noted = stage.workbench.run!.timeline.changes.map {
      "\($0.position.step).\($0.position.phases) \($0.change.command.text)"
    }
    #expect(noted == changes(effects))
  }

  @Test("A scenario asks before it writes, where there is somebody to ask; the viewer does not")
  func asks() throws {
    for isAllowed in [true, false] {
      var stage = Stage(
        scenario: try Scenario("\(small); step 2; save a.scenario; step 3; say \"behind\""), files: MemoryFiles(),
        waitsForViewer: true, asksBeforeWriting: true)
      var effects = stage.finish()
      guard case .asking(let question) = stage.player.state else {
        Issue.record("it asks")
        return
      }
      let request = question.request
      #expect(request.path == "a.scenario" && !stage.isBusy && stage.workbench.position.step == 2)
      #expect(!effects.contains { if case .write = $0 { true } else { false } })
      let other = Player.Question(request, number: 99)
      #expect(stage.answer(isAllowed, to: other).isEmpty && stage.player.state == .asking(question))
      effects = stage.answer(isAllowed, to: question)
      #expect(effects.contains { if case .write(request, .answer) = $0 { true } else { false } } == isAllowed)
      #expect(stage.answer(isAllowed, to: question).isEmpty, "it is answered")
      #expect(stage.notes.contains("the file was not written") == !isAllowed)
      stage.finish()
      #expect(stage.workbench.position.step == 5 && stage.words.contains("behind"))
      #expect(stage.type("save b.scenario").contains { if case .write = $0 { true } else { false } })
    }
  }

  @Test("A lesson can be opened while another one plays, waits or is held: it begins as it would have alone")
  func open() throws {
    let lesson = try Scenario("\(small); seed 3; step 4; pause; step 2")
    var alone = Stage(scenario: lesson, files: MemoryFiles(), waitsForViewer: true)
    alone.finish()
    for line in ["", "stop", "step 3; lr 0.5", "bind x norms"] {
      var stage = Stage(
        scenario: try Scenario("task xor; model mlp hidden=3x2; step 9; say \"lost\""), files: MemoryFiles(),
        waitsForViewer: true)
      while stage.workbench.position.step < 5 { _ = stage.advance() }
      _ = stage.type(line)
      stage.open(lesson)
      #expect(stage.lines(for: .character("x"), count: nil) == nil)
      #expect(stage.player.state == .playing)
      stage.finish()
      #expect(stage.player.state == .waiting(nil) && stage.digest == alone.digest)
      #expect(!stage.words.contains("lost"))
    }
  }
}

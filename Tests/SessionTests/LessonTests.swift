import Language
import Session
import Stories
import Testing
import Training

/// Lessons by name, their words, and what they say where something has been changed.
@Suite struct LessonTests {
  /// Lessons out of memory.
  private struct Shelf: LessonSource {
    var texts: [(name: String, text: String)]
    var lessons: [Lesson] {
      Lesson.inOrder(texts.map { Lesson(name: $0.name, firstLine: String($0.text.prefix { $0 != "\n" })) })
    }
    func scenario(of lesson: Lesson) throws(CommandError.Problem) -> Scenario {
      let text = texts.first { $0.name == lesson.name }!.text
      do throws(ScenarioError) {
        return try Scenario(utf8: Array(text.utf8), path: "lessons/\(lesson.name).scenario")
      } catch {
        throw .noLesson(error.report[0])
      }
    }
  }

  private static let shelf = Shelf(texts: [
    ("b", "# Lesson 2: What comes second.\n\(small)\nsay \"b\"\nstep 2"), ("own", "\(small)\nstep 3"),
    ("a", "# Lesson 1: What comes first.\n\(small)\nsay \"a\"\npause\nstep 1\nsay \"end of a\""),
  ])

  private func stage(_ scenario: String? = nil, waits: Bool = true) throws -> Stage {
    Stage(
      scenario: try scenario.map { try Scenario(utf8: Array($0.utf8), path: "a.scenario") }, files: MemoryFiles(),
      lessons: Self.shelf, waitsForViewer: waits)
  }

  private func finish(_ stage: inout Stage) { while stage.isBusy { _ = stage.advance() } }

  @Test("Lessons stand in the order of their numbers, with their titles; a file without one is behind them")
  func order() throws {
    let lessons = try stage().lessons
    #expect(lessons.map(\.name) == ["a", "b", "own"])
    #expect(lessons.map(\.title) == ["What comes first.", "What comes second.", ""])
    #expect(lessons.map(\.number) == [1, 2, nil])
    #expect(Lesson(name: "x", firstLine: "# A title of its own").title == "A title of its own")
    #expect(Lesson(name: "x", firstLine: "step 3 # no comment").title == "")
  }

  @Test("lesson plays one by name, next the one behind it, again the last one from its beginning")
  func playing() throws {
    var stage = try stage()
    _ = stage.type("step 5")
    finish(&stage)
    _ = stage.type("lesson b")
    finish(&stage)
    #expect(stage.player.state == .ended && stage.workbench.position.step == 2 && stage.passage == ["b"])
    _ = stage.type("lesson next")
    finish(&stage)
    #expect(stage.workbench.position.step == 3 && stage.nextLesson == nil)
    #expect(stage.type("lesson next").isEmpty && stage.refusals == 1)
    _ = stage.type("lesson a")
    finish(&stage)
    #expect(stage.player.isWaiting && stage.passage == ["a"] && stage.nextLesson?.name == "b")
    _ = stage.press(.named(.space))
    finish(&stage)
    #expect(stage.passage == ["end of a"] && stage.workbench.position.step == 1)
    _ = stage.type("again")
    finish(&stage)
    #expect(stage.player.isWaiting && stage.workbench.position.step == 0 && stage.passage == ["a"])
    // Also after it was let go by a restart.
    _ = stage.type("restart")
    #expect(stage.player.state == .none && stage.passage.isEmpty)
    _ = stage.type("again")
    finish(&stage)
    #expect(stage.player.isWaiting)
  }

  @Test("A name that is none, and nothing to play again, are refused and change nothing")
  func refused() throws {
    var stage = try stage()
    _ = stage.type("step 2")
    finish(&stage)
    for line in ["lesson c", "again"] {
      let refusals = stage.refusals
      _ = stage.type(line)
      #expect(stage.refusals == refusals + 1 && stage.workbench.position.step == 2, "\(line)")
    }
    guard case .error(let text)? = stage.log.entries.last(where: { if case .error = $0 { true } else { false } }) else {
      Issue.record("no error")
      return
    }
    #expect(text.contains("lesson NAME"))
    // A scenario plays no other: it is told when the file is read.
    #expect(throws: ScenarioError.self) {
      try Scenario.checked(utf8: Array("step\nlesson a".utf8), path: "s", files: MemoryFiles(), screen: true)
    }
  }

  @Test("The words of an act are all there, in their order, until the next act has some")
  func passage() throws {
    var stage = try stage("\(small); say \"one\"; step 2; say \"two\"; pause; step; say \"three\"; say \"four\"")
    finish(&stage)
    #expect(stage.passage == ["one", "two"])
    _ = stage.press(.named(.space))
    _ = stage.advance()
    #expect(stage.passage == ["one", "two"], "while steps are made what was said still stands")
    finish(&stage)
    #expect(stage.player.state == .ended && stage.passage == ["three", "four"])
    // Without anybody to press a key an act ends where its pause is, too.
    var alone = try self.stage("\(small); say \"one\"; pause; say \"two\"", waits: false)
    finish(&alone)
    #expect(alone.passage == ["two"])
  }

  @Test("pause KEY does what the key does, also where nobody presses it")
  func pauseKey() throws {
    let lesson = "\(small); clip norm max_norm=0.01; clip off; step; pause c; step; pause n; pause; step"
    var alone = try stage(lesson, waits: false)
    finish(&alone)
    #expect(alone.workbench.settings.clipping.isOn && alone.workbench.position.step == 4)
    #expect(alone.workbench.history[step: 2]?.outcome.clipped == true)
    #expect(alone.workbench.history[step: 1]?.outcome.clipped == false)
    // The screen and the run without one come to the same digest.
    var viewed = try stage(lesson)
    for key in [Key.character("c"), .character("n"), .named(.space)] {
      finish(&viewed)
      _ = viewed.type(key, count: nil)
    }
    finish(&viewed)
    #expect(viewed.workbench.experiment?.digest == alone.workbench.experiment?.digest)
    // What a scenario has bound is what the key does; one that would run without an end does not hang it.
    var bound = try stage(
      "\(small); bind x \"max_norm 0.5; clip on\"; step; pause x; step; pause space; step", waits: false)
    finish(&bound)
    #expect(bound.workbench.history[step: 2]?.clipping.active?.maxNorm == 0.5 && bound.workbench.position.step == 3)
  }

  @Test("Words behind an expectation that did not hold are said not to be so, and no others")
  func doubt() throws {
    let lesson = """
      \(small); clip norm max_norm=0.001; clip off; say "go"; pause; step 3
      expect clipped == 0 always; say "Nothing was clipped."; expect step == 3; say "Three steps."; pause; say "Bye."
      """.replacing("\n", with: "; ")
    var plain = try stage(lesson)
    finish(&plain)
    _ = plain.press(.named(.space))
    finish(&plain)
    #expect(plain.passage == ["Nothing was clipped.", "Three steps."])
    var changed = try stage(lesson)
    finish(&changed)
    _ = changed.type("clip on")
    _ = changed.press(.named(.space))
    finish(&changed)
    #expect(
      changed.passage == ["Not so in this run, which you have changed: Nothing was clipped.", "Three steps."])
    _ = changed.press(.named(.space))
    finish(&changed)
    #expect(changed.passage == ["Bye."])
  }

  @Test("The run before a restart is kept to be compared with, until something else begins")
  func ghost() throws {
    var stage = try stage("\(small); step 5; restart; step 2")
    finish(&stage)
    #expect(stage.workbench.ghost?.count == 5 && stage.workbench.history.count == 2)
    _ = stage.type("restart; restart")
    #expect(stage.workbench.ghost?.count == 2, "a run of no steps takes no ghost's place")
    _ = stage.type("seed 3")
    #expect(stage.workbench.ghost == nil)
  }

  @Test("What is shown of a number is enough to see that it holds")
  func digits() throws {
    for (line, found) in [
      ("expect total_norm < 26.98", "total_norm is 26.972607"),
      ("expect total_norm > 26.98; expect step == 1", "but total_norm is 26.972607"),
      ("expect total_norm > 20", "total_norm is 27"), ("expect total_norm < 26.98 always", "26.972607 at step 1"),
    ] {
      let stage = try Stage.told("task sum; model simplenet; step; \(line)")
      #expect(stage.isGood == !line.contains("26.98;"))
      #expect(stage.log.entries.contains { $0.text.contains(found) }, "\(stage.log.entries.suffix(2))")
    }
  }

  @Test("A parameter that was zero has no ratio that it was moved by")
  func ratios() throws {
    let story = "task sum; model simplenet; init gain=1; step"
    #expect(try Stage.told("\(story); expect update_ratio(fc1.weight) > 0").isGood)
    let zero = try Stage.told("\(story); expect update_ratio(fc1.bias) > 0; expect error")
    #expect(zero.isGood)
    #expect(zero.log.entries.contains { $0.text.contains("fc1.bias was 0 before it") })
    #expect(try Stage.told("\(story); step; expect update_ratio(fc1.bias) > 0").isGood)
  }

  @Test("A number that is computed on demand is there before the first step")
  func onDemand() throws {
    #expect(
      try Stage.told("\(small); model mlp hidden=3x2; expect radius(fc2.weight) > 0; expect weight(fc1.weight) > 0")
        .isGood)
  }

  @Test(
    "Dead units are those at zero in each of ten steps, as torch's own ReLUs are; fewer steps and other networks have none"
  )
  func dead() throws {
    // The shares that hooks on the ReLUs of the exported programs count in torch, over steps 5 to 14.
    for (story, share) in [
      (
        "task sine; model mlp hidden=64x10 activation=relu; init gain=1.3he; optimizer sgd lr=0.05; clip norm max_norm=10",
        "0.00625"
      ),
      ("task shapes; model cnn depth=6 channels=16; init gain=1.3he; optimizer sgd lr=0.2; clip norm", "0"),
      ("task adding length=10; model rnn hidden=32 nonlinearity=relu; optimizer sgd lr=0.1; clip norm", "0.375"),
    ] {
      let stage = try Stage.told("\(story); step 14; expect dead == \(share)")
      #expect(stage.isGood)
      #expect(stage.log.entries.contains { $0.text.contains("held: dead is ") }, "\(stage.log.entries.suffix(3))")
      // One batch alone counts more: what is at zero once is not dead.
      let run = try #require(stage.workbench.run)
      let last = try #require(run.history.last)
      let silent = Double(last.active.count { $0 == 0 }) / Double(last.active.count)
      #expect(Double(try #require(run.history.dead())) <= silent)
      #expect(run.history.dead(upTo: 9) == nil && run.history.dead(upTo: 10) != nil)
    }
    let tanh = try Stage.told("\(small); step 20; expect dead >= 0; expect error")
    #expect(tanh.isGood && tanh.workbench.history.dead() == nil)
  }
}

import Language
import Session
import Stories
import Testing
import Training

/// A scenario that plays before a viewer, who may wait, stop it and take over.
@Suite struct PlaybackTests {
  private func playing(_ text: String) throws -> Stage {
    Stage(scenario: try Scenario(text), files: MemoryFiles(), waitsForViewer: true)
  }

  @Test("pause waits before a viewer for space or Enter, or for its key; without one it goes on")
  func pause() throws {
    for (line, wrong, right, takes) in [
      ("pause", Key.character("c"), Key.named(.space), true), ("pause", .named(.escape), .named(.enter), true),
      ("pause c", .named(.space), .character("c"), false), ("pause right", .named(.enter), .named(.right), false),
    ] {
      var stage = try playing("\(small); step 2; \(line); step 3")
      stage.finish()
      #expect(stage.workbench.history.count == 2)
      guard case .waiting = stage.player.state else {
        Issue.record("\(line) waits")
        continue
      }
      // While it waits for a key of its own, space and Enter are answered and do nothing.
      #expect(stage.press(wrong) == (line != "pause"))
      #expect(!stage.isBusy)
      #expect(stage.press(right) == takes, "a key that was asked for does its own work, too")
      stage.finish()
      #expect(stage.workbench.history.count == 5)
      #expect(stage.player.state == .ended)
    }
    #expect(try Stage.told("\(small); step 2; pause c; step 3").workbench.history.count == 5)
  }

  @Test("stop holds the scenario within its steps; run goes on with them, and with what follows")
  func hold() throws {
    for made in 0...9 {
      var stage = try playing("\(small); step 10; say \"behind\"")
      while stage.workbench.history.count < made || stage.workbench.activity == .idle { _ = stage.advance() }
      _ = stage.type("stop")
      #expect(stage.player.isHeld)
      #expect(!stage.isBusy)
      _ = stage.type("run")
      stage.finish()
      #expect(stage.workbench.history.count == 10)
      #expect(stage.words.contains("behind"))
    }
  }

  @Test("What the viewer does while it is held comes on top")
  func ownSteps() throws {
    var stage = try playing("\(small); step 10; expect step == 13; say \"behind\"")
    while stage.workbench.history.count < 4 { _ = stage.advance() }
    stage.enter("step 3")
    #expect(stage.player.isHeld)
    #expect(stage.workbench.history.count == 7)
    stage.enter("lr 0.2")
    _ = stage.type("run")
    stage.finish()
    #expect(stage.isGood)
    #expect(stage.words.contains("behind"))
  }

  @Test("A run without end of the scenario's ends with stop; run goes on behind it")
  func endlessRun() throws {
    var stage = try playing("\(small); run; say \"behind\"; step 2")
    while stage.workbench.history.count < 5 { _ = stage.advance() }
    _ = stage.type("stop")
    #expect(stage.player.isHeld)
    _ = stage.type("run")
    stage.finish()
    #expect(stage.words.contains("behind"))
    #expect(stage.workbench.history.count == 7)
  }

  @Test("A failure holds the scenario; run goes on behind it and does not repeat what was once interrupted")
  func failure() throws {
    var stage = try playing("\(small); step 10; print fc9.weight; say \"behind\"")
    while stage.workbench.history.count < 4 { _ = stage.advance() }
    _ = stage.type("stop")
    _ = stage.type("run")
    stage.finish()
    #expect(stage.workbench.history.count == 10)
    #expect(stage.player.isHeld)
    #expect(stage.wasStopped)
    _ = stage.type("run")
    stage.finish()
    #expect(stage.workbench.history.count == 10)
    #expect(stage.words.contains("behind"))
  }

  @Test(
    "Set-up and restart by the viewer let the scenario go",
    arguments: ["seed 9", "restart", "model simplenet hidden=3"])
  func letGo(line: String) throws {
    var stage = try playing("\(small); step 10; say \"behind\"")
    while stage.workbench.history.count < 4 { _ = stage.advance() }
    stage.enter(line)
    #expect(stage.player.state == .none)
    stage.finish()
    #expect(!stage.words.contains("behind"))
    #expect(
      stage.notes.contains("the scenario is let go: from here on it is yours; u takes that back, again plays it anew"))
    #expect(stage.player.progress == nil)
  }

  @Test("A setting changed during the playback takes effect, and the scenario plays on")
  func changed() throws {
    var stage = try playing("\(small); step 10; say \"behind\"")
    while stage.workbench.history.count < 4 { _ = stage.advance() }
    _ = stage.type("lr 0.5; clip norm max_norm=0.01")
    #expect(stage.player.state == .playing)
    stage.finish()
    #expect(stage.workbench.history[step: 4]?.learningRate == 0.01)
    #expect(stage.workbench.history[step: 5]?.learningRate == 0.5)
    #expect(stage.workbench.history[step: 5]?.outcome.clipped == true)
    #expect(stage.words.contains("behind"))
  }

  @Test("quit ends it, also in the middle")
  func quit() throws {
    let stage = try Stage.told("\(small); step 2; quit; step 5")
    #expect(stage.hasQuit)
    #expect(stage.workbench.history.count == 2)
    var viewed = try playing("\(small); step 10")
    while viewed.workbench.history.count < 4 { _ = viewed.advance() }
    _ = viewed.type("quit")
    #expect(!viewed.isBusy)
  }

  @Test("Where the scenario stands is told by its acts: a pause ends one")
  func progress() throws {
    var stage = try playing("\(small)\nsay \"x\"\npause\nstep\npause c\nstep\nsay \"z\"\n")
    func acts() -> [Int] { stage.player.progress.map { [$0.act, $0.acts] } ?? [] }
    #expect(acts() == [1, 3])
    while stage.isBusy { _ = stage.advance() }
    #expect(stage.player.isWaiting && acts() == [1, 3])
    _ = stage.press(.named(.space))
    #expect(acts() == [2, 3])
    while stage.isBusy { _ = stage.advance() }
    #expect(acts() == [2, 3])
    _ = stage.press(.character("c"))
    stage.finish()
    #expect(acts() == [3, 3], "at its end it is in the last one")
    #expect(try playing("step; pause").player.progress?.acts == 1)
  }
}

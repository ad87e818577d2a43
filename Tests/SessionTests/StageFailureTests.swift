import Session
import Stories
import Testing
import Training

/// What happens when a step or a command fails: nothing changes, and somebody is told.
@Suite struct StageFailureTests {
  /// The first step whose norm is not finite.
  private func firstBad() throws -> Int {
    let stage = try Stage.told("\(explodingStory); until total_norm is nonfinite")
    return stage.workbench.history.count
  }

  @Test("step 200 that fails at its nth stays after n - 1; what was made before it counts")
  func failingStep() throws {
    let bad = try firstBad()
    #expect((2...199).contains(bad))
    let text = "\(explodingStory); clip norm max_norm=1e30 error_if_nonfinite=yes; step 200\n"
    let stopped = try Stage.told(text + "say \"never said\"")
    #expect(stopped.wasStopped)
    #expect(stopped.workbench.history.count == bad - 1)
    #expect(stopped.workbench.experiment?.position == Position(step: bad - 1))
    #expect(!stopped.words.contains("never said"))
    #expect(stopped.errors.count == 1)
    #expect(
      stopped.errors[0].contains(
        "so step \(bad) was not made (error_if_nonfinite): every element of every gradient is finite; the norm of order 2"
      ))
    // A gradient that is to blame is named, and no other.
    let poisoned = try Stage.told("\(small); clip norm error_if_nonfinite=yes; step; outlier nan; step")
    #expect(
      poisoned.errors.count == 1
        && poisoned.errors[0].contains("the first gradient with an element that is not finite is that of fc1.weight"),
      "\(poisoned.errors)")
    let expected = try Stage.told(text + "expect error; expect step == \(bad - 1); say \"said\"")
    #expect(expected.isGood)
    #expect(expected.digest == stopped.digest)
    #expect(expected.words.contains("said"))
    #expect(expected.digest == (try Stage.told("\(explodingStory); clip norm max_norm=1e30; step \(bad - 1)")).digest)
  }

  @Test("By phases it fails at the clip phase, and is back before the step")
  func failingPhase() throws {
    let bad = try firstBad()
    let text = "\(explodingStory); clip norm max_norm=1e30 error_if_nonfinite=yes; step \(bad - 1)"
    let before = try Stage.told(text)
    let stage = try Stage.told("\(text); phase 4; phase 2\nexpect error")
    #expect(stage.isGood)
    #expect(stage.digest == before.digest)
    #expect(stage.workbench.experiment?.position == Position(step: bad - 1))
    var again = stage
    again.enter("clip off; step")
    #expect(again.workbench.history.count == bad)
  }

  @Test(
    "A refused command changes nothing: not the digest, not the settings, not the position",
    arguments: [
      "max_norm 0", "clip norm max_norm=-1", "lr 0", "seed x", "task csv missing.csv target=y", "task text missing.txt",
      "model mlp hidden=1000000x100", "model simplenet hidden=1000000000", "task regression rows=1000000000000000",
      "task csv bad.csv target=y", "print fc9.weight", "until weight(fc9.weight) > 0", "expect norm(nope) > 0", "run",
      "frobnicate", "step \"", "step 0", "norm_type nan", "bind c \"nonsense\"",
    ])
  func refused(line: String) throws {
    var stage = Stage(files: MemoryFiles(files: ["bad.csv": "x,y\n1,2\n1,3\n"]), waitsForViewer: false)
    stage.enter("\(small); clip norm; step 5; phase 3")
    let (digest, settings) = (stage.digest, stage.workbench.settings)
    let position = stage.workbench.experiment?.position
    stage.enter(line)
    #expect(stage.errors.count == 1, "\(stage.words)")
    #expect(stage.refusals == 1)
    #expect(stage.digest == digest)
    #expect(stage.workbench.settings == settings)
    #expect(stage.workbench.experiment?.position == position)
    #expect(stage.workbench.history.count == 5)
    stage.enter("expect error; expect step == 5")
    #expect(stage.refusals == 0)
    #expect(stage.isGood)
  }

  @Test("Of a line, what stands before a refused command is done, what stands behind it is not")
  func refusedInALine() {
    var stage = Stage(files: MemoryFiles())
    stage.enter("lr 0.5; max_norm up; clip value; max_norm 3; lr 0.9")
    #expect(stage.workbench.settings.optimizer.learningRate == 0.5)
    #expect(stage.errors == ["clip value has no max_norm; write clip norm first"])
  }

  @Test("The rest of a typed line waits for the steps before it")
  func restOfALine() {
    var stage = Stage(files: MemoryFiles())
    stage.enter("\(small); step 5; expect step == 5; phase 2; expect step == 5; step 2; expect step == 7; norms")
    #expect(stage.isGood)
    #expect(stage.workbench.history.count == 7)
  }

  @Test("A key in between leaves the rest of the line alone; stop ends it")
  func interruptedLine() {
    var stage = Stage(files: MemoryFiles())
    _ = stage.type("\(small); step 5; lr 0.5")
    _ = stage.advance()
    _ = stage.type("clip on")
    while stage.isBusy { _ = stage.advance() }
    #expect(stage.workbench.settings.optimizer.learningRate == 0.5)
    _ = stage.type("step 5; lr 0.7")
    _ = stage.advance()
    _ = stage.type("stop")
    while stage.isBusy { _ = stage.advance() }
    #expect(stage.workbench.history.count == 6)
    #expect(stage.workbench.settings.optimizer.learningRate == 0.5)
  }

  @Test("Steps that fail take the rest of the line with them, unless it expects that")
  func failingLine() throws {
    let text = "\(explodingStory); clip norm max_norm=1e30 error_if_nonfinite=yes; step 500; "
    var stage = Stage(files: MemoryFiles(), waitsForViewer: false)
    stage.enter(text + "lr 0.5")
    #expect(stage.workbench.settings.optimizer.learningRate == 30)
    stage.closeFailure()
    #expect(stage.wasStopped)
    stage = Stage(files: MemoryFiles(), waitsForViewer: false)
    stage.enter(text + "expect error; lr 0.5")
    #expect(stage.workbench.settings.optimizer.learningRate == 0.5)
    #expect(stage.isGood)
  }

  @Test("Without a viewer a run without an end is refused")
  func endless() throws {
    var stage = Stage(files: MemoryFiles(), waitsForViewer: false)
    stage.enter("run")
    #expect(
      stage.errors == ["run without a number of steps never ends without a screen; write run N or until CONDITION"])
    #expect(stage.refusals == 1)
    let told = try Stage.told("run")
    #expect(told.wasStopped)
    #expect(told.workbench.history.count == 0)
  }
}

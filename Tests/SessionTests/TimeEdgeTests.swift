import Language
import Session
import Stories
import Testing
import Training

/// Time where two things meet: a refused step and undo, a lesson and a branch, a twin and the past.
@Suite struct TimeEdgeTests {
  private static let small = "model rnn hidden=4; task adding length=5 batch=4; optimizer sgd lr=0.1"
  private static let refusing = "clip norm error_if_nonfinite=yes; outlier nan; phase 3"

  private func stage(_ text: String) throws -> Stage { try Stage.told("\(Self.small)\n\(text)") }

  private func place(_ stage: Stage) -> String {
    var copy = stage
    copy.enter("when")
    return copy.words.last ?? ""
  }

  @Test(
    "What was done inside a step that is refused can be taken back and given again, and its marks stand where it began")
  func refusedStep() throws {
    var stage = try stage("\(Self.refusing); mark inside")
    let inside = place(stage)
    stage.enter("lr 0.5; step")
    #expect(!stage.errors.isEmpty && stage.workbench.position == .start)
    let refused = place(stage)
    stage.enter("goto mark inside")
    #expect(place(stage) == refused)
    stage.enter("undo")
    #expect(place(stage) == inside && stage.workbench.settings.optimizer.learningRate == 0.1, "\(stage.words)")
    stage.enter("redo")
    #expect(stage.workbench.position == .start && stage.workbench.settings.optimizer.learningRate == 0.5)
    stage.enter("step")
    #expect(stage.workbench.position == .start, "it is refused again")
    stage.enter("clip norm; step 3; back 3; goto end")
    #expect(stage.workbench.position.step == 3)
  }

  @Test("A scenario that goes back is checked as what it is: what can be changed where it stands is no mistake")
  func checked() throws {
    for lines in [
      "step; clip value clip_value=1; undo; max_norm up", "step 2; clip agc; step; back 2; norm_type next",
      "step; clip agc; goto 0; max_norm up", "twin \"clip agc\"; step; twin swap; twin swap; max_norm up",
    ] {
      var told = try stage(lines)
      #expect(told.isGood, "\(told.words)")
      _ = told.begin()
      for text in ["\(Self.small); \(lines)", told.workbench.journal.text] {
        let scenario = try Scenario.checked(
          utf8: Array(text.utf8), path: "s.scenario", files: MemoryFiles(), screen: false)
        var again = Stage(scenario: scenario, files: MemoryFiles(), waitsForViewer: false)
        again.finish()
        #expect(again.isGood && again.digest == told.digest)
      }
    }
    // Where nothing has gone back it is known before anything is trained.
    #expect(throws: ScenarioError.self) {
      _ = try Scenario.checked(
        utf8: Array("\(Self.small); clip agc; step; max_norm up".utf8), path: "s.scenario", files: MemoryFiles(),
        screen: false)
    }
  }

  // MARK: Lessons

  private func lesson(_ text: String, until isThere: (Stage) -> Bool) throws -> Stage {
    var stage = Stage(scenario: try Scenario("\(Self.small)\n\(text)"), files: MemoryFiles())
    while !isThere(stage) { _ = stage.advance() }
    return stage
  }

  @Test(
    "Whatever was tried at a pause and taken back, the lesson goes on from there",
    arguments: ["c u", "c n n n u", "n n b b", "t t", "c u c u", "c n } u", "r u", "m", "t n b"])
  func pause(keys: String) throws {
    var stage = try lesson("step 10\npause\nstep 5") { $0.player.state == .waiting(nil) }
    for key in keys.split(separator: " ") {
      _ = stage.type(.character(key.first!), count: nil)
      while stage.workbench.activity != .idle { _ = stage.advance() }
    }
    #expect(!stage.isAway && stage.workbench.position.step == 10, "\(stage.words)")
    if keys.contains("t n") { stage.enter("twin end") }
    _ = stage.type(.named(.space), count: nil)
    stage.finish()
    let straight = try self.stage("step 15").digest
    #expect(stage.player.state == .ended && stage.digest == straight, "\(stage.words)")
  }

  @Test("Who has let it run from elsewhere stops it with the same key, also when it has come to where the lesson waits")
  func runsPast() throws {
    var stage = try lesson("step 10\npause\nstep 5") { $0.player.state == .waiting(nil) }
    _ = stage.type("step 8")
    while stage.workbench.activity != .idle { _ = stage.advance() }
    _ = stage.type("goto 6")
    _ = stage.type(.named(.space), count: nil)
    for _ in 0..<7 { _ = stage.advance() }
    #expect(stage.workbench.position.step == 13 && stage.isAway)
    _ = stage.type(.named(.space), count: nil)
    #expect(stage.workbench.activity == .idle && stage.player.state == .waiting(nil), "\(stage.words)")
  }

  @Test(
    "A lesson that is interrupted while it makes steps makes the rest of them, and no more, when it goes on",
    arguments: ["m", "seed 1; undo", "twin swap; undo; twin end", "back 3; goto end", "branch foo"])
  func interrupted(lines: String) throws {
    var stage = try lesson("twin\nstep 20\nexpect step == 20\npause") { $0.workbench.position.step == 7 }
    for line in lines.split(separator: ";") {
      _ = stage.type(line == "m" ? "mark" : String(line))
    }
    for _ in 0..<40 where stage.player.state == .playing || stage.workbench.activity != .idle { _ = stage.advance() }
    if stage.player.isHeld {
      #expect(!stage.isAway, "\(stage.words)")
      _ = stage.type("run")
      for _ in 0..<40 where stage.isBusy { _ = stage.advance() }
    }
    #expect(stage.player.state == .waiting(nil) && stage.failedExpectations == 0, "\(stage.words)")
    let straight = try self.stage("step 20").digest
    #expect(stage.digest == straight)
  }

  // MARK: Twins

  @Test(
    "A twin that begins in the past is the run with its difference, at every later place and however one gets there")
  func twinOfThePast() throws {
    let alone = try stage("step 10; lr 0.5; step 300")
    var stage = try stage("step 300; goto 10; twin \"lr 0.5\"; goto end; expect parted == 11; step 10")
    #expect(stage.isGood, "\(stage.words)")
    for line in ["back 20", "goto 128", "goto 129:clip", "goto 11", "goto end", "goto 300"] {
      stage.enter(line)
      var there = alone
      there.enter("goto \(PlaceText(stage.workbench.position).text)")
      let digests = (stage.workbench.twin?.run.experiment.digest.text, there.digest)
      #expect(digests.0 == digests.1, "\(line)")
      #expect(stage.workbench.twin.flatMap { twin in stage.workbench.run.flatMap { twin.parted(from: $0) } } == 11)
    }
  }

  @Test("A twin at the very beginning comes and goes with undo and redo; so does what has a name there")
  func beginning() throws {
    var stage = try stage("twin \"clip on\"; undo; redo; step; expect distance >= 0; expect twin.step == 1")
    #expect(stage.isGood, "\(stage.words)")
    stage = try self.stage("twin \"clip on\"; lr 0.5; undo; expect distance == 0; expect lr == 0.1")
    #expect(stage.isGood, "\(stage.words)")
    stage = try self.stage("mark here; clip on; undo; step 3; goto mark here; expect step == 0")
    #expect(stage.isGood, "\(stage.words)")
    stage = try self.stage("branch foo; undo; branches; redo; step 2; goto foo:start")
    #expect(stage.isGood && stage.words.contains { $0.contains("▸ main to 0") }, "\(stage.words)")
  }

  @Test("What a set-up line changes beside it holds from the start, in the place of what the run had changed")
  func setUpTwin() throws {
    let line = "optimizer adam lr=0.01; clip norm max_norm=0.05"
    let alone = try Stage.told("\(Self.small); \(line); step 40")
    var stage = try stage("clip norm max_norm=2; step 40; twin \"\(line)\"")
    #expect(stage.workbench.twin?.run.experiment.digest.text == alone.digest)
    stage.enter("expect twin.max_norm == 0.05; goto 20; expect twin.factor < 1; expect parted == 1")
    #expect(stage.isGood, "\(stage.words)")
  }

  @Test("A set-up twin whose step is refused on its way says so, and the run goes on")
  func refusedTwin() throws {
    let stage = try stage(
      "step 3; twin \"optimizer sgd lr=1e30; clip norm error_if_nonfinite=yes\"; step 2; undo; redo; step")
    #expect(stage.words.contains { $0.hasPrefix("the twin makes no more steps: the total norm is") }, "\(stage.words)")
    #expect(stage.workbench.position.step == 6 && stage.refusals == 0, "\(stage.words)")
  }

  @Test("On a branch that left before the twin began there is none to look for")
  func elsewhere() throws {
    var stage = try stage("step 20; goto 5; lr 0.3; step 5; goto main:end; twin \"lr 0.5\"; step 9; goto b1:end")
    stage.enter("goto max twin.loss")
    #expect(stage.refusals == 1 && stage.words.last?.contains("the twin is not here") == true, "\(stage.words)")
    stage.enter("goto main:end; goto max twin.loss")
    #expect(stage.refusals == 1, "\(stage.words)")
  }

  @Test("Going to another experiment, the twin goes, and that is said; so is what begins afresh from the past")
  func said() throws {
    var stage = try stage("step 3; restart; step 3; twin \"lr 0.5\"; goto x1:end")
    #expect(stage.words.contains("the twin has gone: lr 0.5"), "\(stage.words)")
    stage.enter("goto start; seed 3")
    #expect(stage.words.last == "a new experiment: it begins afresh at step 0; u takes that back", "\(stage.words)")
  }

  @Test("Undo keeps what is known of a twin")
  func undoBesideTwin() throws {
    var stage = try stage(
      "step 10; twin \"lr 1\"; step 20; clip on; undo; expect parted == 11; step; expect parted == 11")
    #expect(stage.isGood, "\(stage.words)")
    stage.enter("clip on; step 3; undo; expect parted == 11")
    #expect(stage.isGood, "\(stage.words)")
  }

  @Test("What is known of a twin is known of a branch as soon as it begins, and where a step was refused")
  func twinStays() throws {
    for (lines, parted) in [("twin \"lr 0.5\"", 1), ("twin \"init gain=2\"", 0)] {
      let stage = try stage(
        "\(lines); step 5; back 2; lr 0.3; expect parted == \(parted); undo; redo; expect parted == \(parted)")
      #expect(stage.isGood, "\(stage.words)")
    }
    var stage = try stage("twin \"lr 0.5\"; step 3; print twin.loss")
    let loss = stage.words.last
    stage.enter("clip norm error_if_nonfinite=yes; outlier nan; step")
    stage.enter("print twin.loss")
    #expect(stage.words.last == loss && stage.workbench.position.step == 3, "\(stage.words)")
  }

  // MARK: Before the first step

  @Test(
    "Looking at something changes nothing that undo, restart and redo do",
    arguments: [
      "clip norm; step; undo; LOOK; restart; redo", "norm_type inf; step 3; undo; LOOK; restart; LOOK; redo",
      "clip norm; step; undo; LOOK; restart; undo",
    ])
  func looking(lines: String) throws {
    var (seen, unseen) = (
      try stage(lines.replacing("LOOK", with: "when")), try stage(lines.replacing("LOOK; ", with: ""))
    )
    #expect(seen.isGood && unseen.isGood, "\(seen.words) \(unseen.words)")
    #expect(place(seen) == place(unseen) && seen.workbench.settings == unseen.workbench.settings)
    _ = (seen.begin(), unseen.begin())
    var again = try Stage.told(seen.workbench.journal.text)
    _ = again.begin()
    #expect(again.isGood && place(again) == place(seen), "\(again.words)")
  }

  @Test("What has a name at the start keeps it: beside what changes nothing, and behind undo")
  func namesAtTheStart() throws {
    var stage = try stage("mark here; branch foo; seed 0; goto mark here; goto foo:0")
    #expect(stage.isGood, "\(stage.words)")
    stage.enter("seed 1; undo; goto mark here; goto foo:start")
    #expect(stage.isGood && place(stage).hasPrefix("x1:foo:0 "), "\(stage.words)")
  }

  @Test("Where settings make no experiment, the others can be reached all the same")
  func unfit() throws {
    var stage = try stage("step 2; task xor; goto x1:end")
    #expect(stage.isGood && stage.workbench.position.step == 2, "\(stage.words)")
    stage.enter("undo")
    #expect(stage.isGood, "\(stage.words)")
  }

  // MARK: How far it is

  @Test("Where a step takes long there is a snapshot of each: going back makes no more than one again")
  func longSteps() throws {
    var stage = try Stage.told("model cnn depth=10 channels=16; task shapes; init gain=1.3he; step 12")
    let run = try #require(stage.workbench.run)
    stage.enter("goto 7; goto 3; back; goto end")
    #expect((stage.workbench.run?.madeAgain ?? .max) - run.madeAgain <= 4, "\(stage.words)")
  }

  // MARK: Looking for something

  @Test("Numbers that look back are looked for from anywhere with the same end")
  func lookingBack() throws {
    var stage = try stage("clip norm max_norm=0.35; step 250")
    let history = stage.workbench.history
    let duties = (1...250).map { history.duty(upTo: $0)! }
    for from in ["end", "100", "start"] {
      stage.enter("goto \(from); goto max duty")
      #expect(stage.workbench.position.step == duties.firstIndex(of: duties.max()!)! + 1, "\(from)")
      stage.enter("goto \(from); goto min duty")
      #expect(stage.workbench.position.step == duties.firstIndex(of: duties.min()!)! + 1, "\(from)")
    }
    #expect(duties.firstIndex(of: duties.min()!)! > 100, "there is something to find")
  }

  @Test("What is usual before a spike is told by the norms of its own order, also where another was in between")
  func spikeBetweenOrders() throws {
    let stage = try stage(
      "step 50; norm_type inf; step; norm_type 2; outlier scale=1e4; step; norm_type 3; step; goto first spike")
    #expect(stage.isGood && stage.workbench.position.step == 52, "\(stage.words)")
  }

  @Test("Where run and twin stay equal, until parted gives up as any other does")
  func untilParted() throws {
    let stage = try stage("twin; until parted > 0 max 5; step; expect step == 6")
    #expect(stage.isGood && stage.words.contains("parted > 0: did not come to hold within 5 steps"), "\(stage.words)")
  }

  @Test("There are no more than a thousand branches, and the change that would begin one more is refused")
  func manyBranches() throws {
    var stage = try stage("step 3")
    for number in 0..<Run.mostBranches - 1 { stage.enter("goto 1; lr \(0.001 + Double(number) / 1e5); step") }
    #expect(stage.isGood && stage.workbench.run?.branches.count == Run.mostBranches)
    let before = (place(stage), stage.workbench.run?.branches.map(\.timeline))
    stage.enter("goto main:1; lr 0.9")
    #expect(stage.refusals == 1 && stage.words.last?.contains("1000 already") == true, "\(stage.words.suffix(2))")
    stage.enter("goto \(before.0.split(separator: " ")[0])")
    #expect(place(stage) == before.0 && stage.workbench.run?.branches.map(\.timeline) == before.1)
  }
}

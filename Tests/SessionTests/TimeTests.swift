import Language
import Numerics
import SeededRandom
import Session
import Stories
import Testing
import Training

/// Going back and forth, branches, marks, undo and redo, as commands of a stage.
@Suite struct TimeTests {
  private static let small = "model rnn hidden=4; task adding length=5 batch=4; optimizer sgd lr=0.1"

  private func stage(_ text: String) throws -> Stage { try Stage.told("\(Self.small)\n\(text)") }

  private func when(_ stage: inout Stage) -> String {
    stage.enter("when")
    return stage.words.last ?? ""
  }

  @Test("What when prints, goto takes: it leads back to the same digest")
  func whenIsGoto() throws {
    var stage = try stage("clip norm max_norm=0.5; step 20")
    let end = when(&stage)
    #expect(end.hasPrefix("x1:main:20 digest ") && end.hasSuffix(stage.digest))
    for place in ["7", "0", "13:clip", "19:zero"] {
      stage.enter("goto \(place)")
      let there = when(&stage)
      #expect(there.hasPrefix("x1:main:\(place) "), "\(there)")
      stage.enter("goto end")
      #expect(when(&stage) == end)
      stage.enter("goto \(there.split(separator: " ")[0])")
      #expect(when(&stage) == there)
    }
  }

  @Test("Back, phase back and goto count as they say")
  func counts() throws {
    var stage = try stage("step 20")
    func expect(_ line: String, _ step: Int, _ phases: Int = 0) {
      stage.enter(line)
      #expect(stage.workbench.position == Position(step: step, phases: phases), "\(line): \(stage.words.last ?? "")")
    }
    expect("back", 19)
    expect("back 4", 15)
    expect("step back 2", 13)
    expect("phase", 13, 1)
    expect("phase 3", 13, 4)
    expect("phase back 2", 13, 2)
    expect("back", 13)
    expect("phase 5", 13, 5)
    expect("back 2", 12)
    expect("phase back", 11, 5)
    expect("goto 50%", 10)
    expect("goto +3", 13)
    expect("goto -1", 12)
    expect("back 1000", 0)
    expect("goto end", 20)
    expect("goto start", 0)
    expect("goto 4:norm", 4, 4)
    #expect(stage.isGood)
  }

  @Test("A position beyond the end is refused with the way to get there")
  func beyond() throws {
    var stage = try stage("step 20; phase 2")
    for (line, way) in [
      ("goto 25", "step 5 would lead there"), ("goto 20:norm", "phase 2 would lead there"),
      ("goto b7:3", "\"b7\""), ("goto x9:3", "x9"),
    ] {
      stage.enter(line)
      #expect(stage.words.last?.contains(way.replacing("\"", with: "")) == true, "\(line): \(stage.words.last ?? "")")
      #expect(stage.workbench.position == Position(step: 20, phases: 2))
    }
    stage.enter("back 8")
    stage.enter("goto 25")
    #expect(stage.words.last?.contains("goto main:end and step 5") == true, "\(stage.words)")
  }

  @Test("The same commands come at the same positions on the way through the past, dimmed in the log")
  func walking() throws {
    var stage = try stage("step 5; clip norm max_norm=0.25; step 5; lr 0.2; step 5")
    let end = stage.digest
    stage.enter("goto 3")
    #expect(stage.workbench.settings.clipping.isOn == false && stage.workbench.settings.optimizer.learningRate == 0.1)
    stage.enter("step 4")
    #expect(stage.workbench.settings.clipping.active?.maxNorm == 0.25)
    let repeated = stage.log.entries.compactMap { entry -> String? in
      if case .repeated(let text) = entry { text } else { nil }
    }
    #expect(repeated.count == 1 && repeated[0].hasPrefix("clip norm max_norm=0.25"), "\(repeated)")
    stage.enter("step 8")
    #expect(stage.workbench.position.step == 15 && stage.digest == end && stage.workbench.run?.branches.count == 1)
    stage.enter("step 2")
    #expect(try stage.digest == self.stage("step 5; clip norm max_norm=0.25; step 5; lr 0.2; step 7").digest)
  }

  @Test("A change in the past begins a branch; the old future is kept, and each is a run of its own")
  func branching() throws {
    var stage = try stage("step 12")
    let main = stage.digest
    stage.enter("goto 4")
    stage.enter("clip norm max_norm=0.1")
    #expect(stage.words.contains("b1 begins here; what came after stays on main: goto main:end"), "\(stage.words)")
    stage.enter("step 8")
    #expect(try stage.digest == self.stage("step 4; clip norm max_norm=0.1; step 8").digest && stage.digest != main)
    stage.enter("goto main:end")
    #expect(stage.digest == main && stage.workbench.run?.branch.name == "main")
    stage.enter("goto 6; lr 0.3; step")
    #expect(stage.workbench.run?.branches.map(\.name) == ["main", "b1", "b2"])
    stage.enter("branch fast; branches")
    #expect(
      stage.words.suffix(3).map { String($0.prefix(8)) } == ["  main t", "  b1 to ", "▸ fast t"], "\(stage.words)")
    #expect(stage.words.last?.hasSuffix("left main at 6: lr 0.3") == true, "\(stage.words)")
    stage.enter("branch main")
    #expect(stage.words.last?.contains("another branch is called main") == true)
    // What changes nothing begins none.
    stage.enter("goto 2; lr 0.1; clip off")
    #expect(stage.workbench.run?.branches.count == 3)
  }

  @Test("Undo goes back to where the command was given, says what it undid, and loses nothing; redo is where undo was")
  func undo() throws {
    var stage = try stage("step 4; clip norm max_norm=0.1; step 8")
    let clipped = when(&stage)
    stage.enter("goto 9")
    let seen = when(&stage)
    stage.enter("undo")
    #expect(
      stage.words.last == "undo: undone: clip norm max_norm=0.1, given at 4; at main:4, the end", "\(stage.words)")
    #expect(try stage.digest == self.stage("step 4").digest && !stage.workbench.settings.clipping.isOn)
    stage.enter("redo")
    #expect(when(&stage) == seen)
    stage.enter("undo; step 8")
    #expect(try stage.digest == self.stage("step 12").digest)
    let plain = when(&stage)
    #expect(isKept(clipped, &stage), "the old future")
    stage.enter("redo")
    #expect(when(&stage) == seen, "\(stage.words)")
    #expect(isKept(plain, &stage), "what was trained after the undo")
  }

  // Whether the end of any branch has the digest of a place.
  private func isKept(_ place: String, _ stage: inout Stage) -> Bool {
    var digests: [Substring?] = []
    for branch in stage.workbench.run?.branches ?? [] {
      stage.enter("goto \(branch.name):end")
      digests.append(when(&stage).split(separator: " ").last)
    }
    return digests.contains(place.split(separator: " ").last)
  }

  @Test("What changed nothing is skipped, a count takes back several, and a new command forgets what was taken back")
  func undoSkips() throws {
    var stage = try stage("step 3; lr 0.2; lr 0.2; clip off; lr 0.3; step")
    stage.enter("undo 2")
    #expect(stage.workbench.settings.optimizer.learningRate == 0.1 && stage.workbench.position.step == 3)
    stage.enter("redo 2")
    #expect(stage.workbench.settings.optimizer.learningRate == 0.3 && stage.workbench.position.step == 4)
    stage.enter("undo; lr 0.5; redo")
    #expect(stage.words.last == "there is nothing to redo")
    stage.enter("undo 1000")
    #expect(stage.workbench.run == nil && stage.workbench.settings == Settings(), "the set-up is undone, too")
    stage.enter("undo")
    #expect(stage.words.last == "there is nothing to undo")
    stage.enter("redo 1000")
    #expect(stage.workbench.settings.optimizer.learningRate == 0.5)
  }

  @Test("Restart and set-up commands begin another experiment, which undo and goto lead back from")
  func experiments() throws {
    var stage = try stage("step 6")
    let first = stage.digest
    stage.enter("restart; step 3")
    #expect(stage.experimentNumber == 2)
    stage.enter("model rnn hidden=5")
    stage.enter("init radius=1.5; step 2")
    #expect(stage.experimentNumber == 3, "set-up lines before its first step share it")
    let third = when(&stage)
    stage.enter("goto x1:end")
    #expect(stage.digest == first && stage.experimentNumber == 1)
    stage.enter("goto x3:end")
    #expect(when(&stage) == third)
    stage.enter("undo")
    #expect(stage.workbench.settings.initialization == .standard && stage.workbench.position == .start)
    stage.enter("undo")
    #expect(stage.experimentNumber == 2 && stage.workbench.position.step == 3)
    stage.enter("undo")
    #expect(stage.digest == first && stage.experimentNumber == 1)
    stage.enter("redo 3")
    #expect(when(&stage) == third)
  }

  @Test("Events, extremes and marks are where a look at each step finds them")
  func searches() throws {
    var stage = try stage("step 30; clip norm max_norm=0.4; step 40; clip off; step 20; outlier scale=1e4; step 20")
    let history = stage.workbench.history
    let records = (1...history.count).map { history[step: $0]! }
    func found(_ line: String) -> Int? {
      stage.enter(line)
      return stage.refusals > 0 ? nil : stage.workbench.position.step
    }
    let clipped = records.filter(\.outcome.clipped).map(\.step)
    stage.enter("goto 50")
    #expect(found("goto next clipped") == clipped.first { $0 > 50 })
    stage.enter("goto 50")
    #expect(found("goto previous clipped") == clipped.last { $0 < 50 })
    #expect(found("goto first clipped") == clipped.first && found("goto last clipped") == clipped.last)
    #expect(found("goto last unclipped") == 110)
    let totals = records.map(\.before.total)
    let spikes = records.filter { record in
      let before = totals[max(0, record.step - 101)..<(record.step - 1)].sorted()
      guard !before.isEmpty else { return false }
      let median =
        before.count % 2 == 1
        ? before[before.count / 2] : before[before.count / 2 - 1] / 2 + before[before.count / 2] / 2
      return record.before.total > 10 * median
    }.map(\.step)
    #expect(spikes.contains(91) && found("goto first spike") == spikes.first)
    #expect(found("goto max total_norm") == totals.firstIndex(of: totals.max()!)! + 1)
    let losses = records.map(\.loss)
    #expect(found("goto min loss") == losses.firstIndex(of: losses.min()!)! + 1)
    #expect(found("goto first change") == 30 && found("goto next change") == 70)
    stage.enter("goto 40; mark; goto 20; mark here; goto end")
    #expect(found("goto mark m1") == 40 && found("goto mark here") == 20 && found("goto next mark") == 40)
    stage.enter("marks")
    #expect(stage.words.suffix(2) == ["m1 40", "here 20"], "\(stage.words.suffix(3))")
    #expect(found("goto next nonfinite") == nil)
  }

  @Test("A scenario waits where it stood: elsewhere space is the viewer's own, and it goes on when he is there again")
  func lessonGoesOn() throws {
    let text = "\(Self.small)\nstep 10\npause\nstep 5\nexpect step == 15"
    var stage = Stage(scenario: try Scenario(text), files: MemoryFiles())
    while stage.player.state != .waiting(nil) { _ = stage.advance() }
    stage.enter("goto 3")
    #expect(
      stage.words.last == "the scenario waits at main:10 until you are there again: goto main:10", "\(stage.words)")
    _ = stage.type(.named(.space), count: nil)
    #expect(stage.isAway && stage.workbench.activity == .running && stage.player.state == .waiting(nil))
    stage.enter("stop; clip norm max_norm=0.1; step 4")
    #expect(stage.isAway && stage.workbench.run?.branch.name == "b1")
    stage.enter("goto main:10")
    #expect(!stage.isAway)
    _ = stage.type(.named(.space), count: nil)
    stage.finish()
    #expect(stage.isGood && stage.workbench.position.step == 15, "\(stage.words)")
    #expect(try stage.digest == self.stage("step 15").digest)
  }

  @Test("A restart in the middle of a lesson can be taken back: the lesson is there again")
  func lessonComesBack() throws {
    var stage = Stage(scenario: try Scenario("\(Self.small)\nstep 10\nsay \"x\"\npause\nstep 5"), files: MemoryFiles())
    while stage.player.state != .waiting(nil) { _ = stage.advance() }
    _ = stage.type(.character("r"), count: nil)
    #expect(stage.player.state == .none && stage.workbench.position == .start)
    _ = stage.type(.character("u"), count: nil)
    #expect(stage.player.state == .waiting(nil) && stage.workbench.position.step == 10 && stage.passage == ["x"])
    _ = stage.type(.named(.space), count: nil)
    stage.finish()
    #expect(stage.workbench.position.step == 15 && stage.player.state == .ended)
  }

  @Test("A twin is named by its difference, and its numbers may be expected, printed and waited for")
  func twins() throws {
    var stage = try stage(
      "step 3; twin \"lr 0.3\"; step 4; expect parted == 4; expect twin.loss > 0; until distance > 0.01 max 50")
    #expect(stage.isGood, "\(stage.words)")
    #expect(stage.words.contains("a twin goes beside the run: lr 0.3, from here on"))
    let steps = stage.workbench.position.step
    let alone = try self.stage("step 3; lr 0.3; step \(steps - 3)")
    #expect(stage.workbench.twin?.run.experiment.digest.text == alone.digest)
    let own = try self.stage("step \(steps)")
    #expect(stage.digest == own.digest, "the run is what it is without a twin")
    stage.enter("twin swap")
    #expect(stage.digest == alone.digest && stage.workbench.twin?.words == "without lr 0.3")
    stage.enter("undo")
    #expect(stage.digest == own.digest)
    stage.enter("goto 2; expect distance == 0")
    #expect(stage.isGood, "\(stage.words)")
    for line in [
      "twin \"seed 4\"", "twin \"task adding\"", "twin \"accumulate 2\"", "twin \"step\"", "twin \"nonsense\"",
      "twin 5",
    ] {
      let refusals = stage.refusals
      stage.enter(line)
      #expect(stage.refusals == refusals + 1, "\(line)")
    }
    stage.enter("twin end; print twin.loss")
    #expect(stage.words.last?.contains("there is no twin") == true)
  }

  @Test(
    "What was found by trying to break it",
    arguments: [
      ("marks; goto start; step; goto end", "x1:main:1"), ("goto start; back; step 2", "x1:main:2"),
      ("step; twin \"clip norm\"; lr 0.05; step; expect twin.lr == 0.1; expect lr == 0.05", "x1:main:2"),
      ("step; twin \"clip norm\"; step; twin swap; expect twin.step == 2; step; twin swap", "x1:main:3"),
      ("step 4; restart; lr 0.5; goto x1:main:4; goto x2:main:0", "x2:main:0"),
      ("step; twin \"lr 0.5\"; step 4; expect parted == 2; undo; redo; expect parted == 2", "x1:main:5"),
      ("step 3; lr up; back 2; twin; step 3; expect distance == 0; expect twin.lr == 0.125", "x1:main:4"),
      ("step 3; back; lr up; mark foo; undo; redo; goto start; goto mark foo", "x1:b1:2"),
      ("step 2; mark foo; lr 0.3; step 2; undo; step; goto mark foo", "x1:main:2"),
      ("outlier nan; twin; step 3; expect distance == 0", "x1:main:3"),
    ])
  func found(lines: String, place: String) throws {
    var stage = Stage(files: MemoryFiles(), waitsForViewer: false)
    for line in "\(Self.small); \(lines)".split(separator: ";") { stage.enter(String(line)) }
    #expect(when(&stage).hasPrefix(place + " "), "\(stage.words)")
    #expect(stage.isGood, "\(stage.words)")
    let again = try Stage.told(stage.workbench.journal.text)
    #expect(again.digest == stage.digest, "\(stage.workbench.journal.text)")
  }

  @Test("What is stopped on its way, or refused, has changed nothing")
  func stopped() throws {
    var stage = try stage("step 20; lr 0.3; step 20; goto 30; twin \"lr 0.5\"")
    let before = (when(&stage), stage.workbench.run?.branches.map(\.timeline), stage.workbench.twin?.outline)
    for line in ["goto 3", "back 7", "undo 2", "goto first nonfinite", "twin \"optimizer adam\""] {
      let refusals = stage.refusals
      Effort.$current.withValue(Effort { _ in false }) { stage.enter(line) }
      #expect(stage.refusals == refusals + 1, "\(line)")
      #expect(when(&stage) == before.0, "\(line)")
      let ways = stage.workbench.run?.branches.map(\.timeline)
      #expect(ways == before.1 && stage.workbench.twin?.outline == before.2, "\(line)")
    }
  }

  @Test("Of very many experiments the latest are kept, and undo says where it ends")
  func forgotten() throws {
    var stage = try stage("")
    for _ in 0...(Workbench.mostEarlierRuns + 3) { stage.enter("step; restart") }
    let before = when(&stage)
    stage.enter("undo \(Workbench.mostEarlierRuns + 3)")
    #expect(
      stage.words.last?.contains("is no more: the last 99 experiments are kept") == true, "\(stage.words.suffix(2))")
    #expect(when(&stage) == before)
    stage.enter("undo \(Workbench.mostEarlierRuns)")
    #expect(stage.workbench.position.step == 1 && stage.experimentNumber < 10, "\(stage.words.suffix(2))")
  }

  @Test("The extreme of a twin's number is found on the twin, and both go there")
  func twinExtreme() throws {
    var stage = try stage("step 3; twin \"lr 0.5\"; step 30; goto max twin.loss")
    let twin = try #require(stage.workbench.twin?.run)
    let losses = (1...33).map { twin.history[step: $0]!.loss }
    #expect(stage.workbench.position.step == losses.firstIndex(of: losses.max()!)! + 1)
    stage.enter("goto max distance")
    #expect(stage.refusals == 1)
  }

  @Test("A twin whose step is refused makes no more, says so once, and the run goes on")
  func twinFails() throws {
    var stage = try stage(
      "step 3; twin \"clip norm error_if_nonfinite=yes; outlier nan\"; step 4")
    let told = stage.words.filter { $0.hasPrefix("the twin makes no more steps: the total norm is nan") }
    #expect(told.count == 1 && stage.workbench.position.step == 7 && stage.isGood, "\(stage.words)")
    stage.enter("print twin.loss")
    #expect(stage.refusals == 1 && stage.words.last?.contains("makes no more steps") == true)
  }

  @Test("The key for a twin makes the one that differs, and ends it")
  func twinKey() throws {
    var stage = try stage("step 3")
    _ = stage.type(.character("t"), count: nil)
    #expect(stage.workbench.twin?.difference == "clip on")
    _ = stage.type(.character("t"), count: nil)
    #expect(stage.workbench.twin == nil)
    stage.enter("clip on")
    _ = stage.type(.character("t"), count: nil)
    #expect(stage.workbench.twin?.difference == "clip off")
  }

  @Test(
    "Lines of any kind in any order: straight is walked, and undo then redo is the same",
    arguments: 1...12 as ClosedRange<UInt64>)
  func walks(seed: UInt64) throws {
    var random = SplitMix(seed: seed)
    var stage = Stage(files: MemoryFiles(), waitsForViewer: false)
    let lines = [
      "step 3", "step", "phase 2", "run 4", "back", "back 3", "phase back", "goto 50%", "goto start", "goto end",
      "clip norm max_norm=0.3", "clip off", "clip on", "lr up", "lr down", "max_norm up", "norm_type next",
      "accumulate 2",
      "clip zclip warmup=3", "undo", "redo", "undo 2", "restart", "init radius=1.5", "init default",
      "model gru hidden=3", "model rnn hidden=4", "optimizer adam", "outlier scale=5", "goto next change", "mark",
      "goto x1:end",
      "until step > 12", "goto first spike", "goto main:end", "goto b1:start", "twin \"clip norm max_norm=0.2\"",
      "twin",
      "twin \"optimizer rmsprop\"", "twin swap", "twin end",
    ]
    for line in Self.small.split(separator: ";") { stage.enter(String(line)) }
    for turn in 0..<80 {
      let line = lines.randomElement(using: &random)!
      stage.enter(line)
      let note = "seed \(seed), turn \(turn), \(line)"
      if turn % 4 == 0, let run = stage.workbench.run {
        // What save writes leads to the same state.
        let way = run.timeline.straight(to: run.position)
        let again = try #require(Run(following: way, memory: 0))
        let isSame = again.experiment.snapshot == run.experiment.snapshot
        #expect(isSame, "\(note): \(stage.words.suffix(12)) \(way.changes)")
        #expect(again.settings == stage.workbench.settings, "\(note)")
      }
      if turn % 7 == 0 {
        let (before, settings, refusals) = (when(&stage), stage.workbench.settings, stage.refusals)
        stage.enter("undo")
        guard stage.refusals == refusals else { continue }
        stage.enter("redo")
        #expect(when(&stage) == before && stage.workbench.settings == settings, "\(note): undo then redo")
      }
    }
    // Everything that was done, as a scenario, leads to all of it.
    let script = stage.workbench.journal.text
    var again = try Stage.told(script)
    _ = try Scenario.checked(utf8: Array(script.utf8), path: "s.scenario", files: MemoryFiles(), screen: true)
    _ = (again.begin(), stage.begin())
    #expect(
      when(&again) == when(&stage) && again.workbench.settings == stage.workbench.settings, "seed \(seed)\n\(script)")
    again.enter("branches")
    stage.enter("branches")
    let count = stage.workbench.run?.branches.count ?? 0
    #expect(again.words.suffix(count) == stage.words.suffix(count), "seed \(seed)\n\(script)")
    #expect(again.workbench.twin?.run.experiment.digest == stage.workbench.twin?.run.experiment.digest, "seed \(seed)")
  }
}

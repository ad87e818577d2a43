import Language
import Session
import Stories
import Testing
import Training

/// The same commands give the same bits, however they are given and whatever is looked at meanwhile.
@Suite struct ReplayTests {
  static let stories = [
    "task sum; model simplenet", "task regression; model mlp hidden=8x3; optimizer adam; clip norm max_norm=0.1",
    "task sine; model mlp hidden=16 activation=gelu; optimizer sgd lr=0.1 momentum=0.9 nesterov=yes; clip value clip_value=0.01",
    "task adding length=8 batch=4; model rnn hidden=6; init radius=1.4; clip norm norm_type=inf",
    "task temporal-order length=10 batch=4; model rnn hidden=6 layers=2 nonlinearity=relu; clip norm norm_type=1",
    "task csv a.csv target=y batch=2; model mlp hidden=3; init kaiming",
    "task text b.txt length=3 batch=2; model rnn hidden=4",
    explodingStory,
  ]
  static let files = ["a.csv": "x,y,z\n1,a,3\n2,b,1\n4,c,2\n", "b.txt": "to be or not to be"]

  private func digests(_ story: String, steps: String) throws -> [String] {
    var stage = try Stage.told("seed 3; \(story)", files: Self.files)
    _ = stage.type(steps)
    var digests: [String] = []
    while stage.isBusy {
      for effect in stage.advance() {
        if case .stepped = effect { digests.append(stage.digest) }
      }
    }
    #expect(stage.errors.isEmpty)
    return digests
  }

  @Test("Twice the same, step by step; straight, by phases, in pieces and until", arguments: stories)
  func ways(story: String) throws {
    let straight = try digests(story, steps: "step 12")
    #expect(straight.count == 12)
    #expect(Set(straight).count == 12, "each step has a digest of its own")
    for way in ["step 12", "phase 72", "run 12", "until step >= 12", "phase 7; step 3; phase 11; step 7"] {
      #expect(try digests(story, steps: way) == straight, "\(way)")
    }
    #expect(try digests("\(story); seed 4", steps: "step 12")[0] != straight[0])
  }

  @Test("Looking changes nothing", arguments: stories)
  func looking(story: String) throws {
    let plain = try Stage.told("\(story)\nstep 6", files: Self.files)
    let names = plain.workbench.parameterNames
    let looks =
      [
        "norms", "stats", "print loss", "expect loss is finite within 3", "say \"x\"", "help", "save x.scenario",
        "trace y.jsonl",
        "pause",
      ]
      + names.flatMap { ["print \($0)", "print \($0).grad", "print weight(\($0))"] }
    let looked = try Stage.told(
      "\(story)\n" + (0..<6).map { _ in "step\n" + looks.joined(separator: "\n") }.joined(separator: "\n"),
      files: Self.files)
    #expect(looked.digest == plain.digest)
    #expect(!looked.wasStopped)
    for phases in 1...5 {
      let inside = try Stage.told(
        "\(story)\nstep 5\nphase \(phases)\n" + names.map { "print \($0).grad" }.joined(separator: "\n") + "\nstep",
        files: Self.files)
      #expect(inside.digest == plain.digest)
    }
  }

  @Test("A copy of the stage is a snapshot: it goes on like the original, and neither touches the other")
  func copies() throws {
    var stage = try Stage.told("\(small); step 5; phase 3")
    var copy = stage
    let digest = copy.digest
    stage.enter("lr 5; step 3")
    #expect(copy.digest == digest)
    copy.enter("lr 5; step 3")
    #expect(copy.digest == stage.digest)
  }

  @Test("An experiment begins once, is told, and told again after a set-up command or restart")
  func beginnings() throws {
    func count(_ story: String) throws -> Int {
      var stage = Stage(scenario: try Scenario(story), files: MemoryFiles(), waitsForViewer: false)
      return stage.finish().count { if case .began = $0 { true } else { false } }
    }
    for (story, expected) in [
      ("seed 1", 0), ("step", 1), ("step; step 3; phase", 1), ("print fc1.weight; step", 1),
      ("norms; expect error; step", 1), ("print x; expect error; step", 1),
      ("until step >= 2", 1), ("step; restart; step", 2), ("step; seed 3; step", 2),
      ("step; seed 3; model simplenet; step", 2),
      ("restart", 1), ("lr 3; max_norm 2; step", 1), ("expect weight(fc1.weight) > 0; expect error; step", 1),
    ] {
      #expect(try count(story) == expected, "\(story)")
    }
  }
}

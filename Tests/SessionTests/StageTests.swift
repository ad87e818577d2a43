import Language
import Session
import Stories
import Testing
import Training

/// Stories told as scenarios, without a screen.
@Suite struct StageTests {
  @Test("The log keeps so many lines, and so many bytes of them")
  func logIsBounded() throws {
    var stage = try Stage.told("seed 0")
    let before = stage.log.count
    for number in 0..<(2 * Log.capacity) { _ = stage.type("say \"\(number)\"") }
    #expect(stage.log.entries.count == Log.capacity)
    #expect(stage.log.entries.last?.text == "\(2 * Log.capacity - 1)")
    #expect(stage.log.count - before == 2 * Log.capacity, "words stand there once, without the command that said them")
    for _ in 0..<100 { _ = stage.type("say \"\(String(repeating: "long ", count: 1000))\"") }
    #expect(stage.log.entries.reduce(0) { $0 + $1.text.utf8.count } <= Log.mostBytes)
    #expect(stage.log.entries.count < 100)
  }

  @Test(
    "What was made of a table is in the log, in one line, with its text made visible; and saved with all that was said of it"
  )
  func tables() throws {
    let text = "a;w\u{1B};y\n1,5;red;2\n2,5;blue;3\n3,5;red;NA\n4,5;blue;4\n5,5;red;1\n"
    var stage = Stage(files: MemoryFiles(files: ["t.csv": text]), waitsForViewer: false)
    _ = stage.type(
      "task csv t.csv target=y missing=drop ignore=a separator=\";\" standardize=no header=yes classes=yes")
    #expect(
      stage.log.entries.last?.text
        == "t.csv: 4 of 5 rows, those without a missing value; 2 inputs (w␛ as 2 columns); target y: 4 classes (1, 2, 3, 4); "
        + "separated by semicolons; left out: a; as it is, not standardised")
    #expect(
      SettingsText.of(stage.workbench.settings.task)
        == "csv t.csv target=y batch=32 header=yes separator=\";\" missing=drop classes=yes standardize=no ignore=a")
  }

  @Test("Set-up may stand in any order, and leads to the same experiment")
  func anyOrder() throws {
    let lines = [
      "seed 7", "task regression rows=32 batch=4", "model mlp hidden=8x2", "init gain=0.5",
      "optimizer sgd lr=0.03 momentum=0.5", "clip norm max_norm=0.2",
    ]
    let expected = try Stage.told((lines + ["step 5"]).joined(separator: "\n"))
    #expect(expected.isGood)
    for shift in lines.indices {
      let rotated = lines[shift...] + lines[..<shift]
      for order in [Array(rotated), rotated.reversed()] {
        let stage = try Stage.told((order + ["step 5"]).joined(separator: "\n"))
        #expect(stage.digest == expected.digest)
        #expect(stage.notes.isEmpty, "no step was made yet, so nothing begins afresh")
      }
    }
  }

  @Test(
    "Set-up after steps begins afresh, says so, and forgets what was measured",
    arguments: [
      "seed 3", "model simplenet hidden=9", "init gain=2", "task regression rows=33 batch=4", "optimizer sgd lr=0.5",
    ])
  func afresh(line: String) throws {
    let stage = try Stage.told(
      "\(small)\nstep 4\n\(line)\nexpect loss is finite\nexpect error\nexpect step == 0\nstep 2")
    #expect(stage.isGood)
    #expect(stage.notes == ["a new experiment: it begins afresh at step 0; u takes that back"])
    #expect(stage.workbench.history.count == 2)
    #expect(stage.digest == (try Stage.told("\(small)\n\(line)\nstep 2")).digest)
  }

  @Test("Numbers of a network that is no more are never looked up among those of the new one")
  func largerNetwork() throws {
    var stage = try Stage.told("step 3")
    stage.enter("model rnn hidden=3 layers=5")
    stage.enter("expect norm(rnn.weight_hh_l4) > 0; norms; stats; print loss")
    #expect(stage.workbench.experiment == nil, "rnn does not read the rows of task sum")
    #expect(stage.errors.count == 1)
    stage.enter("model mlp hidden=4x10")
    stage.enter("expect norm_after(layers.0.weight) > 0")
    #expect(stage.workbench.history.count == 0)
  }

  @Test("step finishes an open step and counts it; phases walk through one", arguments: Array(1...13))
  func phases(count: Int) throws {
    var stage = try Stage.told("\(small)\nphase \(count)")
    #expect(stage.workbench.experiment?.step == count / 6)
    #expect(stage.workbench.experiment?.position.phases == count % 6)
    stage.enter("step 2")
    #expect(stage.workbench.experiment?.step == count / 6 + 2)
    #expect(stage.workbench.experiment?.open == nil)
    #expect(stage.digest == (try Stage.told("\(small); step \(count / 6 + 2)")).digest)
  }

  @Test("Inside a step there is what its phases have computed, and nothing else")
  func openNumbers() throws {
    // After how many phases each number exists.
    let rows = [
      ("loss", 2), ("total_norm", 4), ("nonfinite", 4), ("factor", 5), ("clipped", 5), ("total_norm_after", 5),
    ]
    for made in 1...5 {
      let stage = try Stage.told("\(small); step 3; phase \(made)")
      for (name, needed) in rows {
        var asked = stage
        asked.enter("print \(name)")
        #expect(asked.errors.isEmpty == (made >= needed), "\(name) after \(made) phases")
      }
    }
  }

  @Test("until makes steps to the first at which it holds; one that holds makes none; max ends it")
  func until() throws {
    let stage = try Stage.told(
      """
      \(small)
      until step >= 4; expect step == 4
      until step >= 4; expect step == 4
      until lr == 0.01; expect step == 4
      until loss < -1 max 6; expect step == 10
      phase 2; until step >= 11; expect step == 11
      """)
    #expect(stage.isGood)
    #expect(
      stage.notes == [
        "step >= 4: holds at step 4", "step >= 4: holds already at step 4", "lr == 0.01: holds already at step 4",
        "loss < -1: did not come to hold within 6 steps", "step >= 11: holds at step 11",
      ])
  }

  @Test("until without max makes 10000 steps at most")
  func untilMost() throws {
    let stage = try Stage.told("task sum; model simplenet hidden=1; optimizer sgd lr=1e-30; until loss is nan")
    #expect(stage.workbench.history.count == 10_000)
    #expect(stage.notes == ["loss is nan: did not come to hold within 10000 steps"])
  }

  @Test("Up and then down the ladder is where one was, on each rung of many decades", arguments: ["max_norm", "lr"])
  func ladder(name: String) throws {
    for decade in -8...8 {
      for rung in ["1", "1.25", "1.6", "2", "2.5", "3.2", "4", "5", "6.3", "8"] {
        let value = "\(rung)e\(decade)"
        let stage = try Stage.told(
          "\(name) \(value); \(name) up; expect \(name) > \(value); \(name) down; expect \(name) == \(value)\n"
            + "\(name) down; expect \(name) < \(value); \(name) up; expect \(name) == \(value)")
        #expect(stage.isGood, "\(name) \(value): \(stage.errors)")
      }
    }
  }

  @Test("clip off keeps the rule for clip on; norm_type walks 2, inf, 1")
  func clipping() throws {
    var stage = try Stage.told("clip norm max_norm=0.3 norm_type=inf error_if_nonfinite=yes")
    let rule = stage.workbench.settings.clipping
    stage.enter("clip off")
    #expect(stage.workbench.settings.clipping.active == nil)
    #expect(stage.workbench.settings.clipping.rule == rule.rule)
    stage.enter("clip on")
    #expect(stage.workbench.settings.clipping == rule)
    var orders: [Float] = []
    for _ in 0..<4 {
      stage.enter("norm_type next")
      orders.append(stage.workbench.settings.clipping.normOrder)
    }
    #expect(orders == [1, 2, .infinity, 1])
    stage.enter("norm_type 3; norm_type next")
    #expect(stage.workbench.settings.clipping.normOrder == 2)
    #expect(stage.isGood)
    stage.enter("clip value; max_norm up")
    #expect(stage.errors == ["clip value has no max_norm; write clip norm first"])
  }

  @Test("restart leads back to the same bits, with the settings as they are now")
  func restart() throws {
    var stage = try Stage.told("\(small); seed 5; clip norm; step")
    let first = stage.digest
    stage.enter("step 9; restart; expect step == 0; step")
    #expect(stage.digest == first)
    stage.enter("lr 0.3; restart; step")
    #expect(stage.digest != first)
    #expect(stage.workbench.history.last?.learningRate == 0.3)
  }

  @Test("at, within, always; now is the last step; a number that does not exist yet is an error")
  func spans() throws {
    let stage = try Stage.told(
      """
      \(small)
      expect loss > 0; expect error
      expect loss > 0 within 5; expect error
      expect loss > 0 always; expect error
      expect step == 0; expect lr == 0.01; expect max_norm == 1; expect weight(fc1.weight) > 0
      step 8
      expect step == 3 at 3; expect step == 8; expect step == 5 within 4; expect step > 0 always
      expect lr == 0.01 always
      expect step == 3 at 9; expect error
      """)
    #expect(stage.errors.count == 4)
    #expect(stage.failedExpectations == 0)
    for (line, holds) in [("step == 5 within 3", false), ("step < 8 always", false), ("step == 4 at 3", false)] {
      var asked = stage
      asked.enter("expect \(line)")
      #expect((asked.failedExpectations == 0) == holds, "\(line)")
    }
  }

  @Test("A failed expectation counts, and the scenario goes on")
  func failedExpectation() throws {
    let stage = try Stage.told(
      "\(small); step; expect loss < 0; expect loss < -1; expect step == 1; expect error; step")
    #expect(stage.failedExpectations == 3)
    #expect(!stage.wasStopped)
    #expect(stage.workbench.history.count == 2)
    #expect(stage.errors[0].hasPrefix("line 1: expected loss < 0, but loss is "))
    #expect(stage.errors[2] == "line 1: expected error, but the command before: it did not fail")
  }
}

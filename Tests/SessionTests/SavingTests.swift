import Language
import Session
import Stories
import Testing
import Training

/// A saved session is a scenario that leads to the same state.
@Suite struct SavingTests {
  private func saved(_ stage: Stage, as path: String = "out.scenario") throws -> String {
    var stage = stage
    let effects = stage.type("save \(path)")
    for effect in effects {
      if case .write(.save(path, let contents), _) = effect { return contents }
    }
    throw FileError(path: path, reason: "was not saved")
  }

  @Test(
    "What is saved replays to the same digest, position and settings",
    arguments: [
      "step", small, "\(small); step 7",
      "\(small); seed 9; clip norm max_norm=0.2; step 5; clip off; step 2; clip on; step",
      "\(small); step 3; lr up; max_norm 0.3; clip on; step 2; lr down; norm_type next; step; norm_type inf",
      "\(small); clip value clip_value=0.01; phase 8; lr 0.3; phase 2; clip off; phase; lr 0.1",
      "\(small); phase 4; clip norm max_norm=0.01; step 3; phase 5",
      "\(small); step 5; lr 0.5; restart; step 2; lr 0.2; phase 3",
      "\(small); step 5; lr 0.5; seed 4; step 2; max_norm up; max_norm up; step",
      "\(small); lr 0.2; clip on; phase 2; restart; phase; step",
      "task adding length=6 batch=3; model rnn hidden=4 layers=2; init radius=1.2; optimizer adam; until step >= 4; phase 6",
      "task temporal-order length=10; model rnn hidden=5 nonlinearity=relu; clip norm norm_type=1; run 4; stop; run 2",
      "task csv a.csv target=y batch=2; model mlp hidden=3,4; step 4",
      "task text b.txt length=3 batch=2; model rnn hidden=4; step 4",
      explodingStory
        + "; clip norm max_norm=1e30 error_if_nonfinite=yes; phase 4; lr 3; step 500; expect error",
    ])
  func replays(story: String) throws {
    let files = ["a.csv": "x,y\n1,2\n2,3\n4,9\n", "b.txt": "to be or not to be"]
    let stage = try Stage.told(story, files: files)
    #expect(stage.isGood)
    let script = try saved(stage)
    let replayed = try Stage.told(script, files: files)
    #expect(replayed.isGood)
    #expect(replayed.digest == stage.digest || stage.workbench.history.count == 0, "\(script)")
    #expect(replayed.workbench.settings == stage.workbench.settings, "\(script)")
    #expect(
      replayed.workbench.experiment?.position ?? Position(step: 0) == stage.workbench.experiment?.position
        ?? Position(step: 0))
    let again = try saved(replayed)
    #expect(again == script, "what is saved of a saved session is the same")
  }

  @Test("Numbers a replay goes on with are those the session would have gone on with")
  func goesOn() throws {
    var stage = try Stage.told("\(small); clip norm max_norm=0.1; phase 9; lr 0.3; phase 1; max_norm up; phase 1")
    var replayed = try Stage.told(try saved(stage))
    for _ in 0..<20 {
      stage.enter("phase 5")
      replayed.enter("phase 5")
      #expect(stage.digest == replayed.digest)
      #expect(stage.workbench.history.last?.loss == replayed.workbench.history.last?.loss)
    }
  }

  @Test(
    "A saved scenario names its files as they are seen from where it is saved",
    arguments: [
      // Where the scenario stands, what it saves, where that goes, and how the file is named there.
      ("s.scenario", "o.scenario", "o.scenario", "d/a.csv"), ("s.scenario", "d/o.scenario", "d/o.scenario", "a.csv"),
      ("s.scenario", "e/o.scenario", "e/o.scenario", "../d/a.csv"),
      ("x/s.scenario", "o.scenario", "x/o.scenario", "d/a.csv"),
      ("x/s.scenario", "d/o.scenario", "x/d/o.scenario", "a.csv"),
      ("/x/s.scenario", "o.scenario", "/x/o.scenario", "/x/d/a.csv"),
      ("../x/s.scenario", "o.scenario", "../x/o.scenario", "d/a.csv"),
    ])
  func paths(scenario: String, path: String, destination: String, name: String) throws {
    let location = PathText.join(PathText.folder(of: scenario), "d/a.csv")
    let files = [location: "x,y\n1,2\n2,3\n"]
    var stage = Stage(
      scenario: try Scenario("task csv d/a.csv target=y; step; save \(path)", path: scenario),
      files: MemoryFiles(files: files),
      waitsForViewer: false)
    let effects = stage.finish()
    let saves = effects.compactMap { if case .write(.save(let path, let text), _) = $0 { (path, text) } else { nil } }
    #expect(saves.count == 1)
    #expect(saves.first?.0 == destination)
    #expect(saves.first?.1.contains("task csv \(name) target=y batch=32\n") == true, "\(saves)")
  }
}

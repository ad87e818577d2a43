import Language
import Stories
import Testing

/// What is wrong with a scenario is said before anything is trained, all of it at once.
@Suite struct ScenarioCheckTests {
  private func report(_ text: String, files: [String: String] = [:], screen: Bool = false) throws -> [String] {
    do throws(ScenarioError) {
      _ = try Scenario.checked(
        utf8: Array(text.utf8), path: "s", replacing: [], files: MemoryFiles(files: files), screen: screen)
      return []
    } catch {
      return error.report
    }
  }

  private func heads(_ text: String, files: [String: String] = [:], screen: Bool = false) throws -> [String] {
    try report(text, files: files, screen: screen).filter { $0.hasPrefix("s:") }.map { String($0.dropFirst(2)) }
  }

  @Test(
    "One mistake of each kind",
    arguments: [
      (
        "task adding; model mlp; step",
        "1:25: this task has sequences and the model reads rows: choose model rnn, lstm or gru"
      ),
      (
        "task sine; model rnn; step",
        "1:23: this task has rows and the model reads sequences: choose model simplenet or mlp"
      ),
      (
        "model mlp; init radius=2; step",
        "1:27: this init is about weight_hh, which only model rnn, lstm or gru has; for other networks write init gain=G, xavier or kaiming"
      ),
      ("model simplenet hidden=1000000000", "1:1: this experiment would need about 563 GB; the limit is 4 GB"),
      ("model mlp hidden=1000000x1000", "1:1: this experiment would need about 24.8 PB; the limit is 4 GB"),
      ("task regression rows=1000000000000", "1:1: this experiment would need about 146 TB; the limit is 4 GB"),
      ("task sum batch=1000000000000000", "1:1: this experiment would need about 1.56 EB; the limit is 4 GB"),
      ("task text none.txt", "1:11: none.txt does not exist"),
      ("task csv none.csv target=y", "1:10: none.csv does not exist"),
      (
        "print fc9.weight",
        "1:7: this network has no parameter fc9.weight; did you mean fc1.weight?; it has fc1.weight, fc1.bias, fc2.weight, fc2.bias"
      ),
      (
        "print fc1.weigt.grad",
        "1:7: this network has no parameter fc1.weigt; did you mean fc1.weight?; it has fc1.weight, fc1.bias, fc2.weight, fc2.bias"
      ),
      (
        "expect norm(nope) > 0",
        "1:8: this network has no parameter nope; it has fc1.weight, fc1.bias, fc2.weight, fc2.bias"
      ),
      ("run", "1:1: run without a number of steps never ends without a screen; write run N or until CONDITION"),
      ("clip value; max_norm 3", "1:13: clip value has no max_norm; write clip norm first"),
      (
        "model rnn layers=3; task adding; print rnn.weight_hh_l9",
        "1:40: this network has no parameter rnn.weight_hh_l9; did you mean rnn.weight_hh_l0?; it has rnn.weight_ih_l0, rnn.weight_hh_l0, rnn.bias_ih_l0, rnn.bias_hh_l0, rnn.weight_ih_l1, rnn.weight_hh_l1, rnn.bias_ih_l1, …"
      ),
    ])
  func single(text: String, head: String) throws {
    let heads = try heads(text)
    #expect(heads == [head])
  }

  @Test("All of it at once, in the order of the lines, whether the words or their meaning are wrong")
  func all() throws {
    let text = """
      seed 0
      task csv gone.csv target=y
      model simplenet hidden=0
      model simplenet hidden=1000000000
      clip norm max_norm=nan
      max_norm -1
      modle rnn
      task adding lenght=3
      task adding
      model mlp
      step 5
      step 5
      model rnn
      expect norm(rnn.weight_hh_l1) > 0
      optimizer sdg
      run
      """
    #expect(
      try heads(text).map { $0.prefix { $0 != " " } } == [
        "2:10:", "3:24:", "4:1:", "5:20:", "6:10:", "7:1:", "8:13:", "11:1:", "14:8:", "15:11:",
      ])
    #expect(try report(text).last == "11 errors, of which these are the first")
  }

  @Test(
    "One mistake is not told again as its consequences",
    arguments: [
      ("task text gone.txt; model rnn; step 5; print rnn.weight_hh_l0", 1),
      ("model rnn hiden=3; task adding; step; print rnn.weight_hh_l0", 1),
      ("tsak adding; model rnn; step", 1),
      ("task adding; step; step; restart; norms", 1),
      ("clip off; init radius=2; step; step 3", 1), ("step \"", 1),
      ("task adding; modle rnn; step; model rnn; step; model mlp; step", 2),
    ])
  func once(text: String, count: Int) throws {
    let heads = try heads(text)
    #expect(heads.count == count, "\(heads)")
  }

  @Test(
    "What is right is left alone",
    arguments: [
      "step",
      "task adding; model rnn; init radius=2; step; print rnn.weight_hh_l0.grad; expect norm(rnn.weight_ih_l0) > 0",
      "model rnn; task adding; step", "max_norm 3; clip on; norm_type next; lr up; step 1000000000000",
      "expect loss > 0; expect error", "task csv a.csv target=y; model mlp; step",
    ])
  func right(text: String) throws {
    #expect(try report(text, files: ["a.csv": "x,y\n1,2\n2,5\n"]) == [])
  }

  @Test("Before a viewer a run may be without an end")
  func screen() throws {
    #expect(try heads("run", screen: true) == [])
  }

  @Test("A wrong table is told with its own line and column, and its text cannot reach the terminal")
  func table() throws {
    #expect(
      try heads("task csv a.csv target=y", files: ["a.csv": "x,y\n1,2\n\u{1B}[2J,3\n"])
        == ["1:10: a.csv:3:1 has \"␛[2J\" for x, which is not a number; mend it, or ignore=x leaves the column out"])
  }

  @Test("A replaced line takes the place of the scenario's own, right or wrong")
  func replaced() throws {
    let text = "seed 1\nmodel rnn hidden=zero\nlr 0.1\nstep; lr 0.2; step"
    let lines = ["model simplenet hidden=3", "lr 0.5", "clip off"]
    let scenario = try Scenario.checked(
      utf8: Array(text.utf8), path: "s", replacing: lines.map { (try Parser.commands(in: $0)[0], $0) },
      files: MemoryFiles(),
      screen: false)
    #expect(
      scenario.steps.map(\.parsed.command.text) == [
        "clip off", "seed 1", "model simplenet hidden=3 activation=none", "lr 0.5", "step", "step",
      ])
  }
}

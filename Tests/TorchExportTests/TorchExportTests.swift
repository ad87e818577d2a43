import Foundation
import Session
import Stories
import Testing
import TorchExport

/// `export torch`: what the program looks like. That it prints the same numbers, `scripts/parity/exports` asks torch.
@Suite struct TorchExportTests {
  private func program(_ text: String) throws -> String {
    let stage = try Stage.told(
      text,
      files: [
        "words.txt": "some words and more words", "table.csv": "a,b,y\n1,0,2\n2,9,3\n3,1,5\n",
        "classes.csv": "a,kind\n1,x\n2,z\n3,x\n",
      ])
    try #require(stage.isGood, "\(text): \(stage.errors)")
    return TorchProgram.text(of: stage.workbench.runs)
  }

  private func lines(_ text: String) throws -> [String] {
    try program(text).split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
  }

  static let rows = [
    "sum", "regression scale=10", "sine", "xor", "csv table.csv target=y", "csv classes.csv target=kind",
  ]
  static let sequences = [
    "adding length=6 batch=3", "temporal-order length=10", "copy length=2", "parity length=5",
    "text words.txt length=4 batch=2",
  ]
  static let pairs: [(model: String, task: String)] =
    ["simplenet hidden=3 activation=gelu", "mlp hidden=4,4,5 activation=relu"].flatMap { model in
      rows.map { (model, $0) }
    }
    + ["rnn hidden=3 layers=2 nonlinearity=relu", "lstm hidden=3 forget=2", "gru hidden=3 update=1"].flatMap { model in
      sequences.map { (model, $0) }
    }
    + ["cnn depth=3 channels=4 pool=2", "cnn depth=2 channels=4 pool=1 head=flatten"].map { model in
      (model, "shapes rows=16 size=8 batch=4")
    }
  static let rules = [
    "off", "norm norm_type=inf error_if_nonfinite=yes", "value", "per-parameter", "agc", "autoclip", "zclip", "skip",
  ]
  static let optimizers = [
    "sgd", "sgd lr=0.1 momentum=0.9 nesterov=yes weight_decay=0.1", "adamw beta1=0.8 weight_decay=0.1",
    "rmsprop alpha=0.9",
  ]

  /// Steps alone; with the rate and the threshold changed; with all that can be changed while it runs.
  private static func stories(_ task: String, _ rule: String) -> [String] {
    let hasNumbers = ["regression", "sine", "xor", "adding", "y"].contains {
      task.prefix { $0 != " " } == $0 || task.hasSuffix("=" + $0)
    }
    let raised = ["norm", "per-parameter", "skip"].contains(rule.prefix { $0 != " " }) ? "; max_norm up; step" : ""
    let outlier = hasNumbers ? "outlier scale=3; " : ""
    let spoilt = hasNumbers && !rule.contains("error") ? "outlier nan; " : ""
    return [
      "step 2", "step 2; lr up; step\(raised)",
      "accumulate 2; step; \(outlier)step; lr up; clip off; step; clip on; \(spoilt)step; accumulate 3; lr 0.2; step",
    ]
  }

  @Test(
    "A program fits on a page, whatever is combined, and has its parts in PyTorch's order",
    arguments: pairs, rules)
  func page(pair: (model: String, task: String), rule: String) throws {
    let recurrent = Self.sequences.contains(pair.task) ? ["radius=1.2", "orthogonal=1", "identity"] : []
    for (index, start) in (["default", "gain=1.3he", "xavier", "kaiming"] + recurrent).enumerated() {
      for (number, story) in Self.stories(pair.task, rule).enumerated() {
        let optimizer = Self.optimizers[(index + number) % Self.optimizers.count]
        let text =
          "seed 7; model \(pair.model); task \(pair.task); init \(start); optimizer \(optimizer); clip \(rule); \(story)"
        let program = try program(text)
        let lines = program.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
        #expect((40...80).contains(lines.count), "\(lines.count) lines: \(text)")
        #expect(lines.allSatisfy { $0.count <= 120 && $0.last != " " }, "\(text)")
        expectOrder(program)
      }
    }
  }

  private func expectOrder(_ program: String) {
    let order = [
      "torch.manual_seed(7)", "optimizer = torch.optim.", "for step in range(1, ", "optimizer.zero_grad()",
      ".backward()", "norms = ", "clip", "optimizer.step()", "print(json.dumps(dict(",
    ]
    var rest = program[...]
    for part in order {
      guard let found = rest.firstRange(of: part) else {
        Issue.record("\(part) is not after what comes before it:\n\(program)")
        return
      }
      rest = rest[found.upperBound...]
    }
  }

  @Test("The tutorial's program is the tutorial's")
  func tutorial() throws {
    let text = try lines("seed 0; clip norm max_norm=0.5; step 3")
    #expect(text.contains("    total_norm = torch.nn.utils.clip_grad_norm_(model.parameters(), max_norm, norm_type)"))
    #expect(text.contains("max_norm, norm_type = 0.5, 2"))
    #expect(text.contains("optimizer = torch.optim.SGD(model.parameters(), lr=0.01)"))
    #expect(text.contains("        self.fc1 = nn.Linear(10, 100)"))
    #expect(text.contains("        return self.fc2(self.fc1(x))"))
    #expect(text.contains("x = torch.randn(1, 10)  # one batch, the same at each step"))
  }

  @Test("until becomes the steps it took")
  func until() throws {
    #expect(try lines("\(small); until step >= 7 max 20; step").contains("for step in range(1, 9):"))
  }

  /// The lines that say what is new in which step, without their comments.
  private func changes(_ text: String) throws -> [String] {
    try lines(text).filter { $0.contains("}.get(step, ") && !$0.contains("for step in") }.map { line in
      String(line.prefix { $0 != "#" }).trimmingCharacters(in: .whitespaces)
    }
  }

  @Test("A change stands before the step whose phase reads it first")
  func stepsOfChanges() throws {
    #expect(
      try changes("\(small); clip norm; max_norm 2; step 3; max_norm up; step; clip off; lr 0.5; step 2") == [
        "max_norm = {4: 2.5}.get(step, max_norm)", "clip = {5: \"off\"}.get(step, clip)",
        "optimizer.param_groups[0][\"lr\"] = {5: 0.5}.get(step, optimizer.param_groups[0][\"lr\"])",
      ])
    #expect(
      try changes("\(small); clip norm; phase 4; max_norm 2; step; phase 5; max_norm 3; lr 0.5; step; step") == [
        "optimizer.param_groups[0][\"lr\"] = {2: 0.5}.get(step, optimizer.param_groups[0][\"lr\"])",
        "max_norm = {3: 3}.get(step, max_norm)",
      ])
    #expect(
      try changes("\(small); step; phase; accumulate 2; outlier scale=3; phase; accumulate 4; step; step") == [
        "accumulate = {2: 2, 3: 4}.get(step, accumulate)", "y *= {2: 3}.get(step, 1) if n == 0 else 1",
      ])
    #expect(
      try changes("\(small); step; outlier scale=3; step; phase 2; outlier nan; outlier scale=4; step 2")
        == ["y *= {2: 3, 4: 4}.get(step, 1)"])
    #expect(
      try changes("\(small); step; outlier nan; step; outlier scale=-2; step")
        == ["y *= {3: -2}.get(step, 1)", "y[0, 0] *= {2: math.nan}.get(step, 1)"])
    // Nobody reads what is changed behind the last step.
    #expect(try changes("\(small); clip norm; step 2; max_norm 5; phase 3; lr 3") == [])
  }

  @Test("A step that was given up is not made, and what was changed in it waits for the next")
  func givenUp() throws {
    let text =
      "\(small); clip norm error_if_nonfinite=yes; step; outlier nan; phase 3; accumulate 2; phase 2; expect error; clip norm; step"
    #expect(
      try changes(text) == [
        "error_if_nonfinite = {2: False}.get(step, error_if_nonfinite)", "accumulate = {2: 2}.get(step, accumulate)",
        "y[0, 0] *= {2: math.nan}.get(step, 1) if n == 0 else 1",
      ])
    #expect(try lines(text).contains { $0.hasPrefix("for step in range(1, 3):") })
  }

  @Test("A rule that is given anew has forgotten its norms; one that was only off has not")
  func histories() throws {
    let text =
      "\(small); clip autoclip; step 2; clip off; step; clip on; step; clip autoclip; step; clip off; step; clip zclip; clip autoclip; clip off; step; clip on; step"
    #expect(
      try changes(text) == [
        "clip = {3: \"off\", 4: \"autoclip\", 6: \"off\", 8: \"autoclip\"}.get(step, clip)",
        "history = {5: [], 8: []}.get(step, history)",
      ])
  }

  @Test("Inside a session, the file is the program of all experiments up to then")
  func session() throws {
    var stage = try Stage.told("\(small); step 2; seed 4; clip off; step 3", path: "lessons/a.scenario")
    let scenario = try Stage.told("\(small); step 2; seed 4; clip off; step 3; export torch out/run.py; step 4")
    #expect(scenario.isGood)
    let files = stage.type("export torch here.py").compactMap { effect -> (String, String)? in
      if case .write(.save(let path, let contents), _) = effect { (path, contents) } else { nil }
    }
    #expect(files.map(\.0) == ["here.py"])
    let text = try #require(files.first?.1)
    #expect(text == (try program("\(small); step 2; seed 4; clip off; step 3")))
    #expect(text.hasSuffix("\n\n\nexperiment_1()\nexperiment_2()\n"))
  }

  @Test("Each of several experiments is a function; one that is made again is called again")
  func experimentsInTurn() throws {
    let restarted = try program("\(small); clip off; step 2; clip norm; restart; step 5; clip off; restart; step 2")
    #expect(
      restarted.contains("\n\n\ndef experiment_1():\n    \"\"\"simplenet on regression, no clipping, 2 steps\"\"\"\n"))
    #expect(
      restarted.contains("\n\n\ndef experiment_2():\n    \"\"\"simplenet on regression, clip norm, 5 steps\"\"\"\n"))
    #expect(!restarted.contains("def experiment_3"))
    #expect(restarted.hasSuffix("\n\n\nexperiment_1()\nexperiment_2()\nexperiment_1()\n"))
    #expect(restarted.hasPrefix("\"\"\"3 experiments, one after the other; "))
  }

  @Test("The optimizer begins with the rate of the first step, and is given what is not PyTorch's default")
  func optimizer() throws {
    for (name, making) in [
      ("sgd", "SGD(model.parameters(), lr=0.01)"), ("adam", "Adam(model.parameters(), lr=0.001)"),
      ("adamw", "AdamW(model.parameters(), lr=0.001)"), ("rmsprop", "RMSprop(model.parameters(), lr=0.01)"),
      ("adam eps=1e-6", "Adam(model.parameters(), lr=0.001, eps=1e-6)"),
      ("adamw beta1=0.8", "AdamW(model.parameters(), lr=0.001, betas=(0.8, 0.999))"),
      ("adamw weight_decay=0", "AdamW(model.parameters(), lr=0.001, weight_decay=0)"),
      (
        "sgd lr=0.1 momentum=0.9 nesterov=yes",
        "SGD(model.parameters(), lr=0.1, momentum=0.9, nesterov=True)"
      ),
    ] {
      #expect(try lines("\(small); optimizer \(name); step").contains("optimizer = torch.optim.\(making)"))
    }
    // The header tells the rate that it was set up with.
    let changed = try program("\(small); lr 0.1; step 2; lr 0.2; restart; phase 2; lr 0.5; step 2")
    #expect(changed.contains("lr=0.5)\n") && changed.contains("optimizer=\"sgd lr=0.2 "))
  }

  @Test("Equal classes of several experiments are one, others of the same name have numbers")
  func classes() throws {
    let text = try program(
      "task parity length=3 batch=2; model rnn hidden=3; step 2; model gru hidden=4 update=1; init identity; step 2; "
        + "task copy length=2; step 2; task parity length=9; step; task adding length=4; model rnn hidden=3; step")
    let names = text.split(separator: "\n").filter { $0.hasPrefix("class ") }
    #expect(names == ["RNN", "GRU", "GRU2", "RNN2"].map { "class \($0)(nn.Module):" })
    let models = text.split(separator: "\n").filter { $0.hasPrefix("    model = ") }
    #expect(models == ["RNN", "GRU", "GRU2", "GRU", "RNN2"].map { "    model = \($0)()" })
    let apart = try program("task sum; model simplenet hidden=3; step; model mlp hidden=4; step")
    #expect(apart.contains("\n    model = SimpleNet()\n") && apart.contains("\n    model = nn.Sequential()\n"))
  }

  static let several = [
    "task adding length=6 batch=3; clip norm; model rnn hidden=4; step 3; model lstm hidden=4; step 3; model gru hidden=3; step 3",
    "task sine rows=32; model mlp hidden=6x3; step 3; model mlp hidden=6x3 activation=relu; step; model mlp hidden=9; step",
    "model rnn hidden=5; task temporal-order length=10; step; task temporal-order length=20; step; task copy length=2; step",
    "task regression; clip off; lr 0.1; step 3; restart; lr 0.2; step 3; restart; clip value; step 3; optimizer adam; step",
    "task parity length=4; model gru hidden=4; init orthogonal=0.9; step; init radius=1.3; step; init gain=2; step",
    "task adding length=6; model lstm hidden=4 forget=1; clip norm; step; restart; clip per-parameter; step; restart; clip autoclip; step",
    "task shapes rows=16 size=6; model cnn depth=2 pool=1; clip off; step; restart; clip norm; step; model cnn depth=4 pool=1; step",
    "task text words.txt length=4; model rnn hidden=4; step; model lstm hidden=4; clip norm; step; model gru hidden=4; step",
    "task csv table.csv target=y; step; task xor; step; task sine; step; task regression; clip norm; step",
    "model rnn hidden=4; task parity length=4; clip norm; step; model cnn depth=2 channels=2; task shapes rows=16 size=6; step",
  ]

  @Test("Of several experiments, each function is the program of its experiment alone", arguments: several)
  func severalExperiments(text: String) throws {
    let stage = try Stage.told(
      text, files: ["words.txt": "some words and more words", "table.csv": "a,b,y\n1,0,2\n2,9,3\n3,1,5\n"])
    try #require(stage.isGood, "\(text): \(stage.errors)")
    let program = TorchProgram.text(of: stage.workbench.runs)
    #expect(program.split(separator: "\n").allSatisfy { $0.count <= 120 && $0.last != " " })
    let functions = program.components(separatedBy: "\n\n\n").filter { $0.hasPrefix("def experiment_") }
    #expect(functions.count == stage.workbench.runs.count)
    for (function, run) in zip(functions, stage.workbench.runs) {
      let alone = TorchProgram.text(of: [run])
      let lines = alone.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
      #expect((40...80).contains(lines.count), "\(lines.count) lines")
      let body = try #require(alone.firstRange(of: "\n\n\ntorch.manual_seed")).lowerBound
      #expect(words(function.split(separator: "\n").dropFirst(2).joined(separator: " ")) == words(alone[body...]))
    }
  }

  /// The text without its line breaks, and without the numbers that tell classes apart.
  private func words(_ text: some StringProtocol) -> String {
    text.split(whereSeparator: \.isWhitespace).joined(separator: " ").replacing(#/[0-9]+\(\)/#, with: "()")
  }

  @Test(
    "Each experiment of a lesson fits on a page",
    arguments: ["cnn", "deep-tanh", "diverges", "outlier", "relu-mlp", "rnn-explodes", "text", "tutorial", "vanishing"])
  func lessons(name: String) throws {
    let folder = URL(fileURLWithPath: #filePath).appending(path: "../../../scenarios").standardized
    let scenario = try String(contentsOf: folder.appending(path: "\(name).scenario"), encoding: .utf8)
    let words = try String(contentsOf: folder.appending(path: "sample-text.txt"), encoding: .utf8)
    // What a program says does not depend on how far each experiment goes: none of the steps is needed.
    let short = scenario.split(separator: "\n").map { line in
      line.hasPrefix("step") || line.hasPrefix("until") ? "step" : line.hasPrefix("expect") ? "" : String(line)
    }
    let stage = try Stage.told(short.joined(separator: "\n"), files: ["sample-text.txt": words])
    try #require(stage.isGood, "\(stage.errors)")
    for run in stage.workbench.runs {
      let lines = TorchProgram.text(of: [run]).split(separator: "\n", omittingEmptySubsequences: false)
      #expect((40...80).contains(lines.count - 1), "\(lines.count - 1) lines")
      #expect(lines.allSatisfy { $0.count <= 120 })
    }
  }

  @Test("Of very many experiments the program has the last hundred, and says so")
  func manyExperiments() throws {
    var stage = try Stage.told("task xor; model simplenet hidden=2; step 2")
    #expect(stage.workbench.torchProgram == TorchProgram.text(of: stage.workbench.runs))
    for _ in 0..<(Workbench.mostEarlierRuns + 2) { stage.enter("restart; step") }
    #expect(stage.workbench.runs.count == 100)
    #expect(stage.workbench.torchProgram.hasPrefix("\"\"\"The last 100 of 102 experiments, one after the other; "))
  }

  @Test("The user's words stay strings of the program")
  func userWords() throws {
    let stage = try Stage.told(
      "task text \"a \\\"b\\\".txt\" length=2 batch=2; model rnn hidden=3; step", files: ["a \"b\".txt": "abcabc"])
    let text = TorchProgram.text(of: stage.workbench.runs)
    #expect(text.contains("with open(\"a \\\"b\\\".txt\", encoding=\"utf-8\", newline=\"\") as file:"))
    #expect(text.contains("task=\"text \\\"a \\\\\\\"b\\\\\\\".txt\\\" length=2 batch=2\""))
  }
}

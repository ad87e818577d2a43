import Training
import Testing

@testable import Commands

/// `export torch`: what the program looks like. That it prints the same numbers, `scripts/parity/exports` asks torch.
@Suite struct TorchExportTests {
  /// A network with a task and a rule, each of the latter at least once.
  static let experiments = [
    "model simplenet; task sum; clip norm",
    "model simplenet activation=gelu; task regression scale=10; clip value clip_value=0.1; init gain=1.3he",
    "model mlp hidden=8x3 activation=relu; task sine; clip agc; init kaiming; optimizer rmsprop",
    "model mlp hidden=16,8; task xor; clip per-parameter; optimizer sgd lr=0.1 momentum=0.9 nesterov=yes",
    "model mlp hidden=4x2 activation=none; task csv table.csv target=y; clip skip max_norm=2; init xavier",
    "model simplenet; task csv classes.csv target=kind; clip autoclip",
    "model rnn hidden=5; task adding length=6 batch=3; clip norm norm_type=inf; init identity",
    "model rnn hidden=5 layers=2 nonlinearity=relu; task temporal-order; clip zclip; optimizer adam",
    "model lstm hidden=5 forget=2; task copy length=2; clip autoclip",
    "model gru hidden=5 update=1; task parity length=5; clip zclip; init radius=1.2; optimizer adamw weight_decay=0.1",
    "model gru hidden=5; task text words.txt length=4 batch=2; clip off",
    "model cnn depth=3 channels=4 pool=1; task shapes rows=16 size=6; clip agc; init gain=2",
    "model cnn depth=2 channels=4 pool=2 head=flatten; task shapes rows=16 size=8; clip value",
  ]

  private func program(_ text: String) throws -> String {
    let stage = try Stage.told(
      text,
      files: [
        "words.txt": "some words and more words", "table.csv": "a,b,y\n1,0,2\n2,9,3\n3,1,5\n",
        "classes.csv": "a,kind\n1,x\n2,z\n3,x\n",
      ])
    try #require(stage.isGood, "\(stage.errors)")
    return TorchExport.program([try #require(stage.workbench.run)])
  }

  private func lines(_ text: String) throws -> [String] {
    try program(text).split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
  }

  @Test("A program fits on a page, is the same each time, and has its parts in PyTorch's order", arguments: experiments)
  func parts(experiment: String) throws {
    let text = try program("seed 7; \(experiment); step 2")
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
    #expect((40...88).contains(lines.count), "\(lines.count) lines")
    #expect(lines.allSatisfy { $0.count <= 120 && $0.last != " " })
    #expect(text == (try program("seed 7; \(experiment); step 2")))
    let order = [
      "torch.manual_seed(7)", "optimizer = torch.optim.", "for step in range(1, 3):", "optimizer.zero_grad()",
      ".backward()", "norms = ", "clip", "optimizer.step()", "print(json.dumps({",
    ]
    var rest = text[...]
    for part in order {
      let found = try #require(rest.firstRange(of: part), "\(part) after what comes before it")
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

  /// What stands below `if step == …:` in a program, as `step: lines`.
  private func changes(_ text: String) throws -> [String] {
    var found: [String] = []
    var isInside = false
    for line in try lines(text) {
      if line.hasPrefix("    if step == ") {
        found.append(line.dropFirst(15).dropLast() + ":")
        isInside = true
      } else if isInside, line.hasPrefix("        ") {
        found[found.count - 1] += " " + line.drop { $0 == " " }
      } else {
        isInside = false
      }
    }
    return found
  }

  @Test("A change stands before the step whose phase reads it first")
  func placesOfChanges() throws {
    #expect(
      try changes("\(small); clip norm; max_norm 2; step 3; max_norm up; step; clip off; lr 0.5; step 2")
        == ["4: max_norm = 2.5", "5: clip = \"off\" optimizer.param_groups[0][\"lr\"] = 0.5"])
    #expect(
      try changes("\(small); clip norm; phase 4; max_norm 2; step; phase 5; max_norm 3; lr 0.5; step; step")
        == ["2: optimizer.param_groups[0][\"lr\"] = 0.5", "3: max_norm = 3"])
    #expect(
      try changes("\(small); step; phase; accumulate 2; outlier scale=3; phase; accumulate 4; step; step")
        == ["2: accumulate = 2", "3: accumulate = 4"])
    #expect(
      try changes("\(small); step; outlier scale=3; step; phase 2; outlier nan; outlier scale=4; step 2")
        == ["2: y = y * 3  # a bad batch", "4: y = y * 4  # a bad batch"])
    // Nobody reads what is changed behind the last step.
    #expect(try changes("\(small); clip norm; step 2; max_norm 5; phase 3; lr 3") == [])
  }

  @Test("A step that was given up is not made, and what was changed in it waits for the next")
  func givenUp() throws {
    let text =
      "\(small); clip norm error_if_nonfinite=yes; step; outlier nan; phase 3; accumulate 2; phase 2; expect error; clip norm; step"
    #expect(try changes(text).first == "2: error_if_nonfinite, accumulate = False, 2")
    #expect(try lines(text).contains("for step in range(1, 3):"))
  }

  @Test("A rule that is given anew has forgotten its norms; one that was only off has not")
  func histories() throws {
    let text =
      "\(small); clip autoclip; step 2; clip off; step; clip on; step; clip autoclip; step; clip off; step; clip zclip; clip autoclip; clip off; step; clip on; step"
    #expect(
      try changes(text) == [
        "3: clip = \"off\"", "4: clip, percentile = \"autoclip\", 10", "5: history = []", "6: clip = \"off\"",
        "8: clip, percentile, history = \"autoclip\", 10, []",
      ])
  }

  @Test("Inside a session, the file is the program of the experiment as it is")
  func session() throws {
    var stage = try Stage.told(
      "\(small); step 2; seed 4; clip off; step 3; export torch out/run.py", path: "lessons/a.scenario")
    let files = stage.type("export torch here.py").compactMap { effect -> (String, String)? in
      if case .save(let path, let contents) = effect { (path, contents) } else { nil }
    }
    #expect(files.map(\.0) == ["here.py"])
    #expect(files.first?.1 == TorchExport.program([try #require(stage.workbench.run)]))
    #expect(files.first?.1.contains("for step in range(1, 4):") == true)
  }

  @Test("Several experiments are functions, called in turn; equal ones are written once")
  func experimentsInTurn() throws {
    let runs = try ["\(small); step 2", "\(small); clip norm; step 2", "\(small); step 2"].map { text in
      try #require(try Stage.told(text).workbench.run)
    }
    let text = TorchExport.program(runs)
    #expect(text.contains("def experiment_1():") && text.contains("def experiment_2():"))
    #expect(text.hasSuffix("\n\n\nexperiment_1()\nexperiment_2()\nexperiment_1()\n"))
    #expect(text.components(separatedBy: "class SimpleNet").count == 2)
  }

  @Test("The user's words stay strings of the program")
  func userWords() throws {
    let stage = try Stage.told(
      "task text \"a \\\"b\\\".txt\" length=2 batch=2; model rnn hidden=3; step", files: ["a \"b\".txt": "abcabc"])
    let text = TorchExport.program([try #require(stage.workbench.run)])
    #expect(text.contains("with open(\"a \\\"b\\\".txt\", encoding=\"utf-8\", newline=\"\") as file:"))
    #expect(text.contains("\"task\": \"text \\\"a \\\\\\\"b\\\\\\\".txt\\\" length=2 batch=2\""))
  }
}

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
    return TorchExport.program(stage.workbench.runs)
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

  /// Steps alone; with the rate and the threshold turned; with all that can be changed while it runs.
  private static func stories(_ task: String, _ rule: String) -> [String] {
    let hasNumbers = ["regression", "sine", "xor", "adding", "y"].contains {
      task.prefix { $0 != " " } == $0 || task.hasSuffix("=" + $0)
    }
    let turned = ["norm", "per-parameter", "skip"].contains(rule.prefix { $0 != " " }) ? "; max_norm up; step" : ""
    let outlier = hasNumbers ? "outlier scale=3; " : ""
    let spoilt = hasNumbers && !rule.contains("error") ? "outlier nan; " : ""
    return [
      "step 2", "step 2; lr up; step\(turned)",
      "accumulate 2; step; \(outlier)step; lr up; clip off; step; clip on; \(spoilt)step; accumulate 3; lr 0.2; step",
    ]
  }

  @Test(
    "A program fits on a page, whatever is combined, and has its parts in PyTorch's order",
    arguments: pairs, rules)
  func page(pair: (model: String, task: String), rule: String) throws {
    let recurrent = Self.sequences.contains(pair.task) ? ["radius=1.2", "orthogonal=1", "identity"] : []
    for (place, start) in (["default", "gain=1.3he", "xavier", "kaiming"] + recurrent).enumerated() {
      for (number, story) in Self.stories(pair.task, rule).enumerated() {
        let optimizer = Self.optimizers[(place + number) % Self.optimizers.count]
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

  /// What stands below `if step == …:` in a program, as `step: lines`, and what is looked up by step.
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
        if line.contains(".get(step, ") { found.append(String(line.drop { $0 == " " })) }
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
        == ["accumulate = {2: 2, 3: 4}.get(step, accumulate)"])
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
      if case .write(.save(let path, let contents)) = effect { (path, contents) } else { nil }
    }
    #expect(files.map(\.0) == ["here.py"])
    let text = try #require(files.first?.1)
    #expect(text == (try program("\(small); step 2; seed 4; clip off; step 3")))
    #expect(text.hasSuffix("\n\n\ntrain(steps=2, seed=0)\ntrain(steps=3, seed=4)\n"))
  }

  @Test("Several experiments are calls of one function, whose arguments are what differs")
  func experimentsInTurn() throws {
    let restarted = try program("\(small); clip off; step 2; clip norm; restart; step 5; clip off; restart; step 2")
    #expect(restarted.contains("\n\n\ndef train(steps, clip):\n    torch.manual_seed(0)\n"))
    #expect(
      restarted.hasSuffix(
        "\n\n\ntrain(steps=2, clip=\"off\")\ntrain(steps=5, clip=\"norm\")\ntrain(steps=2, clip=\"off\")\n"))
    #expect(restarted.components(separatedBy: "class SimpleNet").count == 2)
    let rates = try program("\(small); step 2; optimizer sgd lr=0.5; step 2")
    #expect(rates.contains("    optimizer = torch.optim.SGD(model.parameters(), lr=lr)\n"))
    #expect(rates.contains("optimizer=f\"sgd lr={lr} momentum=0 dampening=0 nesterov=no weight_decay=0\","))
    #expect(rates.hasSuffix("\ntrain(lr=0.01)\ntrain(lr=0.5)\n"))
    // The second run begins with another rate than it was set up with.
    let turned = try program("\(small); lr 0.1; step 2; lr 0.2; restart; phase 2; lr 0.5; step 2")
    #expect(
      turned.contains("train(lr=0.1, optim=\"sgd lr=0.1 ") && turned.contains("train(lr=0.5, optim=\"sgd lr=0.2 "))
    let options = try program("\(small); step 2; optimizer adam eps=1e-6; step 2")
    #expect(options.contains("    optimizer = algorithm(model.parameters(), lr=lr, **tuning)\n"))
    #expect(options.contains("\ntrain(lr=0.001, algorithm=torch.optim.Adam, tuning=dict(eps=1e-6),\n"))
    // 1e-5 is 1e-05 in Python.
    let tiny = try program("\(small); step 2; optimizer sgd lr=1e-5; step 2")
    #expect(tiny.contains("optimizer=optim,") && tiny.contains("optim=\"sgd lr=1e-5 momentum=0"))
    #expect(rates.split(separator: "\n").allSatisfy { $0.count <= 120 })
    let once = try program("\(small); clip norm; step 2; max_norm 2; step 2; restart; step 3")
    #expect(once.contains("        if run == 1 and step == 3:\n            max_norm = 2\n"))
    let changed = try program("\(small); clip norm; step 2; max_norm 2; step 2; restart; step; max_norm 3; step 2")
    #expect(changed.contains("    max_norm = {(1, 3): 2, (2, 2): 3}.get((run, step), max_norm)\n"))
    #expect(changed.hasSuffix("train(run=1, steps=4, max_norm=1)\ntrain(run=2, steps=3, max_norm=2)\n"))
  }

  @Test("What several experiments have in different words stands in branches, under names of its own")
  func differentWords() throws {
    let text = try program(
      "task parity length=3 batch=2; model rnn hidden=3; step 2; model gru hidden=4 update=1; init identity; step 2; "
        + "task copy length=2; step 2")
    #expect(text.contains("\nclass Recurrent(nn.Module):\n") && !text.contains("class RNN"))
    #expect(
      text.contains("    model = Recurrent(layer, inputs, hidden, outputs, last=False)\n    if init == \"identity\":\n")
    )
    #expect(text.contains("        if run in (1, 2):\n            bits = torch.randint("))
    #expect(text.contains("        else:\n            s = torch.randint(0, 8, (2, 32))\n"))
    #expect(
      text.contains(
        "\ntrain(run=2, layer=nn.GRU, inputs=1, hidden=4, outputs=2, network=\"gru hidden=4 layers=1 update=1\""))
    let apart = try program("task sum; model simplenet hidden=3; step; model mlp hidden=4; step")
    #expect(
      apart.contains("    if run == 1:\n        model = SimpleNet()\n    else:\n        model = nn.Sequential()\n"))
    let two = try program("task parity length=3 batch=2; model rnn hidden=3; step; task adding length=4 batch=2; step")
    #expect(two.contains("\nclass RNN(nn.Module):\n") && two.contains("\nclass RNN2(nn.Module):\n"))
    #expect(two.contains("        model = RNN()\n") && two.contains("        model = RNN2()\n"))
  }

  @Test("What several experiments have in different values is told to the class and to the function")
  func differentValues() throws {
    let widths = try program(
      "task adding length=6 batch=3; model rnn hidden=3; step 2; model rnn hidden=4 layers=2; step 2; "
        + "task adding length=9 batch=3; step 2")
    #expect(widths.contains("\n    def __init__(self, hidden, num_layers):\n"))
    #expect(widths.contains("\n        self.rnn = nn.RNN(2, hidden, num_layers=num_layers)\n"))
    #expect(widths.contains("\ndef draw_batch(length):\n"))
    #expect(widths.contains(" torch.randint(0, length // 2, (3,)), torch.randint(length // 2, length, (3,))\n"))
    #expect(
      widths.contains("\n    model = RNN(hidden, num_layers)\n") && widths.contains("x, y = draw_batch(length)\n"))
    #expect(!widths.contains("run") || !widths.contains("if run"))
    let activations = try program("model mlp hidden=4x2; step 2; model mlp hidden=4x3 activation=relu; step 2")
    #expect(activations.contains("    widths = [10] + hidden + [10]\n"))
    #expect(activations.contains("        if n <= len(hidden):\n"))
    #expect(activations.contains("            model.add_module(f\"activation{n}\", activation())\n"))
    #expect(activations.contains("\ntrain(hidden=[4] * 3, activation=nn.ReLU, "))
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

  @Test("Experiments that are compared fit on a page together", arguments: several)
  func severalExperiments(text: String) throws {
    let program = try program(text)
    let lines = program.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
    #expect((40...80).contains(lines.count), "\(lines.count) lines")
    #expect(lines.allSatisfy { $0.count <= 120 && $0.last != " " })
  }

  @Test(
    "The lessons fit on a page each",
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
    let lines = TorchExport.program(stage.workbench.runs).split(separator: "\n", omittingEmptySubsequences: false)
    #expect((40...80).contains(lines.count - 1), "\(lines.count - 1) lines")
    #expect(lines.allSatisfy { $0.count <= 120 })
  }

  @Test("Of very many experiments the program has the last hundred, and says so")
  func manyExperiments() throws {
    var stage = try Stage.told("task xor; model simplenet hidden=2; step 2")
    #expect(stage.workbench.torchProgram == TorchExport.program(stage.workbench.runs))
    for _ in 0..<(Workbench.mostEarlierRuns + 2) { stage.enter("restart; step") }
    #expect(stage.workbench.runs.count == 100)
    #expect(stage.workbench.torchProgram.hasPrefix("\"\"\"The last 100 of 102 experiments, one after the other; "))
  }

  @Test("The user's words stay strings of the program")
  func userWords() throws {
    let stage = try Stage.told(
      "task text \"a \\\"b\\\".txt\" length=2 batch=2; model rnn hidden=3; step", files: ["a \"b\".txt": "abcabc"])
    let text = TorchExport.program(stage.workbench.runs)
    #expect(text.contains("with open(\"a \\\"b\\\".txt\", encoding=\"utf-8\", newline=\"\") as file:"))
    #expect(text.contains("task=\"text \\\"a \\\\\\\"b\\\\\\\".txt\\\" length=2 batch=2\""))
  }
}

import Gradients
import Language
import Training

/// Experiments as a program: what is the same in all of them stands once, in a function `train` where there are several;
/// what differs is an argument of it, or a branch on the number of the run.
struct TorchScript {
  /// Classes and functions, which draw nothing where they stand.
  var definitions: [[String]] { names.lines }
  /// The experiments.
  private(set) var body: [String] = []

  // Equal experiments are written once.
  private let plans: [TorchPlan]
  private let order: [Int]
  private let networks: [TorchNetwork]
  private let tasks: [TorchTask]
  private let rules: TorchRules
  private let schedule: TorchSchedule
  private let names: PythonDefinitions
  private let isTight: Bool
  private var runs: PythonRuns

  init(_ all: [TorchPlan], _ style: TorchStyle) {
    var plans: [TorchPlan] = []
    order = all.map { plan in
      if let known = plans.firstIndex(of: plan) { return known }
      plans.append(plan)
      return plans.count - 1
    }
    self.plans = plans
    isTight = style.isTight
    let networks = plans.map { TorchNetwork($0.settings, style) }
    let tasks = plans.map { TorchTask($0.settings.task, isTight: style.isTight) }
    self.networks = networks
    self.tasks = tasks
    names = PythonDefinitions(plans.indices.map { [networks[$0].definition, tasks[$0].definition] })
    rules = TorchRules(plans.flatMap(\.stretches), isTight: isTight)
    schedule = TorchSchedule(plans, rules, isTight: isTight)
    runs = PythonRuns(count: plans.count)
    body = program()
  }

  private mutating func program() -> [String] {
    let lines = setup() + gap + loop()
    guard order.count > 1 else { return lines }
    let parameters = arguments(lines)
    let optional = parameters.filter { $0.values.contains(nil) }.map { "\($0.name)=None" }
    let names = parameters.filter { !$0.values.contains(nil) }.map(\.name) + optional
    let calls = order.flatMap { run in
      PythonText.call(
        "train(", parameters.compactMap { parameter in parameter.values[run].map { "\(parameter.name)=\($0)" } }, ")")
    }
    return PythonText.call("def train(", names, "):") + lines.indented + ["", ""] + calls
  }

  private var gap: [String] { isTight ? [] : [""] }

  // What every run has in front, the long words of the header behind.
  private func arguments(_ lines: [String]) -> [(name: String, values: [String?])] {
    let needsRun = lines.contains { $0.contains("run == ") || $0.contains("run in ") || $0.contains("(run, step)") }
    let (first, last) = (["steps", "seed", "lr"], Self.header.map(\.argument))
    let named = { (names: [String]) in names.compactMap { name in runs.arguments.first { $0.name == name } } }
    return (needsRun ? [("run", plans.indices.map { "\($0 + 1)" })] : []) + named(first)
      + runs.arguments.filter { !(first + last).contains($0.name) } + schedule.arguments + named(last)
  }

  private mutating func value(_ name: String, _ literal: (TorchPlan) -> String) -> String {
    runs.expression(plans.map { PythonValue(name, literal($0)) })
  }

  // MARK: Before the first step

  private mutating func setup() -> [String] {
    let seed = value("seed") { "\($0.settings.seed)" }
    let making = [
      plans.indices.map { names.calling(networks[$0].construction, in: $0) }, networks.map(\.initialization),
    ]
    let once = tasks.map(\.once)
    // It reads better to ask for the initialization than for the number of a run.
    let label = PythonRuns.Label(
      name: "init", literals: plans.map { PythonText.of(SettingsText.of($0.settings.initialization)) })
    let start =
      isTight
      ? runs.branch(making + [once], by: label) : runs.branch(making, by: label) + separate(runs.branch(once))
    return ["torch.manual_seed(\(seed))"] + start + gap
      + runs.branch(plans.map { [optimizer($0)] }) + schedule.beginning + header(seed)
  }

  private func separate(_ lines: [String]) -> [String] { lines.isEmpty ? [] : gap + lines }

  private func optimizer(_ plan: TorchPlan) -> PythonLine {
    let (name, options) = PythonText.options(plan.settings.optimizer)
    let algorithm = PythonValue("algorithm", "torch.optim.\(name)")
    let tuning = PythonValue("tuning", "dict(\(options.joined(separator: ", ")))")
    let written = options.map { ", " + $0 }.joined()
    let others = PythonValue(written, named: ", **tuning", from: tuning)
    return "optimizer = \(algorithm)(model.parameters(), lr=\(learningRate(plan))\(others))"
  }

  private func learningRate(_ plan: TorchPlan) -> PythonValue {
    PythonValue("lr", PythonText.of(plan.stretches[0].settings.optimizer.learningRate))
  }

  // The words of the header, by the names that they have as arguments, where `model` is the network itself.
  private static let header: [(key: String, argument: String, text: @Sendable (Settings) -> String)] = [
    ("model", "network", { SettingsText.of($0.model) }), ("task", "task", { SettingsText.of($0.task) }),
    ("init", "init", { SettingsText.of($0.initialization) }), ("optimizer", "optim", { SettingsText.of($0.optimizer) }),
  ]

  private mutating func header(_ seed: String) -> [String] {
    let texts = Self.header.map { word in
      let written = word.key == "optimizer" ? optimizersByRate : nil
      let texts = written ?? plans.map { PythonValue(word.argument, PythonText.of(word.text($0.settings))) }
      return "\(word.key)=\(runs.expression(texts))"
    }
    return PythonText.call(
      "print(json.dumps(dict(", limit: 115,
      ["trace=\"clipscope\"", "version=1", "seed=\(seed)"] + texts
        + ["parameters=[dict(name=name, shape=list(p.shape)) for name, p in model.named_parameters()]"],
      ")))")
  }

  // `f"sgd lr={lr} …"`, where the optimizers differ in nothing but a rate that Python prints as it is written here, and
  // that is still the rate when the first step comes to use it.
  private var optimizersByRate: [PythonValue]? {
    let words = plans.map { plan in
      let (text, rate) = (SettingsText.of(plan.settings.optimizer), PythonText.of(plan.settings.optimizer.learningRate))
      return (text, rate, named: text.replacing(" lr=\(rate) ", with: " lr={lr} "))
    }
    guard words.allSatisfy({ $0.named == words[0].named && !$0.1.contains("e") }),
      zip(plans, words).allSatisfy({ learningRate($0).written == $1.1 })
    else { return nil }
    return words.map { text, rate, named in
      PythonValue(PythonText.of(text), named: "f" + PythonText.of(named), from: PythonValue("lr", rate))
    }
  }

  // MARK: Steps

  private mutating func loop() -> [String] {
    let steps = runs.expression(
      plans.map { PythonValue("\($0.steps + 1)", named: "steps + 1", from: PythonValue("steps", $0.steps)) })
    var lines = schedule.changes + ["optimizer.zero_grad()"]
    lines += schedule.accumulates ? accumulation() : batch() + ["loss.backward()"]
    lines += [
      "nonfinite = [name for name, p in model.named_parameters() if not p.grad.isfinite().all()]",
      "norms = \(rules.norms)",
    ]
    lines += rules.lines
    lines += rules.skipCondition.map { ["if not \($0):", "    optimizer.step()"] } ?? ["optimizer.step()"]
    let fields =
      [("step", "step"), ("loss", "number(\(schedule.accumulates ? "mean_loss" : "loss.item()"))")] + rules.measured
      + rules.named + [
        ("lr", "optimizer.param_groups[0][\"lr\"]"), ("norms", "norms"),
        ("norms_after", rules.isOff ? "norms" : "after"), ("nonfinite", "nonfinite"),
      ]
    lines += PythonText.call(
      "print(json.dumps(dict(", limit: order.count > 1 ? 111 : 115, fields.map { "\($0.0)=\($0.1)" }, ")))")
    return ["for step in range(1, \(steps)):"] + lines.indented
  }

  private mutating func batch() -> [String] {
    let batches = plans.indices.map { names.calling(tasks[$0].batch, in: $0) }
    let share = schedule.accumulates ? " / accumulate" : ""
    let losses = tasks.map { ["loss = \($0.loss)\(share)"] as [PythonLine] }
    let outliers = schedule.outliers
    return outliers.isEmpty
      ? runs.branch([batches, losses]) : runs.branch(batches) + outliers + runs.branch(losses)
  }

  private mutating func accumulation() -> [String] {
    ["mean_loss = 0", "for n in range(accumulate):  # the mean gradient of several batches, clipped once"]
      + (batch() + ["loss.backward()", "mean_loss += loss.detach()"]).indented
  }
}

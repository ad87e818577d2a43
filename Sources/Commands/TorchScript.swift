import Gradients
import Training

/// Experiments as a program: what is the same in all of them stands once, in a function `train` where there are several;
/// what differs is an argument of it, or a branch on the number of the run.
struct TorchScript {
  // Equal experiments are written once.
  private let plans: [TorchPlan]
  private let order: [Int]
  private let networks: [TorchNetwork]
  private let tasks: [TorchTask]
  private let rules: TorchRules
  private let schedule: TorchSchedule
  private let names: TorchNames
  private let isTight: Bool

  init(_ all: [TorchPlan], isTight: Bool) {
    var plans: [TorchPlan] = []
    order = all.map { plan in
      if let known = plans.firstIndex(of: plan) { return known }
      plans.append(plan)
      return plans.count - 1
    }
    self.plans = plans
    self.isTight = isTight
    let networks = plans.map { TorchNetwork($0.settings, isTight: isTight) }
    let tasks = plans.map { TorchTask($0.settings.task, isTight: isTight) }
    self.networks = networks
    self.tasks = tasks
    names = TorchNames(plans.indices.map { [networks[$0].definition, tasks[$0].definition] })
    rules = TorchRules(plans.flatMap(\.stretches))
    schedule = TorchSchedule(plans, rules, isTight: isTight)
  }

  /// Classes and functions, which draw nothing where they stand.
  var definitions: [[String]] { names.definitions }

  /// The experiments.
  var body: [String] {
    let lines = setup + gap + loop
    guard order.count > 1 else { return lines }
    let parameters = arguments(lines)
    let optional = parameters.filter { $0.values.contains(nil) }.map { "\($0.name)=None" }
    let names =
      parameters.filter { !$0.values.contains(nil) }.map(\.name) + (differ(headerTexts) ? ["header"] : []) + optional
    let calls = order.flatMap { PythonText.call("train(", self.values($0, parameters) + header($0), ")") }
    return ["def train(\(names.joined(separator: ", "))):"] + lines.indented + ["", ""] + calls
  }

  private var gap: [String] { isTight ? [] : [""] }

  // MARK: What differs

  private func arguments(_ lines: [String]) -> [(name: String, values: [String?])] {
    var arguments: [(name: String, values: [String?])] = []
    if lines.contains(where: { $0.contains("run == ") || $0.contains("run in ") || $0.contains("(run, step)") }) {
      arguments.append(("run", plans.indices.map { "\($0 + 1)" }))
    }
    if differ(\.steps) { arguments.append(("steps", plans.map { "\($0.steps)" })) }
    if differ(\.settings.seed) { arguments.append(("seed", plans.map { "\($0.settings.seed)" })) }
    if differ(learningRate) { arguments.append(("lr", plans.map(learningRate))) }
    return arguments + schedule.arguments
  }

  private func values(_ run: Int, _ parameters: [(name: String, values: [String?])]) -> [String] {
    parameters.compactMap { parameter in parameter.values[run].map { "\(parameter.name)=\($0)" } }
  }

  // `header=dict(model=…, task=…, …)`, where the headers differ.
  private func header(_ run: Int) -> [String] {
    guard differ(headerTexts) else { return [] }
    let fields = zip(Self.headerNames, headerTexts(plans[run])).map { "\($0)=\($1)" }
    return ["header=dict(" + fields[0]] + fields[1..<3] + [fields[3] + ")"]
  }

  private func differ<Value: Equatable>(_ value: (TorchPlan) -> Value) -> Bool {
    plans.contains { value($0) != value(plans[0]) }
  }

  private func learningRate(_ plan: TorchPlan) -> String {
    PythonText.of(plan.stretches[0].settings.optimizer.learningRate)
  }

  private func branched(_ sections: [[String]]) -> [String] {
    let distinct = sections.reduce(into: [[String]]()) { if !$0.contains($1) { $0.append($1) } }
    guard distinct.count > 1 else { return distinct[0] }
    // What is empty needs no branch.
    let branches = distinct.filter { !$0.isEmpty }
    return branches.enumerated().flatMap { place, section in
      let runs = sections.indices.filter { sections[$0] == section }.map { "\($0 + 1)" }
      let condition = runs.count == 1 ? "run == \(runs[0])" : "run in (\(runs.joined(separator: ", ")))"
      let isLast = place == distinct.count - 1
      return [isLast ? "else:" : "\(place == 0 ? "if" : "elif") \(condition):"] + section.indented
    }
  }

  // MARK: Before the first step

  private var setup: [String] {
    let seed = differ(\.settings.seed) ? "seed" : "\(plans[0].settings.seed)"
    let making = branched(plans.indices.map { names.renamed(networks[$0].making, in: $0) })
    let once = branched(tasks.map(\.once))
    return ["torch.manual_seed(\(seed))"] + making + (once.isEmpty ? [] : gap + once) + gap
      + branched(plans.map { [optimizer($0)] }) + schedule.beginning + header
  }

  private func optimizer(_ plan: TorchPlan) -> String {
    let lr = differ(learningRate) ? "lr" : learningRate(plan)
    let (name, options) = PythonText.options(plan.settings.optimizer)
    let arguments = (["model.parameters()", "lr=\(lr)"] + options).joined(separator: ", ")
    return "optimizer = torch.optim.\(name)(\(arguments))"
  }

  private static let headerNames = ["model", "task", "init", "optimizer"]

  private func headerTexts(_ plan: TorchPlan) -> [String] {
    let settings = plan.settings
    return [
      PythonText.of(SettingsText.of(settings.model)), PythonText.of(SettingsText.of(settings.task)),
      PythonText.of(SettingsText.of(settings.initialization)), PythonText.of(SettingsText.of(settings.optimizer)),
    ]
  }

  private var header: [String] {
    let seed = differ(\.settings.seed) ? "seed" : "\(plans[0].settings.seed)"
    let texts = zip(Self.headerNames, headerTexts(plans[0])).map { "\($0)=\($1)" }
    return PythonText.call(
      "print(json.dumps(dict(", limit: 115,
      ["trace=\"clipscope\"", "version=1", "seed=\(seed)"]
        + (differ(headerTexts) ? ["**header"] : texts)
        + ["parameters=[dict(name=name, shape=list(p.shape)) for name, p in model.named_parameters()]"],
      ")))")
  }

  // MARK: Steps

  private var loop: [String] {
    var lines = schedule.changes + ["optimizer.zero_grad()"]
    lines += schedule.accumulates ? accumulation : batch + ["loss.backward()"]
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
    let steps = differ(\.steps) ? "steps + 1" : "\(plans[0].steps + 1)"
    return ["for step in range(1, \(steps)):"] + lines.indented
  }

  private var batch: [String] {
    branched(plans.indices.map { names.renamed(tasks[$0].batch, in: $0) }) + schedule.outliers
      + branched(tasks.map { ["loss = \($0.loss)\(schedule.accumulates ? " / accumulate" : "")"] })
  }

  private var accumulation: [String] {
    ["mean_loss = 0", "for n in range(accumulate):  # the mean gradient of several batches, clipped once"]
      + (batch + ["loss.backward()", "mean_loss += loss.detach()"]).indented
  }
}

/// The definitions of several experiments; where two differ that have one name, the later one gets a number.
private struct TorchNames {
  private(set) var definitions: [[String]] = []
  private var replacements: [[(name: String, new: String)]] = []

  init(_ runs: [[[String]]]) {
    var originals: [(name: String, definition: [String], new: String)] = []
    for run in runs {
      var replaced: [(name: String, new: String)] = []
      for definition in run where !definition.isEmpty {
        let name = String(definition[0].drop { $0 != " " }.dropFirst().prefix { $0 != "(" })
        if !originals.contains(where: { $0.definition == definition }) {
          let count = originals.filter { $0.name == name }.count
          let new = count == 0 ? name : "\(name)\(count + 1)"
          originals.append((name, definition, new))
          definitions.append([definition[0].replacing(" \(name)(", with: " \(new)(")] + definition.dropFirst())
        }
        replaced.append((name, originals.first { $0.definition == definition }!.new))
      }
      replacements.append(replaced)
    }
  }

  /// Lines of a run, with its names.
  func renamed(_ lines: [String], in run: Int) -> [String] {
    replacements[run].reduce(lines) { lines, name in
      lines.map { $0.replacing(" \(name.name)()", with: " \(name.new)()") }
    }
  }
}

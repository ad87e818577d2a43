import Gradients
import Optimization
import Training

/// One experiment as the parts of a program.
struct TorchParts {
  let plan: TorchPlan
  let network: TorchNetwork
  private let task: TorchTask
  private let rules: TorchRules

  init(_ plan: TorchPlan) {
    self.plan = plan
    network = TorchNetwork(plan.settings)
    task = TorchTask(plan.settings.task)
    rules = TorchRules(plan)
  }

  /// Classes and functions, which draw nothing where they stand.
  var definitions: [[String]] { [network.definition, task.definition].filter { !$0.isEmpty } }

  /// All of the experiment.
  var body: [String] {
    ["torch.manual_seed(\(plan.settings.seed))"] + network.making + (task.once.isEmpty ? [] : [""] + task.once)
      + ["", optimizer] + settings(of: plan.stretches[0], after: nil) + header + [""] + loop
  }

  // MARK: Before the first step

  private var optimizer: String {
    let lr = plan.stretches[0].settings.optimizer.learningRate
    let (name, options) = Self.options(plan.settings.optimizer)
    let arguments = (["model.parameters()", "lr=\(PythonText.of(lr))"] + options).joined(separator: ", ")
    return "optimizer = torch.optim.\(name)(\(arguments))"
  }

  // The options that are not PyTorch's defaults.
  private static func options(_ optimizer: Optimizer) -> (String, [String]) {
    func option(_ name: String, _ value: Double, unless standard: Double) -> [String] {
      value == standard ? [] : ["\(name)=\(PythonText.of(value))"]
    }
    func options(_ adam: Adam, decay: Double) -> [String] {
      let betas = "betas=(\(PythonText.of(adam.beta1)), \(PythonText.of(adam.beta2)))"
      return (adam.beta1 == 0.9 && adam.beta2 == 0.999 ? [] : [betas])
        + option("eps", adam.epsilon, unless: 1e-8) + option("weight_decay", adam.weightDecay, unless: decay)
    }
    switch optimizer {
    case .sgd(let sgd):
      return (
        "SGD",
        option("momentum", sgd.momentum, unless: 0) + option("dampening", sgd.dampening, unless: 0)
          + (sgd.nesterov ? ["nesterov=True"] : []) + option("weight_decay", sgd.weightDecay, unless: 0)
      )
    case .adam(let adam): return ("Adam", options(adam, decay: 0))
    case .adamw(let adam): return ("AdamW", options(adam, decay: 0.01))
    case .rmsprop(let rmsprop):
      return ("RMSprop", option("alpha", rmsprop.alpha, unless: 0.99) + option("eps", rmsprop.epsilon, unless: 1e-8))
    }
  }

  private var header: [String] {
    let settings = plan.settings
    let fields = [
      ("trace", PythonText.of("clipscope")), ("version", "1"), ("seed", "\(settings.seed)"),
      ("model", PythonText.of(SettingsText.of(settings.model))),
      ("task", PythonText.of(SettingsText.of(settings.task))),
      ("init", PythonText.of(SettingsText.of(settings.initialization))),
      ("optimizer", PythonText.of(SettingsText.of(settings.optimizer))),
      ("parameters", "[{\"name\": name, \"shape\": list(p.shape)} for name, p in model.named_parameters()]"),
    ]
    return Self.printed(fields)
  }

  private static func printed(_ fields: [(String, String)], _ more: [String] = []) -> [String] {
    PythonText.call("print(json.dumps({", fields.map { "\"\($0.0)\": \($0.1)" } + more, "}))")
  }

  // MARK: Steps

  private var loop: [String] {
    var lines = plan.stretches.dropFirst().enumerated().flatMap { place, stretch in
      let changes = settings(of: stretch, after: plan.stretches[place])
      return changes.isEmpty ? [] : ["if step == \(stretch.step):"] + changes.indented
    }
    lines.append("optimizer.zero_grad()")
    lines += accumulates ? accumulation : task.batch + outliers("") + ["loss = \(task.loss)", "loss.backward()"]
    lines += [
      "nonfinite = [name for name, p in model.named_parameters() if not p.grad.isfinite().all()]",
      "norms = \(rules.norms)",
    ]
    lines += rules.lines
    lines += rules.skipCondition.map { ["if not \($0):", "    optimizer.step()"] } ?? ["optimizer.step()"]
    lines += Self.printed(
      [("step", "step"), ("loss", "number(loss.item())")] + rules.measured + rules.named
        + [
          ("lr", "optimizer.param_groups[0][\"lr\"]"), ("norms", "norms"),
          ("norms_after", rules.isOff ? "norms" : "norms_after"), ("nonfinite", "nonfinite"),
        ])
    return ["for step in range(1, \(plan.steps + 1)):"] + lines.indented
  }

  private var accumulates: Bool { plan.stretches.contains { $0.settings.accumulation != 1 } }

  private var accumulation: [String] {
    ["losses = []", "for n in range(accumulate):  # the mean gradient of several batches, clipped once"]
      + (task.batch + outliers(" and n == 0") + [
        "losses.append(\(task.loss))", "(losses[-1] / accumulate).backward()",
      ]).indented + ["loss = torch.stack(losses).mean()"]
  }

  private func outliers(_ condition: String) -> [String] {
    plan.outliers.flatMap { step, outlier in
      let change =
        switch outlier {
        case .scale(let factor): ["y = y * \(PythonText.of(factor))  # a bad batch"]
        case .nan: ["y = y.clone()", "y[0, 0] = math.nan  # a bad batch"]
        }
      return ["if step == \(step)\(condition):"] + change.indented
    }
  }

  // What is set before a step: everything before the first one, afterwards what has changed.
  private func settings(of stretch: TorchPlan.Stretch, after last: TorchPlan.Stretch?) -> [String] {
    var variables = rules.settings(of: stretch, after: last)
    let accumulation = stretch.settings.accumulation
    if accumulates, accumulation != last?.settings.accumulation { variables.append(("accumulate", "\(accumulation)")) }
    let (names, values) = (variables.map(\.0).joined(separator: ", "), variables.map(\.1).joined(separator: ", "))
    var lines = variables.isEmpty ? [] : ["\(names) = \(values)"]
    let lr = stretch.settings.optimizer.learningRate
    if let last, last.settings.optimizer.learningRate != lr {
      lines.append("optimizer.param_groups[0][\"lr\"] = \(PythonText.of(lr))")
    }
    return lines
  }
}

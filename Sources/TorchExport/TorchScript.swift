import Language
import Training

/// The lines of one experiment: what makes it, and the loop over its steps.
struct TorchScript {
  private let plan: TorchPlan
  private let network: TorchNetwork
  private let task: TorchTask
  private let rules: TorchRules
  private let schedule: TorchSchedule
  // The class of the network, where it is one.
  private let className: String?
  // How wide calls may be so that no line is wider than 120.
  private let limit: Int

  /// - Parameter isFunction: whether the lines will be the body of a function.
  init(_ plan: TorchPlan, _ network: TorchNetwork, className: String?, isFunction: Bool) {
    limit = isFunction ? 111 : 115
    (self.plan, self.network, self.className) = (plan, network, className)
    task = TorchTask(plan.settings.task)
    rules = TorchRules(plan.stretches)
    schedule = TorchSchedule(plan, rules)
  }

  /// From the seed to the last step.
  var lines: [String] {
    ["torch.manual_seed(\(plan.settings.seed))"] + (className.map { ["model = \($0)()"] } ?? network.lines)
      + network.initialization + task.once + [""] + [optimizer] + schedule.beginning + header + [""] + loop
  }

  // With the rate that the first step uses, not the one that the optimizer was set up with.
  private var optimizer: String {
    let rate = PythonText.of(plan.stretches[0].settings.optimizer.learningRate)
    let (name, options) = PythonText.optimizer(plan.settings.optimizer)
    let arguments = ["model.parameters()", "lr=\(rate)"] + options
    return "optimizer = torch.optim.\(name)(\(arguments.joined(separator: ", ")))"
  }

  private var header: [String] {
    let settings = plan.settings
    return PythonText.call(
      "print(json.dumps(dict(", limit: limit,
      [
        "trace=\"clipscope\"", "version=1", "seed=\(settings.seed)",
        "model=\(PythonText.of(SettingsText.of(settings.model)))",
        "task=\(PythonText.of(SettingsText.of(settings.task)))",
        "init=\(PythonText.of(SettingsText.of(settings.initialization)))",
        "optimizer=\(PythonText.of(SettingsText.of(settings.optimizer)))",
        "parameters=[dict(name=name, shape=list(p.shape)) for name, p in model.named_parameters()]",
      ], ")))")
  }

  private var loop: [String] {
    let comment = schedule.changes.isEmpty ? "" : "  # {3: new}.get(step, old): new from step 3 on"
    return ["for step in range(1, \(plan.steps + 1)):\(comment)"] + step.indented
  }

  private var step: [String] {
    let measured = [
      "nonfinite = [name for name, p in model.named_parameters() if not p.grad.isfinite().all()]",
      "norms = \(rules.norms)",
    ]
    let update = rules.skipCondition.map { ["if not \($0):", "    optimizer.step()"] } ?? ["optimizer.step()"]
    let loss = schedule.accumulates ? "mean_loss" : "loss.item()"
    let fields =
      [("step", "step"), ("loss", "number(\(loss))")] + rules.fields + [
        ("lr", "optimizer.param_groups[0][\"lr\"]"), ("norms", "norms"),
        ("norms_after", rules.isOff ? "norms" : "after"), ("nonfinite", "nonfinite"),
      ]
    return schedule.changes + ["optimizer.zero_grad()"] + gradients + measured + rules.lines + update
      + PythonText.call("print(json.dumps(dict(", limit: limit, fields.map { "\($0)=\($1)" }, ")))")
  }

  private var gradients: [String] {
    let batch = task.batch + schedule.outliers
    guard schedule.accumulates else { return batch + ["loss = \(task.loss)", "loss.backward()"] }
    return ["mean_loss = 0", "for n in range(accumulate):  # the mean gradient of several batches, clipped once"]
      + (batch + ["loss = \(task.loss) / accumulate", "loss.backward()", "mean_loss += loss.detach()"]).indented
  }
}

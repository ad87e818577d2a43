import Training

/// The settings of an experiment as variables of its program: what they begin with, and how they change on the way.
struct TorchSchedule {
  private static let rate = "optimizer.param_groups[0][\"lr\"]"

  /// What sets the variables before the first step; those of a rule that comes later have a line of their own.
  private(set) var beginning: [String] = []
  /// What changes them when a step begins: a table of steps and values for each.
  let changes: [String]
  /// What changes the targets of a batch; of several batches that a step averages, the first.
  let outliers: [String]
  /// Whether any step averages several batches.
  let accumulates: Bool

  init(_ plan: TorchPlan, _ rules: TorchRules) {
    accumulates = plan.stretches.contains { $0.settings.accumulation != 1 }
    outliers = Self.outliers(plan.outliers.sorted { $0.key < $1.key }, accumulates)
    var values: [String: String] = [:]
    var later: [(name: String, items: [String])] = []
    for stretch in plan.stretches {
      var new: [(name: String, value: String)] = []
      let average = accumulates ? [(name: "accumulate", value: "\(stretch.settings.accumulation)")] : []
      let rate = (name: Self.rate, value: PythonText.of(stretch.settings.optimizer.learningRate))
      for (name, value) in rules.variables(stretch) + average + [rate] {
        // Norms that a rule has seen are forgotten when a rule is given anew, and never otherwise.
        let isSame = name == "history" ? !stretch.forgetsNorms : values[name] == value
        if values.updateValue(value, forKey: name) == nil {
          if name != Self.rate { new.append((name, value)) }
        } else if !isSame {
          if !later.contains(where: { $0.name == name }) { later.append((name, [])) }
          later[later.firstIndex { $0.name == name }!].items.append("\(stretch.step): \(value)")
        }
      }
      guard !new.isEmpty else { continue }
      beginning.append(new.map(\.name).joined(separator: ", ") + " = " + new.map(\.value).joined(separator: ", "))
    }
    changes = later.flatMap { PythonText.call("\($0.name) = {", $0.items, "}.get(step, \($0.name))") }
  }

  private static func outliers(_ outliers: [(key: Int, value: Outlier)], _ accumulates: Bool) -> [String] {
    let closing = "}.get(step, 1)\(accumulates ? " if n == 0 else 1" : "")  # bad batches"
    let factors = outliers.compactMap { step, outlier in
      if case .scale(let factor) = outlier { "\(step): \(PythonText.of(factor))" } else { nil }
    }
    let spoilt = outliers.filter { $0.value == .nan }.map { "\($0.key): math.nan" }
    return (factors.isEmpty ? [] : PythonText.call("y *= {", factors, closing))
      + (spoilt.isEmpty ? [] : PythonText.call("y[0, 0] *= {", spoilt, closing))
  }
}

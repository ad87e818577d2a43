import Training

/// The settings of experiments as variables of a program: what they begin with, and how they change on the way.
struct TorchSchedule {
  private struct Change {
    let run: Int
    let step: Int
    let name: String
    let value: String
  }

  private static let rate = "optimizer.param_groups[0][\"lr\"]"

  private let plans: [TorchPlan]
  private let isTight: Bool
  private var first: [(name: String, values: [String?])] = []
  private var later: [Change] = []
  /// Whether any step averages several batches.
  let accumulates: Bool

  init(_ plans: [TorchPlan], _ rules: TorchRules, isTight: Bool) {
    self.plans = plans
    self.isTight = isTight
    accumulates = plans.contains { $0.stretches.contains { $0.settings.accumulation != 1 } }
    for (run, plan) in plans.enumerated() {
      var known: [String: String] = [:]
      for stretch in plan.stretches {
        for (name, value) in variables(stretch, rules) {
          // Norms that a rule has seen are forgotten when a rule is given anew, and never otherwise.
          let isSame = name == "history" ? !stretch.forgetsNorms : known[name] == value
          if known.updateValue(value, forKey: name) == nil {
            begin(name, value, run)
          } else if !isSame {
            later.append(Change(run: run + 1, step: stretch.step, name: name, value: value))
          }
        }
      }
    }
  }

  private func variables(_ stretch: TorchPlan.Stretch, _ rules: TorchRules) -> [(name: String, value: String)] {
    rules.variables(stretch) + (accumulates ? [("accumulate", "\(stretch.settings.accumulation)")] : [])
      + [(Self.rate, PythonText.of(stretch.settings.optimizer.learningRate))]
  }

  private mutating func begin(_ name: String, _ value: String, _ run: Int) {
    let known = first.firstIndex { $0.name == name }
    if known == nil { first.append((name, plans.map { _ in nil })) }
    first[known ?? first.count - 1].values[run] = value
  }

  // MARK: Before the first step

  /// The variables that begin differently in different runs, with what each run gives them.
  var arguments: [(name: String, values: [String?])] {
    first.filter { $0.name != Self.rate && differs($0) }
  }

  private func differs(_ variable: (name: String, values: [String?])) -> Bool {
    Set(variable.values.compactMap(\.self)).count > 1
  }

  /// What sets the others.
  var beginning: [String] {
    // Without a rule there is only a norm_type at first; it reads better behind max_norm.
    let same =
      first.filter { $0.name != Self.rate && $0.name != "norm_type" && !differs($0) }
      + first.filter { $0.name == "norm_type" && !differs($0) }
    var lines: [(names: String, values: String)] = []
    for variable in same {
      let (name, value) = (variable.name, variable.values.compactMap(\.self)[0])
      if let last = lines.last, last.names.count + last.values.count + name.count + value.count < 100 {
        lines[lines.count - 1] = ("\(last.names), \(name)", "\(last.values), \(value)")
      } else {
        lines.append((name, value))
      }
    }
    return lines.map { "\($0.names) = \($0.values)" }
  }

  // MARK: In a step

  /// What changes settings: by step, or by setting where that is shorter.
  var changes: [String] {
    let (bySteps, bySettings) = (changesByStep, changesBySetting)
    return bySteps.count > bySettings.count + (isTight ? 0 : 2) ? bySettings : bySteps
  }

  private var changesByStep: [String] {
    Set(later.map(\.step)).sorted().flatMap { step in
      let here = later.filter { $0.step == step }
      let runs = Set(here.map(\.run)).sorted()
      let each = runs.map { run in assignments(here.filter { $0.run == run }) }
      guard isForAll(runs, at: step), each.allSatisfy({ $0 == each[0] }) else {
        return zip(runs, each).flatMap { ["if run == \($0) and step == \(step):"] + $1.indented }
      }
      return ["if step == \(step):"] + each[0].indented
    }
  }

  // Whether all runs that get to a step are among these.
  private func isForAll(_ runs: [Int], at step: Int) -> Bool {
    plans.indices.allSatisfy { plans[$0].steps < step || runs.contains($0 + 1) }
  }

  private func assignments(_ changes: [Change]) -> [String] {
    let variables = changes.filter { $0.name != Self.rate }
    let names = variables.map(\.name).joined(separator: ", ")
    return (variables.isEmpty ? [] : ["\(names) = \(variables.map(\.value).joined(separator: ", "))"])
      + changes.filter { $0.name == Self.rate }.map { "\($0.name) = \($0.value)" }
  }

  private var changesBySetting: [String] {
    let names = later.reduce(into: [String]()) { if !$0.contains($1.name) { $0.append($1.name) } }
    return names.flatMap { name in
      lookup("\(name) = {", later.filter { $0.name == name }, else: name)
    }
  }

  // `{4: 2, 7: 3}.get(step, standard)`, by run and step where the runs differ.
  private func lookup(_ opening: String, _ changes: [Change], else standard: String, when condition: String = "")
    -> [String]
  {
    let (key, keys) = places(changes)
    let items = zip(keys, changes).reduce(into: [String]()) { items, item in
      let text = "\(item.0): \(item.1.value)"
      if !items.contains(text) { items.append(text) }
    }
    return PythonText.call(opening, items, "}.get(\(key)\(condition), \(standard))")
  }

  // What a program tells the places of changes by, and what that is at each.
  private func places(_ changes: [Change]) -> (key: String, values: [String]) {
    let isShared = changes.allSatisfy { change in
      let runs = changes.filter { $0.step == change.step && $0.value == change.value }.map(\.run)
      return isForAll(runs, at: change.step)
    }
    return isShared
      ? ("step", changes.map { "\($0.step)" }) : ("(run, step)", changes.map { "(\($0.run), \($0.step))" })
  }

  // MARK: Outliers

  /// What changes the targets of a batch; of several batches that a step averages, the first.
  var outliers: [String] {
    var (scaled, spoilt): ([Change], [Change]) = ([], [])
    for (run, plan) in plans.enumerated() {
      for (step, outlier) in plan.outliers.sorted(by: { $0.key < $1.key }) {
        switch outlier {
        case .scale(let factor):
          scaled.append(Change(run: run + 1, step: step, name: "y", value: PythonText.of(factor)))
        case .nan: spoilt.append(Change(run: run + 1, step: step, name: "y", value: "math.nan"))
        }
      }
    }
    return scale(scaled) + when(spoilt, "y[0, 0] = math.nan")
  }

  private func scale(_ changes: [Change]) -> [String] {
    guard !changes.isEmpty else { return [] }
    let factors = changes.map(\.value).reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
    guard isTight || factors.count > 2 else {
      return factors.flatMap { factor in when(changes.filter { $0.value == factor }, "y = y * \(factor)") }
    }
    var lines = lookup("y = y * {", changes, else: "1", when: accumulates ? " if n == 0 else None" : "")
    if lines[lines.count - 1].count < 92 { lines[lines.count - 1] += "  # bad batches" }
    return lines
  }

  private func when(_ changes: [Change], _ line: String) -> [String] {
    guard !changes.isEmpty else { return [] }
    let (key, values) = places(changes)
    let keys = values.reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
    let condition = keys.count == 1 ? "\(key) == \(keys[0])" : "\(key) in (\(keys.joined(separator: ", ")))"
    return ["if \(condition)\(accumulates ? " and n == 0" : ""):", "    \(line)  # a bad batch"]
  }
}

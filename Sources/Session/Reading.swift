import Formats
import Language
import Optimization
import Training

/// What `print`, `norms` and `stats` show, and the value of a measured number as things stand.
enum Reading {
  /// The value of a quantity now: of the open step as far as it has come, else of the last step.
  static func value(_ quantity: Quantity, _ workbench: Workbench) throws(CommandError.Problem) -> Double {
    if let name = quantity.parameter, !workbench.parameterNames.contains(name) {
      throw .unknownParameter(name, known: workbench.parameterNames)
    }
    if let value = try current(quantity, workbench) { return value }
    if workbench.experiment?.open != nil, measuredInAStep(quantity) { throw .notYet(quantity.text) }
    guard let record = workbench.history.last else { throw .notYet(quantity.text) }
    guard let value = quantity.value(in: record, of: workbench.history, names: workbench.parameterNames) else {
      throw absent(quantity)
    }
    return value
  }

  /// Why a number does not exist at all.
  static func absent(_ quantity: Quantity) -> CommandError.Problem {
    switch quantity {
    case .scalar(.saturated): .notRecorded("saturated does not exist: this network has no units that could saturate")
    case .scalar(.maxNorm): .notRecorded("max_norm does not exist: the clipping rule has none")
    default: .notYet(quantity.text)
    }
  }

  private static func measuredInAStep(_ quantity: Quantity) -> Bool {
    switch quantity {
    case .scalar(.duty), .ofParameter(.updateRatio, _): false
    default: true
    }
  }

  // Numbers that do not wait for a step to be complete.
  private static func current(_ quantity: Quantity, _ workbench: Workbench) throws(CommandError.Problem) -> Double? {
    let open = workbench.experiment?.open
    switch quantity {
    case .scalar(.step): return Double(workbench.experiment?.step ?? 0)
    case .scalar(.lr): return workbench.settings.optimizer.learningRate
    case .scalar(.maxNorm):
      guard let maxNorm = workbench.settings.clipping.rule.maxNorm else { throw absent(quantity) }
      return maxNorm
    case .scalar(.loss): return open?.loss.map(Double.init)
    case .scalar(.saturated): return open?.saturated.map(Double.init)
    case .scalar(.totalNorm): return open?.before.map { Double($0.total) }
    case .scalar(.nonfinite): return open?.nonfinite.map { Double($0.count) }
    case .scalar(.totalNormAfter): return open?.outcome.map { Double($0.after.total) }
    case .scalar(.factor): return open?.outcome.map { Double($0.factor) }
    case .scalar(.clipped): return open?.outcome.map { $0.clipped ? 1 : 0 }
    case .scalar(.duty): return nil
    case .ofParameter(let measure, let name):
      let place = workbench.parameterNames.firstIndex(of: name)!
      switch measure {
      case .norm: return open?.before.map { Double($0.perParameter[place]) }
      case .normAfter: return open?.outcome.map { Double($0.after.perParameter[place]) }
      case .weight: return workbench.experiment.map { Double($0.weightNorms[place]) }
      case .updateRatio: return nil
      case .radius: return try radius(place, name, workbench)
      }
    }
  }

  private static func radius(
    _ place: Int, _ name: String, _ workbench: Workbench
  ) throws(CommandError.Problem) -> Double? {
    guard let values = workbench.experiment?.network.parameters.values[place] else { return nil }
    guard values.rows == values.columns else {
      throw .notRecorded("radius(\(name)) does not exist: \(name) is \(values.rows)×\(values.columns), not square")
    }
    return values.spectralRadius
  }

  /// The norms of the last 100 steps, and what clipping does to them.
  static func stats(_ workbench: Workbench) -> [String] {
    let window = workbench.history.recent(100)
    guard let last = window.last else { return ["no step has been made yet"] }
    let totals = window.map(\.before.total).filter(\.isFinite).sorted()
    func percentile(_ share: Double) -> String {
      totals.isEmpty ? "–" : NumberText.short(totals[Int((share * Double(totals.count - 1)).rounded())])
    }
    var lines = ["the last \(window.count) steps, to step \(last.step):"]
    lines.append(
      "total_norm   smallest \(percentile(0)) · 10 % \(percentile(0.1)) · median \(percentile(0.5))"
        + " · 90 % \(percentile(0.9)) · largest \(percentile(1))")
    if totals.count < window.count { lines.append("not finite   \(window.count - totals.count) steps") }
    lines.append("clipped      \(window.count { $0.outcome.clipped }) of \(window.count) steps")
    let rule = workbench.settings.clipping.rule
    if let maxNorm = rule.maxNorm {
      let above = window.count { rule.clips($0.before) == true }
      let share = NumberText.short(100 * Double(above) / Double(window.count))
      lines.append("max_norm \(NumberText.of(maxNorm)) would have clipped \(share) % of them")
    }
    return lines
  }
}

extension Experiment {
  /// What `print` shows.
  func lines(of printable: Printable, in workbench: Workbench) throws(CommandError.Problem) -> [String] {
    switch printable {
    case .quantity(let quantity):
      return ["\(quantity.text) \(NumberText.of(Float(try Reading.value(quantity, workbench))))"]
    case .values(let name):
      let place = try place(of: name)
      let shape = network.parameters.descriptions[place].shape
      return TensorText.of(network.parameters.values[place].elements, shape, isParameter: true)
    case .gradient(let name):
      let place = try place(of: name)
      return TensorText.of(network.parameters.gradients[place].elements, network.parameters.descriptions[place].shape)
    }
  }

  private func place(of name: String) throws(CommandError.Problem) -> Int {
    guard let place = network.parameters.index(of: name) else {
      throw .unknownParameter(name, known: network.parameters.descriptions.map(\.name))
    }
    return place
  }

  /// What `norms` shows.
  func normLines(in workbench: Workbench) throws(CommandError.Problem) -> [String] {
    guard let before = open?.before ?? workbench.history.last?.before else { throw .notYet("norms") }
    let after = open == nil ? workbench.history.last?.outcome.after : open?.outcome?.after
    let names = network.parameters.descriptions.map(\.name) + ["total"]
    let width = names.map(\.count).max() ?? 0
    func number(_ value: Float) -> String {
      let text = NumberText.of(value)
      return String(repeating: " ", count: max(0, 14 - text.count)) + text
    }
    let values = zip(before.perParameter + [before.total], (after.map { $0.perParameter + [$0.total] }) ?? [])
    let pairs =
      after == nil ? (before.perParameter + [before.total]).map { ($0, Float?.none) } : values.map { ($0, $1) }
    return zip(names, pairs).map { name, pair in
      let padded = name + String(repeating: " ", count: width - name.count)
      return padded + number(pair.0) + (pair.1.map { " →" + number($0) } ?? "")
    }
  }
}

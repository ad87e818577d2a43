import Analysis
import Formats
import Language
import Optimization
import Training

/// What `print`, `norms` and `stats` show, and the value of a measured number as things stand.
enum Reading {
  /// The value of a quantity now: of the open step as far as it has come, else of the last step.
  static func value(_ quantity: Quantity, _ workbench: Workbench) throws(CommandError.Problem) -> Double {
    if quantity.isOfTwin { return try workbench.valueOfTwin(quantity) }
    return try value(quantity, workbench.run, workbench.settings)
  }

  /// The same of a run, or of settings where there is none.
  static func value(
    _ quantity: Quantity, _ run: Run?, _ settings: Settings
  ) throws(CommandError.Problem) -> Double {
    let names = settings.parameters.map(\.name)
    if let name = quantity.parameter, !names.contains(name) { throw .unknownParameter(name, known: names) }
    if let value = try current(quantity, run, settings, names) { return value }
    if let run, run.position.phases > 0, measuredInAStep(quantity) { throw .notYet(quantity.text) }
    guard let run, let record = run.known.last else { throw .notYet(quantity.text) }
    guard let value = run.value(of: quantity, in: record) else { throw absent(quantity) }
    return value
  }

  /// Why a number does not exist at all.
  static func absent(_ quantity: Quantity) -> CommandError.Problem {
    switch quantity {
    case .scalar(.saturated): .notRecorded("saturated does not exist: this network has no units that could saturate")
    case .scalar(.dead):
      .notRecorded("dead does not exist: it is the share of relu units that were at zero in each of ten steps")
    case .scalar(.maxNorm): .notRecorded("max_norm does not exist: the clipping rule has none")
    case .ofParameter(.updateRatio, let name):
      .notRecorded("\(quantity.text) does not exist in this step: \(name) was 0 before it")
    default: .notYet(quantity.text)
    }
  }

  private static func measuredInAStep(_ quantity: Quantity) -> Bool {
    switch quantity {
    case .scalar(.duty), .scalar(.dead), .ofParameter(.updateRatio, _): false
    default: true
    }
  }

  // Numbers that do not wait for a step to be complete.
  private static func current(
    _ quantity: Quantity, _ run: Run?, _ settings: Settings, _ names: [String]
  ) throws(CommandError.Problem) -> Double? {
    let open = run?.present.flatMap { $0.phase == nil ? nil : $0 }
    switch quantity {
    case .scalar(.step): return Double(run?.position.step ?? 0)
    case .scalar(.lr): return settings.optimizer.learningRate
    case .scalar(.maxNorm):
      guard let maxNorm = settings.clipping.rule.maxNorm else { throw absent(quantity) }
      return maxNorm
    case .scalar(.loss): return open?.loss.map(Double.init)
    case .scalar(.saturated): return open?.saturated.map(Double.init)
    case .scalar(.totalNorm): return open?.before.map { Double($0.total) }
    case .scalar(.nonfinite): return open?.nonfinite.map { Double($0.count) }
    case .scalar(.totalNormAfter): return open?.outcome.map { Double($0.after.total) }
    case .scalar(.factor): return open?.outcome.map { Double($0.factor) }
    case .scalar(.clipped): return open?.outcome.map { $0.clipped ? 1 : 0 }
    case .scalar(.duty), .scalar(.dead), .scalar(.distance), .scalar(.parted), .twin: return nil
    case .ofParameter(let measure, let name):
      let index = names.firstIndex(of: name)!
      switch measure {
      case .norm: return open?.before.map { Double($0.perParameter[index]) }
      case .normAfter: return open?.outcome.map { Double($0.after.perParameter[index]) }
      case .weight: return run.map { Double($0.experiment.weightNorms[index]) }
      case .updateRatio: return nil
      case .radius: return try radius(index, name, run)
      }
    }
  }

  private static func radius(
    _ index: Int, _ name: String, _ run: Run?
  ) throws(CommandError.Problem) -> Double? {
    guard let values = run?.experiment.network.parameters.values[index] else { return nil }
    guard values.rows == values.columns else {
      throw .notRecorded("radius(\(name)) does not exist: \(name) is \(values.rows)×\(values.columns), not square")
    }
    return values.spectralRadius
  }

  /// What a command shows.
  static func lines(_ command: LookCommand, _ workbench: Workbench) throws(CommandError.Problem) -> [String] {
    switch command {
    case .print(let printable): try workbench.run?.lines(of: printable, in: workbench) ?? []
    case .norms: try workbench.run?.normLines() ?? []
    case .stats: stats(workbench)
    case .when: workbench.run?.whenLines ?? []
    case .branches: workbench.run?.branchLines() ?? []
    case .marks: workbench.run?.markLines ?? []
    }
  }

  /// The norms of the last `History.window` steps, and what clipping does to them.
  static func stats(_ workbench: Workbench) -> [String] {
    guard let history = workbench.run?.known, let statistics = NormStatistics(history) else {
      return ["no step has been made yet"]
    }
    func percentile(_ share: Double) -> String { statistics.percentile(share).map { NumberText.short($0) } ?? "–" }
    var lines = ["the last \(statistics.count) steps, to step \(statistics.lastStep):"]
    lines.append(
      "total_norm   smallest \(percentile(0)) · 10 % \(percentile(0.1)) · median \(percentile(0.5))"
        + " · 90 % \(percentile(0.9)) · largest \(percentile(1))")
    if statistics.nonfinite > 0 { lines.append("not finite   \(statistics.nonfinite) steps") }
    lines.append("clipped      \(statistics.clipped) of \(statistics.count) steps")
    if statistics.leftOut > 0 { lines.append("left out     \(statistics.leftOut) of \(statistics.count) steps") }
    let rule = workbench.settings.clipping.rule
    if let maxNorm = rule.maxNorm {
      let share = NumberText.short(100 * statistics.share(clippedBy: rule))
      lines.append("max_norm \(NumberText.of(maxNorm)) would have clipped \(share) % of them")
    }
    return lines
  }
}

extension Run {
  /// The value of a quantity in a recorded step, `nil` where it does not exist.
  func value(of quantity: Quantity, in record: StepRecord) -> Double? {
    quantity.value(in: record, of: known, names: experiment.network.parameters.descriptions.map(\.name))
  }

  /// What `print` shows.
  func lines(of printable: Printable, in workbench: Workbench) throws(CommandError.Problem) -> [String] {
    let parameters = experiment.network.parameters
    switch printable {
    case .quantity(let quantity):
      return ["\(quantity.text) \(NumberText.of(Float(try Reading.value(quantity, workbench))))"]
    case .values(let name):
      let index = try index(of: name)
      return TensorText.of(parameters.values[index].elements, parameters.descriptions[index].shape, isParameter: true)
    case .gradient(let name):
      let index = try index(of: name)
      guard let gradients else { throw .stopped }
      return TensorText.of(gradients[index].elements, parameters.descriptions[index].shape)
    }
  }

  private func index(of name: String) throws(CommandError.Problem) -> Int {
    let parameters = experiment.network.parameters
    guard let index = parameters.index(of: name) else {
      throw .unknownParameter(name, known: parameters.descriptions.map(\.name))
    }
    return index
  }

  /// What `norms` shows.
  func normLines() throws(CommandError.Problem) -> [String] {
    guard let before = present?.before else { throw .notYet("norms") }
    let after = present?.outcome?.after
    let names = experiment.network.parameters.descriptions.map(\.name) + ["total"]
    let width = names.map(\.count).max() ?? 0
    func number(_ value: Float) -> String {
      let text = NumberText.of(value)
      return String(repeating: " ", count: max(0, 14 - text.count)) + text
    }
    return names.enumerated().map { index, name in
      func value(_ norms: GradientNorms) -> Float {
        index < norms.perParameter.count ? norms.perParameter[index] : norms.total
      }
      let padded = name + String(repeating: " ", count: width - name.count)
      return padded + number(value(before)) + (after.map { " →" + number(value($0)) } ?? "")
    }
  }
}

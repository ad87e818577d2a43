import Language
import Training

extension Expectation {
  /// Whether it is about a number that does not wait for a step.
  var isOnDemand: Bool {
    guard case .condition(let condition, .now) = self, case .ofParameter(let measure, _) = condition.quantity else {
      return false
    }
    return measure == .radius || measure == .weight
  }
}

extension Workbench {
  /// Tests an expectation against what has been.
  /// - Parameter hasFailed: whether the command before it did.
  /// - Throws: where a number that it names does not exist, or not at that step.
  func test(_ expectation: Expectation, hasFailed: Bool) throws(CommandError.Problem) -> Effect {
    switch expectation {
    case .error:
      let found = hasFailed ? "it failed" : "it did not fail"
      return .expected(expectation, holds: hasFailed, found: "the command before: \(found)")
    case .condition(let condition, let span):
      let (holds, found) = try test(condition, span)
      return .expected(expectation, holds: holds, found: found)
    }
  }

  private func test(
    _ condition: Condition, _ span: Expectation.Span
  ) throws(CommandError.Problem) -> (holds: Bool, found: String) {
    // What has been is what was measured up to now.
    let history = known
    switch span {
    case .now:
      let value = try Reading.value(condition.quantity, self)
      return (condition.holds(for: value), Self.found(condition, value, nil))
    case .at(let step):
      guard let record = history[step: step] else { throw .notRecorded(missing(step, history)) }
      let value = try self.value(condition.quantity, record, history)
      return (condition.holds(for: value), Self.found(condition, value, step))
    case .within(let steps):
      let last = history.lastStep
      guard last > 0 else { throw .nothingToCompare(steps) }
      return try search(condition, max(1, last - steps + 1)...last, history, wanted: true)
    case .always:
      guard history.lastStep > 0 else { throw .notYet(condition.quantity.text) }
      return try search(condition, 1...history.lastStep, history, wanted: false)
    }
  }

  // Looks for the first step where the condition holds (wanted) or does not: that one decides.
  private func search(
    _ condition: Condition, _ steps: ClosedRange<Int>, _ history: History, wanted: Bool
  ) throws(CommandError.Problem) -> (holds: Bool, found: String) {
    guard steps.lowerBound >= history.firstKept ?? .max else { throw .notRecorded(missing(steps.lowerBound, history)) }
    // What came nearest to deciding otherwise: the smallest for `<`, the largest for `>`.
    let wantsSmall = condition.isBelow.map { $0 == wanted } ?? false
    var nearest: (value: Double, step: Int)?
    for step in steps {
      guard let record = history[step: step] else { throw .notRecorded(missing(step, history)) }
      let value = try self.value(condition.quantity, record, history)
      if condition.holds(for: value) == wanted { return (wanted, Self.found(condition, value, step)) }
      if nearest.map({ (wantsSmall ? value < $0.value : value > $0.value) || $0.value.isNaN }) ?? true {
        nearest = (value, step)
      }
    }
    let range = "from step \(steps.lowerBound) to \(steps.upperBound)"
    let extreme = nearest.map {
      "; the \(wantsSmall ? "smallest" : "largest") was \(Self.shown($0.value, condition)) at step \($0.step)"
    }
    return (!wanted, "\(condition.quantity.text): \(wanted ? "nowhere" : "everywhere") \(range)\(extreme ?? "")")
  }

  private func value(
    _ quantity: Quantity, _ record: StepRecord, _ history: History
  ) throws(CommandError.Problem) -> Double {
    if case .ofParameter(.radius, _) = quantity { throw .onDemandOnly(quantity.text) }
    if !quantity.isOfTwin, let name = quantity.parameter, !parameterNames.contains(name) {
      throw .unknownParameter(name, known: parameterNames)
    }
    if quantity.isOfTwin { return try valueOfTwin(quantity, in: record) }
    guard let value = quantity.value(in: record, of: history, names: parameterNames) else {
      throw Reading.absent(quantity)
    }
    return value
  }

  private func missing(_ step: Int, _ history: History) -> String {
    step > history.lastStep
      ? "step \(step) has not been made; the last one is step \(history.lastStep)"
      : "step \(step) is no longer recorded; the first one that is, is step \(history.firstKept ?? history.lastStep)"
  }

  // As many digits as it takes to see that the condition holds, or does not.
  private static func shown(_ value: Double, _ condition: Condition) -> String {
    let short = NumberText.short(value)
    guard let rounded = Double(short), condition.holds(for: rounded) == condition.holds(for: value) else {
      return Double(Float(value)) == value ? NumberText.of(Float(value)) : NumberText.of(value)
    }
    return short
  }

  private static func found(_ condition: Condition, _ value: Double, _ step: Int?) -> String {
    "\(condition.quantity.text) is \(shown(value, condition))" + (step.map { " at step \($0)" } ?? "")
  }
}

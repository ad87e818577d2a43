import Gradients
import Optimization

/// What may be changed while an experiment runs, as the value that it comes to: whatever was typed, the same changes at the
/// same positions lead to the same experiment.
public enum Change: Hashable, Sendable {
  /// A rule is given and in force; it remembers nothing.
  case rule(ClippingRule)
  /// The last rule is in force, or none.
  case clipping(isOn: Bool)
  /// The threshold of the rule.
  case maxNorm(Double)
  /// The order of the rule's norm.
  case normType(Float)
  /// The optimizer's learning rate.
  case learningRate(Double)
  /// A step averages the gradients of so many batches.
  case accumulation(Int)
  /// The next batch's targets are spoilt.
  case outlier(Outlier)

  /// The phase that is the first to read it.
  public var reader: Phase {
    switch self {
    case .accumulation, .outlier: .forward
    case .learningRate: .step
    case .rule, .clipping, .maxNorm, .normType: .clip
    }
  }
}

/// Why an experiment cannot be changed so; nothing has been changed then.
public enum ChangeProblem: Error, Hashable, Sendable {
  /// The rule has no such option.
  case ruleLacks(option: String, ClippingRule)
  /// The task has no targets that are numbers.
  case noNumericTargets(Loss)
  /// It would begin a branch, and the run has as many as it may have.
  case tooManyBranches(limit: Int)
  /// It would begin a branch, and an ``Effort`` was stopped that makes again what was measured before it.
  case stopped
  /// The experiment would need more memory than is allowed.
  case tooLarge(bytes: Double, limit: Int)
}

extension Settings {
  /// Makes a change; an outlier is no setting, and only checked.
  public mutating func apply(_ change: Change) throws(ChangeProblem) {
    switch change {
    case .rule(let rule): (clipping.rule, clipping.isOn) = (rule, true)
    case .clipping(let isOn): clipping.isOn = isOn
    case .maxNorm(let maxNorm):
      guard clipping.rule.maxNorm != nil else { throw .ruleLacks(option: "max_norm", clipping.rule) }
      clipping.rule.maxNorm = maxNorm
    case .normType(let order):
      guard case .norm(var rule) = clipping.rule else { throw .ruleLacks(option: "norm_type", clipping.rule) }
      rule.normType = order
      clipping.rule = .norm(rule)
    case .learningRate(let rate): optimizer.learningRate = rate
    case .accumulation(let count):
      var next = self
      next.accumulation = count
      if case .tooLarge(let bytes, let limit) = next.problem { throw .tooLarge(bytes: bytes, limit: limit) }
      self = next
    case .outlier:
      guard task.hasNumericTargets else { throw .noNumericTargets(task.loss) }
    }
  }
}

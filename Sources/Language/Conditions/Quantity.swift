import Optimization
import Training

/// A measured number, by the name under which conditions and `print` know it.
public enum Quantity: Hashable, Sendable {
  /// A number of the whole experiment.
  case scalar(Scalar)
  /// A number of one parameter.
  case ofParameter(Measure, String)
  /// The same number of the twin.
  indirect case twin(Quantity)

  /// The numbers without an argument.
  public enum Scalar: String, CaseIterable, Hashable, Sendable {
    /// The loss of the step's batch, before the update.
    case loss
    /// The total norm before clipping.
    case totalNorm = "total_norm"
    /// The total norm after clipping, measured.
    case totalNormAfter = "total_norm_after"
    /// The clip coefficient as applied.
    case factor
    /// The share of the last `History.window` steps that were clipped.
    case duty
    /// 1 if the rule changed a gradient, else 0.
    case clipped
    /// The number of parameters whose gradient is not finite.
    case nonfinite
    /// The learning rate.
    case lr
    /// The threshold of the clipping rule.
    case maxNorm = "max_norm"
    /// Completed steps.
    case step
    /// The share of hidden activations, of each unit for each example, that pass all but no gradient.
    case saturated
    /// The share of ReLU units that were at zero for every example of the last ten steps.
    case dead
    /// How far the parameters are from the twin's, over their own norm.
    case distance
    /// The first step after which the twin is another.
    case parted
  }

  /// The numbers of one parameter.
  public enum Measure: String, CaseIterable, Hashable, Sendable {
    /// The norm of its gradient before clipping.
    case norm
    /// The norm of its gradient after clipping.
    case normAfter = "norm_after"
    /// Its own 2-norm.
    case weight
    /// The norm of its last change over its norm before.
    case updateRatio = "update_ratio"
    /// The spectral radius of a square weight, computed when asked for.
    case radius
  }

  /// `total_norm`, `norm(fc1.weight)`.
  public var text: String {
    switch self {
    case .scalar(let scalar): scalar.rawValue
    case .ofParameter(let measure, let name): "\(measure.rawValue)(\(name))"
    case .twin(let quantity): "twin.\(quantity.text)"
    }
  }

  /// Whether it is measured, in float32; settings and counts are not.
  var isMeasured: Bool {
    switch self {
    case .scalar(.step), .scalar(.lr), .scalar(.maxNorm), .scalar(.distance), .scalar(.parted): false
    case .twin(let quantity): quantity.isMeasured
    default: true
    }
  }

  /// The parameter it is about.
  public var parameter: String? {
    if case .ofParameter(_, let name) = self { name } else { nil }
  }

  /// All names, with `P` for a parameter's.
  package static let names =
    Scalar.allCases.map(\.rawValue) + Measure.allCases.map { "\($0.rawValue)(P)" } + ["twin.NUMBER"]

  /// Whether it is about two runs.
  package var isOfTwin: Bool {
    switch self {
    case .twin, .scalar(.distance), .scalar(.parted): true
    default: false
    }
  }

  /// The quantity of this text, `nil` if there is none.
  init?(_ text: String) {
    if text.hasPrefix("twin.") {
      guard let quantity = Quantity(String(text.dropFirst(5))), !quantity.isOfTwin else { return nil }
      self = .twin(quantity)
      return
    }
    if let scalar = Scalar(rawValue: text) {
      self = .scalar(scalar)
      return
    }
    guard text.hasSuffix(")"), let open = text.firstIndex(of: "(") else { return nil }
    guard let measure = Measure(rawValue: String(text[..<open])) else { return nil }
    let name = String(text[text.index(after: open)...].dropLast())
    guard !name.isEmpty else { return nil }
    self = .ofParameter(measure, name)
  }
}

extension Quantity {
  /// The value in a recorded step, `nil` where it does not exist.
  /// - Parameter names: the names of the parameters, in the record's order.
  package func value(in record: StepRecord, of history: History, names: [String]) -> Double? {
    switch self {
    case .scalar(let scalar):
      return Self.value(scalar, in: record, of: history)
    case .ofParameter(let measure, let name):
      guard let index = names.firstIndex(of: name) else { return nil }
      switch measure {
      case .norm: return Double(record.before.perParameter[index])
      case .normAfter: return Double(record.outcome.after.perParameter[index])
      case .weight: return Double(record.weightNorms[index])
      case .updateRatio:
        let ratio = record.updateRatios[index]
        return ratio == StepRecord.noRatio ? nil : Double(ratio)
      case .radius: return nil
      }
    case .twin: return nil
    }
  }

  private static func value(_ scalar: Scalar, in record: StepRecord, of history: History) -> Double? {
    switch scalar {
    case .loss: Double(record.loss)
    case .totalNorm: Double(record.before.total)
    case .totalNormAfter: Double(record.outcome.after.total)
    case .factor: Double(record.outcome.factor)
    case .duty: history.duty(upTo: record.step).map(Double.init)
    case .clipped: record.outcome.clipped ? 1 : 0
    case .nonfinite: Double(record.nonfinite.count)
    case .lr: record.learningRate
    case .maxNorm: record.clipping.rule.maxNorm
    case .step: Double(record.step)
    case .saturated: record.saturated.map(Double.init)
    case .dead: history.dead(upTo: record.step).map(Double.init)
    // What is about two runs is told by whoever has both.
    case .distance, .parted: nil
    }
  }
}

import Numerics

/// What may be done to gradients between the backward pass and the optimizer's step.
public enum ClippingRule: Hashable, Sendable {
  /// `torch.nn.utils.clip_grad_norm_`: all gradients times one factor, so that their total norm is at most `max_norm`
  /// (Pascanu, Mikolov, Bengio 2013).
  case norm(ClipNorm)
  /// `torch.nn.utils.clip_grad_value_`: each element into ±`clip_value` (Mikolov 2012).
  case value(ClipValue)

  /// The order of the norms that go with the rule: `norm_type` where it has one, else 2.
  public var normOrder: Float {
    if case .norm(let rule) = self { rule.normType } else { 2 }
  }

  /// The threshold that `max_norm` turns, where the rule has one.
  public var maxNorm: Double? {
    if case .norm(let rule) = self { rule.maxNorm } else { nil }
  }

  /// Changes the gradients as the rule says.
  /// - Parameters:
  ///   - norms: the gradients' norms of order `normOrder`, as measured before.
  /// - Returns: what was done.
  /// - Throws: `NonfiniteNorm`, before anything is changed, where the rule says `error_if_nonfinite`.
  public func clip(_ gradients: inout [Matrix], _ norms: GradientNorms) throws(NonfiniteNorm) -> ClipOutcome {
    switch self {
    case .norm(let rule): try rule.clip(&gradients, norms)
    case .value(let rule): rule.clip(&gradients, norms)
    }
  }
}

/// What a rule did to the gradients of one step.
public struct ClipOutcome: Hashable, Sendable {
  /// The coefficient as applied; for rules that have no single one, the total norm after by the total norm before.
  public var factor: Float
  /// Whether the rule changed a gradient. A factor of NaN is not clipping.
  public var clipped: Bool
  /// The norms after the rule, measured again wherever it changed anything.
  public var after: GradientNorms

  /// Gradients that nothing was done to.
  public static func untouched(_ norms: GradientNorms) -> ClipOutcome {
    ClipOutcome(factor: 1, clipped: false, after: norms)
  }
}

/// `error_if_nonfinite` met a total norm that is NaN or infinite; no gradient has been changed.
public struct NonfiniteNorm: Error, Hashable, Sendable {
  /// The total norm.
  public let total: Float
  /// Its order.
  public let order: Float
  /// The place of the first parameter whose norm is not finite; `nil` where each is and only their sum overflows.
  public let firstParameter: Int?
}

/// The options of `clip norm`.
public struct ClipNorm: Hashable, Sendable {
  /// The largest total norm that is let through.
  public var maxNorm = 1.0
  /// The order p of the norm; 2 unless told otherwise, infinity for the largest element.
  public var normType: Float = 2
  /// Stop, before anything is changed, when the total norm is NaN or infinite.
  public var errorIfNonfinite = false

  /// max_norm 1, the usual choice, and PyTorch's defaults for the rest.
  public init() {}

  /// The clip coefficient for a total norm, rounded as torch rounds it.
  ///
  /// `max_norm / (total_norm + 1e-6)` is, for a tensor below the fraction, a reciprocal and then a product: three
  /// float32 roundings in all. A plain division is off by one unit in the last place in a quarter of all cases.
  /// NaN passes the clamp.
  public func factor(total: Float) -> Float {
    let padded = total + 1e-6
    let coefficient = (1 / padded) * Float(maxNorm)
    return coefficient.isNaN ? coefficient : min(coefficient, 1)
  }

  // The product is always taken, also by 1: infinity times 0 and NaN have to come out as they do in torch.
  func clip(_ gradients: inout [Matrix], _ norms: GradientNorms) throws(NonfiniteNorm) -> ClipOutcome {
    if errorIfNonfinite, !norms.total.isFinite {
      let first = norms.perParameter.firstIndex { !$0.isFinite }
      throw NonfiniteNorm(total: norms.total, order: normType, firstParameter: first)
    }
    let factor = factor(total: norms.total)
    // A product with 1 changes no bit (of a number that is one), so there is nothing to write and nothing to measure.
    guard factor != 1 else { return .untouched(norms) }
    for index in gradients.indices { gradients[index].scale(by: factor) }
    return ClipOutcome(
      factor: factor, clipped: factor < 1, after: GradientNorms.measure(gradients, order: normType))
  }
}

/// The options of `clip value`.
public struct ClipValue: Hashable, Sendable {
  /// The largest magnitude that is let through.
  public var clipValue = 1.0

  /// clip_value 1.
  public init() {}

  // torch clamps: NaN stays NaN, infinity becomes the bound.
  func clip(_ gradients: inout [Matrix], _ norms: GradientNorms) -> ClipOutcome {
    let bound = Float(clipValue)
    guard gradients.contains(where: { $0.countMagnitudes(above: bound) > 0 }) || bound < 0 else {
      return .untouched(norms)
    }
    for index in gradients.indices { gradients[index].clamp(to: bound) }
    let after = GradientNorms.measure(gradients, order: 2)
    return ClipOutcome(factor: after.total / norms.total, clipped: true, after: after)
  }
}

extension Matrix {
  /// `clamp_(-bound, bound)`: torch takes the larger with the lower bound, then the smaller with the upper one.
  fileprivate mutating func clamp(to bound: Float) {
    for index in elements.indices {
      let element = elements[index]
      if element.isNaN { continue }
      let raised = element < -bound ? -bound : element
      elements[index] = raised > bound ? bound : raised
    }
  }
}

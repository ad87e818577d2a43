import Numerics

/// What may be done to gradients between the backward pass and the optimizer's step.
public enum ClippingRule: Hashable, Sendable {
  /// `torch.nn.utils.clip_grad_norm_`: all gradients times one factor, so that their total norm is at most `max_norm`
  /// (Pascanu, Mikolov, Bengio 2013).
  case norm(ClipNorm)
  /// `torch.nn.utils.clip_grad_value_`: each element into ±`clip_value` (Mikolov 2012).
  case value(ClipValue)
  /// Each parameter's gradient by itself (Keras' `clipnorm`).
  case perParameter(ClipPerParameter)
  /// Each unit's gradient by the norm of the unit's weights (Brock, De, Smith, Simonyan 2021).
  case agc(AdaptiveGradientClipping)
  /// By a percentile of all norms, of many the last 10,000 (Seetharaman, Wichern, Pardo, Le Roux 2020).
  case autoclip(AutoClip)
  /// Norms that stand out from a running mean (Kumar, Owen, Chowdhury, Güra 2025).
  case zclip(ZClip)
  /// No step at all where the norm is too large (Megatron-LM's `grad_norm_skip_threshold`).
  case skip(SkipStep)

  /// The order of the norms that go with the rule: `norm_type` where it has one, else 2.
  public var normOrder: Float {
    if case .norm(let rule) = self { rule.normType } else { 2 }
  }

  /// The threshold that `max_norm` sets, where the rule has one; setting it changes no other rule.
  public var maxNorm: Double? {
    get {
      switch self {
      case .norm(let rule): rule.maxNorm
      case .perParameter(let rule): rule.maxNorm
      case .skip(let rule): rule.maxNorm
      case .value, .agc, .autoclip, .zclip: nil
      }
    }
    set {
      guard let newValue else { return }
      switch self {
      case .norm(var rule):
        rule.maxNorm = newValue
        self = .norm(rule)
      case .perParameter(var rule):
        rule.maxNorm = newValue
        self = .perParameter(rule)
      case .skip(var rule):
        rule.maxNorm = newValue
        self = .skip(rule)
      case .value, .agc, .autoclip, .zclip: break
      }
    }
  }

  /// Whether the rule multiplies all gradients by one factor: what is left is then the norm before times the factor.
  public var hasOneFactor: Bool {
    switch self {
    case .norm, .autoclip, .zclip, .skip: true
    case .value, .perParameter, .agc: false
    }
  }

  /// Whether the rule would change gradients of these norms; `nil` for a rule that looks at more than norms.
  public func clips(_ norms: GradientNorms) -> Bool? {
    switch self {
    case .norm(let rule): rule.factor(total: norms.total) < 1
    case .perParameter(let rule): norms.perParameter.contains { rule.factor(norm: $0) < 1 }
    case .skip(let rule): rule.skips(norms)
    case .value, .agc, .autoclip, .zclip: nil
    }
  }

  /// Changes the gradients as the rule says.
  /// - Parameters:
  ///   - norms: the gradients' norms of order `normOrder`, as measured before.
  ///   - values: the parameters that the gradients are of.
  ///   - state: what the rule remembers of earlier steps; of this one it remembers nothing before `remember`.
  /// - Returns: what was done.
  /// - Throws: `NonfiniteNorm`, before anything is changed, where the rule says `error_if_nonfinite`.
  public func clip(
    _ gradients: inout [Matrix], _ norms: GradientNorms, values: [Matrix], state: inout ClippingState
  ) throws(NonfiniteNorm) -> ClipOutcome {
    state.pending = nil
    // At the first step, and not at the first that is clipped.
    state.after.perParameter.reserveCapacity(gradients.count)
    return switch self {
    case .norm(let rule): try rule.clip(&gradients, norms, state: &state)
    case .value(let rule): rule.clip(&gradients, norms, state: &state)
    case .perParameter(let rule): rule.clip(&gradients, norms, state: &state)
    case .agc(let rule): rule.clip(&gradients, norms, values: values, state: &state)
    case .autoclip(let rule): rule.clip(&gradients, norms, state: &state)
    case .zclip(let rule): rule.clip(&gradients, norms, state: &state)
    case .skip(let rule): rule.outcome(norms)
    }
  }

  /// The step whose gradients were clipped last is complete: the rule remembers its norm.
  public func remember(_ state: inout ClippingState) {
    guard let norm = state.pending else { return }
    state.pending = nil
    switch self {
    case .autoclip: state.memory.recentNorms.append(Float(norm))
    case .zclip(let rule): rule.remember(norm, in: &state.memory)
    case .norm, .value, .perParameter, .agc, .skip: break
    }
  }
}

/// What goes with a rule from step to step. It begins empty with each new rule.
public struct ClippingState: Sendable {
  /// What the rule remembers of completed steps.
  public internal(set) var memory = ClippingMemory()
  // What it will remember of the step that is being made, once that is complete.
  var pending: Double?
  // Scratch for what a rule leaves, used again at each step.
  var after = GradientNorms(perParameter: [], total: 0, order: 2)

  /// A state that remembers nothing yet.
  public init() {}

  /// The state of a rule that remembers so much.
  public init(_ memory: ClippingMemory) { self.memory = memory }
}

/// What a rule remembers of completed steps: part of the experiment, of its snapshots and its digest.
///
/// A norm that is NaN or infinite never enters it: one such step would spoil all that follow.
public struct ClippingMemory: Equatable, Sendable {
  /// A running mean and variance.
  struct Average: Equatable, Sendable {
    let mean: Double
    let variance: Double
  }

  /// The last norms; AutoClip's.
  var recentNorms = RecentNorms()
  /// The first norms, until there are enough to begin with; ZClip's.
  var firstNorms: [Double] = []
  /// The running mean and variance of norms, once there is one; ZClip's.
  var average: Average?

  /// The memory that it takes beside the value itself, in bytes.
  public var bytes: Int { 8 * recentNorms.count + 8 * firstNorms.count }

  /// Takes all of it into a digest; nothing where nothing is remembered.
  public func combine(into digest: inout Digest) {
    if recentNorms.count > 0 { digest.combine(recentNorms.byTime) }
    for norm in firstNorms { digest.combine(norm.bitPattern) }
    for number in [average?.mean, average?.variance].compactMap(\.self) { digest.combine(number.bitPattern) }
  }
}

/// What a rule did to the gradients of one step.
public struct ClipOutcome: Hashable, Sendable {
  /// The coefficient as applied; for rules that have no single one, the total norm after by the total norm before.
  public var factor: Float
  /// Whether the rule changed a gradient, or left the step out. A factor of NaN is not clipping.
  public var clipped: Bool
  /// Whether the optimizer is not to make this step.
  public var skipsStep = false
  /// The norms after the rule, measured again wherever it changed anything.
  public var after: GradientNorms

  /// What a rule did.
  public init(factor: Float, clipped: Bool, skipsStep: Bool = false, after: GradientNorms) {
    (self.factor, self.clipped, self.skipsStep, self.after) = (factor, clipped, skipsStep, after)
  }

  /// Whether no bit of a gradient was changed, and the step is made.
  public var isUntouched: Bool { factor == 1 && !clipped }

  /// Gradients that nothing was done to.
  public static func untouched(_ norms: GradientNorms) -> ClipOutcome {
    ClipOutcome(factor: 1, clipped: false, after: norms)
  }

  /// Gradients that were changed by more than one factor.
  static func changed(_ gradients: [Matrix], from norms: GradientNorms, _ state: inout ClippingState) -> ClipOutcome {
    state.after.measure(gradients, order: norms.order)
    return ClipOutcome(factor: state.after.total / norms.total, clipped: true, after: state.after)
  }
}

/// `error_if_nonfinite` met a total norm that is NaN or infinite; no gradient has been changed.
public struct NonfiniteNorm: Error, Hashable, Sendable {
  /// The total norm.
  public let total: Float
  /// Its order.
  public let order: Float
  /// The index of the first parameter whose norm is not finite; `nil` where each is and only their sum overflows.
  public let firstParameter: Int?
}

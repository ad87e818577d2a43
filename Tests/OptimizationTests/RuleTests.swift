import Numerics
import Optimization
import Testing

/// What every rule has to keep, on every kind of gradient, and what each promises for itself.
struct RuleTests {
  @Test(arguments: rules)
  func everyRuleKeepsTheLaws(_ rule: Rule) {
    for kind in kinds {
      #expect(failures(of: rule, on: kind) == [], "\(rule.name) on \(kind.name)")
    }
  }

  /// A battery that everything passes proves nothing: each of these rules breaks one law.
  @Test(arguments: broken)
  func brokenRuleFails(_ rule: Rule) {
    #expect(kinds.contains { !failures(of: rule, on: $0).isEmpty })
  }

  // MARK: What each rule promises

  @Test func normBoundsTheTotal() {
    for kind in kinds where kind.isFinite {
      let (after, outcome) = clip(.norm(ClipNorm(maxNorm: 0.5)), kind)
      #expect(outcome.after.total <= 0.5 * 1.000001, "\(kind.name)")
      _ = after
    }
  }

  @Test func perParameterBoundsEachAndTouchesNoOther() {
    var rule = ClipPerParameter()
    rule.maxNorm = 1
    var gradients = [row([30, 0]), row([0.4, 0])]
    let outcome = apply(.perParameter(rule), &gradients)
    #expect(gradients[0].elements == [1, 0])
    #expect(gradients[1].elements == [0.4, 0])
    #expect(outcome.clipped)
    gradients = [row([.nan, 1]), row([3, 4])]
    _ = apply(.perParameter(rule), &gradients)
    #expect(gradients[0].elements.allSatisfy { $0.isNaN })
    #expect(zip(gradients[1].elements, [0.6, 0.8]).allSatisfy { isNear($0, $1) })
    // Up to max_norm the factor is 1 exactly, also where 1/max · max is not.
    rule.maxNorm = 0.3
    gradients = [row([0.1, 0.2])]
    #expect(!apply(.perParameter(rule), &gradients).clipped)
    #expect(gradients[0].elements == [0.1, 0.2])
  }

  /// Unit by unit: a row with small weights is clipped beside one with large ones; weights at zero count as eps.
  @Test func agcLooksAtTheWeights() {
    var rule = AdaptiveGradientClipping()
    rule.clipping = 0.1
    let weights = [Matrix(rows: 3, columns: 2, elements: [3, 4, 0.3, 0.4, 0, 0]), row([0, 5])]
    var gradients = [Matrix(rows: 3, columns: 2, elements: [0.3, 0.4, 0.3, 0.4, 3, 4]), row([6, 8])]
    let outcome = apply(.agc(rule), &gradients, weights)
    let expected: [Float] = [0.3, 0.4, 0.03, 0.04, 0.6e-4, 0.8e-4, 0.3, 0.4]
    #expect(zip(gradients.flatMap(\.elements), expected).allSatisfy { isNear($0, $1) })
    #expect(outcome.clipped)
  }

  /// numpy's figures for norms 1, 2, 3, 4, 100, 2, 2.
  @Test(arguments: [
    (10.0, [1, 1.1, 1.2, 1.3, 1.4, 1.5, 1.6]), (90.0, [1, 1.9, 2.8, 3.7, 61.6, 52, 42.4]),
  ])
  func autoclipTakesThePercentile(_ percentile: Double, _ thresholds: [Double]) {
    var rule = AutoClip()
    rule.percentile = percentile
    var state = ClippingState()
    for (norm, threshold) in zip([1, 2, 3, 4, 100, 2, 2] as [Float], thresholds) {
      var gradients = [row([norm])]
      let outcome = apply(.autoclip(rule), &gradients, state: &state)
      #expect(
        outcome.factor == ClipNorm(maxNorm: threshold).factor(total: norm)
          || isNear(outcome.after.total, Float(threshold)))
      #expect(isNear(outcome.after.total, min(norm, Float(threshold)), relative: 2e-6))
    }
  }

  /// The formula once more: mean 2, variance 0.5 of 1, 2, 3, 2; then a norm of 10.
  @Test func zclipPullsBackWhatStandsOut() {
    var rule = ZClip()
    (rule.warmup, rule.threshold, rule.alpha) = (4, 2.5, 0.97)
    var state = ClippingState()
    for norm in [1, 2, 3, 2] as [Float] {
      var gradients = [row([norm])]
      #expect(!apply(.zclip(rule), &gradients, state: &state).clipped)
    }
    let deviation = 0.5.squareRoot()
    let bound = 2 + 2.5 * 2.5 / (8 / (deviation + 1e-6)) * deviation
    var gradients = [row([10])]
    #expect(isNear(apply(.zclip(rule), &gradients, state: &state).after.total, Float(bound), relative: 2e-6))
    let mean = 0.97 * 2 + 0.03 * bound
    let variance = 0.97 * 0.5 + 0.03 * (bound - mean) * (bound - mean)
    let next = mean + 2.5 * 2.5 / ((20 - mean) / (variance.squareRoot() + 1e-6)) * variance.squareRoot()
    gradients = [row([20])]
    #expect(isNear(apply(.zclip(rule), &gradients, state: &state).after.total, Float(next), relative: 2e-6))
  }

  /// One NaN in between changes nothing of what comes after, and an infinite norm nothing that AutoClip remembers.
  @Test(arguments: [Float.nan, .infinity])
  func nonfiniteNormsDoNotEnterTheState(_ poison: Float) {
    var zclip = ZClip()
    zclip.warmup = 3
    for rule in [ClippingRule.autoclip(AutoClip()), .zclip(zclip)] {
      if case .zclip = rule, poison.isInfinite { continue }
      var (clean, poisoned) = (ClippingState(), ClippingState())
      for norm in [1, 2, 1.5, 4, 1, 50, 2] as [Float] {
        var gradients = [row([norm, 0])]
        let expected = apply(rule, &gradients, state: &clean)
        if norm == 1, poisoned.memory == ClippingState().memory {
          var first = [row([norm, 0])]
          _ = apply(rule, &first, state: &poisoned)
          continue
        }
        var bad = [row([poison, 1])]
        let outcome = apply(rule, &bad, state: &poisoned)
        #expect(outcome.clipped == poison.isInfinite, "there is a norm before it")
        if poison.isNaN { #expect(bits(bad[0].elements) == bits([poison, 1])) }
        var again = [row([norm, 0])]
        #expect(apply(rule, &again, state: &poisoned) == expected)
        #expect(again == gradients)
      }
      #expect(clean.memory == poisoned.memory)
    }
  }

  /// An infinite norm of finite gradients: both rules multiply by 0 and go on, as clip_grad_norm_ does with their threshold.
  @Test func anInfiniteNormHasTheFactorZero() {
    var zclip = ZClip()
    zclip.warmup = 3
    for rule in [ClippingRule.autoclip(AutoClip()), .zclip(zclip)] {
      var state = ClippingState()
      for norm in [1, 2, 1.5, 1.2] as [Float] {
        var gradients = [row([norm, 0])]
        _ = apply(rule, &gradients, state: &state)
      }
      var large = [row([3e20, 3e20])]
      let outcome = apply(rule, &large, state: &state)
      #expect(outcome.factor == 0 && outcome.clipped && outcome.after.total == 0, "\(rule)")
      #expect(large == [row([0, 0])])
      var next = [row([1, 0])]
      #expect(apply(rule, &next, state: &state).after.total.isFinite, "the next step goes on")
    }
    // While ZClip only collects, and before AutoClip has seen anything, there is no threshold.
    for rule in [ClippingRule.autoclip(AutoClip()), .zclip(zclip)] {
      var (state, large) = (ClippingState(), [row([3e20, 3e20])])
      #expect(!apply(rule, &large, state: &state).clipped && large == [row([3e20, 3e20])])
    }
  }

  @Test(arguments: [(0.9, false), (1, false), (1.0001, true), (.infinity, true), (.nan, true)] as [(Float, Bool)])
  func skipLeavesTheStepOut(_ norm: Float, _ skips: Bool) {
    var gradients = [row([norm, 0])]
    let outcome = apply(.skip(SkipStep()), &gradients)
    #expect(outcome.skipsStep == skips)
    #expect(outcome.clipped == skips)
    #expect(outcome.factor == 1)
    #expect(bits(gradients[0].elements) == bits([norm, 0]))
  }

  @Test func maxNormTurnsTheRulesThatHaveOne() {
    for rule in [ClippingRule.norm(ClipNorm()), .perParameter(ClipPerParameter()), .skip(SkipStep())] {
      var changed = rule
      changed.maxNorm = 7
      #expect(changed.maxNorm == 7)
      #expect(changed != rule)
    }
    for rule in [
      ClippingRule.value(ClipValue()), .agc(AdaptiveGradientClipping()), .autoclip(AutoClip()), .zclip(ZClip()),
    ] {
      var changed = rule
      changed.maxNorm = 7
      #expect(changed.maxNorm == nil)
      #expect(changed == rule)
    }
  }

  @Test func errorNamesTheFirstParameter() {
    var rule = ClipNorm()
    rule.errorIfNonfinite = true
    var gradients = [row([1]), row([.infinity]), row([.nan])]
    let norms = GradientNorms.measure(gradients, order: 2)
    var state = ClippingState()
    let error = #expect(throws: NonfiniteNorm.self) {
      try ClippingRule.norm(rule).clip(&gradients, norms, values: gradients, state: &state)
    }
    #expect(error?.firstParameter == 1)
    gradients = [row([3e19, 3e19]), row([3e19])]
    let large = GradientNorms(perParameter: [3e19, 3e19], total: .infinity, order: 2)
    let overflow = #expect(throws: NonfiniteNorm.self) {
      try ClippingRule.norm(rule).clip(&gradients, large, values: gradients, state: &state)
    }
    #expect(overflow?.firstParameter == nil)
  }
}

// MARK: The battery

/// A rule, or something that pretends to be one.
struct Rule: Sendable, CustomStringConvertible {
  var name: String
  var clip: @Sendable (inout [Matrix], GradientNorms, [Matrix], inout ClippingState) -> ClipOutcome
  var order: Float = 2

  var description: String { name }

  init(_ name: String, _ rule: ClippingRule) {
    self.name = name
    order = rule.normOrder
    clip = { gradients, norms, values, state in
      defer { rule.remember(&state) }
      return try! rule.clip(&gradients, norms, values: values, state: &state)
    }
  }

  init(
    _ name: String,
    clip: @escaping @Sendable (inout [Matrix], GradientNorms, [Matrix], inout ClippingState) -> ClipOutcome
  ) {
    (self.name, self.clip) = (name, clip)
  }
}

private let rules: [Rule] = {
  var orders: [Rule] = []
  for order in [1, 2, 3, .infinity] as [Float] {
    var rule = ClipNorm(maxNorm: 0.5)
    rule.normType = order
    orders.append(Rule("norm of order \(order)", .norm(rule)))
  }
  var zclip = ZClip()
  zclip.warmup = 1
  return orders + [
    Rule("value", .value(ClipValue())), Rule("per-parameter", .perParameter(ClipPerParameter())),
    Rule("agc", .agc(AdaptiveGradientClipping())), Rule("autoclip", .autoclip(AutoClip())),
    Rule("zclip", .zclip(zclip)), Rule("skip", .skip(SkipStep())),
  ]
}()

private let broken: [Rule] = [
  Rule("says clipped and does nothing") { _, norms, _, _ in ClipOutcome(factor: 0.5, clipped: true, after: norms) },
  Rule("clips and says nothing") { gradients, norms, _, _ in
    for index in gradients.indices { gradients[index].scale(by: 0.5) }
    return .untouched(norms)
  },
  Rule("makes gradients longer") { gradients, norms, _, _ in
    for index in gradients.indices { gradients[index].scale(by: 2) }
    return ClipOutcome(factor: 2, clipped: true, after: GradientNorms.measure(gradients, order: 2))
  },
  Rule("measures before it clips") { gradients, norms, _, _ in
    for index in gradients.indices { gradients[index].scale(by: 0.5) }
    return ClipOutcome(factor: 0.5, clipped: true, after: norms)
  },
  Rule("hides a NaN") { gradients, norms, _, _ in
    for index in gradients.indices where gradients[index].countNonfinite() > 0 { gradients[index].fill(0) }
    return norms.total.isFinite
      ? .untouched(norms)
      : ClipOutcome(factor: 0, clipped: true, after: GradientNorms.measure(gradients, order: 2))
  },
]

/// Gradients of one kind.
struct Kind: Sendable {
  var name: String
  var gradients: [Matrix]

  var isFinite: Bool { gradients.allSatisfy { $0.countNonfinite() == 0 } }
  var hasNaN: Bool { gradients.contains { $0.elements.contains(where: \.isNaN) } }
}

private let kinds: [Kind] = [
  Kind(name: "ordinary", gradients: [Matrix(rows: 2, columns: 2, elements: [3, -4, 0.5, 2]), row([0, 12])]),
  Kind(name: "small", gradients: [Matrix(rows: 2, columns: 2, elements: [3e-4, -4e-4, 0, 1e-5]), row([1e-4, 0])]),
  Kind(name: "one element", gradients: [row([7])]), Kind(name: "zeros", gradients: [row([0, -0.0]), row([0])]),
  Kind(name: "subnormal", gradients: [row([0x1p-133, -0x1p-140]), row([0x1p-149])]),
  Kind(name: "squares underflow", gradients: [row([1e-30, 1e-30])]),
  Kind(name: "large", gradients: [row([1e19, 1e19]), row([1])]),
  Kind(name: "squares overflow", gradients: [row([1e20, -1e20]), row([1, -0.0])]),
  Kind(name: "infinity", gradients: [row([3, .infinity]), row([1, 2])]),
  Kind(name: "minus infinity", gradients: [row([-.infinity, 0, -0.0]), row([5])]),
  Kind(name: "NaN", gradients: [row([3, .nan]), row([1, 2])]),
  Kind(name: "NaN and infinity", gradients: [row([.infinity, 1]), row([.nan, -0.0])]),
]

/// Which laws a rule breaks on gradients of a kind, the first time it sees them and after it has seen others.
private func failures(of rule: Rule, on kind: Kind) -> [String] {
  let values = kind.gradients.map { Matrix(rows: $0.rows, columns: $0.columns, repeating: 0.1) }
  var state = ClippingState()
  var seen: [String] = []
  for norm in [nil, 1, 2, 1.5, nil] as [Float?] {
    var gradients =
      norm.map { norm in kind.gradients.map { Matrix(rows: $0.rows, columns: $0.columns, repeating: norm) } }
      ?? kind.gradients
    let before = gradients
    let norms = GradientNorms.measure(gradients, order: rule.order)
    let outcome = rule.clip(&gradients, norms, values, &state)
    if norm == nil { seen += brokenLaws(outcome, norms, before, gradients) }
  }
  return seen
}

private func brokenLaws(
  _ outcome: ClipOutcome, _ norms: GradientNorms, _ before: [Matrix], _ after: [Matrix]
) -> [String] {
  var failures: [String] = []
  let measured = GradientNorms.measure(after, order: norms.order)
  if bits(outcome.after.perParameter + [outcome.after.total]) != bits(measured.perParameter + [measured.total]) {
    failures.append("the norms after are not those of the gradients")
  }
  let isSame = before.map { bits($0.elements) } == after.map { bits($0.elements) }
  let isSpoilt =
    !before.contains { $0.elements.contains(where: \.isNaN) } && after.contains { $0.elements.contains(where: \.isNaN) }
  // A factor below 1 counts as clipping, also of zeros, which it leaves as they are.
  if outcome.clipped && !outcome.skipsStep && isSame && norms.total > 0 {
    failures.append("clipped, and nothing has changed")
  }
  // Only a factor of NaN changes without clipping: it leaves NaN where there was a number.
  if !outcome.clipped && !isSame && norms.total.isFinite { failures.append("changed, and not clipped") }
  if isSpoilt && norms.total.isFinite { failures.append("NaN out of finite norms") }
  if norms.total.isFinite && !(measured.total <= norms.total * 1.000001) { failures.append("the norm has grown") }
  for (old, new) in zip(before.flatMap(\.elements), after.flatMap(\.elements)) {
    if old.isNaN && !new.isNaN { failures.append("a NaN has disappeared") }
    if old == 0 && new.bitPattern != old.bitPattern && norms.total.isFinite { failures.append("a zero has changed") }
    if (old > 0 && new < 0) || (old < 0 && new > 0) { failures.append("a sign has changed") }
    if new.magnitude > old.magnitude { failures.append("an element has grown") }
  }
  return failures
}

private func row(_ elements: [Float]) -> Matrix { Matrix(rows: 1, columns: elements.count, elements: elements) }

private func apply(
  _ rule: ClippingRule, _ gradients: inout [Matrix], _ values: [Matrix]? = nil, state: inout ClippingState
) -> ClipOutcome {
  let norms = GradientNorms.measure(gradients, order: rule.normOrder)
  defer { rule.remember(&state) }
  return try! rule.clip(&gradients, norms, values: values ?? gradients, state: &state)
}

private func apply(_ rule: ClippingRule, _ gradients: inout [Matrix], _ values: [Matrix]? = nil) -> ClipOutcome {
  var state = ClippingState()
  return apply(rule, &gradients, values, state: &state)
}

private func clip(_ rule: ClippingRule, _ kind: Kind) -> ([Matrix], ClipOutcome) {
  var gradients = kind.gradients
  let outcome = apply(rule, &gradients)
  return (gradients, outcome)
}

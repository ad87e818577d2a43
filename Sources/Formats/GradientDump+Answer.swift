import Language
import Optimization

/// Answers what a rule would do to dumped gradients. A value: rules that remember go on from line to line.
public struct DumpClipper: Sendable {
  private var state = ClippingState()
  private var lastRule: ClippingRule?

  /// Nothing remembered yet.
  public init() {}

  /// The answer to a dump, a line of JSON: the norms, the factor and the gradients after.
  /// - Throws: why the rule cannot be tried on these gradients.
  public mutating func answer(_ dump: GradientDump) throws(DumpError) -> String {
    switch try Self.rule(dump.options) {
    case .norm(let rule): try Self.norm(dump, rule)
    case .value(let rule): try Self.value(dump, rule.clipValue)
    case let rule: try other(dump, rule)
    }
  }

  /// The answer to what could not be read.
  public static func error(_ message: String) -> String { JSON.object([("error", .string(message))]).text }

  // MARK: torch's rules

  private static func norm(_ dump: GradientDump, _ rule: ClipNorm) throws(DumpError) -> String {
    let (maxNorm, isStrict) = (rule.maxNorm, rule.errorIfNonfinite)
    var order = Double(rule.normType)
    // As it was given: in float64 it may be beyond the range of the rule's float32.
    if case .number(let given) = dump.options.values["norm_type"] { order = given }
    if order == .infinity || order < 0, let empty = dump.gradients.first(where: \.values.isEmpty) {
      throw DumpError(
        "\(VisibleText.of(empty.name)) has no elements, and nothing has no norm of order \(NumberText.of(order)): torch refuses it, too"
      )
    }
    do throws(GradientClipping.NonfiniteTotal) {
      switch dump.format {
      case .float32:
        var gradients = dump.singles
        let total = try GradientClipping.clipNorm(
          &gradients, maxNorm: maxNorm, normType: order, errorIfNonfinite: isStrict)
        let factor = GradientClipping.coefficient(total: Float(total), maxNorm: Float(maxNorm))
        let after = GradientClipping.totalNorm(gradients, normType: order)
        return dump.answer(Float(total), factor, after, gradients)
      case .float64:
        var gradients = dump.gradients.map(\.values)
        let total = try GradientClipping.clipNorm(
          &gradients, maxNorm: maxNorm, normType: order, errorIfNonfinite: isStrict)
        let factor = GradientClipping.coefficient(total: total, maxNorm: maxNorm)
        return dump.answer(total, factor, GradientClipping.totalNorm(gradients, normType: order), gradients)
      }
    } catch {
      let name = dump.gradients.first { $0.values.contains { !$0.isFinite } }?.name
      let overflowing = error.firstGradient.map { dump.gradients[$0].name }
      let culprit =
        name.map { "; the first with an element that is not finite is \(VisibleText.of($0))" }
        ?? overflowing.map { "; every element is finite, the norm of \(VisibleText.of($0)) overflows" }
        ?? "; each gradient's norm is finite, their total overflows"
      throw DumpError(error.message + culprit)
    }
  }

  private static func value(_ dump: GradientDump, _ bound: Double) throws(DumpError) -> String {
    if dump.format == .float32, bound.isFinite, !Float(bound).isFinite {
      throw DumpError("clip_value \(NumberText.of(bound)) is beyond the range of float32: torch refuses it, too")
    }
    switch dump.format {
    case .float32:
      var gradients = dump.singles
      let before: Float = GradientClipping.totalNorm(gradients, normType: 2)
      GradientClipping.clipValue(&gradients, clipValue: bound)
      let after: Float = GradientClipping.totalNorm(gradients, normType: 2)
      return dump.answer(before, gradients == dump.singles ? 1 : after / before, after, gradients)
    case .float64:
      var gradients = dump.gradients.map(\.values)
      let before: Double = GradientClipping.totalNorm(gradients, normType: 2)
      GradientClipping.clipValue(&gradients, clipValue: bound)
      let after: Double = GradientClipping.totalNorm(gradients, normType: 2)
      return dump.answer(before, gradients == dump.gradients.map(\.values) ? 1 : after / before, after, gradients)
    }
  }

  // MARK: the other rules

  private mutating func other(_ dump: GradientDump, _ rule: ClippingRule) throws(DumpError) -> String {
    guard dump.format == .float32 else {
      throw DumpError("float64 is there for norm and value; the other rules are float32")
    }
    if case .agc = rule, let gradient = dump.gradients.first(where: { $0.weights?.count != $0.values.count }) {
      throw DumpError("agc needs the \"weights\" of \(VisibleText.of(gradient.name)), as many as it has values")
    }
    if rule != lastRule { state = ClippingState() }
    lastRule = rule
    // What is empty has no rows, whatever its shape says of them.
    let shapes = dump.gradients.map { $0.values.isEmpty ? [0] : $0.shape }
    let answer = rule.clip(
      dump.singles, shapes: shapes,
      weights: dump.gradients.map { ($0.weights ?? $0.values).map(Float.init) }, state: &state)
    // The gradients are what they were; what the rule has done is to leave the update out.
    var isSkipped: Bool?
    if case .skip = rule { isSkipped = answer.outcome.skipsStep }
    return dump.answer(
      answer.total, answer.outcome.factor, answer.outcome.after.total, answer.gradients, isSkipped: isSkipped)
  }

  // The rule's own defaults wherever the options say nothing.
  private static func rule(_ options: RuleOptions) throws(DumpError) -> ClippingRule {
    let (rules, name) = (Variants.clippingRules, options.rule ?? "norm")
    guard let rule = rules.first(where: { $0.name == name })?.with(options.values) else {
      let known = rules.map(\.name).joined(separator: ", ")
      throw DumpError("there is no rule \(VisibleText.of(name)); the rules are \(known)")
    }
    if case .autoclip(let rule) = rule, !(0...100).contains(rule.percentile) {
      throw DumpError("percentile must be from 0 to 100")
    }
    return rule
  }
}

extension GradientDump {
  /// The values as float32.
  fileprivate var singles: [[Float]] { gradients.map { $0.values.map { Float($0) } } }

  fileprivate func answer(
    _ total: Float, _ factor: Float, _ after: Float, _ values: [[Float]], isSkipped: Bool? = nil
  ) -> String {
    answer([total, factor, after].map(JSON.number), values.map { $0.map(JSON.number) }, isSkipped)
  }

  fileprivate func answer(_ total: Double, _ factor: Double, _ after: Double, _ values: [[Double]]) -> String {
    answer([total, factor, after].map(JSON.number), values.map { $0.map(JSON.number) })
  }

  // - Parameter isSkipped: whether the step is left out, of a rule that may do that.
  private func answer(_ numbers: [JSON], _ values: [[JSON]], _ isSkipped: Bool? = nil) -> String {
    let written = zip(gradients, values).map { gradient, values in
      JSON.object([
        ("name", .string(gradient.name)), ("shape", .array(gradient.shape.map { .number($0) })),
        ("values", .array(values)),
      ])
    }
    let names = ["total_norm", "factor", "total_norm_after"]
    let skipped = isSkipped.map { [("skipped", JSON.flag($0))] } ?? []
    return JSON.object(Array(zip(names, numbers)) + skipped + [("gradients", .array(written))]).text
  }
}

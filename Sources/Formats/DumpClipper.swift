import Language
import Numerics
import Optimization

/// Says what a rule would do to dumped gradients. A value: rules that remember go on from line to line.
public struct DumpClipper: Sendable {
  private var state = ClippingState()
  private var lastRule: ClippingRule?

  /// Nothing remembered yet.
  public init() {}

  /// The answer to a dump as a line of JSON: the norms, the factor and the gradients after.
  /// - Throws: why the rule cannot be tried on these gradients.
  public mutating func answer(_ dump: GradientDump) throws(DumpError) -> String {
    var text: [UInt8] = []
    let clipped = try clip(dump, takesCensus: false)
    do { try clipped.writeJSON { text += $0 } } catch { throw .reading(error) }
    return String(decoding: text, as: UTF8.self)
  }

  /// The answer to what could not be read.
  public static func error(_ message: String) -> String { JSON.object([("error", .string(message))]).text }

  /// What a rule does to a dump. The gradients are read twice, and once more where they are written.
  /// - Parameter takesCensus: whether zeros, NaN and infinities are counted, too.
  /// - Throws: why the rule cannot be tried on these gradients.
  public mutating func clip(_ dump: GradientDump, takesCensus: Bool) throws(DumpError) -> ClippedDump {
    do {
      switch try Self.rule(dump.options) {
      case .norm(let rule): return try Self.norm(dump, rule, takesCensus)
      case .value(let rule): return try Self.value(dump, rule, takesCensus)
      case let rule: return try other(dump, rule, takesCensus)
      }
    } catch {
      throw .reading(error)
    }
  }

  // MARK: torch's rules

  private static func norm(_ dump: GradientDump, _ rule: ClipNorm, _ takesCensus: Bool) throws -> ClippedDump {
    var order = Double(rule.normType)
    // As it was given: in float64 it may be beyond the range of the rule's float32.
    if case .number(let given) = dump.options.values["norm_type"] { order = given }
    if order == .infinity || order < 0, let empty = dump.gradients.first(where: { $0.values.count == 0 }) {
      throw DumpError(
        "\(VisibleText.of(empty.name)) has no elements, and nothing has no norm of order \(NumberText.of(order)): torch refuses it, too"
      )
    }
    var clipped = try ClippedDump(dump, rule: .norm(rule), order: order, takesCensus: takesCensus)
    if rule.errorIfNonfinite, !clipped.total.isFinite { throw try nonfinite(clipped) }
    let factor = GradientClipping.coefficient(total: clipped.total, maxNorm: rule.maxNorm, format: clipped.format)
    try clipped.finish(.factor(factor))
    return clipped
  }

  private static func nonfinite(_ clipped: ClippedDump) throws -> DumpError {
    let (gradients, norms) = (clipped.dump.gradients, clipped.norms)
    let refusal = GradientClipping.NonfiniteTotal(
      total: clipped.total, normType: clipped.order, firstGradient: norms.firstIndex { !$0.isFinite })
    let name = try gradients.first { gradient in
      let census = try gradient.measured(order: 0, takesCensus: true).census
      return census.nans + census.infinities > 0
    }?.name
    let overflowing = refusal.firstGradient.map { gradients[$0].name }
    let culprit =
      name.map { "; the first with an element that is not finite is \(VisibleText.of($0))" }
      ?? overflowing.map { "; every element is finite, the norm of \(VisibleText.of($0)) overflows" }
      ?? "; each gradient's norm is finite, their total overflows"
    return DumpError(refusal.message + culprit)
  }

  private static func value(_ dump: GradientDump, _ rule: ClipValue, _ takesCensus: Bool) throws -> ClippedDump {
    let bound = rule.clipValue
    if let format = dump.gradients.map(\.format).first(where: { bound.isFinite && bound.magnitude > $0.largest }) {
      throw DumpError(
        "clip_value \(NumberText.of(bound)) is beyond the range of \(format.rawValue): torch refuses it, too")
    }
    var clipped = try ClippedDump(dump, rule: .value(rule), order: 2, takesCensus: takesCensus)
    try clipped.finish(.bound(bound))
    return clipped
  }

  // MARK: the other rules

  private mutating func other(
    _ dump: GradientDump, _ rule: ClippingRule, _ takesCensus: Bool
  ) throws -> ClippedDump {
    guard dump.gradients.allSatisfy({ $0.format != .float64 }), dump.format != .float64 else {
      throw DumpError("float64 is there for norm and value; the other rules are float32")
    }
    if case .agc = rule, let gradient = dump.gradients.first(where: { $0.weights?.count != $0.values.count }) {
      throw DumpError("agc needs the \"weights\" of \(VisibleText.of(gradient.name)), as many as it has values")
    }
    if rule != lastRule { state = ClippingState() }
    lastRule = rule
    var clipped = try ClippedDump(dump, rule: rule, order: Double(rule.normOrder), takesCensus: takesCensus)
    // What is empty has no rows, whatever its shape says of them.
    let shapes = dump.gradients.map { $0.values.count == 0 ? [0] : $0.shape }
    let singles = try dump.gradients.map { try $0.singles() }
    let weights = zip(dump.gradients, singles).map { gradient, values in gradient.weights?.map(Float.init) ?? values }
    let answer = rule.clip(singles, shapes: shapes, weights: weights, state: &state)
    // The gradients are what they were; what the rule has done is to leave the update out.
    var isSkipped: Bool?
    if case .skip = rule { isSkipped = answer.outcome.skipsStep }
    try clipped.finish(.values(answer.gradients, factor: Double(answer.outcome.factor), isSkipped: isSkipped))
    return clipped
  }

  // The rule's own defaults wherever the options say nothing.
  private static func rule(_ options: RuleOptions) throws -> ClippingRule {
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

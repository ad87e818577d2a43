import Language
import Optimization

/// Answers what a rule would do to dumped gradients. A value: rules that remember go on from line to line.
public struct DumpClipper: Sendable {
  private var state = ClippingState()
  private var lastRule: ClippingRule?

  /// Nothing remembered yet.
  public init() {}

  /// The answer to a dump, a line of JSON: the norms, the factor and the gradients after, or `{"error":…}`.
  public mutating func answer(_ dump: GradientDump) -> String {
    do throws(DumpError) {
      switch dump.options.rule ?? "norm" {
      case "norm": return try Self.norm(dump)
      case "value": return try Self.value(dump)
      default: return try other(dump)
      }
    } catch {
      return Self.error(error.message)
    }
  }

  /// The answer to what could not be read.
  public static func error(_ message: String) -> String { "{\"error\":\(TraceText.quoted(message))}" }

  // MARK: torch's rules

  private static func norm(_ dump: GradientDump) throws(DumpError) -> String {
    let options = dump.options
    let (maxNorm, order) = (options.maxNorm ?? 1, options.normType ?? 2)
    let isStrict = options.errorIfNonfinite ?? false
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
      let culprit = error.firstGradient.map { "; the first that is not finite is \(dump.gradients[$0].name)" }
      throw DumpError(error.message + (culprit ?? "; each gradient's norm is finite, their total overflows"))
    }
  }

  private static func value(_ dump: GradientDump) throws(DumpError) -> String {
    let bound = dump.options.clipValue ?? 1
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

  private mutating func other(_ dump: GradientDump) throws(DumpError) -> String {
    let rule = try Self.rule(dump.options)
    guard dump.format == .float32 else {
      throw DumpError("float64 is there for norm and value; the other rules are float32")
    }
    if case .agc = rule, let gradient = dump.gradients.first(where: { $0.weights?.count != $0.values.count }) {
      throw DumpError("agc needs the \"weights\" of \(VisibleText.of(gradient.name)), as many as it has values")
    }
    if rule != lastRule { state = ClippingState() }
    lastRule = rule
    let answer = rule.clip(
      dump.singles, shapes: dump.gradients.map(\.shape),
      weights: dump.gradients.map { ($0.weights ?? $0.values).map(Float.init) }, state: &state)
    return dump.answer(answer.total, answer.outcome.factor, answer.outcome.after.total, answer.gradients)
  }

  // The rule's own defaults wherever the options say nothing.
  private static func rule(_ options: RuleOptions) throws(DumpError) -> ClippingRule {
    switch options.rule {
    case "per-parameter":
      var rule = ClipPerParameter()
      rule.maxNorm = options.maxNorm ?? rule.maxNorm
      return .perParameter(rule)
    case "agc":
      var rule = AdaptiveGradientClipping()
      rule.clipping = options.clipping ?? rule.clipping
      rule.epsilon = options.eps ?? rule.epsilon
      return .agc(rule)
    case "autoclip":
      var rule = AutoClip()
      rule.percentile = options.percentile ?? rule.percentile
      guard (0...100).contains(rule.percentile) else { throw DumpError("percentile must be from 0 to 100") }
      return .autoclip(rule)
    case "zclip":
      var rule = ZClip()
      rule.alpha = options.alpha ?? rule.alpha
      rule.threshold = options.threshold ?? rule.threshold
      rule.warmup = options.warmup ?? rule.warmup
      return .zclip(rule)
    case "skip":
      var rule = SkipStep()
      rule.maxNorm = options.maxNorm ?? rule.maxNorm
      return .skip(rule)
    default:
      let known = Variants.clippingRules.map(\.name).joined(separator: ", ")
      throw DumpError("there is no rule \(VisibleText.of(options.rule ?? "")); the rules are \(known)")
    }
  }
}

extension GradientDump {
  /// The values as float32.
  fileprivate var singles: [[Float]] { gradients.map { $0.values.map { Float($0) } } }

  fileprivate func answer(_ total: Float, _ factor: Float, _ after: Float, _ values: [[Float]]) -> String {
    answer([total, factor, after].map(JSONNumber.of), values.map { $0.map(JSONNumber.of) })
  }

  fileprivate func answer(_ total: Double, _ factor: Double, _ after: Double, _ values: [[Double]]) -> String {
    answer([total, factor, after].map(JSONNumber.of), values.map { $0.map(JSONNumber.of) })
  }

  private func answer(_ numbers: [String], _ values: [[String]]) -> String {
    let written = zip(gradients, values).map { gradient, values in
      let shape = gradient.shape.map(String.init).joined(separator: ",")
      return
        "{\"name\":\(TraceText.quoted(gradient.name)),\"shape\":[\(shape)],\"values\":[\(values.joined(separator: ","))]}"
    }
    return "{\"total_norm\":\(numbers[0]),\"factor\":\(numbers[1]),\"total_norm_after\":\(numbers[2]),"
      + "\"gradients\":[\(written.joined(separator: ","))]}"
  }
}

/// Numbers in JSON that read back to the same bits; what JSON has no number for is a string.
enum JSONNumber {
  static func of(_ value: Float) -> String { written(value, NumberText.of(value)) }
  static func of(_ value: Double) -> String { written(value, NumberText.of(value)) }

  // A reader that takes -0 for a whole number would lose its sign.
  private static func written<Scalar: BinaryFloatingPoint>(_ value: Scalar, _ text: String) -> String {
    guard value.isFinite else { return TraceText.quoted(value.isNaN ? "nan" : text) }
    return value == 0 && value.sign == .minus ? "-0.0" : text
  }
}

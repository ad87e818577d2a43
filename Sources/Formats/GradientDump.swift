import Foundation
import Language
import Optimization

/// Gradients that somebody dumped from a model, and the rule that should be tried on them: a line of `clipscope clip`.
///
///     {"gradients":[{"name":"fc1.weight","shape":[2],"values":[3,4]}],"rule":"norm","max_norm":1}
public struct GradientDump: Sendable {
  /// One gradient.
  public struct Gradient: Sendable, Decodable {
    /// The parameter's name.
    public var name: String
    /// Its shape.
    public var shape: [Int]
    /// The values, row by row; float32 values are exact in double precision.
    public var values: [Double]
    /// The parameter's own values, which `agc` needs.
    public var weights: [Double]?

    /// A gradient that was read elsewhere.
    public init(name: String, shape: [Int], values: [Double]) {
      (self.name, self.shape, self.values) = (name, shape, values)
    }
  }

  /// The number formats that the arithmetic may be done in.
  public enum Format: String, Sendable, Decodable, CaseIterable {
    /// torch's `float32`.
    case float32
    /// torch's `float64`.
    case float64
  }

  /// The gradients, in the model's order.
  public var gradients: [Gradient]
  /// The number format.
  public var format: Format
  /// The rule with its options.
  public var options: RuleOptions

  /// A dump with its rule.
  public init(gradients: [Gradient], format: Format, options: RuleOptions) {
    (self.gradients, self.format, self.options) = (gradients, format, options)
  }
}

/// A rule and its options under their names in the language; what has no value is as the rule has it by default.
///
/// Here, other than in the language, whatever torch takes is taken: also a `max_norm` of 0, below 0, or NaN.
public struct RuleOptions: Sendable, Decodable {
  /// The name of a rule, `norm` where there is none.
  package var rule: String?
  /// The options of whatever rules.
  package var values: [String: OptionValue]

  /// No options: `norm` with max_norm 1.
  public init() { self.init(rule: nil, values: [:]) }

  package init(rule: String?, values: [String: OptionValue]) { (self.rule, self.values) = (rule, values) }

  private static let known = Variants.clippingRules.flatMap(\.standardValues)

  /// The rule and all options that any rule of the language has; other names are passed over.
  public init(from decoder: any Decoder) throws {
    let line = try decoder.container(keyedBy: Name.self)
    self.init(rule: try line.decodeIfPresent(String.self, forKey: Name("rule")), values: [:])
    for (name, kind) in Self.known {
      let key = Name(name)
      values[name] =
        switch kind {
        case .number: try line.decodeIfPresent(Double.self, forKey: key).map { .number($0) }
        case .whole: try line.decodeIfPresent(Int.self, forKey: key).map { .whole($0) }
        case .flag: try line.decodeIfPresent(Bool.self, forKey: key).map { .flag($0) }
        }
    }
  }

  private struct Name: CodingKey {
    let stringValue: String
    let intValue: Int? = nil
    init(_ name: String) { stringValue = name }
    init?(stringValue: String) { self.init(stringValue) }
    init?(intValue: Int) { nil }
  }

  /// These options, with those of `base` wherever these say nothing.
  func over(_ base: RuleOptions) -> RuleOptions {
    RuleOptions(rule: rule ?? base.rule, values: base.values.merging(values) { _, own in own })
  }
}

/// What is wrong with a dump.
public struct DumpError: Error, Hashable, Sendable {
  /// What, and what to do.
  public let message: String

  init(_ message: String) { self.message = message }
}

extension GradientDump {
  private struct Line: Decodable {
    var gradients: [Gradient]
    var dtype: Format?
  }

  /// Reads a line of JSON; `defaults` stand in for options that it does not name.
  /// - Throws: `DumpError` for what is no JSON object of this form.
  public init(json line: String, defaults: RuleOptions) throws(DumpError) {
    let decoder = JSONDecoder()
    // Python writes NaN and Infinity as bare words, which JSON5 has and JSON has not.
    decoder.allowsJSON5 = true
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    do {
      let data = Data(line.utf8)
      let content = try decoder.decode(Line.self, from: data)
      let options = try decoder.decode(RuleOptions.self, from: data)
      self.init(gradients: content.gradients, format: content.dtype ?? .float32, options: options.over(defaults))
    } catch let error as DecodingError {
      throw DumpError(Self.wording(error))
    } catch {
      throw DumpError("this is not JSON: one object a line is expected")
    }
    try check()
  }

  /// Checks that each gradient has as many values as its shape says.
  public func check() throws(DumpError) {
    for gradient in gradients {
      guard gradient.shape.allSatisfy({ $0 >= 0 }),
        gradient.shape.reduce(1.0, { $0 * Double($1) }) == Double(gradient.values.count)
      else {
        let shape = gradient.shape.map(String.init).joined(separator: "×")
        throw DumpError(
          "\(VisibleText.of(gradient.name)) has \(gradient.values.count) values, but its shape is [\(shape)]")
      }
    }
  }

  private static func wording(_ error: DecodingError) -> String {
    func path(_ context: DecodingError.Context) -> String {
      let keys = context.codingPath.map { $0.intValue.map { "[\($0)]" } ?? $0.stringValue }.joined(separator: ".")
      return keys.isEmpty ? "the line" : VisibleText.of(keys)
    }
    switch error {
    case .keyNotFound(let key, let context): return "\(path(context)) has no \"\(key.stringValue)\""
    case .typeMismatch(_, let context), .valueNotFound(_, let context):
      return "\(path(context)) is not what is expected there: a number, or \"nan\", \"inf\", \"-inf\""
    case .dataCorrupted(let context):
      return context.codingPath.isEmpty
        ? "this is not JSON: one object a line is expected"
        : "\(path(context)): \(VisibleText.of(context.debugDescription))"
    @unknown default: return "this line cannot be read"
    }
  }
}

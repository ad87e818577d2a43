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

/// The options of all rules under their names in the language; what is `nil` is as the rule has it by default.
///
/// Here, other than in the language, whatever torch takes is taken: also a `max_norm` of 0, below 0, or NaN.
public struct RuleOptions: Sendable, Decodable {
  /// `norm`, `value`, `per-parameter`, `agc`, `autoclip`, `zclip` or `skip`.
  public var rule: String?
  /// Of `norm`, `per-parameter` and `skip`.
  public var maxNorm: Double?
  /// Of `norm`.
  public var normType: Double?
  /// Of `norm`.
  public var errorIfNonfinite: Bool?
  /// Of `value`.
  public var clipValue: Double?
  /// Of `agc`.
  public var clipping: Double?
  /// Of `agc`.
  public var eps: Double?
  /// Of `autoclip`.
  public var percentile: Double?
  /// Of `zclip`.
  public var alpha: Double?
  /// Of `zclip`.
  public var threshold: Double?
  /// Of `zclip`.
  public var warmup: Int?

  /// No options: `norm` with max_norm 1.
  public init() {}

  enum CodingKeys: String, CodingKey {
    case rule, clipping, eps, percentile, alpha, threshold, warmup
    case maxNorm = "max_norm"
    case normType = "norm_type"
    case errorIfNonfinite = "error_if_nonfinite"
    case clipValue = "clip_value"
  }

  /// These options, with those of `base` wherever these say nothing.
  func over(_ base: RuleOptions) -> RuleOptions {
    var options = self
    options.rule = rule ?? base.rule
    options.maxNorm = maxNorm ?? base.maxNorm
    options.normType = normType ?? base.normType
    options.errorIfNonfinite = errorIfNonfinite ?? base.errorIfNonfinite
    options.clipValue = clipValue ?? base.clipValue
    options.clipping = clipping ?? base.clipping
    options.eps = eps ?? base.eps
    options.percentile = percentile ?? base.percentile
    options.alpha = alpha ?? base.alpha
    options.threshold = threshold ?? base.threshold
    options.warmup = warmup ?? base.warmup
    return options
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
    func place(_ context: DecodingError.Context) -> String {
      let path = context.codingPath.map { $0.intValue.map { "[\($0)]" } ?? $0.stringValue }.joined(separator: ".")
      return path.isEmpty ? "the line" : VisibleText.of(path)
    }
    switch error {
    case .keyNotFound(let key, let context): return "\(place(context)) has no \"\(key.stringValue)\""
    case .typeMismatch(_, let context), .valueNotFound(_, let context):
      return "\(place(context)) is not what is expected there: a number, or \"nan\", \"inf\", \"-inf\""
    case .dataCorrupted(let context):
      return context.codingPath.isEmpty
        ? "this is not JSON: one object a line is expected"
        : "\(place(context)): \(VisibleText.of(context.debugDescription))"
    @unknown default: return "this line cannot be read"
    }
  }
}

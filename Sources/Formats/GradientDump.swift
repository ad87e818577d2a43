import Language
import Numerics
import Optimization

/// Gradients that somebody dumped from a model, and the rule that should be tried on them: a line of `clipscope clip`.
///
///     {"gradients":[{"name":"fc1.weight","shape":[2],"values":[3,4]}],"rule":"norm","max_norm":1}
public struct GradientDump: Sendable {
  /// One gradient.
  public struct Gradient: Sendable {
    /// The parameter's name.
    public var name: String
    /// Its shape.
    public var shape: [Int]
    /// What its numbers are.
    public var format: NumberFormat
    /// Its numbers, row by row.
    public var values: GradientValues
    /// The parameter's own values, which `agc` needs.
    public var weights: [Double]?

    /// A gradient that was read elsewhere.
    public init(name: String, shape: [Int], format: NumberFormat, values: GradientValues) {
      (self.name, self.shape, self.format, self.values) = (name, shape, format, values)
    }
  }

  /// The gradients, in the model's order.
  public var gradients: [Gradient]
  /// The number format of gradients that do not name theirs.
  public var format: NumberFormat
  /// The rule with its options.
  public var options: RuleOptions

  /// A dump with its rule.
  public init(gradients: [Gradient], format: NumberFormat, options: RuleOptions) {
    (self.gradients, self.format, self.options) = (gradients, format, options)
  }
}

/// A rule and its options under their names in the language; what has no value is as the rule has it by default.
///
/// Here, other than in the language, whatever torch takes is taken: also a `max_norm` of 0, below 0, or NaN.
public struct RuleOptions: Sendable {
  /// The name of a rule, `norm` where there is none.
  package var rule: String?
  /// The options of whatever rules.
  package var values: [String: OptionValue]

  /// No options: `norm` with max_norm 1.
  public init() { self.init(rule: nil, values: [:]) }

  package init(rule: String?, values: [String: OptionValue]) { (self.rule, self.values) = (rule, values) }

  private static let known = Dictionary(
    Variants.clippingRules.flatMap(\.standardValues), uniquingKeysWith: { first, _ in first })

  /// The names of all that a line may say about rules.
  static let names = ["rule"] + known.keys.sorted()

  /// Reads what stands behind a name, if it is one of these.
  mutating func read(_ name: String, _ reader: inout JSONReader) throws(JSONReader.Problem) -> Bool {
    guard name == "rule" || Self.known[name] != nil else { return false }
    if reader.takeNull() { return true }
    switch Self.known[name] {
    case nil: rule = try reader.readText()
    case .number: values[name] = .number(try reader.readNumber())
    case .whole: values[name] = .whole(try reader.readWhole())
    case .flag: values[name] = .flag(try reader.readFlag())
    }
    return true
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
  /// Of one kind are errors that are found in the same line of the reader.
  public let kind: Int
  /// Whether the text ended inside a value, as a line of JSON does that was written over many lines.
  public let isCutOff: Bool

  /// An error of a kind of its own.
  public init(_ message: String, isCutOff: Bool = false, kind: Int = #line) {
    (self.message, self.isCutOff, self.kind) = (message, isCutOff, kind)
  }

  /// What a reading threw, which is one of these.
  static func reading(_ error: any Error) -> DumpError { (error as? DumpError) ?? DumpError("\(error)") }
}

extension GradientDump {
  /// Reads a line of JSON; `defaults` stand in for options that it does not name. O(length).
  /// - Throws: `DumpError` for what is no JSON object of this form.
  public init(json line: String, defaults: RuleOptions) throws(DumpError) {
    var line = line
    let result = line.withUTF8 { bytes in
      var reader = JSONReader(bytes, isStrict: false)
      return Result { () throws(DumpError) in try Self.read(&reader) }
    }
    self = try result.get()
    options = options.over(defaults)
    try check()
  }

  private static func read(_ reader: inout JSONReader) throws(DumpError) -> GradientDump {
    var dump = GradientDump(gradients: [], format: .float32, options: RuleOptions())
    var hasGradients = false
    // The gradients that name their own format.
    var named: Set<Int> = []
    var problem: DumpError?
    var others = 0
    do throws(JSONReader.Problem) {
      try reader.readObject { reader, name throws(JSONReader.Problem) in
        switch name {
        case "gradients":
          hasGradients = true
          dump.gradients = []
          try reader.readList { reader throws(JSONReader.Problem) in
            let number = dump.gradients.count
            let (gradient, hasFormat, missing) = try self.gradient(&reader, &problem)
            if hasFormat { named.insert(number) }
            if let missing { problem = problem ?? DumpError("gradients[\(number)] has no \"\(missing)\"") }
            dump.gradients.append(gradient)
          }
        case "dtype": dump.format = try format(&reader, &problem) ?? dump.format
        default:
          if try dump.options.read(name, &reader) { return }
          // What is written almost like something that counts was meant to count.
          others += 1
          if others < 100, let meant = Suggestion.nearest(to: name, among: ["gradients", "dtype"] + RuleOptions.names) {
            problem = problem ?? DumpError("there is no \(VisibleText.of(name)); did you mean \(meant)?")
          }
          try reader.skipValue()
        }
      }
      try reader.end()
    } catch {
      throw wording(error, isCutOff: reader.isAtEnd)
    }
    for index in dump.gradients.indices where !named.contains(index) { dump.gradients[index].format = dump.format }
    if let problem { throw problem }
    if !hasGradients { throw DumpError("the line has no \"gradients\"") }
    return dump
  }

  private static func format(
    _ reader: inout JSONReader, _ problem: inout DumpError?
  ) throws(JSONReader.Problem) -> NumberFormat? {
    if reader.takeNull() { return nil }
    let dtype = try reader.readText()
    // As torch prints it, too: torch.float32.
    if let format = NumberFormat(rawValue: String(dtype.drop(prefix: "torch."))) { return format }
    let known = NumberFormat.allCases.map(\.rawValue).joined(separator: ", ")
    problem = problem ?? DumpError("dtype \(VisibleText.of(dtype)) is none of \(known)")
    return nil
  }

  // A gradient, whether it names its format, and the first of its parts that is missing.
  private static func gradient(
    _ reader: inout JSONReader, _ problem: inout DumpError?
  ) throws(JSONReader.Problem) -> (Gradient, hasFormat: Bool, missing: String?) {
    var gradient = Gradient(name: "", shape: [], format: .float32, values: .numbers([]))
    var missing = ["name", "shape", "values"]
    var hasFormat = false
    try reader.readObject { reader, name throws(JSONReader.Problem) in
      missing.removeAll { $0 == name }
      switch name {
      case "name": gradient.name = try reader.readText()
      case "shape":
        gradient.shape = []
        try reader.readList { reader throws(JSONReader.Problem) in gradient.shape.append(try reader.readWhole()) }
      case "dtype":
        guard let format = try format(&reader, &problem) else { return }
        (gradient.format, hasFormat) = (format, true)
      case "values": gradient.values = .numbers(try reader.readNumbers())
      case "weights": gradient.weights = reader.takeNull() ? nil : try reader.readNumbers()
      default:
        if let meant = Suggestion.nearest(to: name, among: ["name", "shape", "dtype", "values", "weights"]) {
          problem = problem ?? DumpError("a gradient has no \(VisibleText.of(name)); did you mean \(meant)?")
        }
        try reader.skipValue()
      }
    }
    return (gradient, hasFormat, missing.first)
  }

  /// Checks that each gradient has as many values as its shape says, and as many weights, if it has any.
  public func check() throws(DumpError) {
    for gradient in gradients {
      let name = VisibleText.of(gradient.name)
      guard gradient.shape.allSatisfy({ $0 >= 0 }),
        gradient.shape.reduce(1.0, { $0 * Double($1) }) == Double(gradient.values.count)
      else {
        let shape = gradient.shape.prefix(9).map(String.init).joined(separator: "×")
        let more = gradient.shape.count > 9 ? "×…" : ""
        throw DumpError("\(name) has \(gradient.values.count) values, but its shape is [\(shape)\(more)]")
      }
      if let weights = gradient.weights, weights.count != gradient.values.count {
        throw DumpError(
          "\(name) has \(weights.count) weights and \(gradient.values.count) values: it needs one for each")
      }
    }
  }

  private static func wording(_ problem: JSONReader.Problem, isCutOff: Bool) -> DumpError {
    switch problem {
    case .syntax: DumpError("this is not JSON: one object a line is expected", isCutOff: isCutOff)
    case .type(let expected, let path):
      DumpError("\(path.isEmpty ? "the line" : VisibleText.of(path)) is not what is expected there: \(expected)")
    }
  }
}

extension String {
  fileprivate func drop(prefix: String) -> Substring { hasPrefix(prefix) ? dropFirst(prefix.count) : self[...] }
}

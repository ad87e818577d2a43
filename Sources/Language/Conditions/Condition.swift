/// A comparison of a measured number, `total_norm > 100` or `loss is finite`.
public struct Condition: Hashable, Sendable {
  /// The number.
  public let quantity: Quantity
  /// What is said of it.
  public let predicate: Predicate

  /// What may be said of a number.
  public enum Predicate: Hashable, Sendable {
    /// A comparison; false for NaN, also `!=`.
    case compares(Comparison, Double)
    /// The kind of number.
    case isKind(Kind)
  }

  /// The comparisons.
  public enum Comparison: String, CaseIterable, Hashable, Sendable {
    /// Less.
    case less = "<"
    /// Less or equal.
    case lessOrEqual = "<="
    /// Greater.
    case greater = ">"
    /// Greater or equal.
    case greaterOrEqual = ">="
    /// Equal.
    case equal = "=="
    /// Not equal.
    case notEqual = "!="
  }

  /// The kinds of numbers.
  public enum Kind: String, CaseIterable, Hashable, Sendable {
    /// Not a number.
    case nan
    /// Plus or minus infinity.
    case inf
    /// Neither NaN nor infinite.
    case finite
    /// NaN or infinite.
    case nonfinite
  }

  /// Whether it asks for something small, or large; `nil` where it asks for neither.
  package var isBelow: Bool? {
    switch predicate {
    case .compares(.less, _), .compares(.lessOrEqual, _): true
    case .compares(.greater, _), .compares(.greaterOrEqual, _): false
    default: nil
    }
  }

  /// Whether it holds for a value of the quantity.
  public func holds(for value: Double) -> Bool {
    switch predicate {
    case .compares(let comparison, let bound):
      if value.isNaN { return false }
      // What is measured is float32, so 0.1 means the float32 that 0.1 reads as.
      let (value, bound) =
        quantity.isMeasured ? (Double(Float(value)), Double(Float(bound))) : (value, bound)
      switch comparison {
      case .less: return value < bound
      case .lessOrEqual: return value <= bound
      case .greater: return value > bound
      case .greaterOrEqual: return value >= bound
      case .equal: return value == bound
      case .notEqual: return value != bound
      }
    case .isKind(let kind):
      switch kind {
      case .nan: return value.isNaN
      case .inf: return value.isInfinite
      case .finite: return value.isFinite
      case .nonfinite: return !value.isFinite
      }
    }
  }

  /// The condition as written.
  public var text: String {
    let name = Lexer.quote(quantity.text)
    return switch predicate {
    case .compares(let comparison, let bound): "\(name) \(comparison.rawValue) \(NumberText.of(bound))"
    case .isKind(let kind): "\(name) is \(kind.rawValue)"
    }
  }
}

extension WordReader {
  /// Reads `NUMBER op VALUE` or `NUMBER is KIND`.
  mutating func readCondition() throws(CommandError) -> Condition {
    let word = try take("a condition such as loss < 0.1 or total_norm is nan")
    let quantity = try Self.quantity(word)
    let relation = try take("a comparison (< <= > >= == !=) or is")
    if relation.text == "is" {
      let kinds = Condition.Kind.allCases.map(\.rawValue)
      let kind = try Value.choice(try take("nan, inf, finite or nonfinite"), "kind of number", kinds)
      return Condition(quantity: quantity, predicate: .isKind(Condition.Kind(rawValue: kind)!))
    }
    guard let comparison = Condition.Comparison(rawValue: relation.text) else {
      let known = Condition.Comparison.allCases.map(\.rawValue) + ["is"]
      throw CommandError(.unknown(what: "comparison", relation.text, known: known), at: relation)
    }
    let bound = try take("a number")
    guard let value = NumberText.parse(bound.text), !value.isNaN else {
      let expected = bound.text == "nan" ? "something to compare with; write is nan" : "a number"
      throw CommandError(.notANumber(bound.text, expected: expected), at: bound)
    }
    return Condition(quantity: quantity, predicate: .compares(comparison, value))
  }

  static func quantity(_ word: Word) throws(CommandError) -> Quantity {
    if let quantity = Quantity(word.text) { return quantity }
    if word.text.contains(where: { "<>!=".contains($0) }) {
      let expected = "a measured number; put blanks around the comparison, as in loss < 0.1"
      throw CommandError(.notANumber(word.text, expected: expected), at: word)
    }
    throw CommandError(.unknown(what: "measured number", word.text, known: Quantity.names), at: word)
  }
}

import Gradients

/// One `name=value` of a command: how it is read into a `Root` and written from one. Help, completion, parsing, printing,
/// traces and dumps all come from these rows.
struct Option<Root>: Sendable {
  let name: String
  /// What its value looks like, for the usage line.
  let form: String
  let summary: String
  /// Words that the value may be, where there are only so many.
  var words: [String] = []
  /// Where its value is, if data can have it.
  var field: Field<Root>?
  let read: @Sendable (inout Root, Word) throws(CommandError) -> Void
  /// The value as written, `nil` to leave the option out.
  let write: @Sendable (Root) -> String?
}

extension Option {
  /// A value that data can have, too; `value` reads it within the language's bounds.
  init(
    _ name: String, _ form: String, _ summary: String, words: [String] = [], _ field: Field<Root>,
    value: @escaping @Sendable (Word) throws(CommandError) -> OptionValue
  ) {
    self.init(name: name, form: form, summary: summary, words: words, field: field) {
      (root, word) throws(CommandError) in
      field.set(try value(word), in: &root)
    } write: { root in
      field.text(root)
    }
  }

  /// A whole number within a range.
  static func integer(
    _ name: String, _ path: WritableKeyPath<Root, Int> & Sendable, _ range: ClosedRange<Int>, _ summary: String
  ) -> Option {
    Option(name, "N", summary, .whole(path)) { (word) throws(CommandError) in
      .whole(try Value.integer(word, name, range))
    }
  }

  /// A finite number within bounds.
  static func number(
    _ name: String, _ path: WritableKeyPath<Root, Double> & Sendable, _ bounds: Bounds, _ summary: String
  ) -> Option {
    Option(name, "X", summary, .number(path)) { (word) throws(CommandError) in
      .number(try Value.number(word, name, bounds))
    }
  }

  /// A finite number within bounds that may be left out.
  static func number(
    _ name: String, _ path: WritableKeyPath<Root, Double?> & Sendable, _ bounds: Bounds, _ summary: String
  ) -> Option {
    Option(name: name, form: "X", summary: summary) { (root, word) throws(CommandError) in
      root[keyPath: path] = try Value.number(word, name, bounds)
    } write: { root in
      root[keyPath: path].map { NumberText.of($0) }
    }
  }

  /// The order of a norm: any number but NaN, also `inf`.
  static func order(_ name: String, _ path: WritableKeyPath<Root, Float> & Sendable, _ summary: String) -> Option {
    Option(name, "P", summary, words: ["2", "inf", "1"], .order(path)) { (word) throws(CommandError) in
      .number(Double(try Value.order(word, name)))
    }
  }

  /// `yes` or `no`.
  static func flag(_ name: String, _ path: WritableKeyPath<Root, Bool> & Sendable, _ summary: String) -> Option {
    Option(name, "yes|no", summary, words: ["yes", "no"], .flag(path)) { (word) throws(CommandError) in
      .flag(try Value.choice(word, "value of \(name)", ["yes", "no"]) == "yes")
    }
  }

  /// One of a few words.
  static func choice<Chosen: RawRepresentable<String> & Sendable>(
    _ name: String, _ path: WritableKeyPath<Root, Chosen> & Sendable, _ choices: [Chosen], _ summary: String
  ) -> Option {
    let words = choices.map(\.rawValue)
    return Option(name: name, form: words.joined(separator: "|"), summary: summary, words: words) {
      (root, word) throws(CommandError) in
      root[keyPath: path] = Chosen(rawValue: try Value.choice(word, "value of \(name)", words))!
    } write: { root in
      root[keyPath: path].rawValue
    }
  }
}

/// The value of an option as data have it: a number of any size, whatever the language's bounds.
package enum OptionValue: Hashable, Sendable {
  case number(Double)
  case whole(Int)
  case flag(Bool)
}

/// Where a `Root` keeps a value that data can have.
enum Field<Root>: Sendable {
  case number(WritableKeyPath<Root, Double> & Sendable)
  case order(WritableKeyPath<Root, Float> & Sendable)
  case whole(WritableKeyPath<Root, Int> & Sendable)
  case flag(WritableKeyPath<Root, Bool> & Sendable)

  func value(_ root: Root) -> OptionValue {
    switch self {
    case .number(let path): .number(root[keyPath: path])
    // The number that was written: 0.1, not the float32 next to it.
    case .order(let path): .number(Double(root[keyPath: path].description)!)
    case .whole(let path): .whole(root[keyPath: path])
    case .flag(let path): .flag(root[keyPath: path])
    }
  }

  func set(_ value: OptionValue, in root: inout Root) {
    switch (self, value) {
    case (.number(let path), .number(let number)): root[keyPath: path] = number
    case (.order(let path), .number(let number)): root[keyPath: path] = Float(number)
    case (.whole(let path), .whole(let number)): root[keyPath: path] = number
    case (.flag(let path), .flag(let flag)): root[keyPath: path] = flag
    default: preconditionFailure("a value is of its option's kind")
    }
  }

  func text(_ root: Root) -> String {
    switch self {
    case .number(let path): NumberText.of(root[keyPath: path])
    case .order(let path): NumberText.of(root[keyPath: path])
    case .whole(let path): String(root[keyPath: path])
    case .flag(let path): root[keyPath: path] ? "yes" : "no"
    }
  }
}

/// What a number may be.
enum Bounds: Sendable {
  /// Any finite number.
  case finite
  /// Above 0.
  case positive
  /// 0 or more.
  case nonnegative
  /// From 0 to below 1.
  case fraction
  /// From 0 to 100.
  case percentage
  /// A clipping threshold: above 0, with an explanation of what PyTorch would do.
  case threshold

  func admit(_ value: Double) -> Bool {
    switch self {
    case .finite: value.isFinite
    // Thresholds and rates become float32: what is 0 or infinite there is refused here.
    case .positive, .threshold: value.isFinite && Float(value) > 0 && Float(value).isFinite
    case .nonnegative: value.isFinite && value >= 0 && Float(value).isFinite
    case .fraction: value >= 0 && value < 1
    case .percentage: value >= 0 && value <= 100
    }
  }

  var description: String {
    switch self {
    case .finite: "a finite number"
    case .positive, .threshold: "a finite number above 0"
    case .nonnegative: "a finite number, 0 or more"
    case .fraction: "a number from 0 to below 1"
    case .percentage: "a number from 0 to 100"
    }
  }
}

/// Words read as values.
enum Value {
  static func integer(_ word: Word, _ name: String, _ range: ClosedRange<Int>) throws(CommandError) -> Int {
    let expected =
      (1_000_000_000..<Int.max).contains(range.upperBound)
      ? "a whole number, \(range.lowerBound) or more" : "a whole number from \(range.lowerBound) to \(range.upperBound)"
    // Digits that are too many for an Int are a number still, only out of range.
    let digits = word.text.drop { $0 == "-" || $0 == "+" }
    let isWhole = !digits.isEmpty && digits.utf8.allSatisfy { (48...57).contains($0) }
    guard let number = Int(word.text) ?? (isWhole ? Int.min : nil) else {
      throw CommandError(.notANumber(word.text, expected: expected), at: word)
    }
    guard range.contains(number) else {
      throw CommandError(.outOfRange(name: name, word.text, expected: expected), at: word)
    }
    return number
  }

  static func number(_ word: Word, _ name: String, _ bounds: Bounds) throws(CommandError) -> Double {
    guard let number = NumberText.parse(word.text) else {
      throw CommandError(.notANumber(word.text, expected: bounds.description), at: word)
    }
    guard bounds.admit(number) else {
      if case .threshold = bounds { throw CommandError(.refusedThreshold(name: name, word.text), at: word) }
      throw CommandError(.outOfRange(name: name, word.text, expected: bounds.description), at: word)
    }
    return number
  }

  static func order(_ word: Word, _ name: String) throws(CommandError) -> Float {
    let expected = "a number such as 2, 1 or 0.5, or inf"
    guard let number = NumberText.parse(word.text) else {
      throw CommandError(.notANumber(word.text, expected: expected), at: word)
    }
    guard !number.isNaN, Float(number).isFinite == number.isFinite else {
      throw CommandError(.outOfRange(name: name, word.text, expected: expected), at: word)
    }
    return Float(number)
  }

  static func choice(_ word: Word, _ what: String, _ known: [String]) throws(CommandError) -> String {
    guard known.contains(word.text) else {
      throw CommandError(.unknown(what: what, word.text, known: known), at: word)
    }
    return word.text
  }
}

/// The sizes that options take; beyond them the memory that an experiment needs is what refuses.
enum Sizes {
  static let any = 1...Int(1e15)
  static let layers = 1...1000
  static let batches = 1...10_000
}

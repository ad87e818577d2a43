import Gradients

/// One `name=value` of a command: how it is read into a `Root` and written from one. Help, completion, parsing and
/// printing all come from these rows.
struct Option<Root>: Sendable {
  let name: String
  /// What its value looks like, for the usage line.
  let form: String
  let summary: String
  /// Words that the value may be, where there are only so many.
  var words: [String] = []
  let read: @Sendable (inout Root, Word) throws(CommandError) -> Void
  /// The value as written, `nil` to leave the option out.
  let write: @Sendable (Root) -> String?
}

extension Option {
  /// A whole number within a range.
  static func integer(
    _ name: String, _ path: WritableKeyPath<Root, Int> & Sendable, _ range: ClosedRange<Int>, _ summary: String
  ) -> Option {
    Option(name: name, form: "N", summary: summary) { (root, word) throws(CommandError) in
      root[keyPath: path] = try Value.integer(word, name, range)
    } write: { root in
      String(root[keyPath: path])
    }
  }

  /// A finite number within bounds.
  static func number(
    _ name: String, _ path: WritableKeyPath<Root, Double> & Sendable, _ bounds: Bounds, _ summary: String
  ) -> Option {
    Option(name: name, form: "X", summary: summary) { (root, word) throws(CommandError) in
      root[keyPath: path] = try Value.number(word, name, bounds)
    } write: { root in
      NumberText.of(root[keyPath: path])
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

  /// `yes` or `no`.
  static func flag(_ name: String, _ path: WritableKeyPath<Root, Bool> & Sendable, _ summary: String) -> Option {
    Option(name: name, form: "yes|no", summary: summary, words: ["yes", "no"]) { (root, word) throws(CommandError) in
      root[keyPath: path] = try Value.choice(word, "value of \(name)", ["yes", "no"]) == "yes"
    } write: { root in
      root[keyPath: path] ? "yes" : "no"
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

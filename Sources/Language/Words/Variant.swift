/// One of the things a command chooses between, such as `rnn` in `model rnn hidden=64`, with its options.
package struct Variant<Whole>: Sendable {
  package let name: String
  let summary: String
  /// What stands between the name and the options: a file.
  let positional: String?
  /// For each option its usage, `hidden=N`, and its summary.
  let options: [(name: String, usage: String, summary: String, words: [String])]
  let read: @Sendable (inout WordReader) throws(CommandError) -> Whole
  /// The variant as written, with all of its options, `nil` for a whole that is another variant.
  let write: @Sendable (Whole) -> String?
  /// The values that data can have, in the order of the options, `nil` for a whole that is another variant.
  let values: @Sendable (Whole) -> [(name: String, value: OptionValue)]?
  /// A whole of this variant with some of those values changed.
  let changed: @Sendable (Whole, [String: OptionValue]) -> Whole?

  /// A variant whose options are read into a `Root`.
  init<Root: Sendable>(
    _ name: String, _ summary: String, _ initial: Root, _ options: [Option<Root>],
    wrap: @escaping @Sendable (Root) -> Whole, unwrap: @escaping @Sendable (Whole) -> Root?
  ) {
    self.init(name, summary, positional: nil, options, wrap: wrap, unwrap: unwrap) { (_) throws(CommandError) in
      initial
    } opening: { _ in
      ""
    }
  }

  /// A variant with something between its name and its options: `begin` reads it, `opening` writes it.
  init<Root: Sendable>(
    _ name: String, _ summary: String, positional: String?, _ options: [Option<Root>],
    wrap: @escaping @Sendable (Root) -> Whole, unwrap: @escaping @Sendable (Whole) -> Root?,
    begin: @escaping @Sendable (inout WordReader) throws(CommandError) -> Root,
    opening: @escaping @Sendable (Root) -> String
  ) {
    (self.name, self.summary, self.positional) = (name, summary, positional)
    self.options = options.map { ($0.name, "\($0.name)=\($0.form)", $0.summary, $0.words) }
    read = { (reader) throws(CommandError) in
      var root = try begin(&reader)
      try reader.read(options, into: &root)
      return wrap(root)
    }
    write = { whole in
      guard let root = unwrap(whole) else { return nil }
      let written = options.compactMap { option in
        option.write(root).map { "\(option.name)=\(Lexer.quote($0))" }
      }
      return ([name + opening(root)] + written).joined(separator: " ")
    }
    values = { whole in
      unwrap(whole).map { root in
        options.compactMap { option in option.field.map { (option.name, $0.value(root)) } }
      }
    }
    changed = { whole, values in
      guard var root = unwrap(whole) else { return nil }
      for option in options {
        if let value = values[option.name] { option.field?.set(value, in: &root) }
      }
      return wrap(root)
    }
  }
}

extension Variant {
  /// The whole that the name alone gives, `nil` where something more must be written.
  var standard: Whole? {
    var reader = WordReader([Word(text: name, isQuoted: false, equals: nil, column: 1, length: name.count)])
    return try? read(&reader)
  }

  /// The values of ``standard`` that data can have: their names, and of which kind each is.
  package var standardValues: [(name: String, value: OptionValue)] { standard.flatMap(values) ?? [] }

  /// ``standard`` with some of its values changed, whatever the language's bounds.
  package func with(_ values: [String: OptionValue]) -> Whole? { standard.flatMap { changed($0, values) } }
}

extension WordReader {
  /// Reads all remaining words as options.
  mutating func read<Root>(_ options: [Option<Root>], into root: inout Root) throws(CommandError) {
    var seen: Set<String> = []
    while let word = take() {
      guard let (name, value) = word.option else {
        throw CommandError(.unexpected(word.text), at: word)
      }
      guard let option = options.first(where: { $0.name == name.text }) else {
        throw CommandError(.unknown(what: "option here", name.text, known: options.map(\.name)), at: name)
      }
      guard seen.insert(name.text).inserted else { throw CommandError(.twice(option: name.text), at: name) }
      guard !value.text.isEmpty else {
        throw CommandError(.missing(expected: "a value for \(name.text)"), at: name)
      }
      try option.read(&root, value)
    }
  }

  /// Reads one of `variants` by its name, with its options.
  /// - Parameter besides: what else the word might have been, for the message.
  mutating func read<Whole>(
    _ what: String, _ variants: [Variant<Whole>], besides: [String] = []
  ) throws(CommandError) -> Whole {
    let names = variants.map(\.name) + besides
    let expected = "a \(what) (\(names.joined(separator: ", ")))"
    // An option in the place of the name: it is the name that is missing.
    if let next, next.option != nil { throw CommandError(.missing(expected: expected), at: next) }
    let word = try take(expected)
    guard let variant = variants.first(where: { $0.name == word.text }) else {
      throw CommandError(.unknown(what: what, word.text, known: names), at: word)
    }
    return try variant.read(&self)
  }
}

extension Array {
  /// What `whole` is written like by the variant that it is.
  func text<Whole>(_ whole: Whole) -> String where Element == Variant<Whole> {
    for variant in self {
      if let text = variant.write(whole) { return text }
    }
    preconditionFailure("every case of a choice has a variant")
  }

  /// The name of the variant that `whole` is, and the values that data can have.
  package func values<Whole>(of whole: Whole) -> (name: String, values: [(name: String, value: OptionValue)])
  where Element == Variant<Whole> {
    for variant in self {
      if let values = variant.values(whole) { return (variant.name, values) }
    }
    preconditionFailure("every case of a choice has a variant")
  }
}

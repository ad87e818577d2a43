/// What Tab offers at the prompt, from the tables and the parameters of the network at hand.
public enum Completion {
  /// The words that the last word of `line` may be the beginning of.
  public static func candidates(for line: String, parameters: [String]) -> [String] {
    guard let command = lastCommand(of: line) else { return [] }
    var words = command.split(separator: " ", omittingEmptySubsequences: true).map(String.init)
    let last = command.hasSuffix(" ") || words.isEmpty ? "" : words.removeLast()
    return choices(after: words, last: last, parameters: parameters).filter { $0.hasPrefix(last) && $0 != last }
      .sorted()
  }

  // What stands behind the last `;`, `nil` within quotes, where words are anybody's own.
  private static func lastCommand(of line: String) -> Substring? {
    var (start, isQuoted, isEscaped) = (line.startIndex, false, false)
    for index in line.indices {
      if isEscaped {
        isEscaped = false
      } else if line[index] == "\"" {
        isQuoted.toggle()
      } else if isQuoted {
        isEscaped = line[index] == "\\"
      } else if line[index] == ";" {
        start = line.index(after: index)
      }
    }
    return isQuoted ? nil : line[start...]
  }

  private static func choices(after words: [String], last: String, parameters: [String]) -> [String] {
    guard let name = words.first else { return CommandTable.rows.map(\.name) }
    switch name {
    case "model": return options(Variants.models, words, last)
    case "task": return options(Variants.tasks, words, last)
    case "optimizer": return options(Variants.optimizers, words, last)
    case "clip": return options(Variants.clippingRules, words, last) + (words.count == 1 ? ["on", "off"] : [])
    case "help": return words.count == 1 ? CommandTable.rows.map(\.name) : []
    case "print" where words.count == 1: return parameters + parameters.map { $0 + ".grad" } + quantities(parameters)
    case "find" where words.count == 1: return parameters
    case "goto" where words.count == 2: return destinations(words[1], parameters)
    case "expect" where words.count == 1: return quantities(parameters) + ["error"]
    case "until" where words.count == 1: return quantities(parameters)
    case "expect" where words.count >= 4: return ["at", "within", "always"]
    case "until" where words.count >= 4: return ["max"]
    case "expect", "until": return words.last == "is" ? Condition.Kind.allCases.map(\.rawValue) : comparisons(words)
    default: return words.count == 1 ? CommandTable.row(named: name)?.words ?? [] : []
    }
  }

  private static func destinations(_ word: String, _ parameters: [String]) -> [String] {
    if Destination.Direction(rawValue: word) != nil { return RunEventKind.allCases.map(\.rawValue) }
    return ["max", "min"].contains(word) ? quantities(parameters) : []
  }

  private static func comparisons(_ words: [String]) -> [String] {
    words.count == 2 ? Condition.Comparison.allCases.map(\.rawValue) + ["is"] : []
  }

  private static func quantities(_ parameters: [String]) -> [String] {
    Quantity.Scalar.allCases.map(\.rawValue)
      + Quantity.Measure.allCases.flatMap { measure in parameters.map { "\(measure.rawValue)(\($0))" } }
  }

  private static func options<Whole>(_ variants: [Variant<Whole>], _ words: [String], _ last: String) -> [String] {
    guard words.count > 1 else { return variants.map(\.name) }
    guard let variant = variants.first(where: { $0.name == words[1] }) else { return [] }
    if let equals = last.firstIndex(of: "=") {
      let name = String(last[..<equals])
      return variant.options.first { $0.name == name }?.words.map { "\(name)=\($0)" } ?? []
    }
    return variant.options.map { $0.name + "=" }.filter { option in !words.contains { $0.hasPrefix(option) } }
  }
}

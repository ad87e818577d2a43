/// Help, from the tables of commands and keys.
public enum HelpText {
  /// The keys, grouped by the line they type.
  public static func keys(_ bindings: KeyBindings) -> [String] {
    [keysTitle]
      + bindings.groups.map { group in
        "  " + pad(group.keys, 14) + pad(group.lines.joined(separator: " / "), 22) + summary(of: group.lines[0])
      } + ["  " + pad("Ctrl-C", 36) + "leaves; at the prompt it clears the line"]
  }

  /// The keys and the lines they type, without more words, for where there is little room.
  public static func keyLines(_ bindings: KeyBindings) -> [String] {
    [keysTitle] + bindings.groups.map { "  " + pad($0.keys, 14) + $0.lines.joined(separator: " / ") }
  }

  private static let keysTitle = "KEYS  (digits before a key are a count: 10n makes ten steps)"

  /// The commands, kind by kind, a line each.
  public static var commands: [String] {
    var lines: [String] = []
    for kind in Command.Kind.allCases {
      lines.append(kind.rawValue.uppercased())
      for row in CommandTable.rows where row.kind == kind { lines.append("  " + pad(row.name, 12) + row.summary) }
      lines.append("")
    }
    return lines + [
      "help COMMAND shows its forms, its options and an example; help WORD what a word of the screen means"
    ]
  }

  /// The commands and the words of the screen.
  static let topics = CommandTable.rows.map(\.name) + Glossary.entries.flatMap(\.words) + choices.map(\.name)

  // What commands choose between, and the options of all of it.
  private static let choices: [(name: String, meaning: String)] =
    choices(Variants.models) + choices(Variants.tasks) + choices(Variants.optimizers) + choices(Variants.clippingRules)

  private static func choices<Whole>(_ variants: [Variant<Whole>]) -> [(name: String, meaning: String)] {
    variants.map { ($0.name, $0.summary) }
      + variants.flatMap { variant in
        variant.options.map { ($0.name, $0.summary) }
      }
  }

  /// Whether there is help about a command or a word.
  package static func has(_ topic: String) -> Bool { topics.contains(topic) || Glossary.entry(topic) != nil }

  /// What `help WORD` shows: of a command, of a word of the screen, or of both.
  public static func topic(_ word: String) -> [String] {
    let meaning = Glossary.entry(word).map { [$0.words.joined(separator: ", ") + ": " + $0.meaning] } ?? []
    // The same of several is said once.
    var meanings: [String] = []
    for choice in choices where choice.name == word && !meanings.contains(choice.meaning) {
      meanings.append(choice.meaning)
    }
    let chosen = meanings.map { "\(word): \($0)" }
    let command = command(word)
    let first = meaning + chosen
    return first + (first.isEmpty || command.isEmpty ? [] : [""]) + command
  }

  /// What `help COMMAND` shows.
  public static func command(_ name: String) -> [String] {
    guard let row = CommandTable.row(named: name) else { return [] }
    return [row.name + ": " + row.summary] + row.usage.map { "  " + $0 } + options(of: name)
      + ["for example: " + row.example]
  }

  private static func options(of name: String) -> [String] {
    switch name {
    case "model": details(Variants.models)
    case "task": details(Variants.tasks)
    case "optimizer": details(Variants.optimizers)
    case "clip": details(Variants.clippingRules)
    default: []
    }
  }

  private static func details<Whole>(_ variants: [Variant<Whole>]) -> [String] {
    variants.flatMap { variant in
      ["  \(variant.name): \(variant.summary)"] + variant.options.map { "    " + pad($0.usage, 30) + $0.summary }
    }
  }

  private static func summary(of line: String) -> String {
    guard let name = line.split(separator: " ").first, let row = CommandTable.row(named: String(name)) else {
      return ""
    }
    return row.summary.split(separator: ";").first.map(String.init) ?? row.summary
  }

  private static func pad(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(1, width - text.count))
  }
}

extension Key {
  /// The key as it stands on a keyboard: `→`, `PgUp`, `Ctrl-L`.
  public var label: String {
    switch self {
    case .named(let name): Self.labels[name] ?? name.rawValue.prefix(1).uppercased() + name.rawValue.dropFirst()
    case .control(let letter): "Ctrl-" + letter.uppercased()
    case .alt(let letter): "Alt-" + letter.uppercased()
    case .character(let character): String(character)
    }
  }

  private static let labels: [Name: String] = [
    .up: "↑", .down: "↓", .left: "←", .right: "→", .pageup: "PgUp", .pagedown: "PgDn", .escape: "Esc",
    .backtab: "Shift-Tab", .space: "space",
  ]
}

extension CommandTable {
  /// A scenario's own words.
  static let words: [CommandRow] = [
    CommandRow(
      "say", .scenario, ["\"TEXT\""], "shows words to the viewer", example: "say \"Watch the hidden-to-hidden weight.\""
    ) { (reader) throws(CommandError) in
      .say(try reader.take("text in quotes").text)
    } write: { command in
      if case .say(let text) = command { Lexer.quote(text, always: true) } else { nil }
    },
    CommandRow(
      "pause", .scenario, ["[KEY]"], "waits for the viewer: for space or Enter, or for KEY, which then does its work",
      example: "pause c", words: Key.Name.allCases.map(\.rawValue)
    ) { (reader) throws(CommandError) in
      guard let word = reader.take() else { return .pause(nil) }
      return .pause(try key(word))
    } write: { command in
      if case .pause(let key) = command { key?.written ?? "" } else { nil }
    },
  ]

  /// Files, help and the end.
  static let files: [CommandRow] = [
    named(
      "save", "writes what was done so far as a scenario that leads to the same state", "save run.scenario",
      Command.save
    ) {
      if case .save(let path) = $0 { path } else { nil }
    },
    CommandRow(
      "export", .files, ["torch FILE"], "writes what was done so far as a PyTorch program that prints the same numbers",
      example: "export torch run.py", words: ["torch"]
    ) { (reader) throws(CommandError) in
      let kind = try reader.take("torch")
      guard kind.text == "torch" else {
        throw CommandError(.unknown(what: "export", kind.text, known: ["torch"]), at: kind)
      }
      return .exportTorch(try reader.take("a file").text)
    } write: { command in
      if case .exportTorch(let path) = command { "torch " + Lexer.quote(path) } else { nil }
    },
    named("trace", "writes a line of JSON for each step from now on", "trace run.jsonl", Command.trace) {
      if case .trace(let path) = $0 { path } else { nil }
    },
    CommandRow(
      "help", .files, ["[COMMAND]"], "all commands and keys, or one command with an example", example: "help clip"
    ) { (reader) throws(CommandError) in
      guard let word = reader.take() else { return .help(nil) }
      let names = CommandTable.rows.map(\.name)
      guard names.contains(word.text) else { throw CommandError(.unknownCommand(word.text, known: names), at: word) }
      return .help(word.text)
    } write: { command in
      if case .help(let topic) = command { topic ?? "" } else { nil }
    },
    CommandRow("quit", .files, .quit, "leaves clipscope"),
  ]

  /// What only the screen can do.
  static let screen: [CommandRow] = [
    CommandRow(
      "bind", .screen, ["KEY \"LINE\" [\"LINE\"]"],
      "makes a key type a line; the second one where the first would change nothing",
      example: "bind c \"clip on\" \"clip off\"", words: Key.Name.allCases.map(\.rawValue)
    ) { (reader) throws(CommandError) in
      let pressed = try key(try reader.take("a key"))
      let line = try reader.takeLine()
      return .bind(pressed, line: line, otherwise: reader.next == nil ? nil : try reader.takeLine())
    } write: { command in
      guard case .bind(let key, let line, let otherwise) = command else { return nil }
      return ([key.written] + [line, otherwise].compactMap(\.self).map { Lexer.quote($0, always: true) })
        .joined(separator: " ")
    },
    chosen("scroll", "moves the cursor along the parameters", ViewCommand.scroll) {
      if case .scroll(let scroll) = $0 { scroll } else { nil }
    },
    chosen("panel", "puts the next or the previous panel in front", ViewCommand.panel) {
      if case .panel(let direction) = $0 { direction } else { nil }
    },
    CommandRow(
      "speed", .screen, ["X", "up", "down"], "steps a second of a replay; beyond 1000 as fast as it goes",
      example: "speed 20", words: ["up", "down"]
    ) { (reader) throws(CommandError) in
      .view(.speed(try reader.readTurn("speed", .positive)))
    } write: { command in
      if case .view(.speed(let turn)) = command { turn.text } else { nil }
    },
    CommandRow(
      "find", .screen, ["[TEXT]"], "puts the cursor on the next parameter with TEXT in its name",
      example: "find weight_hh"
    ) { (reader) throws(CommandError) in
      .view(.find(reader.take()?.text))
    } write: { command in
      if case .view(.find(let text)) = command { text.map { Lexer.quote($0) } ?? "" } else { nil }
    },
    CommandRow("prompt", .screen, .view(.prompt), "opens the prompt"),
    CommandRow("redraw", .screen, .view(.redraw), "draws the whole screen again"),
    CommandRow("suspend", .screen, .view(.suspend), "gives the terminal back to the shell; fg returns"),
    CommandRow("back", .screen, .view(.back), "closes what is open: help, a question"),
  ]

  private static func named(
    _ name: String, _ summary: String, _ example: String, _ wrap: @escaping @Sendable (String) -> Command,
    unwrap: @escaping @Sendable (Command) -> String?
  ) -> CommandRow {
    CommandRow(name, .files, ["FILE"], summary, example: example) { (reader) throws(CommandError) in
      wrap(try reader.take("a file").text)
    } write: { command in
      unwrap(command).map { Lexer.quote($0) }
    }
  }

  private static func chosen<Choice: RawRepresentable<String> & CaseIterable & Sendable>(
    _ name: String, _ summary: String, _ wrap: @escaping @Sendable (Choice) -> ViewCommand,
    unwrap: @escaping @Sendable (ViewCommand) -> Choice?
  ) -> CommandRow {
    let words = Choice.allCases.map(\.rawValue)
    return CommandRow(
      name, .screen, [words.joined(separator: "|")], summary, example: "\(name) \(words[0])", words: words
    ) { (reader) throws(CommandError) in
      let word = try reader.take(words.joined(separator: ", "))
      return .view(wrap(Choice(rawValue: try Value.choice(word, "way to \(name)", words))!))
    } write: { command in
      if case .view(let view) = command { unwrap(view)?.rawValue } else { nil }
    }
  }

  private static func key(_ word: Word) throws(CommandError) -> Key {
    guard let key = Key(name: word.text) else {
      throw CommandError(.unknown(what: "key", word.text, known: Key.Name.allCases.map(\.rawValue)), at: word)
    }
    return key
  }
}

extension WordReader {
  /// A line in quotes, which has to be one that the parser accepts.
  fileprivate mutating func takeLine() throws(CommandError) -> String {
    let word = try take("a command line in quotes")
    do {
      _ = try Parser.commands(in: word.text)
    } catch {
      throw CommandError(.nestedLine(error.message), at: word)
    }
    return word.text
  }
}

extension Key {
  /// The name, in quotes where it would mean something else to the lexer: `"#"`, `";"`.
  var written: String { Lexer.quote(name) }
}

extension CommandTable {
  /// A scenario's own words.
  static let words: [CommandRow] = [
    CommandRow(
      "say", .words, ["\"TEXT\""], "shows words to the viewer", example: "say \"Watch the hidden-to-hidden weight.\""
    ) { (reader) throws(CommandError) in
      .words(.say(try reader.take("text in quotes").text))
    } write: { command in
      if case .words(.say(let text)) = command { Lexer.quote(text, always: true) } else { nil }
    },
    CommandRow(
      "pause", .words, ["[KEY]"], "waits for the viewer: for space or Enter, or for KEY, which then does its work",
      example: "pause c", words: Key.Name.allCases.map(\.rawValue)
    ) { (reader) throws(CommandError) in
      guard let word = reader.take() else { return .words(.pause(nil)) }
      return .words(.pause(try key(word)))
    } write: { command in
      if case .words(.pause(let key)) = command { key?.written ?? "" } else { nil }
    },
    CommandRow(
      "expect", .words, ["CONDITION [at N | within N | always]", "error"],
      "a test of what has been: now, at step N, at one of the last N steps, at every step",
      example: "expect total_norm > 100 within 40", words: Quantity.names + ["error"]
    ) { (reader) throws(CommandError) in
      if reader.take(word: "error") { return .words(.expect(.error)) }
      let condition = try reader.readCondition()
      return .words(.expect(.condition(condition, try reader.readSpan())))
    } write: { command in
      if case .words(.expect(let expectation)) = command { expectation.text } else { nil }
    },
  ]

  /// What writes files.
  static let files: [CommandRow] = [
    CommandRow(
      "save", .files, ["FILE", "all FILE"],
      "writes the straight way to now as a scenario that leads here; all: everything, with branches and undo",
      example: "save run.scenario", words: ["all"]
    ) { (reader) throws(CommandError) in
      if reader.take(word: "all") { return .files(.saveAll(try reader.take("a file").text)) }
      return .files(.save(try reader.take("a file").text))
    } write: { command in
      switch command {
      case .files(.save(let path)): Lexer.quote(path, always: path == "all")
      case .files(.saveAll(let path)): "all " + Lexer.quote(path)
      default: nil
      }
    },
    CommandRow(
      "export", .files, ["torch FILE"], "writes what was done so far as a PyTorch program that prints the same numbers",
      example: "export torch run.py", words: ["torch"]
    ) { (reader) throws(CommandError) in
      let kind = try reader.take("torch")
      guard kind.text == "torch" else {
        throw CommandError(.unknown(what: "export", kind.text, known: ["torch"]), at: kind)
      }
      return .files(.exportTorch(try reader.take("a file").text))
    } write: { command in
      if case .files(.exportTorch(let path)) = command { "torch " + Lexer.quote(path) } else { nil }
    },
    named(
      "trace", summary: "writes a line of JSON for each step from now on", example: "trace run.jsonl",
      FilesCommand.trace
    ) {
      if case .trace(let path) = $0 { path } else { nil }
    },
  ]

  /// What plays lessons.
  static let lessons: [CommandRow] = [
    CommandRow(
      "lesson", .lessons, ["NAME", "next"], "plays a lesson from its beginning; next: the one behind the last",
      example: "lesson rnn-explodes", words: ["next"]
    ) { (reader) throws(CommandError) in
      if reader.take(word: "next") { return .lesson(.next) }
      return .lesson(.named(try reader.take("the name of a lesson").text))
    } write: { command in
      switch command {
      case .lesson(.next): "next"
      case .lesson(.named(let name)): Lexer.quote(name, always: name == "next")
      default: nil
      }
    },
    CommandRow("again", .lessons, .lesson(.again), "plays the last lesson from its beginning"),
  ]

  /// What is not the experiment's.
  static let screen: [CommandRow] = [
    CommandRow(
      "bind", .view, ["KEY \"LINE\" [\"LINE\"]"],
      "makes a key type a line; the second one where the first would change nothing",
      example: "bind c \"clip on\" \"clip off\"", words: Key.Name.allCases.map(\.rawValue)
    ) { (reader) throws(CommandError) in
      let pressed = try key(try reader.take("a key"))
      let line = try reader.readCommandLine()
      return .view(.bind(pressed, line: line, otherwise: reader.next == nil ? nil : try reader.readCommandLine()))
    } write: { command in
      guard case .view(.bind(let key, let line, let otherwise)) = command else { return nil }
      return ([key.written] + [line, otherwise].compactMap(\.self).map { Lexer.quote($0, always: true) })
        .joined(separator: " ")
    },
    chosen("scroll", summary: "moves the cursor along the parameters", ViewCommand.scroll) {
      if case .scroll(let scroll) = $0 { scroll } else { nil }
    },
    chosen("panel", summary: "puts the next or the previous panel in front", ViewCommand.panel) {
      if case .panel(let direction) = $0 { direction } else { nil }
    },
    CommandRow(
      "speed", .view, ["X", "up", "down"], "steps a second of a replay; beyond 1000 as fast as it goes",
      example: "speed 20", words: ["up", "down"]
    ) { (reader) throws(CommandError) in
      .view(.speed(try reader.readTurn("speed", .positive)))
    } write: { command in
      if case .view(.speed(let turn)) = command { turn.text } else { nil }
    },
    CommandRow(
      "find", .view, ["[TEXT]"], "puts the cursor on the next parameter with TEXT in its name",
      example: "find weight_hh"
    ) { (reader) throws(CommandError) in
      .view(.find(reader.take()?.text))
    } write: { command in
      if case .view(.find(let text)) = command { text.map { Lexer.quote($0) } ?? "" } else { nil }
    },
    CommandRow("open", .view, .view(.open), "shows the parameter under the cursor by itself, large"),
    chosen(
      "zoom", summary: "shows half or twice as many of the steps in the charts, or all", ViewCommand.zoom
    ) {
      if case .zoom(let zoom) = $0 { zoom } else { nil }
    },
    CommandRow("lessons", .view, .view(.lessons), "shows the page of lessons"),
    CommandRow(
      "prompt", .view, ["[\"TEXT\"]"], "opens the prompt, with TEXT typed in already", example: "prompt \"goto \""
    ) { (reader) throws(CommandError) in
      .view(.prompt(reader.take()?.text ?? ""))
    } write: { command in
      if case .view(.prompt(let text)) = command { text.isEmpty ? "" : Lexer.quote(text, always: true) } else { nil }
    },
    CommandRow("redraw", .view, .view(.redraw), "draws the whole screen again"),
    CommandRow("suspend", .view, .view(.suspend), "gives the terminal back to the shell; fg returns"),
    CommandRow("close", .view, .view(.close), "closes what is open: help, a view, a ghost"),
    CommandRow(
      "help", .view, ["[WORD]"], "this screen, keys and commands; or one command, or one word of the screen",
      example: "help factor"
    ) { (reader) throws(CommandError) in
      guard var topic = reader.take()?.text else { return .view(.help(nil)) }
      let first = reader.words[1]
      while let more = reader.take() { topic += " " + more.text }
      guard HelpText.has(topic) else {
        throw CommandError(.unknownTopic(topic, known: HelpText.topics), at: first)
      }
      return .view(.help(topic))
    } write: { command in
      if case .view(.help(let topic)) = command { topic.map { Lexer.quote($0) } ?? "" } else { nil }
    },
    CommandRow("quit", .view, .view(.quit), "leaves clipscope"),
  ]

  private static func named(
    _ name: String, summary: String, example: String, _ wrap: @escaping @Sendable (String) -> FilesCommand,
    unwrap: @escaping @Sendable (FilesCommand) -> String?
  ) -> CommandRow {
    CommandRow(name, .files, ["FILE"], summary, example: example) { (reader) throws(CommandError) in
      .files(wrap(try reader.take("a file").text))
    } write: { command in
      if case .files(let files) = command { unwrap(files).map { Lexer.quote($0) } } else { nil }
    }
  }

  private static func chosen<Choice: RawRepresentable<String> & CaseIterable & Sendable>(
    _ name: String, summary: String, _ wrap: @escaping @Sendable (Choice) -> ViewCommand,
    unwrap: @escaping @Sendable (ViewCommand) -> Choice?
  ) -> CommandRow {
    let words = Choice.allCases.map(\.rawValue)
    return CommandRow(
      name, .view, [words.joined(separator: "|")], summary, example: "\(name) \(words[0])", words: words
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
  /// Reads a line in quotes, which has to be one that the parser accepts.
  fileprivate mutating func readCommandLine() throws(CommandError) -> String {
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

/// One command of the language: its name, how it is explained, read and written. Help, completion, parsing, printing
/// and the README's list all come from these rows.
public struct CommandRow: Sendable {
  /// The first word of the command.
  public let name: String
  /// What it is for, which is also where help lists it.
  public let kind: Command.Kind
  /// The forms it may take, one a line.
  public let usage: [String]
  /// What it does, in one sentence.
  public let summary: String
  /// A line that works as it stands.
  public let example: String
  /// What may follow the name, for completion: words, and options as `name=`.
  let words: [String]
  let read: @Sendable (inout WordReader) throws(CommandError) -> Command
  /// The command as written, `nil` for any other command.
  let write: @Sendable (Command) -> String?

  init(
    _ name: String, _ kind: Command.Kind, _ usage: [String], _ summary: String, example: String, words: [String] = [],
    read: @escaping @Sendable (inout WordReader) throws(CommandError) -> Command,
    write: @escaping @Sendable (Command) -> String?
  ) {
    self.name = name
    self.kind = kind
    self.usage = usage.map { $0.isEmpty ? name : name + " " + $0 }
    (self.summary, self.example, self.words, self.read) = (summary, example, words, read)
    self.write = { command in write(command).map { $0.isEmpty ? name : name + " " + $0 } }
  }

  /// A command that is one word.
  init(_ name: String, _ kind: Command.Kind, _ command: Command, _ summary: String) {
    self.init(name, kind, [""], summary, example: name) { (_) throws(CommandError) in
      command
    } write: {
      $0 == command ? "" : nil
    }
  }

  /// A command that chooses one of several variants with options.
  init<Whole>(
    _ name: String, _ kind: Command.Kind, _ variants: [Variant<Whole>], _ summary: String, example: String,
    what: String,
    wrap: @escaping @Sendable (Whole) -> Command, unwrap: @escaping @Sendable (Command) -> Whole?
  ) {
    let usage = variants.map { variant in
      ([variant.name] + [variant.positional].compactMap(\.self) + variant.options.map(\.usage)).joined(separator: " ")
    }
    self.init(
      name, kind, usage, summary, example: example, words: variants.map(\.name)
    ) { (reader) throws(CommandError) in
      wrap(try reader.read(what, variants))
    } write: { command in
      unwrap(command).map { variants.text($0) }
    }
  }
}

/// All commands of the language.
public enum CommandTable {
  /// The rows, group by group.
  public static let rows = setUp + changes + steps + travel + twins + looking + words + files + lessons + screen

  /// The row of this name.
  static func row(named name: String) -> CommandRow? { rows.first { $0.name == name } }
}

extension Command {
  /// The command as it is written: what reads it back gives the same command.
  public var text: String {
    for row in CommandTable.rows {
      if let text = row.write(self) { return text }
    }
    preconditionFailure("every command has a row")
  }
}

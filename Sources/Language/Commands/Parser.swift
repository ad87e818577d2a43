/// A command with its position in a line.
public struct ParsedCommand: Hashable, Sendable {
  /// The command.
  public let command: Command
  /// Its words, for errors that show only later.
  let words: [Word]

  /// The command as it was typed, without what was left to its defaults.
  package var text: String {
    words.map { $0.isQuoted ? Lexer.quote($0.text, always: true) : $0.text }.joined(separator: " ")
  }

  /// An error of this command, at the word that it is about: the one that contains `text`, else the first.
  package func error(_ problem: CommandError.Problem, about text: String? = nil) -> CommandError {
    let word = text.flatMap { text in words.dropFirst().first { $0.text.contains(text) } } ?? words[0]
    return CommandError(problem, at: word)
  }
}

/// Reads lines of the language.
public enum Parser {
  /// The commands of one line, in order; none for an empty line or a comment.
  /// - Throws: the first error, with its column.
  public static func commands(in line: String) throws(CommandError) -> [ParsedCommand] {
    var commands: [ParsedCommand] = []
    for piece in pieces(of: line) {
      switch piece {
      case .command(let parsed): commands.append(parsed)
      case .mistake(let error, _): throw error
      }
    }
    return commands
  }

  /// A command of a line, or why it cannot be understood and what its first word was.
  enum Piece: Sendable {
    case command(ParsedCommand)
    case mistake(CommandError, name: String)

    var isMistake: Bool { if case .mistake = self { true } else { false } }

    /// The first word, by which commands are told apart.
    var name: String {
      switch self {
      case .command(let parsed): parsed.words[0].text
      case .mistake(_, let name): name
      }
    }
  }

  /// The longest line, in bytes: whoever means so many commands writes them below each other.
  private static let longestLine = 1 << 16

  /// All commands of a line in order, understood or not. A line with an open quote is one mistake.
  static func pieces(of line: String) -> [Piece] {
    guard line.utf8.count <= longestLine else {
      return [.mistake(CommandError(.longLine(longestLine), column: 1, length: 1), name: "")]
    }
    do throws(CommandError) {
      return try Lexer.commands(in: line).map { words in
        do throws(CommandError) {
          return .command(try command(words))
        } catch {
          return .mistake(error, name: words[0].text)
        }
      }
    } catch {
      return [.mistake(error, name: "")]
    }
  }

  private static func command(_ words: [Word]) throws(CommandError) -> ParsedCommand {
    guard let row = CommandTable.row(named: words[0].text), !words[0].isQuoted else {
      throw CommandError(.unknownCommand(words[0].text, known: CommandTable.rows.map(\.name)), at: words[0])
    }
    var reader = WordReader(words)
    let command = try row.read(&reader)
    try reader.finish()
    try check(command, words)
    return ParsedCommand(command: command, words: words)
  }

  // What a single option cannot know: PyTorch's SGD refuses Nesterov without momentum or with dampening.
  private static func check(_ command: Command, _ words: [Word]) throws(CommandError) {
    guard case .setUp(.optimizer(.sgd(let sgd))) = command, sgd.nesterov, sgd.momentum == 0 || sgd.dampening != 0 else {
      return
    }
    let expected = "no, unless momentum is above 0 and dampening is 0"
    let parsed = ParsedCommand(command: command, words: words)
    throw parsed.error(.outOfRange(name: "nesterov", "yes", expected: expected), about: "nesterov")
  }
}

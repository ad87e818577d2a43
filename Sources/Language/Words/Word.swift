/// A word of a command line, with its position in the line.
public struct Word: Hashable, Sendable {
  /// The word without its quotes.
  public let text: String
  /// Whether any of it stood in quotes.
  public let isQuoted: Bool
  /// How many characters stand before the first `=` outside quotes, `nil` if there is none.
  let equals: Int?
  /// Where it begins in the line, from 1, in characters.
  public let column: Int
  /// How many characters it takes up there, quotes included.
  public let length: Int

  /// `name` and `value` of `name=value`; the value has its own position.
  var option: (name: Word, value: Word)? {
    guard let equals, equals > 0 else { return nil }
    let name = String(text.prefix(equals))
    let value = String(text.dropFirst(equals + 1))
    return (
      Word(text: name, isQuoted: false, equals: nil, column: column, length: equals),
      Word(
        text: value, isQuoted: isQuoted, equals: nil, column: column + equals + 1, length: max(1, length - equals - 1))
    )
  }
}

/// Cuts a line into commands at `;`, and those into words at blanks. A `#` outside quotes begins a comment;
/// inside quotes `\"` and `\\` stand for the character itself.
enum Lexer {
  /// A line, cut into what the lexer looks at. A mark behind a quote, a blank or a semicolon belongs to no letter and must
  /// not hide them: it stands by itself here, while columns count what people see.
  private struct Cut {
    var characters: [Character] = []
    /// For each of them the column, from 1.
    var columns: [Int] = []

    init(_ line: String) {
      for (offset, character) in line.enumerated() {
        let scalars = character.unicodeScalars
        if scalars.count > 1, let first = scalars.first, first.isASCII, !character.isLetter, !character.isNumber {
          characters += [Character(first)] + String(String.UnicodeScalarView(scalars.dropFirst()))
        } else {
          characters.append(character)
        }
        while columns.count < characters.count { columns.append(offset + 1) }
      }
    }

    /// Where some of them are, and how many columns they take up.
    func extent(of range: Range<Int>) -> (column: Int, length: Int) {
      (columns[range.lowerBound], columns[range.upperBound - 1] - columns[range.lowerBound] + 1)
    }
  }

  /// The words of each command of a line; commands without words are left out.
  static func commands(in line: String) throws(CommandError) -> [[Word]] {
    var commands: [[Word]] = [[]]
    let cut = Cut(line)
    let characters = cut.characters
    var position = 0
    while position < characters.count, characters[position] != "#" {
      if characters[position] == ";" {
        commands.append([])
        position += 1
      } else if characters[position].isWhitespace {
        position += 1
      } else {
        commands[commands.count - 1].append(try word(cut, at: &position))
      }
    }
    return commands.filter { !$0.isEmpty }
  }

  private static func word(_ cut: Cut, at position: inout Int) throws(CommandError) -> Word {
    let characters = cut.characters
    let start = position
    var text = ""
    var equals: Int?
    var isQuoted = false
    while position < characters.count, !endsWord(characters[position]) {
      if characters[position] == "\"" {
        isQuoted = true
        text += try quoted(cut, at: &position)
      } else {
        if characters[position] == "=", equals == nil, !isQuoted { equals = text.count }
        text.append(characters[position])
        position += 1
      }
    }
    let (column, length) = cut.extent(of: start..<position)
    return Word(text: text, isQuoted: isQuoted, equals: equals, column: column, length: length)
  }

  private static func endsWord(_ character: Character) -> Bool {
    character.isWhitespace || character == ";" || character == "#"
  }

  private static func quoted(_ cut: Cut, at position: inout Int) throws(CommandError) -> String {
    let characters = cut.characters
    let start = position
    var text = ""
    position += 1
    while position < characters.count {
      let character = characters[position]
      position += 1
      if character == "\"" { return text }
      if character == "\\", position < characters.count, characters[position] == "\"" || characters[position] == "\\" {
        text.append(characters[position])
        position += 1
      } else {
        text.append(character)
      }
    }
    let (column, length) = cut.extent(of: start..<position)
    throw CommandError(.openQuote, column: column, length: length)
  }

  /// Text as it has to be written to be one word.
  static func quote(_ text: String, always: Bool = false) -> String {
    let characters = Cut(text).characters
    let needsQuotes = always || text.isEmpty || characters.contains { endsWord($0) || $0 == "\"" || $0 == "=" }
    guard needsQuotes else { return text }
    return characters.reduce(into: "\"") { $0 += $1 == "\"" || $1 == "\\" ? "\\\($1)" : String($1) } + "\""
  }
}

/// Reads the words of one command from left to right.
struct WordReader {
  let words: [Word]
  /// The index of the next word.
  private(set) var index = 1

  init(_ words: [Word]) { self.words = words }

  var next: Word? { index < words.count ? words[index] : nil }

  /// The column just behind the last word: where something is missing.
  var endColumn: Int { words[words.count - 1].column + words[words.count - 1].length }

  mutating func take() -> Word? {
    defer { index += 1 }
    return next
  }

  mutating func take(_ expected: String) throws(CommandError) -> Word {
    guard let word = take() else {
      throw CommandError(.missing(expected: expected), column: endColumn + 1, length: 1)
    }
    return word
  }

  /// Reads the next word as the name of a file, which an option is not.
  mutating func readFileName(_ expected: String) throws(CommandError) -> String {
    let word = try take(expected)
    guard word.option == nil else { throw CommandError(.missing(expected: expected), at: word) }
    return word.text
  }

  /// Takes the next word if it is `text`.
  mutating func take(word text: String) -> Bool {
    guard next?.text == text, next?.isQuoted == false else { return false }
    index += 1
    return true
  }

  /// Complains about words that nothing has read.
  func finish() throws(CommandError) {
    if let word = next { throw CommandError(.unexpected(word.text), at: word) }
  }
}

/// A word of a command line, with its place in the line.
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

  /// `name` and `value` of `name=value`; the value has its own place.
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
      for (place, character) in line.enumerated() {
        let scalars = character.unicodeScalars
        if scalars.count > 1, let first = scalars.first, first.isASCII, !character.isLetter, !character.isNumber {
          characters += [Character(first)] + String(String.UnicodeScalarView(scalars.dropFirst()))
        } else {
          characters.append(character)
        }
        while columns.count < characters.count { columns.append(place + 1) }
      }
    }

    /// Where some of them are, and how many columns they take up.
    func place(_ range: Range<Int>) -> (column: Int, length: Int) {
      (columns[range.lowerBound], columns[range.upperBound - 1] - columns[range.lowerBound] + 1)
    }
  }

  /// The words of each command of a line; commands without words are left out.
  static func commands(in line: String) throws(CommandError) -> [[Word]] {
    var commands: [[Word]] = [[]]
    let cut = Cut(line)
    let characters = cut.characters
    var place = 0
    while place < characters.count, characters[place] != "#" {
      if characters[place] == ";" {
        commands.append([])
        place += 1
      } else if characters[place].isWhitespace {
        place += 1
      } else {
        commands[commands.count - 1].append(try word(cut, &place))
      }
    }
    return commands.filter { !$0.isEmpty }
  }

  private static func word(_ cut: Cut, _ place: inout Int) throws(CommandError) -> Word {
    let characters = cut.characters
    let start = place
    var text = ""
    var equals: Int?
    var isQuoted = false
    while place < characters.count, !endsWord(characters[place]) {
      if characters[place] == "\"" {
        isQuoted = true
        text += try quoted(cut, &place)
      } else {
        if characters[place] == "=", equals == nil, !isQuoted { equals = text.count }
        text.append(characters[place])
        place += 1
      }
    }
    let (column, length) = cut.place(start..<place)
    return Word(text: text, isQuoted: isQuoted, equals: equals, column: column, length: length)
  }

  private static func endsWord(_ character: Character) -> Bool {
    character.isWhitespace || character == ";" || character == "#"
  }

  private static func quoted(_ cut: Cut, _ place: inout Int) throws(CommandError) -> String {
    let characters = cut.characters
    let start = place
    var text = ""
    place += 1
    while place < characters.count {
      let character = characters[place]
      place += 1
      if character == "\"" { return text }
      if character == "\\", place < characters.count, characters[place] == "\"" || characters[place] == "\\" {
        text.append(characters[place])
        place += 1
      } else {
        text.append(character)
      }
    }
    let (column, length) = cut.place(start..<place)
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
  private(set) var place = 1

  init(_ words: [Word]) { self.words = words }

  var next: Word? { place < words.count ? words[place] : nil }

  /// The place just behind the last word: where something is missing.
  var endColumn: Int { words[words.count - 1].column + words[words.count - 1].length }

  mutating func take() -> Word? {
    defer { place += 1 }
    return next
  }

  mutating func take(_ expected: String) throws(CommandError) -> Word {
    guard let word = take() else {
      throw CommandError(.missing(expected: expected), column: endColumn + 1, length: 1)
    }
    return word
  }

  /// The next word as the name of a file, which an option is not.
  mutating func takeFile(_ expected: String) throws(CommandError) -> String {
    let word = try take(expected)
    guard word.option == nil else { throw CommandError(.missing(expected: expected), at: word) }
    return word.text
  }

  /// Takes the next word if it is `text`.
  mutating func take(word text: String) -> Bool {
    guard next?.text == text, next?.isQuoted == false else { return false }
    place += 1
    return true
  }

  /// Complains about words that nothing has read.
  func finish() throws(CommandError) {
    if let word = next { throw CommandError(.unexpected(word.text), at: word) }
  }
}

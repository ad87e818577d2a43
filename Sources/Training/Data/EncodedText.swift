/// A text as the numbers of its characters in a sorted vocabulary.
public struct EncodedText: Hashable, Sendable {
  /// For each character of the text its index in the vocabulary.
  public let symbols: [Int]
  /// The different characters of the text, sorted by scalar value.
  public let vocabulary: [Unicode.Scalar]

  init(symbols: [Int], vocabulary: [Unicode.Scalar]) {
    self.symbols = symbols
    self.vocabulary = vocabulary
  }

  /// The text of a file, character by character.
  /// - Throws: `DataError` for bytes that are not UTF-8 or that no text contains.
  public init(utf8 bytes: [UInt8], file: String) throws(DataError) {
    guard let content = String(validating: bytes, as: UTF8.self) else {
      let (line, column) = Self.firstInvalidByte(bytes)
      throw DataError(file: file, line: line, column: column, message: "is not UTF-8 text here")
    }
    let scalars = Array(content.unicodeScalars)
    if let offset = scalars.firstIndex(of: "\0") {
      let line = scalars[..<offset].filter { $0 == "\n" }.count + 1
      throw DataError(file: file, line: line, message: "has a zero byte: this looks like a binary file, not a text")
    }
    vocabulary = Set(scalars).sorted()
    let indices = Dictionary(uniqueKeysWithValues: zip(vocabulary, vocabulary.indices))
    symbols = scalars.map { indices[$0]! }
  }

  /// Checks that windows of `length` characters, each with its successor, can be drawn.
  public func check(length: Int, file: String) throws(DataError) {
    guard symbols.count > length else {
      let need = "a window of length=\(length) needs at least \(length + 1) characters"
      throw DataError(file: file, message: "has \(symbols.count) character\(symbols.count == 1 ? "" : "s"); \(need)")
    }
    guard vocabulary.count > 1 else {
      throw DataError(file: file, message: "has one character over and over: there is nothing to predict")
    }
  }

  private static func firstInvalidByte(_ bytes: [UInt8]) -> (line: Int, column: Int) {
    var decoder = UTF8()
    var iterator = bytes.makeIterator()
    var (line, column) = (1, 1)
    while case .scalarValue(let scalar) = decoder.decode(&iterator) {
      column += 1
      if scalar == "\n" { (line, column) = (line + 1, 1) }
    }
    return (line, column)
  }
}

/// What is wrong with a file of the user's: which one, where, and what.
public struct DataError: Error, Hashable, Sendable {
  /// The file as the user wrote it.
  public let file: String
  /// The line, from 1.
  public let line: Int?
  /// The column, from 1: a character of a text, a field of a table.
  public let column: Int?
  /// What is wrong there, as the rest of a sentence that begins with the file.
  public let message: String

  /// An error in `file`, with as much of a position as is known.
  public init(file: String, line: Int? = nil, column: Int? = nil, message: String) {
    (self.file, self.line, self.column, self.message) = (file, line, column, message)
  }

  /// `file:line:column message`.
  public var description: String {
    [file, line.map(String.init), column.map(String.init)].compactMap(\.self).joined(separator: ":") + " " + message
  }
}

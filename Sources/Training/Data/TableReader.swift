/// Splits a text into rows of fields, one byte at a time. Fields may be quoted (RFC 4180); lines without anything in any
/// field are passed over.
struct TableReader {
  private let bytes: [UInt8]
  private let file: String
  private let separator: UInt8
  // Whether any number of blanks separates, and those at the ends of a line do not.
  private let isBlank: Bool
  private var index: Int
  private var fileLine = 1
  /// What was read of fields, without quotes, and where each ends.
  private(set) var text: [UInt8] = []
  private(set) var ends: [UInt32] = []
  /// Where the rows begin.
  private(set) var lines: [UInt32] = []
  /// Where the row begins that was read last.
  private(set) var line = 1

  /// - Parameter start: where the first line begins.
  init(_ bytes: [UInt8], from start: Int, separator: TableFormat.Separator, file: String) {
    (self.bytes, self.file, index) = (bytes, file, start)
    (self.separator, isBlank) = (separator.byte, separator == .blanks)
    fileLine += bytes[..<start].count { $0 == 10 }
  }

  /// Whether bytes are a text: UTF-8 without a zero byte.
  static func isText(_ bytes: [UInt8]) -> Bool {
    !bytes.contains(0) && bytes.withUnsafeBufferPointer { String(validating: $0, as: UTF8.self) != nil }
  }

  /// What is to be said of other bytes.
  static func noText(_ file: String) -> DataError {
    DataError(file: file, message: "is not a UTF-8 text; export the table as CSV in UTF-8")
  }

  /// How much of the text is read, from 0 to 1.
  var share: Double { Double(index) / Double(max(1, bytes.count)) }

  /// Whether a field that was read so far is a number.
  var hasNumber: Bool {
    var start = 0
    return ends.contains { end in
      defer { start = Int(end) }
      return text[start..<Int(end)].withUnsafeBufferPointer { Cell($0).isNumber }
    }
  }

  /// The fields that were read so far, which are the first line's.
  mutating func takeFields() -> [String] {
    var start = 0
    let fields = ends.map { end in
      defer { start = Int(end) }
      return String(decoding: text[start..<Int(end)], as: UTF8.self)
    }
    (text, ends, lines) = ([], [], [])
    text.reserveCapacity(bytes.count)
    return fields
  }

  /// Reads the next row that has something in it.
  /// - Returns: how many fields it has, `nil` at the end.
  mutating func readRow() throws(DataError) -> Int? {
    while index < bytes.count {
      line = fileLine
      let (first, start) = (ends.count, text.count)
      if isBlank { skipBlanks() }
      try readField(1)
      while index < bytes.count, bytes[index] == separator || isBlank && bytes[index] == 9 {
        index += 1
        if isBlank {
          skipBlanks()
          if isAtEnd { break }
        }
        let column = ends.count - first + 1
        guard column <= Table.mostColumns else {
          throw error("has more than \(Table.mostColumns) columns; take fewer of them")
        }
        try readField(column)
      }
      endLine()
      if text[start...].allSatisfy({ $0 == 32 || $0 == 9 }) {
        text.removeLast(text.count - start)
        ends.removeLast(ends.count - first)
        continue
      }
      lines.append(UInt32(line))
      return ends.count - first
    }
    return nil
  }

  /// An error in the row that was read last. What no text is has no place in a table: then that is what there is to say.
  func error(_ message: String, line: Int? = nil, column: Int? = nil) -> DataError {
    guard Self.isText(bytes) else { return Self.noText(file) }
    return DataError(file: file, line: line ?? self.line, column: column, message: message)
  }

  private mutating func endLine() {
    guard index < bytes.count else { return }
    if bytes[index] == 13, index + 1 < bytes.count, bytes[index + 1] == 10 { index += 1 }
    index += 1
    fileLine += 1
  }

  private mutating func skipBlanks() {
    while index < bytes.count, bytes[index] == 32 || bytes[index] == 9 { index += 1 }
  }

  private var isAtEnd: Bool {
    guard index < bytes.count else { return true }
    let byte = bytes[index]
    return byte == separator || byte == 10 || byte == 13 || isBlank && byte == 9
  }

  private mutating func readField(_ column: Int) throws(DataError) {
    let (start, first) = (text.count, index)
    // Blanks before a quote are no part of the field.
    while index < bytes.count, bytes[index] == 32, !isBlank { index += 1 }
    if index < bytes.count, bytes[index] == UInt8(ascii: "\"") {
      try readQuoted(column)
    } else {
      index = first
      while !isAtEnd { index += 1 }
      guard index - first <= Table.longestField else { throw tooLong(column) }
      text += bytes[first..<index]
    }
    guard text.count - start <= Table.longestField else { throw tooLong(column) }
    ends.append(UInt32(text.count))
  }

  private func tooLong(_ column: Int) -> DataError {
    error("has a field of more than \(Table.longestField >> 10) kB here", line: fileLine, column: column)
  }

  private mutating func readQuoted(_ column: Int) throws(DataError) {
    let (first, start) = (fileLine, text.count)
    index += 1
    while index < bytes.count {
      let byte = bytes[index]
      index += 1
      if byte == UInt8(ascii: "\"") {
        guard index < bytes.count, bytes[index] == UInt8(ascii: "\"") else {
          while index < bytes.count, bytes[index] == 32, !isBlank { index += 1 }
          guard isAtEnd else { throw error("has text after a closing quote", line: fileLine, column: column) }
          return
        }
        index += 1
      }
      if byte == 10 {
        // Where blanks separate, a program reads line by line.
        if isBlank { break }
        fileLine += 1
      }
      // And there, several blanks are one.
      if isBlank, byte == 32 || byte == 9 {
        if text.count == start || text.last != 32 { text.append(32) }
      } else {
        text.append(byte)
      }
      guard text.count - start <= Table.longestField else {
        throw error(
          "has a quote here that is not closed within \(Table.longestField >> 10) kB", line: first, column: column)
      }
    }
    throw error("has a quote that is never closed", line: first, column: column)
  }
}

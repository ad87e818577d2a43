/// A comma-separated table (RFC 4180): a header line, then rows of as many fields. Fields may be quoted.
///
/// It takes as many bytes as its text, and four for each field and each row: a large file is no reason to run out of memory.
public struct Table: Hashable, Sendable {
  /// The names of the columns.
  public let header: [String]
  // The fields of all rows one behind the other, without their quotes, and where each ends.
  private let text: [UInt8]
  private let ends: [UInt32]
  private let lines: [UInt32]

  /// More columns than anybody looks at, each of which would be an input.
  static let mostColumns = 10_000
  /// The longest field, in bytes.
  static let longestField = 1 << 16

  /// Reads a table; empty lines are left out. O(bytes).
  /// - Throws: `DataError` for text that is not UTF-8, an open quote, a row with too few or too many fields, a header that is
  ///   missing, empty somewhere or has a name twice, and for more columns or longer fields than any table has.
  public init(utf8 bytes: [UInt8], file: String) throws(DataError) {
    var reader = TableReader(bytes, file: file)
    let head = bytes.prefix { $0 != 10 }
    if head.count(where: { $0 == UInt8(ascii: ";") }) > head.count(where: { $0 == UInt8(ascii: ",") }) {
      let message = "seems to have its columns separated by semicolons; export it with commas"
      throw DataError(file: file, line: 1, message: message)
    }
    guard try reader.readRow() else {
      try Self.check(bytes, file)
      throw DataError(file: file, message: "is empty; the first line must name the columns")
    }
    let count = reader.ends.count
    let names = reader.takeFields()
    var known: Set<String> = []
    for (index, name) in names.enumerated() {
      if name.isEmpty {
        throw DataError(file: file, line: reader.line, column: index + 1, message: "has a column without a name")
      }
      guard known.insert(name).inserted else {
        throw DataError(file: file, line: reader.line, column: index + 1, message: "has two columns named \(name)")
      }
    }
    header = names
    reader.width = count
    while try reader.readRow() {}
    (text, ends, lines) = (reader.text, reader.ends, reader.lines)
    try Self.check(bytes, file)
    guard !lines.isEmpty else { throw DataError(file: file, message: "has a header but no rows") }
  }

  // At the end, so that what can be said with a place is said so.
  private static func check(_ bytes: [UInt8], _ file: String) throws(DataError) {
    guard TableReader.isText(bytes) else { throw TableReader.noText(file) }
  }

  /// How many rows there are.
  public var rowCount: Int { lines.count }

  /// The line of the file where a row begins, from 1.
  public func line(ofRow row: Int) -> Int { Int(lines[row]) }

  /// The fields of a row, without their quotes.
  public func fields(ofRow row: Int) -> [String] { header.indices.map { self[row, $0] } }

  /// A field, without its quotes.
  public subscript(row: Int, column: Int) -> String { String(decoding: bytes(row, column), as: UTF8.self) }

  /// Calls `body` with a field without blanks at either end.
  func withTrimmed<Result>(_ row: Int, _ column: Int, _ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
    var range = bytes(row, column)
    while let first = range.first, first == 32 || first == 9 { range.removeFirst() }
    while let last = range.last, last == 32 || last == 9 { range.removeLast() }
    return range.withUnsafeBufferPointer(body)
  }

  /// The same as text.
  func trimmed(_ row: Int, _ column: Int) -> String {
    withTrimmed(row, column) { String(decoding: $0, as: UTF8.self) }
  }

  private func bytes(_ row: Int, _ column: Int) -> ArraySlice<UInt8> {
    let index = row * header.count + column
    return text[(index > 0 ? Int(ends[index - 1]) : 0)..<Int(ends[index])]
  }
}

/// Splits a text into rows of fields, one byte at a time.
private struct TableReader {
  private let bytes: [UInt8]
  private let file: String
  private var index = 0
  private var fileLine = 1
  /// What was read of fields, and where each ends.
  private(set) var text: [UInt8] = []
  private(set) var ends: [UInt32] = []
  /// Where the rows begin.
  private(set) var lines: [UInt32] = []
  /// Where the row begins that was read last.
  private(set) var line = 1
  /// How many fields a row has; `nil` for the first.
  var width: Int?

  init(_ bytes: [UInt8], file: String) {
    (self.bytes, self.file) = (bytes, file)
    // Spreadsheets put a byte order mark in front; it is no part of the first column's name.
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { index = 3 }
    text.reserveCapacity(bytes.count)
  }

  static func isText(_ bytes: [UInt8]) -> Bool {
    !bytes.contains(0) && bytes.withUnsafeBufferPointer { String(validating: $0, as: UTF8.self) != nil }
  }

  static func noText(_ file: String) -> DataError {
    DataError(file: file, message: "is not a UTF-8 text; export the table as CSV in UTF-8")
  }

  /// The fields that were read so far, which are the header's.
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

  /// Reads the next row that is not an empty line; false at the end.
  mutating func readRow() throws(DataError) -> Bool {
    while index < bytes.count {
      line = fileLine
      let (first, start) = (ends.count, text.count)
      try readField(1)
      while index < bytes.count, bytes[index] == UInt8(ascii: ",") {
        index += 1
        let column = ends.count - first + 1
        guard column <= Table.mostColumns else {
          throw error("has more than \(Table.mostColumns) columns; take fewer of them")
        }
        try readField(column)
      }
      endLine()
      if ends.count - first == 1, text.count == start {
        ends.removeLast()
        continue
      }
      try checkWidth(ends.count - first)
      lines.append(UInt32(line))
      return true
    }
    return false
  }

  private func checkWidth(_ count: Int) throws(DataError) {
    guard let width, count != width else { return }
    let message = "has \(count) fields here, but the header names \(width) columns"
    throw error(message, column: min(count, width + 1))
  }

  // What no text is has no place in a table: it is no text, whatever else there is to say.
  private func error(_ message: String, line: Int? = nil, column: Int? = nil) -> DataError {
    guard Self.isText(bytes) else { return Self.noText(file) }
    return DataError(file: file, line: line ?? self.line, column: column, message: message)
  }

  private mutating func endLine() {
    guard index < bytes.count else { return }
    if bytes[index] == 13, index + 1 < bytes.count, bytes[index + 1] == 10 { index += 1 }
    index += 1
    fileLine += 1
  }

  private var isAtEnd: Bool {
    index >= bytes.count || bytes[index] == UInt8(ascii: ",") || bytes[index] == 10 || bytes[index] == 13
  }

  private mutating func readField(_ column: Int) throws(DataError) {
    let start = text.count
    if index < bytes.count, bytes[index] == UInt8(ascii: "\"") {
      try readQuoted(column)
    } else {
      let first = index
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
          guard isAtEnd else { throw error("has text after a closing quote", line: fileLine, column: column) }
          return
        }
        index += 1
      }
      if byte == 10 { fileLine += 1 }
      text.append(byte)
      guard text.count - start <= Table.longestField else {
        throw error(
          "has a quote here that is not closed within \(Table.longestField >> 10) kB", line: first, column: column)
      }
    }
    throw error("has a quote that is never closed", line: first, column: column)
  }
}

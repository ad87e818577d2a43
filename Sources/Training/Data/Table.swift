/// A comma-separated table (RFC 4180): a header line, then rows of as many fields. Fields may be quoted.
public struct Table: Hashable, Sendable {
  /// The names of the columns.
  public let header: [String]
  /// The rows, each with the line of the file where it begins.
  public let rows: [Row]

  /// One row.
  public struct Row: Hashable, Sendable {
    /// The fields, without their quotes.
    public let fields: [String]
    /// The line, from 1.
    public let line: Int
  }

  /// Reads a table; empty lines are left out.
  /// - Throws: `DataError` for text that is not UTF-8, an open quote, a row with too few or too many fields,
  ///   and a header that is missing, empty somewhere or has a name twice.
  public init(utf8 bytes: [UInt8], file: String) throws(DataError) {
    guard let content = String(validating: bytes, as: UTF8.self), !content.unicodeScalars.contains("\0") else {
      throw DataError(file: file, message: "is not a UTF-8 text; export the table as CSV in UTF-8")
    }
    var reader = TableReader(content, file: file)
    guard let first = try reader.nextRow() else {
      throw DataError(file: file, message: "is empty; the first line must name the columns")
    }
    header = first.fields
    for (index, name) in header.enumerated() {
      if name.isEmpty {
        throw DataError(file: file, line: first.line, column: index + 1, message: "has a column without a name")
      }
      if header[..<index].contains(name) {
        throw DataError(
          file: file, line: first.line, column: index + 1, message: "has two columns named \(name)")
      }
    }
    var rows: [Row] = []
    while let row = try reader.nextRow() {
      guard row.fields.count == header.count else {
        let message = "has \(row.fields.count) fields here, but the header names \(header.count) columns"
        throw DataError(file: file, line: row.line, column: min(row.fields.count, header.count + 1), message: message)
      }
      rows.append(row)
    }
    guard !rows.isEmpty else { throw DataError(file: file, message: "has a header but no rows") }
    self.rows = rows
  }
}

/// Splits a text into rows of fields, one character at a time.
private struct TableReader {
  private let scalars: [Unicode.Scalar]
  private let file: String
  private var position = 0
  private var line = 1

  init(_ content: String, file: String) {
    let all = Array(content.unicodeScalars)
    // Spreadsheets put a byte order mark in front; it is no part of the first column's name.
    scalars = all.first == "\u{FEFF}" ? Array(all.dropFirst()) : all
    self.file = file
  }

  /// The next row that is not an empty line, `nil` at the end.
  mutating func nextRow() throws(DataError) -> Table.Row? {
    while position < scalars.count {
      let start = line
      var fields = [try nextField(1)]
      while position < scalars.count, scalars[position] == "," {
        position += 1
        fields.append(try nextField(fields.count + 1))
      }
      endLine()
      if fields != [""] { return Table.Row(fields: fields, line: start) }
    }
    return nil
  }

  private mutating func endLine() {
    guard position < scalars.count else { return }
    if scalars[position] == "\r", position + 1 < scalars.count, scalars[position + 1] == "\n" { position += 1 }
    position += 1
    line += 1
  }

  private var atEnd: Bool {
    position >= scalars.count || scalars[position] == "," || scalars[position] == "\n" || scalars[position] == "\r"
  }

  private mutating func nextField(_ column: Int) throws(DataError) -> String {
    if position < scalars.count, scalars[position] == "\"" { return try quotedField(column) }
    var field = String.UnicodeScalarView()
    while !atEnd {
      field.append(scalars[position])
      position += 1
    }
    return String(field)
  }

  private mutating func quotedField(_ column: Int) throws(DataError) -> String {
    let start = line
    var field = String.UnicodeScalarView()
    position += 1
    while position < scalars.count {
      let scalar = scalars[position]
      position += 1
      if scalar == "\"" {
        guard position < scalars.count, scalars[position] == "\"" else {
          guard atEnd else {
            throw DataError(file: file, line: line, column: column, message: "has text after a closing quote")
          }
          return String(field)
        }
        position += 1
      }
      if scalar == "\n" { line += 1 }
      field.append(scalar)
    }
    throw DataError(file: file, line: start, column: column, message: "has a quote that is never closed")
  }
}

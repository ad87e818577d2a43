import Numerics

/// A table as people have them: rows of as many fields, mostly below a line of names (RFC 4180 and its relatives).
///
/// It takes as many bytes as its text, and four for each field and each row: a large file is no reason to run out of memory.
public struct Table: Hashable, Sendable {
  /// The names of the columns, each different; the number of its column where there is no name.
  public let names: [String]
  /// Whether each column has a name of its own.
  public let isNamed: [Bool]
  /// The columns that had the name of one before them.
  public let renamed: [Int]
  /// What separates the columns.
  public let separator: TableFormat.Separator
  /// How many lines stand above the names, or above the first row where there are none.
  public let preamble: Int
  /// Whether a line of names stands above the rows.
  public let hasHeader: Bool
  /// Whether the names are those of a comment above the rows, as numpy.savetxt writes them.
  public let hasCommentNames: Bool
  /// Whether each row has one field more than there are names: the first, which is the row's name, as R writes it.
  public let hasRowNames: Bool
  // The fields of all rows one behind the other, without their quotes, and where each ends.
  private let text: [UInt8]
  private let ends: [UInt32]
  private let lines: [UInt32]

  /// More columns than anybody looks at, each of which would be an input.
  static let mostColumns = 10_000
  /// The longest field, in bytes.
  static let longestField = 1 << 16

  /// Reads a table. Lines of nothing, lines above it that begin with `#`, and a spreadsheet's `sep=;` are passed over. A line of
  /// names may be one name short: the first column has none then, as R writes the names of rows. O(bytes).
  /// - Throws: `DataError` for text that is not UTF-8, an open quote, a row with too few or too many fields, a first line that
  ///   looks like data, and for more columns or longer fields than any table has.
  public init(utf8 bytes: [UInt8], format: TableFormat = TableFormat(), file: String) throws(DataError) {
    let preamble = Preamble(bytes)
    let separator =
      format.separator ?? preamble.separator ?? TableFormat.separator(of: bytes, from: preamble.end, file: file)
    var reader = TableReader(bytes, from: preamble.end, separator: separator, file: file)
    guard let count = try reader.readRow() else {
      try Self.check(bytes, file)
      let what = bytes.contains(UInt8(ascii: "#")) ? "has nothing but lines that begin with #" : "is empty"
      throw DataError(file: file, message: "\(what); the first line must name the columns")
    }
    let headerLine = reader.line
    let comment = format.header == .auto ? preamble.names(separator, file: file) : nil
    let isBelowComment = comment?.count == count && reader.hasNumber
    hasCommentNames = isBelowComment
    let head = format.header == .no || isBelowComment ? nil : Self.unquoted(reader.takeFields().map(Self.trimmed))
    let width = try Self.readRows(&reader, head: head?.count, count)
    let (text, ends, lines) = (reader.text, reader.ends, reader.lines)
    (self.text, self.ends, self.lines) = (text, ends, lines)
    try Self.check(bytes, file)
    guard !lines.isEmpty else {
      let remedy = format.header == .auto ? "; is it a row of data? header=no says so" : ""
      throw DataError(file: file, message: "has a header but no rows" + remedy)
    }
    self.preamble = preamble.lines
    self.separator = separator
    hasHeader = head != nil
    var given = head ?? (isBelowComment ? comment!.map(Self.trimmed) : Array(repeating: "", count: width))
    var hasRowNames = false
    if given.count > width {
      guard given.last == "" else { throw DataError(file: file, line: headerLine, message: Self.tooMany(given, width)) }
      given.removeLast()
    }
    if given.count < width {
      let isTail = (0..<lines.count).allSatisfy { row in
        text[Self.range(row, width - 1, width, ends)].allSatisfy { $0 == 32 || $0 == 9 }
      }
      given.insert("", at: isTail ? width - 1 : 0)
      hasRowNames = !isTail
    }
    self.hasRowNames = hasRowNames
    (names, renamed) = Self.unique(given)
    isNamed = given.map { !$0.isEmpty }
    if format.header == .auto, !isBelowComment, let cell = dataIn(given) {
      throw DataError(
        file: file, line: headerLine,
        message:
          "has \(cell) where the names of the columns are expected: header=no says that the first line is a row of "
          + "data, header=yes that these are names")
    }
  }

  // At the end, so that what can be said with a place is said so.
  private static func check(_ bytes: [UInt8], _ file: String) throws(DataError) {
    guard TableReader.isText(bytes) else { throw TableReader.noText(file) }
  }

  // The rows, which are as wide as the first of them; that may differ from the header by the one name that may be missing.
  private static func readRows(_ reader: inout TableReader, head: Int?, _ count: Int) throws(DataError) -> Int {
    var width = head == nil ? count : nil
    var first: DataError?
    while let count = try reader.readRow() {
      if count == width {
        if reader.lines.count & 0xFFFF == 0, !Effort.goesOn(reader.share / 2) { break }
        continue
      }
      let expected = width == head || width == nil ? head : width
      let whose = expected == head ? "the header names \(head!) columns" : "the first row has \(expected!)"
      // Below a table there may be a source, or how many rows there were.
      let below = count == 1 && expected! > 2 ? "; delete lines below it that are no part of the table" : ""
      let error = reader.error("has \(count) fields here, but \(whose)\(below)", column: min(count, expected! + 1))
      guard width == nil, let head, abs(count - head) <= 1 else {
        // The table may well begin here.
        guard reader.lines.count < 6, count > expected! + 1 else { throw count == head ? first ?? error : error }
        throw reader.error(
          "has \(count) fields here, but \(whose); delete lines above it that are no part of the table",
          column: expected! + 1)
      }
      width = count
      first = error
    }
    return width ?? count
  }

  private static func tooMany(_ names: [String], _ width: Int) -> String {
    "names \(names.count) columns, but the rows have \(width) fields"
  }

  private static func trimmed(_ name: String) -> String {
    var name = Substring(name)
    while let first = name.first, first == " " || first == "\t" { name.removeFirst() }
    while let last = name.last, last == " " || last == "\t" { name.removeLast() }
    return String(name)
  }

  // Where every name stands in single quotes, they are no part of the names.
  private static func unquoted(_ names: [String]) -> [String] {
    guard names.allSatisfy({ $0.count > 2 && $0.hasPrefix("'") && $0.hasSuffix("'") }) else { return names }
    return names.map { String($0.dropFirst().dropLast()) }
  }

  // Of several columns of one name the later ones are called x.1, x.2, … as in pandas; names are compared as Python would.
  private static func unique(_ given: [String]) -> (names: [String], renamed: [Int]) {
    var known: Set<[UInt8]> = []
    // The next number for each name that was there already: of very many equal ones none is tried again.
    var next: [[UInt8]: Int] = [:]
    var renamed: [Int] = []
    var names = given
    // A name that was given goes before one that is made up.
    for index in given.indices.filter({ !given[$0].isEmpty }) + given.indices.filter({ given[$0].isEmpty }) {
      let base = given[index].isEmpty ? String(index + 1) : given[index]
      names[index] = base
      guard !known.insert(Array(base.utf8)).inserted else { continue }
      var number = next[Array(base.utf8)] ?? 1
      while !known.insert(Array("\(base).\(number)".utf8)).inserted { number += 1 }
      names[index] = "\(base).\(number)"
      next[Array(base.utf8)] = number + 1
      if !given[index].isEmpty { renamed.append(index) }
    }
    return (names, renamed)
  }

  // What makes a line of names look like a row of data: a number, or that half of it stands in its columns below.
  private func dataIn(_ given: [String]) -> String? {
    if let number = given.first(where: { Array($0.utf8).withUnsafeBufferPointer { Cell($0).isNumber } }) {
      return "the number \(number)"
    }
    let filled = given.indices.filter { !given[$0].isEmpty }
    let repeated = filled.filter { column in
      (0..<rowCount).contains { row in
        withTrimmed(row, column) { $0.elementsEqual(given[column].utf8) }
      }
    }
    guard let first = repeated.first, 2 * repeated.count >= filled.count else { return nil }
    return "\(given[first]), which its column has below, too,"
  }

  /// How many rows there are.
  public var rowCount: Int { lines.count }

  /// The line of the file where a row begins, from 1.
  public func line(ofRow row: Int) -> Int { Int(lines[row]) }

  /// The fields of a row, without their quotes.
  public func fields(ofRow row: Int) -> [String] { names.indices.map { self[row, $0] } }

  /// A field, without its quotes.
  public subscript(row: Int, column: Int) -> String {
    String(decoding: text[Self.range(row, column, names.count, ends)], as: UTF8.self)
  }

  /// Calls `body` with a field without blanks at either end.
  func withTrimmed<Result>(_ row: Int, _ column: Int, _ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
    var range = Self.range(row, column, names.count, ends)
    return text.withUnsafeBufferPointer { text in
      while let first = range.first, text[first] == 32 || text[first] == 9 { range.removeFirst() }
      while let last = range.last, text[last] == 32 || text[last] == 9 { range.removeLast() }
      return body(UnsafeBufferPointer(rebasing: text[range]))
    }
  }

  /// The same as text.
  func trimmed(_ row: Int, _ column: Int) -> String {
    withTrimmed(row, column) { String(decoding: $0, as: UTF8.self) }
  }

  private static func range(_ row: Int, _ column: Int, _ width: Int, _ ends: [UInt32]) -> Range<Int> {
    let index = row * width + column
    return (index > 0 ? Int(ends[index - 1]) : 0)..<Int(ends[index])
  }
}

/// What stands above a table: a byte order mark, lines of nothing, comments, and a spreadsheet's word on the separator.
private struct Preamble {
  /// Where the table begins.
  var end = 0
  /// How many lines stand above it.
  var lines = 0
  /// What the spreadsheet says.
  var separator: TableFormat.Separator?
  // The last comment, without its sign.
  private var comment: [UInt8] = []

  init(_ bytes: [UInt8]) {
    // Spreadsheets put a byte order mark in front; it is no part of the first column's name.
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { end = 3 }
    while end < bytes.count {
      let line = bytes[end...].prefix { $0 != 10 && $0 != 13 }
      let word = line.filter { $0 != 32 && $0 != 9 }
      if word.count == 5, word.starts(with: "sep=".utf8), let byte = word.last {
        separator = TableFormat.Separator.allCases.first { $0.byte == byte }
      } else if word.first != UInt8(ascii: "#"), !word.isEmpty {
        return
      } else if !word.isEmpty {
        comment = Array(line.drop { $0 == 32 || $0 == 9 || $0 == UInt8(ascii: "#") })
      }
      end = line.endIndex
      guard end < bytes.count else { return }
      if bytes[end] == 13, end + 1 < bytes.count, bytes[end + 1] == 10 { end += 1 }
      end += 1
      lines += 1
    }
  }

  /// The fields of the last comment, which may be names.
  func names(_ separator: TableFormat.Separator, file: String) -> [String]? {
    var reader = TableReader(comment, from: 0, separator: separator, file: file)
    guard !comment.isEmpty, (try? reader.readRow()) != nil else { return nil }
    return reader.takeFields()
  }
}

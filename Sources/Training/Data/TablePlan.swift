import Numerics

/// What is to become of each column of a table.
struct TablePlan {
  /// The columns to predict from.
  private(set) var inputs: [TableColumn] = []
  /// The column to predict.
  let target: TableColumn
  /// Whether what is predicted is a class.
  let hasClasses: Bool
  /// The columns that are left out without having been named: without a name and with nothing to learn from, or empty.
  private(set) var unused: [String] = []
  /// The columns that the user has named to be left out.
  let ignored: [String]
  /// Whether a comma is the decimal sign.
  let hasDecimalCommas: Bool
  /// The words that stand for missing values.
  let missingWords: [String]
  private var words: Set<Int> = []

  /// Whether a column is words.
  func isWords(_ column: TableColumn) -> Bool { words.contains(column.index) }

  /// Looks at all columns. O(fields).
  init(_ table: Table, target: String, options: EncodedTable.Options, file: String) throws(DataError) {
    let targetIndex = try Self.index(of: target, table, file)
    let ignoredIndices = try Self.indices(in: options.ignored, table, file)
    guard !ignoredIndices.contains(targetIndex) else {
      throw DataError(
        file: file, message: "cannot be without column \(target), which is to be predicted: take it out of ignore=")
    }
    ignored = ignoredIndices.sorted().map { table.names[$0] }
    var columns: [TableColumn] = []
    for index in table.names.indices where !ignoredIndices.contains(index) {
      columns.append(TableColumn(table, index))
      guard Effort.goesOn(0.5 + Double(index) / Double(2 * table.names.count)) else { break }
    }
    let absent = columns.reduce(into: Set<[UInt8]>()) { $0.formUnion($1.absentWords) }
    for index in columns.indices where !columns[index].weakWords.isDisjoint(with: absent) {
      columns[index] = TableColumn(table, columns[index].index, absent: absent)
    }
    missingWords = Cell.missingWords + absent.map { String(decoding: $0, as: UTF8.self) }.sorted()
    guard let column = columns.first(where: { $0.index == targetIndex }) else {
      throw DataError(file: file, message: "was not read to its end")
    }
    self.target = column
    let takesCommas = table.separator != .comma && columns.contains(where: \.hasDecimalComma)
    // Points between groups go with semicolons, and with commas before the decimals.
    let doubtsPoints = takesCommas || table.separator == .semicolon && !columns.contains(where: \.hasDecimalPoint)
    hasDecimalCommas = columns.contains(where: \.hasCommas)
    do throws(ColumnProblem) {
      switch try column.kind(table, takesCommas: takesCommas, doubtsPoints: doubtsPoints, isInput: false, file: file) {
      case .empty:
        throw ColumnProblem(
          name: target, isSlip: true,
          error: DataError(file: file, message: "has no value at all in column \(column.name)"))
      case .words: hasClasses = true
      case .numbers:
        hasClasses = options.hasClasses
        if hasClasses {
          try column.checkWords(table, table.rowCount - column.missing.count, isInput: false, file: file)
        }
      }
    } catch {
      throw error.error
    }
    var problems: [ColumnProblem] = []
    for column in columns where column.index != targetIndex {
      if isUnused(column, table) {
        unused.append(column.name)
        continue
      }
      do throws(ColumnProblem) {
        let kind = try column.kind(
          table, takesCommas: takesCommas, doubtsPoints: doubtsPoints, isInput: true, file: file)
        if kind == .words { words.insert(column.index) }
        inputs.append(column)
      } catch {
        problems.append(error)
      }
    }
    guard problems.isEmpty else { throw ColumnProblem.error(problems) }
    guard !inputs.isEmpty else {
      throw DataError(file: file, line: 1, message: "has no column beside \(target) to predict it from")
    }
  }

  // Without a name, what counts the rows or names each of them is what a program wrote beside the table; and nothing is in what
  // is empty.
  private func isUnused(_ column: TableColumn, _ table: Table) -> Bool {
    if column.missing.count == table.rowCount { return true }
    // pandas calls it so when it reads again what it wrote.
    let isNamed = table.isNamed[column.index] && !column.name.hasPrefix("Unnamed: ")
    guard table.hasHeader, !isNamed else { return false }
    return column.countsRows || column.different(table, upTo: table.rowCount) == table.rowCount
  }

  private static let rowNames =
    "; the rows have one field more than it has names: if it is no part of the table, delete it"

  private static func index(of name: String, _ table: Table, _ file: String) throws(DataError) -> Int {
    // As the file spells it, or else as the reader does who does not see how an accent is put together.
    let exact = table.names.firstIndex { $0.utf8.elementsEqual(name.utf8) }
    guard let index = exact ?? table.names.firstIndex(of: name) else {
      let names = table.names
      let shown = names.count > 30 ? names.prefix(20) + ["…"] + names.suffix(5) : names
      let numbered = table.hasHeader ? "" : "it has no line of names, and "
      throw DataError(
        file: file, line: 1,
        message:
          "has no column \(name); \(numbered)its columns are \(shown.joined(separator: ", "))\(table.hasRowNames ? rowNames : "")"
      )
    }
    return index
  }

  // Names with commas between, which may themselves be in a name. O(names + list · the commas in the longest name).
  private static func indices(in list: String, _ table: Table, _ file: String) throws(DataError) -> Set<Int> {
    guard !list.isEmpty else { return [] }
    let known = Dictionary(
      zip(table.names.map { Array($0.utf8) }, table.names.indices), uniquingKeysWith: { first, _ in first })
    let most = 1 + (table.names.map { $0.utf8.count { $0 == UInt8(ascii: ",") } }.max() ?? 0)
    var indices: Set<Int> = []
    var parts = list.split(separator: ",", omittingEmptySubsequences: false)[...]
    while let part = parts.first {
      let whole = (1...min(most, parts.count)).reversed().lazy.compactMap { count in
        known[Array(parts.prefix(count).joined(separator: ",").utf8)].map { (count, $0) }
      }.first
      if let (count, index) = whole {
        indices.insert(index)
        parts = parts.dropFirst(count)
      } else {
        indices.insert(try index(of: String(part), table, file))
        parts = parts.dropFirst()
      }
    }
    return indices
  }

  /// The rows that are used.
  /// - Throws: `DataError` where a value is missing and nobody has said what to do about it.
  func rows(_ table: Table, _ missing: EncodedTable.Missing, _ file: String) throws(DataError) -> [Int] {
    var isOut = [Bool](repeating: false, count: table.rowCount)
    let concerned = missing == .mean ? [target] : inputs + [target]
    for column in concerned {
      for row in column.missing { isOut[row] = true }
    }
    if missing == .error, let row = isOut.firstIndex(of: true),
      let column = concerned.first(where: { $0.missing.first == row }),
      let worst = concerned.max(by: { $0.missing.count < $1.missing.count })
    {
      let (cell, count) = (table.trimmed(row, column.index), isOut.count(where: \.self))
      let here = "has no value for \(column.name) here\(cell.isEmpty ? "" : " (\(cell))")"
      let which = count == 1 ? "this row" : "the \(count) of \(isOut.count) rows without one somewhere"
      let ignoring = worst.index == target.index ? "" : ", \(ColumnProblem.ignoring([worst.name])) that column"
      let most =
        count == 1 ? ignoring : ignoring.isEmpty ? "" : "\(ignoring), which misses most, \(worst.missing.count)"
      throw DataError(
        file: file, line: table.line(ofRow: row), column: column.index + 1,
        message: "\(here): missing=drop leaves out \(which)\(most); missing=mean "
          + (column.index == target.index ? "leaves out those without a target" : "puts the column's mean there"))
    }
    return isOut.indices.filter { !isOut[$0] }
  }

  // As many numbers as the largest file has bytes, several times over.
  private static let mostNumbers = 1 << 28

  /// Checks the rows that are used: each input has a value in one of them, and together they are no more than can be kept.
  func check(_ table: Table, _ rows: [Int], _ file: String) throws(DataError) {
    var (width, widest): (Int, (name: String, count: Int)) = (0, ("", 0))
    var problems: [ColumnProblem] = []
    for column in inputs {
      let absent = Set(column.missing)
      if !absent.isEmpty, rows.allSatisfy(absent.contains) {
        let message = "has no value of \(column.name) in any of the rows that are used"
        problems.append(ColumnProblem(name: column.name, isSlip: false, error: DataError(file: file, message: message)))
      }
      let count = isWords(column) ? column.different(table, upTo: table.rowCount) ?? 0 : 1
      width += count
      if count > widest.count { widest = (column.name, count) }
    }
    guard problems.isEmpty else { throw ColumnProblem.error(problems) }
    guard width <= Self.mostNumbers / max(1, rows.count) else {
      throw DataError(
        file: file,
        message:
          "would be \(width) inputs in \(rows.count) rows, too many to keep; most are the \(widest.count) words of "
          + "\(widest.name): \(ColumnProblem.ignoring([widest.name])) leaves them out")
    }
  }
}

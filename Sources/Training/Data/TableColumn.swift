/// A column of a table before it is decided what becomes of it: what its fields are.
struct TableColumn {
  /// Its index in the table.
  let index: Int
  /// Its name.
  let name: String
  /// The number in each row, NaN where there is none.
  let numbers: [Float]
  /// The rows without a value.
  let missing: [Int]
  /// How many fields are numbers.
  private var numeric = 0
  // How many are of another kind, and the first row of each.
  private var others: [Cell: (count: Int, row: Int)] = [:]
  private var hasOtherWords = false
  // Numbers with a comma: the first row, and whether each could as well be in groups of three digits.
  private var comma: (row: Int, isAmbiguous: Bool)?
  // The same of numbers with a point.
  private var point: (row: Int, isAmbiguous: Bool)?

  /// The words that may stand for missing values, if there is nothing but numbers beside them.
  private(set) var weakWords: Set<[UInt8]> = []

  /// Reads a column of a table. O(rows).
  /// - Parameter absent: words that stand for missing values in this table, beside those that do in any.
  init(_ table: Table, _ index: Int, absent: Set<[UInt8]> = []) {
    (self.index, name) = (index, table.names[index])
    var numbers = [Float](repeating: .nan, count: table.rowCount)
    var missing: [Int] = []
    for row in 0..<table.rowCount {
      var weak: [UInt8]?
      let (cell, hasPoint, isGrouped) = table.withTrimmed(row, index) { text -> (Cell, Bool, Bool) in
        let cell = Cell(text)
        if text.count <= 8, !cell.isNumber, cell != .missing, Cell.weakWords.contains(Array(text)) {
          weak = Array(text)
        }
        if let weak, absent.contains(weak) { return (.missing, false, false) }
        if case .commaNumber = cell { return (cell, false, Cell.isGrouped(text)) }
        let hasPoint = text.contains(UInt8(ascii: "."))
        return (cell, hasPoint, hasPoint && Cell.isGroupedByPoints(text))
      }
      switch cell {
      case .number(let number):
        numbers[row] = number
        numeric += 1
        if hasPoint { point = (point?.row ?? row, (point?.isAmbiguous ?? true) && isGrouped) }
      case .commaNumber(let number):
        numbers[row] = number
        numeric += 1
        comma = (comma?.row ?? row, (comma?.isAmbiguous ?? true) && isGrouped)
      case .missing: missing.append(row)
      case let other:
        if let weak { weakWords.insert(weak) } else { hasOtherWords = true }
        others[other] = others[other].map { ($0.count + 1, $0.row) } ?? (1, row)
      }
    }
    (self.numbers, self.missing) = (numbers, missing)
  }

  /// The words that do stand for missing values here: beside numbers, and nothing else.
  var absentWords: Set<[UInt8]> { numeric > 0 && !hasOtherWords ? weakWords : [] }

  /// Whether it has a point as decimal sign for certain.
  var hasDecimalPoint: Bool { point.map { !$0.isAmbiguous } ?? false }

  /// What a column is.
  enum Kind { case numbers, words, empty }

  /// Whether it has a comma as decimal sign for certain.
  var hasDecimalComma: Bool { comma.map { !$0.isAmbiguous } ?? false }

  /// Whether it has numbers with commas at all.
  var hasCommas: Bool { comma != nil }

  // More different words are names and not kinds, unless each stands there often.
  private static let fewWords = 20
  private static let mostWords = 1000

  /// Whether it counts the rows, from wherever.
  var countsRows: Bool {
    numeric == numbers.count && numbers.count > 1 && zip(numbers, numbers.dropFirst()).allSatisfy { $1 == $0 + 1 }
  }

  /// How many different fields it has, of those that are not missing; `nil` beyond `limit`.
  func different(_ table: Table, upTo limit: Int) -> Int? {
    var known: Set<[UInt8]> = []
    var absent = missing[...]
    for row in 0..<table.rowCount {
      if absent.first == row {
        absent.removeFirst()
        continue
      }
      table.withTrimmed(row, index) { _ = known.insert(Array($0)) }
      if known.count > limit { return nil }
    }
    return known.count
  }

  /// Decides what it is.
  /// - Parameters:
  ///   - takesCommas: whether other columns show that a comma is the decimal sign here.
  ///   - doubtsPoints: whether a point may as well stand between groups of digits.
  ///   - isInput: whether it is to be predicted from, so that it may be left out.
  /// - Throws: `ColumnProblem` where it is neither numbers nor words that mean kinds of things.
  func kind(_ table: Table, takesCommas: Bool, doubtsPoints: Bool, isInput: Bool, file: String) throws(ColumnProblem)
    -> Kind
  {
    func error(_ row: Int, _ what: String, isSlip: Bool = false) -> ColumnProblem {
      let (cell, line) = (table.trimmed(row, index), table.line(ofRow: row))
      return ColumnProblem(
        name: name, isSlip: isSlip || !isInput,
        error: DataError(file: file, line: line, column: index + 1, message: "has \"\(cell)\" for \(name), \(what)"))
    }
    let present = table.rowCount - missing.count
    if present == 0 { return .empty }
    if let date = others[.date], 2 * date.count >= present {
      throw error(date.row, "a date or a time, and a network needs numbers: write it as a number")
    }
    if let marked = others[.marked], 2 * marked.count >= present {
      throw error(marked.row, "a number with a sign: write the number alone")
    }
    if let grouped = others[.grouped], 2 * (grouped.count + numeric) >= present {
      throw error(grouped.row, "digits in groups: write them without the signs between")
    }
    if let coded = others[.coded], 2 * (coded.count + numeric) >= present {
      throw error(coded.row, "which is not a number in decimal digits: write it so")
    }
    let strangers = others.values.min { $0.row < $1.row }
    if let large = others[.tooLarge], 2 * numeric >= present { throw error(large.row, "which float32 cannot hold") }
    if let strangers, numeric > 0 {
      if isMixture(table, present) { return .words }
      // A few of them are slips; many, names.
      let count = present - numeric
      if 10 * count <= present || count == 1 || 2 * numeric == present {
        let remedy = isInput ? "; mend it, or \(ColumnProblem.ignoring([name])) leaves the column out" : ""
        throw error(strangers.row, "which is not a number\(remedy)", isSlip: true)
      }
      if 2 * numeric >= present { throw error(strangers.row, "and numbers elsewhere") }
    }
    guard strangers != nil else {
      if let comma, let point {
        let other = table.trimmed(comma.row, index)
        throw error(point.row, "and \"\(other)\" elsewhere: write one sign before the decimals", isSlip: true)
      }
      if let comma, comma.isAmbiguous, !takesCommas {
        throw error(comma.row, "which is a fraction or digits in groups: write 1.234 for one, 1234 for the other")
      }
      if let point, point.isAmbiguous, doubtsPoints {
        throw error(point.row, "which is a fraction or digits in groups: write 1234 for one, 1.2340 for the other")
      }
      return .numbers
    }
    try checkWords(table, present, isInput: isInput, file: file)
    return .words
  }

  // 2, 3, 4 and "5more": numbers that stand for kinds of things, as the words beside them do.
  private func isMixture(_ table: Table, _ present: Int) -> Bool {
    guard 10 * (present - numeric) > present, let different = different(table, upTo: Self.fewWords) else {
      return false
    }
    return 2 * different <= present
  }

  /// Refuses words that are names of single things.
  func checkWords(_ table: Table, _ present: Int, isInput: Bool, file: String) throws(ColumnProblem) {
    let different = different(table, upTo: Self.mostWords)
    let areFew = different.map { $0 <= Self.fewWords || 2 * $0 <= present } ?? false
    guard !areFew || isInput && different == present && present > 2 else { return }
    let count = different.map(String.init) ?? "more than \(Self.mostWords)"
    let message = "has \(count) different words in \(present) rows of column \(name), too many to learn from"
    throw ColumnProblem(name: name, isSlip: !isInput, error: DataError(file: file, message: message))
  }
}

/// Why a column cannot be used.
struct ColumnProblem: Error {
  /// The column.
  let name: String
  /// Whether there is a place to be mended, rather than a column that is to be left out.
  let isSlip: Bool
  /// What is wrong.
  let error: DataError

  /// The first of some problems, and the option that would help against all of them.
  static func error(_ problems: [ColumnProblem]) -> DataError {
    let first = problems.first { $0.isSlip } ?? problems[0]
    if first.isSlip { return first.error }
    let others = problems.count - 1
    let also = others == 0 ? "it" : "it and \(others) more such column\(others == 1 ? "" : "s")"
    let (error, names) = (first.error, problems.map(\.name))
    return DataError(
      file: error.file, line: error.line, column: error.column,
      message: "\(error.message); \(ignoring(names)) leaves \(also) out")
  }

  /// The option that leaves columns out.
  static func ignoring(_ names: [String]) -> String {
    let list = names.joined(separator: ",")
    let isPlain = list.unicodeScalars.allSatisfy {
      $0.properties.isAlphabetic || $0.properties.numericType != nil || "_.-,".unicodeScalars.contains($0)
    }
    return isPlain ? "ignore=\(list)" : "ignore=\"\(list)\""
  }
}

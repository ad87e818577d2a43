import Gradients
import Numerics

/// `task csv FILE target=COLUMN`: every other column is a number.
///
///     X = (x - x.mean(0)) / x.std(0)                       # a numeric target likewise
///     i = torch.randint(0, rows, (batch,))                 # mse; classes, sorted by name: cross entropy
public struct CSVTask: Hashable, Sendable, BatchSource {
  /// The file's name as it was written.
  public var file: String
  /// Where the file was found; names in a scenario are relative to the scenario.
  public var location = ""
  /// The column to predict.
  public var target: String
  /// Rows of a batch, drawn with replacement.
  public var batchSize = 32
  /// What was read from the file.
  public var data = StandardizedTable.empty

  /// 32 rows at a time; the table is read later.
  public init(file: String, target: String) {
    (self.file, self.target) = (file, target)
  }

  var interface: Interface { Interface(.rows, inputs: data.inputs.columns, outputs: data.outputs) }
  var loss: Loss { data.classes == nil ? .meanSquaredError : .crossEntropy }

  func prepare(_ generator: inout Generator) -> any PreparedTask {
    let targets = data.classes == nil ? Targets.values(data.values) : .classes(data.labels)
    return DrawnRows(inputs: data.inputs, targets: targets, batchSize: batchSize)
  }
}

/// A table as a network reads it.
public struct StandardizedTable: Hashable, Sendable {
  /// The columns but the target, each with mean 0 and standard deviation 1 (of n - 1, as `torch.std`).
  public let inputs: Matrix
  /// A numeric target, standardised, one column; a matrix without columns where the target is a class.
  public let values: Matrix
  /// The class of each row, where the target is not a number.
  public let labels: [Int]
  /// The names of the classes, sorted; `nil` where the target is a number.
  public let classes: [String]?

  /// A table of nothing.
  public static let empty = StandardizedTable(
    inputs: Matrix(rows: 0, columns: 0), values: Matrix(rows: 0, columns: 0), labels: [], classes: nil)

  private init(inputs: Matrix, values: Matrix, labels: [Int], classes: [String]?) {
    (self.inputs, self.values, self.labels, self.classes) = (inputs, values, labels, classes)
  }

  /// The width of the network's output.
  public var outputs: Int { classes?.count ?? 1 }

  /// Splits `target` from a table and standardises the rest. A target of words is a class.
  /// - Throws: `DataError` for a table without the target or without another column, an input cell that is missing
  ///   or not a number, and a constant column.
  public init(_ table: Table, target: String, file: String) throws(DataError) {
    guard let targetColumn = table.header.firstIndex(of: target) else {
      let names = table.header.joined(separator: ", ")
      throw DataError(file: file, line: 1, message: "has no column \(target); its columns are \(names)")
    }
    guard table.header.count > 1 else {
      throw DataError(file: file, line: 1, message: "has no column beside \(target) to predict it from")
    }
    guard table.rowCount > 1 else {
      throw DataError(file: file, message: "has one row; a standard deviation needs at least two")
    }
    var columns: [[Float]] = []
    for column in table.header.indices where column != targetColumn {
      columns.append(try Self.standardized(table, column, file))
    }
    inputs = Self.matrix(columns)
    let rows = 0..<table.rowCount
    if let row = rows.first(where: { row in table.withTrimmed(row, targetColumn, \.isEmpty) }) {
      let line = table.line(ofRow: row)
      throw DataError(file: file, line: line, column: targetColumn + 1, message: "has no value for \(target) here")
    }
    let numeric = rows.count { row in table.withTrimmed(row, targetColumn, Self.number) != nil }
    // A few words among numbers are slips, not classes: they are reported with their position.
    if 2 * numeric > rows.count {
      values = Self.matrix([try Self.standardized(table, targetColumn, file)])
      (labels, classes) = ([], nil)
      return
    }
    let cells = rows.map { table.trimmed($0, targetColumn) }
    let names = Set(cells).sorted { $0.unicodeScalars.lexicographicallyPrecedes($1.unicodeScalars) }
    guard names.count > 1 else {
      throw DataError(file: file, message: "has one class in \(target), \(names[0]): there is nothing to learn")
    }
    let classIndices = Dictionary(uniqueKeysWithValues: zip(names, names.indices))
    values = Matrix(rows: table.rowCount, columns: 0)
    labels = cells.map { classIndices[$0]! }
    classes = names
  }

  private static func numbers(_ table: Table, _ column: Int, _ file: String) throws(DataError) -> [Float] {
    var numbers: [Float] = []
    numbers.reserveCapacity(table.rowCount)
    for row in 0..<table.rowCount {
      guard let number = table.withTrimmed(row, column, number) else {
        let (cell, name) = (table.trimmed(row, column), table.header[column])
        let what = cell.isEmpty ? "has no value for \(name) here" : "has \"\(cell)\" for \(name), which is not a number"
        throw DataError(file: file, line: table.line(ofRow: row), column: column + 1, message: what)
      }
      numbers.append(number)
    }
    return numbers
  }

  // A finite float32 in decimal digits, `nil` for anything else: other programs read no hexadecimal numbers.
  private static func number(_ text: UnsafeBufferPointer<UInt8>) -> Float? {
    guard text.allSatisfy({ (48...57).contains($0) || "+-.eE".utf8.contains($0) }) else { return nil }
    return Float(Substring(decoding: text, as: UTF8.self)).flatMap { $0.isFinite ? $0 : nil }
  }

  // In double precision, rounded once: torch's own sums differ from it in the last place.
  private static func standardized(_ table: Table, _ index: Int, _ file: String) throws(DataError) -> [Float] {
    let (column, name) = (try numbers(table, index, file), table.header[index])
    let mean = column.reduce(0.0) { $0 + Double($1) } / Double(column.count)
    let squares = column.reduce(0.0) { $0 + (Double($1) - mean) * (Double($1) - mean) }
    let deviation = Float((squares / Double(column.count - 1)).squareRoot())
    guard deviation > 0 else {
      let first = table.trimmed(0, index)
      let differs = (1..<table.rowCount).contains { table.trimmed($0, index) != first }
      let what =
        differs
        ? "has values in column \(name) that differ by less than float32 can tell: subtract what they have in common"
        : "has the same value all over column \(name): it cannot be standardised"
      throw DataError(file: file, message: what)
    }
    return column.map { ($0 - Float(mean)) / deviation }
  }

  private static func matrix(_ columns: [[Float]]) -> Matrix {
    let rows = columns[0].count
    var matrix = Matrix(rows: rows, columns: columns.count)
    for (index, column) in columns.enumerated() {
      for row in 0..<rows { matrix.elements[row * columns.count + index] = column[row] }
    }
    return matrix
  }

  /// Tables are the same when what was read is: compared by inputs and targets.
  public static func == (left: Self, right: Self) -> Bool {
    left.inputs == right.inputs && left.values == right.values && left.labels == right.labels
  }

  /// The shape stands for the content: equal tables have equal shapes.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(inputs.rows)
    hasher.combine(inputs.columns)
    hasher.combine(labels)
  }
}

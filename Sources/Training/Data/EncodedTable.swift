import Numerics

/// A table as a network reads it: numbers, words as one column for each of them, and a target.
public struct EncodedTable: Hashable, Sendable {
  /// What is predicted from, row by row.
  public let inputs: Matrix
  /// A target of numbers, one column; a matrix without columns where the target is a class.
  public let values: Matrix
  /// The class of each row, where the target is one.
  public let labels: [Int]
  /// The names of the classes, sorted; `nil` where the target is a number.
  public let classes: [String]?
  /// Where all this stands in the file.
  public let layout: TableLayout
  /// What was made of the table, in one line.
  public let summary: String

  /// A table of nothing.
  public static let empty = EncodedTable(
    inputs: Matrix(rows: 0, columns: 0), values: Matrix(rows: 0, columns: 0), labels: [], classes: nil,
    layout: TableLayout(), summary: "")

  private init(
    inputs: Matrix, values: Matrix, labels: [Int], classes: [String]?, layout: TableLayout, summary: String
  ) {
    (self.inputs, self.values, self.labels) = (inputs, values, labels)
    (self.classes, self.layout, self.summary) = (classes, layout, summary)
  }

  /// The width of the network's output.
  public var outputs: Int { classes?.count ?? 1 }

  /// What to do about a value that is missing.
  public enum Missing: String, Hashable, Sendable, CaseIterable {
    /// Say where it is.
    case error
    /// Leave the row out.
    case drop
    /// Take the column's mean, of words the mean of each one's column; rows without a target are left out.
    case mean
  }

  /// How a table is to be read.
  public struct Options: Hashable, Sendable {
    /// How it is written.
    public var format = TableFormat()
    /// What to do about values that are missing.
    public var missing = Missing.error
    /// Whether a target of numbers is a class, too; one of words is one anyway.
    public var hasClasses = false
    /// Whether each column has its mean taken off and is divided by its standard deviation.
    public var isStandardized = true
    /// The columns that are left out, with commas between.
    public var ignored = ""

    /// As it is by default.
    public init() {}
  }

  /// Takes `target` from a table and encodes the rest.
  ///
  /// Standardised, a column is `(x - x.mean(0)) / x.std(0)`, its deviation that of n - 1, as torch computes them: see ``TorchMean``.
  /// O(fields).
  /// - Throws: `DataError` for a table without the target or without another column, and for a column that is neither numbers
  ///   nor words for kinds of things, has values that are missing or is the same all over, each with the remedy.
  public init(
    _ table: Table, target: String, options: Options = Options(), file: String
  ) throws(DataError) {
    let plan = try TablePlan(table, target: target, options: options, file: file)
    let rows = try plan.rows(table, options.missing, file)
    guard rows.count > 1 else {
      let count = rows.isEmpty ? "no row" : "one row"
      let left = rows.count < table.rowCount ? " in which nothing is missing" : ""
      throw DataError(file: file, message: "has \(count)\(left); a standard deviation needs at least two")
    }
    try plan.check(table, rows, file)
    var columns: [[Float]] = []
    var inputs: [TableLayout.Column] = []
    for column in plan.inputs {
      guard Effort.goesOn(0.99) else { break }
      let encoded =
        plan.isWords(column)
        ? Self.oneHot(table, column, rows) : (names: nil, columns: [rows.map { column.numbers[$0] }])
      inputs.append(TableLayout.Column(index: column.index, name: column.name, words: encoded.names))
      columns += encoded.columns
    }
    if options.missing == .mean { Self.fill(&columns) }
    try Self.check(columns, inputs, table, options, file)
    if options.isStandardized { Self.standardize(&columns) }
    self.inputs = Self.matrix(columns)
    var targets = [plan.target.numbers.isEmpty ? [] : rows.map { plan.target.numbers[$0] }]
    if plan.hasClasses {
      let cells = rows.map { row in table.withTrimmed(row, plan.target.index) { Array($0) } }
      let names = Set(cells).sorted { $0.lexicographicallyPrecedes($1) }
      guard names.count > 1 else {
        let name = String(decoding: names[0], as: UTF8.self)
        throw DataError(file: file, message: "has one class in \(target), \(name): there is nothing to learn")
      }
      let indices = Dictionary(uniqueKeysWithValues: zip(names, names.indices))
      (labels, classes) = (cells.map { indices[$0]! }, names.map { String(decoding: $0, as: UTF8.self) })
      values = Matrix(rows: rows.count, columns: 0)
    } else {
      let column = TableLayout.Column(index: plan.target.index, name: plan.target.name, words: nil)
      try Self.check(targets, [column], isTarget: true, table, options, file)
      if options.isStandardized { Self.standardize(&targets) }
      (values, labels, classes) = (Self.matrix(targets), [], nil)
    }
    layout = TableLayout(table, plan, inputs: inputs, options: options, rows: rows.count)
    summary = TableSummary(table, plan, layout, classes: classes, options: options, file: file).text
    _ = Effort.goesOn(1)
  }

  // A column for each word, sorted by the words' bytes, which is the order of their scalars; NaN where it is missing.
  private static func oneHot(
    _ table: Table, _ column: TableColumn, _ rows: [Int]
  ) -> (names: [String]?, columns: [[Float]]) {
    let absent = Set(column.missing)
    let cells = rows.map { row in absent.contains(row) ? nil : table.withTrimmed(row, column.index) { Array($0) } }
    let names = Set(cells.compactMap(\.self)).sorted { $0.lexicographicallyPrecedes($1) }
    let columns = names.map { name in cells.map { $0.map { $0 == name ? Float(1) : 0 } ?? .nan } }
    return (names.map { String(decoding: $0, as: UTF8.self) }, columns)
  }

  // torch.where(X.isnan(), X.nanmean(0), X)
  private static func fill(_ columns: inout [[Float]]) {
    let count = columns.count
    for index in columns.indices {
      guard columns[index].contains(where: \.isNaN) else { continue }
      let mean = TorchMean.of(columns[index], at: index, among: count)
      columns[index] = columns[index].map { $0.isNaN ? mean : $0 }
    }
  }

  // What is the same all over has no deviation to be divided by.
  private static func check(
    _ columns: [[Float]], _ names: [TableLayout.Column], isTarget: Bool = false, _ table: Table, _ options: Options,
    _ file: String
  ) throws(DataError) {
    guard options.isStandardized else { return }
    var columns = columns[...]
    var problems: [ColumnProblem] = []
    for column in names {
      let width = column.words?.count ?? 1
      defer { columns = columns.dropFirst(width) }
      guard let encoded = columns.first, width == 1, deviation(encoded) == 0 else { continue }
      let first = table.trimmed(0, column.index)
      let differs = column.words == nil && (1..<table.rowCount).contains { table.trimmed($0, column.index) != first }
      let what =
        differs
        ? "has values in column \(column.name) that differ by less than float32 can tell: subtract what they have in common"
        : "has the same value all over column \(column.name): it cannot be standardised"
      problems.append(ColumnProblem(name: column.name, isSlip: isTarget, error: DataError(file: file, message: what)))
    }
    if !problems.isEmpty { throw ColumnProblem.error(problems) }
  }

  private static func standardize(_ columns: inout [[Float]]) {
    let count = columns.count
    for index in columns.indices {
      let mean = TorchMean.of(columns[index], at: index, among: count)
      // Of a single column torch takes the deviation from the mean as float32 has it.
      let deviation = deviation(columns[index], from: count == 1 ? Double(mean) : nil)
      for row in columns[index].indices { columns[index][row] = (columns[index][row] - mean) / deviation }
    }
  }

  // In float64, as torch.std does, with the n - 1 of its default.
  private static func deviation(_ column: [Float], from center: Double? = nil) -> Float {
    let mean = center ?? column.reduce(0.0) { $0 + Double($1) } / Double(column.count)
    let squares = column.reduce(0.0) { $0 + (Double($1) - mean) * (Double($1) - mean) }
    return Float((squares / Double(column.count - 1)).squareRoot())
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

/// Where in a file what a network reads of a table stands: all that a program needs to read it in the same way.
public struct TableLayout: Sendable {
  /// A column that is used.
  public struct Column: Sendable {
    /// Its index in a row.
    public let index: Int
    /// Its name.
    public let name: String
    /// The words that have a column each, sorted; `nil` for numbers.
    public let words: [String]?
  }

  /// How many lines stand above the names, or above the first row.
  public private(set) var preamble = 0
  /// Whether a line of names stands above the rows.
  public private(set) var hasHeader = true
  /// What stands between the columns.
  public private(set) var separator = TableFormat.Separator.comma
  /// Whether numbers have a comma as their decimal sign.
  public private(set) var hasDecimalCommas = false
  /// The columns to predict from.
  public private(set) var inputs: [Column] = []
  /// The column to predict.
  public private(set) var target = Column(index: 0, name: "", words: nil)
  /// How many rows of the file are used, and of how many.
  public private(set) var rows = (used: 0, of: 0)
  /// Whether a value is missing in one of these columns.
  public private(set) var hasMissing = false
  /// The words that stand for missing values.
  public private(set) var missingWords: [String] = []
  /// How a missing value is treated.
  public private(set) var missing = EncodedTable.Missing.error
  /// Whether columns have their mean taken off and are divided by their deviation.
  public private(set) var isStandardized = true

  init() {}

  init(_ table: Table, _ plan: TablePlan, inputs: [Column], options: EncodedTable.Options, rows: Int) {
    (preamble, hasHeader, separator) = (table.preamble, table.hasHeader, table.separator)
    hasDecimalCommas = plan.hasDecimalCommas
    self.inputs = inputs
    target = Column(index: plan.target.index, name: plan.target.name, words: nil)
    self.rows = (rows, table.rowCount)
    hasMissing = (plan.inputs + [plan.target]).contains { !$0.missing.isEmpty }
    missingWords = plan.missingWords
    (missing, isStandardized) = (options.missing, options.isStandardized)
  }
}

/// What was made of a table, in one line.
struct TableSummary {
  let text: String

  init(
    _ table: Table, _ plan: TablePlan, _ layout: TableLayout, classes: [String]?, options: EncodedTable.Options,
    file: String
  ) {
    let width = layout.inputs.reduce(0) { $0 + ($1.words?.count ?? 1) }
    let words = layout.inputs.compactMap { column in column.words.map { "\(column.name) as \($0.count)" } }
    let rows = layout.rows
    var said = [
      rows.used == rows.of
        ? Self.count(rows.of, "row")
        : "\(rows.used) of \(Self.count(rows.of, "row")), those \(options.missing == .mean ? "with a target" : "without a missing value")",
      Self.count(width, "input") + (words.isEmpty ? "" : " (\(Self.list(words, "columns")))"),
      classes.map { "target \(layout.target.name): \(Self.list($0, "classes", counted: true))" }
        ?? "target \(layout.target.name): a number",
    ]
    if table.separator != .comma { said.append("separated by \(table.separator.plural)") }
    if layout.hasDecimalCommas { said.append("decimal commas") }
    if table.hasCommentNames { said.append("the names are those of the line of # above") }
    if !table.hasHeader, !table.hasCommentNames {
      said.append("no line of names: the columns are called 1 to \(table.names.count)")
    }
    if !table.renamed.isEmpty {
      said.append("columns of one name are called \(Self.list(table.renamed.map { table.names[$0] }))")
    }
    if table.hasRowNames {
      said.append("a field more in each row than there are names: the first is taken for the row's name")
    }
    if !plan.unused.isEmpty {
      said.append(
        "left out, without a name or a value: \(plan.unused.count > 1 ? "columns" : "column") \(Self.list(plan.unused))"
      )
    }
    if !plan.ignored.isEmpty { said.append("left out: \(Self.list(plan.ignored))") }
    if options.missing == .mean {
      let filled = plan.inputs.reduce(0) { $0 + $1.missing.count }
      if filled > 0 { said.append("what is missing is the mean of its column") }
    }
    if !options.isStandardized { said.append("as it is, not standardised") }
    text = "\(file): " + said.joined(separator: "; ") + Self.hint(table, plan, classes)
  }

  // What the user may have meant instead.
  private static func hint(_ table: Table, _ plan: TablePlan, _ classes: [String]?) -> String {
    if let column = plan.inputs.first(where: { $0.countsRows && $0.numbers.count > 9 }) {
      return " (\(column.name) counts the rows: \(ColumnProblem.ignoring([column.name])) would leave it out)"
    }
    guard classes == nil, plan.target.numbers.allSatisfy({ $0.isNaN || $0 == $0.rounded() }),
      let different = plan.target.different(table, upTo: 20), 2 * different <= table.rowCount
    else { return "" }
    return " (\(plan.target.name) has \(different) different whole numbers: classes=yes would take them for classes)"
  }

  private static func count(_ count: Int, _ what: String) -> String { "\(count) \(what)\(count == 1 ? "" : "s")" }

  // The first few, and how many there are.
  private static func list(_ items: [String], _ what: String? = nil, counted: Bool = false) -> String {
    let shown = items.prefix(5).joined(separator: ", ") + (items.count > 5 ? ", … \(items.count) in all" : "")
    guard let what else { return shown }
    return counted ? "\(items.count) \(what) (\(shown))" : "\(shown) \(what)"
  }
}

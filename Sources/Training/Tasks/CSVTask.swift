import Gradients
import Numerics

/// `task csv FILE target=COLUMN`: every other column is a number, or words that have a column each.
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
  /// How the file is to be read.
  public var options = EncodedTable.Options()
  /// What was read from the file.
  public var data = EncodedTable.empty

  /// 32 rows at a time; the table is read later.
  public init(file: String, target: String) {
    (self.file, self.target) = (file, target)
  }

  /// Reads the table. O(bytes).
  /// - Throws: `DataError` with what is wrong with it, where, and what to do.
  public mutating func read(_ bytes: [UInt8], file: String) throws(DataError) {
    let table = try Table(utf8: bytes, format: options.format, file: file)
    data = try EncodedTable(table, target: target, options: options, file: file)
  }

  var interface: Interface { Interface(.rows, inputs: data.inputs.columns, outputs: data.outputs) }
  var loss: Loss { data.classes == nil ? .meanSquaredError : .crossEntropy }

  func prepare(_ generator: inout Generator) -> any PreparedTask {
    let targets = data.classes == nil ? Targets.values(data.values) : .classes(data.labels)
    return DrawnRows(inputs: data.inputs, targets: targets, batchSize: batchSize)
  }
}

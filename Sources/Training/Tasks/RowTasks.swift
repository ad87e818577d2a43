import Gradients
import Numerics

// Tasks on rows: a fixed table, drawn once, of which each step draws some rows.

/// `task sum`: the tutorial's example.
///
///     x = torch.randn(batch, 10);  loss = model(x).sum()      # x once; ten outputs
public struct SumTask: Hashable, Sendable, BatchSource {
  /// Rows of the one batch.
  public var batchSize = 1

  /// One row.
  public init() {}

  var interface: Interface { Interface(.rows, inputs: 10, outputs: 10) }
  var loss: Loss { .sum }

  func prepare(_ generator: inout Generator) -> any PreparedTask {
    WholeTable(inputs: Matrix(rows: batchSize, columns: 10, elements: generator.normal(count: batchSize * 10)))
  }
}

/// `task regression`.
///
///     A = torch.randn(10, 10) / math.sqrt(10); X = scale * torch.randn(rows, 10)
///     Y = X @ A + noise * torch.randn(rows, 10)                                       # once
///     i = torch.randint(0, rows, (batch,)); loss = F.mse_loss(model(X[i]), Y[i])      # per step
public struct RegressionTask: Hashable, Sendable, BatchSource {
  /// Rows of the table.
  public var rows = 256
  /// Rows of a batch, drawn with replacement.
  public var batchSize = 32
  /// The standard deviation of what is added to the targets.
  public var noise = 0.1
  /// The standard deviation of the inputs.
  public var scale = 1.0

  /// 256 rows, 32 at a time.
  public init() {}

  var interface: Interface { Interface(.rows, inputs: 10, outputs: 10) }
  var loss: Loss { .meanSquaredError }
  var storedValues: Double { 20 * Double(rows) }

  func prepare(_ generator: inout Generator) -> any PreparedTask {
    let root = Float(10.0.squareRoot())
    let map = Matrix(rows: 10, columns: 10, elements: generator.normal(count: 100).map { $0 / root })
    let inputs = Matrix(
      rows: rows, columns: 10, elements: generator.normal(count: rows * 10).map { Float(scale) * $0 })
    let errors = generator.normal(count: rows * 10).map { Float(noise) * $0 }
    var targets = Matrix(rows: rows, columns: 10)
    targets.setProduct(inputs, map)
    targets.add(Matrix(rows: rows, columns: 10, elements: errors))
    return DrawnRows(inputs: inputs, targets: .values(targets), batchSize: batchSize)
  }
}

/// `task sine`.
///
///     v = torch.randn(10) / math.sqrt(10); u = torch.randn(10) / math.sqrt(10); X = torch.randn(rows, 10)
///     Y = (torch.sin(2 * (X @ v)) + X @ u).unsqueeze(1)                               # once
///     i = torch.randint(0, rows, (batch,)); loss = F.mse_loss(model(X[i]), Y[i])      # per step
public struct SineTask: Hashable, Sendable, BatchSource {
  /// Rows of the table.
  public var rows = 512
  /// Rows of a batch, drawn with replacement.
  public var batchSize = 64

  /// 512 rows, 64 at a time.
  public init() {}

  var interface: Interface { Interface(.rows, inputs: 10, outputs: 1) }
  var loss: Loss { .meanSquaredError }
  var storedValues: Double { 11 * Double(rows) }

  func prepare(_ generator: inout Generator) -> any PreparedTask {
    let root = Float(10.0.squareRoot())
    let v = Matrix(rows: 10, columns: 1, elements: generator.normal(count: 10).map { $0 / root })
    let u = Matrix(rows: 10, columns: 1, elements: generator.normal(count: 10).map { $0 / root })
    let inputs = Matrix(rows: rows, columns: 10, elements: generator.normal(count: rows * 10))
    var (alongV, alongU) = (Matrix(rows: rows, columns: 1), Matrix(rows: rows, columns: 1))
    alongV.setProduct(inputs, v)
    alongU.setProduct(inputs, u)
    let targets = zip(alongV.elements, alongU.elements).map { Elementary.sin(2 * $0) + $1 }
    return DrawnRows(
      inputs: inputs, targets: .values(Matrix(rows: rows, columns: 1, elements: targets)), batchSize: batchSize)
  }
}

/// `task xor`: four rows, all of them at each step; nothing is drawn.
///
///     X = [[0, 0], [0, 1], [1, 0], [1, 1]]; Y = [[0], [1], [1], [0]]; loss = F.mse_loss(model(X), Y)
public struct XorTask: Hashable, Sendable, BatchSource {
  /// The four rows.
  public init() {}

  var interface: Interface { Interface(.rows, inputs: 2, outputs: 1) }
  var loss: Loss { .meanSquaredError }
  var batchSize: Int { 4 }

  func prepare(_ generator: inout Generator) -> any PreparedTask {
    WholeTable(
      inputs: Matrix(rows: 4, columns: 2, elements: [0, 0, 0, 1, 1, 0, 1, 1]),
      targets: Matrix(rows: 4, columns: 1, elements: [0, 1, 1, 0]))
  }
}

/// The same rows in each batch; nothing is drawn. They are copied, and not shared: whoever uses an array counts himself in and out,
/// and a run and its twin, on two cores, would take the counter from each other at each of their steps.
struct WholeTable: PreparedTask {
  let inputs: Matrix
  var targets: Matrix?

  func draw(_ generator: inout Generator, into batch: inout Batch) {
    batch.inputs.shape(like: inputs)
    batch.inputs.copy(from: inputs)
    guard let targets else { return }
    var values = batch.targets.moveOutValues()
    values.shape(like: targets)
    values.copy(from: targets)
    batch.targets = .values(values)
  }
}

/// `i = torch.randint(0, rows, (batch,))`, and those rows of a table with their targets.
struct DrawnRows: PreparedTask {
  let inputs: Matrix
  let targets: Targets
  let batchSize: Int

  func draw(_ generator: inout Generator, into batch: inout Batch) {
    batch.draw(&generator, from: 0, to: inputs.rows, count: batchSize)
    batch.inputs.shape(rows: batchSize, columns: inputs.columns)
    batch.inputs.gatherRows(of: inputs, at: batch.draws)
    batch.targets.gather(from: targets, at: batch.draws)
  }
}

extension Batch {
  /// `draws = torch.randint(from, to, (count,))`.
  mutating func draw(_ generator: inout Generator, from: Int, to end: Int, count: Int) {
    draws.removeAll(keepingCapacity: true)
    generator.appendIntegers(from: from, to: end, count: count, to: &draws)
  }
}

extension Targets {
  /// Becomes the targets of some rows.
  mutating func gather(from table: Targets, at rows: [Int]) {
    switch table {
    case .none: self = .none
    case .values(let matrix):
      var values = moveOutValues()
      values.shape(rows: rows.count, columns: matrix.columns)
      values.gatherRows(of: matrix, at: rows)
      self = .values(values)
    case .classes(let labels):
      var classes = moveOutClasses()
      for row in rows { classes.append(labels[row]) }
      self = .classes(classes)
    }
  }

  /// The matrix inside, leaving `none` behind, so that it can be written without being copied; an empty one where there
  /// is none.
  mutating func moveOutValues() -> Matrix {
    guard case .values(let values) = self else { return Matrix(rows: 0, columns: 0) }
    self = .none
    return values
  }

  /// No classes, with the memory of those inside, leaving `none` behind.
  mutating func moveOutClasses() -> [Int] {
    guard case .classes(var classes) = self else { return [] }
    self = .none
    classes.removeAll(keepingCapacity: true)
    return classes
  }
}

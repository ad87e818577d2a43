import Gradients
import Numerics

// Tasks on sequences, drawn afresh at each step. Axes: T time, B batch. A batch is T·B × features, time after time.

/// `task adding` (Hochreiter and Schmidhuber 1997).
///
///     v = torch.rand(length, batch)
///     i = torch.randint(0, length // 2, (batch,)); j = torch.randint(length // 2, length, (batch,))
///     m = torch.zeros(length, batch); m[i, b] = 1; m[j, b] = 1                        # b = torch.arange(batch)
///     x = torch.stack([v, m], -1); y = (v[i, b] + v[j, b]).unsqueeze(1); loss = F.mse_loss(model(x), y)
public struct AddingTask: Hashable, Sendable, BatchSource, PreparedTask {
  /// Time steps T.
  public var length = 50
  /// Sequences B of a batch.
  public var batchSize = 32

  /// 32 sequences of 50.
  public init() {}

  var interface: Interface { Interface(.sequences, inputs: 2, outputs: 1, steps: length) }
  var loss: Loss { .meanSquaredError }
  var steps: Int { length }

  func draw(_ generator: inout Generator, into batch: inout Batch) {
    batch.numbers.shape(rows: length * batchSize, columns: 1)
    generator.fillUniform(&batch.numbers)
    // i, then j
    batch.draw(&generator, from: 0, to: length / 2, count: batchSize)
    generator.appendIntegers(from: length / 2, to: length, count: batchSize, to: &batch.draws)
    batch.inputs.shape(rows: length * batchSize, columns: 2)
    batch.inputs.fill(0)
    batch.inputs.setColumn(0, to: batch.numbers)
    var sums = batch.targets.moveOutValues()
    sums.shape(rows: batchSize, columns: 1)
    sums.fill(0)
    for (index, time) in batch.draws.enumerated() {
      let row = index % batchSize
      batch.inputs.elements[2 * (time * batchSize + row) + 1] = 1
      sums.elements[row] += batch.numbers.elements[time * batchSize + row]
    }
    batch.targets = .values(sums)
  }
}

/// `task temporal-order` (Pascanu, Mikolov, Bengio 2013): symbols A B c d e f are 0 … 5.
///
///     s = torch.randint(2, 6, (length, batch))
///     p = torch.randint(length // 10, length // 5, (batch,))
///     q = torch.randint(length // 2, 3 * length // 5, (batch,))
///     a = torch.randint(0, 2, (batch,)); c = torch.randint(0, 2, (batch,)); s[p, b] = a; s[q, b] = c
///     x = F.one_hot(s, 6).float(); y = 2 * a + c; loss = F.cross_entropy(model(x), y)
public struct TemporalOrderTask: Hashable, Sendable, BatchSource, PreparedTask {
  /// Time steps T, at least 10.
  public var length = 20
  /// Sequences B of a batch.
  public var batchSize = 20

  /// 20 sequences of 20.
  public init() {}

  var interface: Interface { Interface(.sequences, inputs: 6, outputs: 4, steps: length) }
  var loss: Loss { .crossEntropy }
  var steps: Int { length }

  func draw(_ generator: inout Generator, into batch: inout Batch) {
    // s, p, q, a, c one behind the other
    batch.draw(&generator, from: 2, to: 6, count: length * batchSize)
    generator.appendIntegers(from: length / 10, to: length / 5, count: batchSize, to: &batch.draws)
    generator.appendIntegers(from: length / 2, to: 3 * length / 5, count: batchSize, to: &batch.draws)
    generator.appendIntegers(from: 0, to: 2, count: batchSize, to: &batch.draws)
    generator.appendIntegers(from: 0, to: 2, count: batchSize, to: &batch.draws)
    var classes = batch.targets.moveOutClasses()
    let early = length * batchSize
    for row in 0..<batchSize {
      let index = early + row
      let (first, second) = (batch.draws[index + 2 * batchSize], batch.draws[index + 3 * batchSize])
      batch.draws[batch.draws[index] * batchSize + row] = first
      batch.draws[batch.draws[index + batchSize] * batchSize + row] = second
      classes.append(2 * first + second)
    }
    let symbols = batch.draws
    batch.inputs.setOneHot(rows: early, classes: 6) { symbols[$0] }
    batch.targets = .classes(classes)
  }
}

/// `task copy` (Hochreiter and Schmidhuber 1997): remember symbols, and write them down when told to.
///
///     s = torch.randint(0, symbols, (length, batch)); z = torch.full((length + delay + length, batch), symbols)
///     z[:length] = s; z[length + delay - 1] = symbols + 1                             # blank = symbols, go = symbols + 1
///     x = F.one_hot(z, symbols + 2).float(); y = torch.full_like(z, symbols); y[-length:] = s
///     loss = F.cross_entropy(model(x).flatten(0, 1), y.flatten())                     # symbols + 1 classes
public struct CopyTask: Hashable, Sendable, BatchSource, PreparedTask {
  /// Symbols to remember.
  public var length = 5
  /// Time steps from the last symbol to the go, which is the last of them.
  public var delay = 5
  /// Different symbols.
  public var symbols = 8
  /// Sequences B of a batch.
  public var batchSize = 32

  /// 32 sequences of five of eight symbols, five steps apart.
  public init() {}

  var interface: Interface {
    Interface(.sequences, inputs: symbols + 2, outputs: symbols + 1, steps: steps, everyStep: true)
  }
  var loss: Loss { .crossEntropy }
  var steps: Int { length + delay + length }

  func draw(_ generator: inout Generator, into batch: inout Batch) {
    batch.draw(&generator, from: 0, to: symbols, count: length * batchSize)
    let (go, blank) = (length + delay - 1, symbols)
    let drawn = batch.draws
    batch.inputs.setOneHot(rows: steps * batchSize, classes: symbols + 2) { row in
      row / batchSize == go ? symbols + 1 : row < drawn.count ? drawn[row] : blank
    }
    var classes = batch.targets.moveOutClasses()
    for _ in 0..<((length + delay) * batchSize) { classes.append(blank) }
    classes.append(contentsOf: batch.draws)
    batch.targets = .classes(classes)
  }
}

/// `task parity`: whether the ones so far are odd.
///
///     bits = torch.randint(0, 2, (length, batch)); x = bits.float().unsqueeze(-1); y = bits.cumsum(0) % 2
///     loss = F.cross_entropy(model(x).flatten(0, 1), y.flatten())
public struct ParityTask: Hashable, Sendable, BatchSource, PreparedTask {
  /// Time steps T.
  public var length = 20
  /// Sequences B of a batch.
  public var batchSize = 64

  /// 64 sequences of 20.
  public init() {}

  var interface: Interface { Interface(.sequences, inputs: 1, outputs: 2, steps: length, everyStep: true) }
  var loss: Loss { .crossEntropy }
  var steps: Int { length }

  func draw(_ generator: inout Generator, into batch: inout Batch) {
    batch.draw(&generator, from: 0, to: 2, count: length * batchSize)
    batch.inputs.shape(rows: length * batchSize, columns: 1)
    var parities = batch.targets.moveOutClasses()
    for (index, bit) in batch.draws.enumerated() {
      batch.inputs.elements[index] = Float(bit)
      parities.append(index < batchSize ? bit : parities[index - batchSize] ^ bit)
    }
    batch.targets = .classes(parities)
  }
}

/// `task text FILE`: characters are Unicode scalars, the vocabulary is sorted by scalar value.
///
///     i = torch.randint(0, n - length, (batch,))
///     # input text[i : i+length], target text[i+1 : i+1+length], one-hot, cross entropy over all steps
public struct TextTask: Hashable, Sendable, BatchSource, PreparedTask {
  /// The file's name as it was written.
  public var file: String
  /// Where the file was found; names in a scenario are relative to the scenario.
  public var location = ""
  /// Time steps T.
  public var length = 50
  /// Windows B of a batch.
  public var batchSize = 16
  /// What was read from the file.
  public var text = EncodedText(symbols: [], vocabulary: [])

  /// 16 windows of 50 characters; the text is read later.
  public init(file: String) { self.file = file }

  var interface: Interface {
    let width = text.vocabulary.count
    return Interface(.sequences, inputs: width, outputs: width, steps: length, everyStep: true)
  }
  var loss: Loss { .crossEntropy }
  var steps: Int { length }

  func draw(_ generator: inout Generator, into batch: inout Batch) {
    batch.draw(&generator, from: 0, to: text.symbols.count - length, count: batchSize)
    let starts = batch.draws
    batch.inputs.setOneHot(rows: length * batchSize, classes: text.vocabulary.count) { row in
      text.symbols[starts[row % batchSize] + row / batchSize]
    }
    var classes = batch.targets.moveOutClasses()
    for time in 1...length { for start in batch.draws { classes.append(text.symbols[start + time]) } }
    batch.targets = .classes(classes)
  }
}

extension Matrix {
  /// `F.one_hot(symbol, classes).float()` for each row.
  fileprivate mutating func setOneHot(rows: Int, classes: Int, symbol: (Int) -> Int) {
    shape(rows: rows, columns: classes)
    fill(0)
    for row in 0..<rows { elements[row * classes + symbol(row)] = 1 }
  }

  fileprivate mutating func setColumn(_ column: Int, to values: Matrix) {
    for row in 0..<rows { elements[row * columns + column] = values.elements[row] }
  }
}

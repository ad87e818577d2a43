import Gradients
import Numerics

// Tasks on sequences, drawn afresh at each step. Axes: T time, B batch. A batch is T matrices of B × features.

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

  var interface: Interface { Interface(.sequences, inputs: 2, outputs: 1) }
  var loss: Loss { .meanSquaredError }
  var steps: Int { length }
  func prepare(_ generator: inout Generator) -> any PreparedTask { self }

  func draw(_ generator: inout Generator, into batch: inout Batch) {
    let values = generator.uniform(count: length * batchSize)
    let first = generator.integers(below: length / 2, count: batchSize)
    let second = generator.integers(from: length / 2, to: length, count: batchSize)
    batch.inputs.shape(count: length, rows: batchSize, columns: 2)
    var sums = batch.targets.takeValues()
    sums.shape(count: 1, rows: batchSize, columns: 1)
    for time in 0..<length {
      for row in 0..<batchSize {
        let isMarked = time == first[row] || time == second[row]
        batch.inputs[time].elements[2 * row] = values[time * batchSize + row]
        batch.inputs[time].elements[2 * row + 1] = isMarked ? 1 : 0
      }
    }
    for row in 0..<batchSize {
      sums[0].elements[row] = values[first[row] * batchSize + row] + values[second[row] * batchSize + row]
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

  var interface: Interface { Interface(.sequences, inputs: 6, outputs: 4) }
  var loss: Loss { .crossEntropy }
  var steps: Int { length }
  func prepare(_ generator: inout Generator) -> any PreparedTask { self }

  func draw(_ generator: inout Generator, into batch: inout Batch) {
    var symbols = generator.integers(from: 2, to: 6, count: length * batchSize)
    let early = generator.integers(from: length / 10, to: length / 5, count: batchSize)
    let late = generator.integers(from: length / 2, to: 3 * length / 5, count: batchSize)
    let first = generator.integers(below: 2, count: batchSize)
    let second = generator.integers(below: 2, count: batchSize)
    for row in 0..<batchSize {
      symbols[early[row] * batchSize + row] = first[row]
      symbols[late[row] * batchSize + row] = second[row]
    }
    batch.inputs.setOneHot(steps: length, rows: batchSize, classes: 6) { symbols[$0 * batchSize + $1] }
    batch.targets = .classes([zip(first, second).map { 2 * $0 + $1 }])
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

  var interface: Interface { Interface(.sequences, inputs: symbols + 2, outputs: symbols + 1, everyStep: true) }
  var loss: Loss { .crossEntropy }
  var steps: Int { length + delay + length }
  func prepare(_ generator: inout Generator) -> any PreparedTask { self }

  func draw(_ generator: inout Generator, into batch: inout Batch) {
    let drawn = generator.integers(below: symbols, count: length * batchSize)
    let (go, blank) = (length + delay - 1, symbols)
    batch.inputs.setOneHot(steps: steps, rows: batchSize, classes: symbols + 2) { time, row in
      time == go ? symbols + 1 : time < length ? drawn[time * batchSize + row] : blank
    }
    batch.targets = .classes(
      (0..<steps).map { time in
        (0..<batchSize).map { row in
          time < length + delay ? blank : drawn[(time - length - delay) * batchSize + row]
        }
      })
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

  var interface: Interface { Interface(.sequences, inputs: 1, outputs: 2, everyStep: true) }
  var loss: Loss { .crossEntropy }
  var steps: Int { length }
  func prepare(_ generator: inout Generator) -> any PreparedTask { self }

  func draw(_ generator: inout Generator, into batch: inout Batch) {
    let bits = generator.integers(below: 2, count: length * batchSize)
    batch.inputs.shape(count: length, rows: batchSize, columns: 1)
    var parities = [[Int]](repeating: [], count: length)
    var soFar = [Int](repeating: 0, count: batchSize)
    for time in 0..<length {
      for row in 0..<batchSize {
        let bit = bits[time * batchSize + row]
        batch.inputs[time].elements[row] = Float(bit)
        soFar[row] ^= bit
      }
      parities[time] = soFar
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
    return Interface(.sequences, inputs: width, outputs: width, everyStep: true)
  }
  var loss: Loss { .crossEntropy }
  var steps: Int { length }
  func prepare(_ generator: inout Generator) -> any PreparedTask { self }

  func draw(_ generator: inout Generator, into batch: inout Batch) {
    let starts = generator.integers(below: text.symbols.count - length, count: batchSize)
    batch.inputs.setOneHot(steps: length, rows: batchSize, classes: text.vocabulary.count) { time, row in
      text.symbols[starts[row] + time]
    }
    batch.targets = .classes((0..<length).map { time in starts.map { text.symbols[$0 + time + 1] } })
  }
}

extension Array where Element == Matrix {
  /// `F.one_hot(symbol, classes).float()` for each time step and row.
  fileprivate mutating func setOneHot(steps: Int, rows: Int, classes: Int, symbol: (Int, Int) -> Int) {
    shape(count: steps, rows: rows, columns: classes)
    for time in 0..<steps {
      self[time].fill(0)
      for row in 0..<rows { self[time].elements[row * classes + symbol(time, row)] = 1 }
    }
  }
}

import Gradients
import Training

/// A task in PyTorch's words: what is drawn or read once, what a batch draws, and the loss.
struct TorchTask {
  /// Once, after the network has its initial values.
  let once: [String]
  /// What gives `x` and `y` for a batch; empty where `once` has given them.
  let batch: [String]
  let loss: String

  init(_ task: TaskSettings) {
    switch task {
    case .sum(let task):
      (once, batch) = (["x = torch.randn(\(task.batchSize), 10)  # one batch, the same at each step"], [])
    case .regression(let task): (once, batch) = (Self.regression(task), Self.rows("\(task.rows)", task.batchSize))
    case .sine(let task): (once, batch) = (Self.sine(task), Self.rows("\(task.rows)", task.batchSize))
    case .xor: (once, batch) = (Self.xor, ["x, y = X, Y.clone()"])
    case .shapes(let task): (once, batch) = (Self.shapes(task), Self.rows("\(task.rows)", task.batchSize))
    case .csv(let task): (once, batch) = (TorchTable(task).lines, Self.rows("len(X)", task.batchSize))
    case .text(let task): (once, batch) = (Self.reading(task), Self.text(task))
    case .parity(let task): (once, batch) = ([], Self.parity(task))
    case .adding(let task): (once, batch) = ([], Self.adding(task))
    case .temporalOrder(let task): (once, batch) = ([], Self.temporalOrder(task))
    case .copy(let task): (once, batch) = ([], Self.copy(task))
    }
    switch task.loss {
    case .sum: loss = "model(x).sum()"
    case .meanSquaredError: loss = "F.mse_loss(model(x), y)"
    case .crossEntropy:
      loss = "F.cross_entropy" + (task.interface.everyStep ? "(model(x).flatten(0, 1), y.flatten())" : "(model(x), y)")
    }
  }

  // MARK: Tables

  private static func rows(_ count: String, _ batch: Int) -> [String] {
    ["i = torch.randint(0, \(count), (\(batch),))", "x, y = X[i], Y[i]"]
  }

  private static func regression(_ task: RegressionTask) -> [String] {
    [
      "A = torch.randn(10, 10) / math.sqrt(10)  # the linear map to be learnt",
      "X = \(task.scale == 1 ? "" : "\(PythonText.of(task.scale)) * ")torch.randn(\(task.rows), 10)",
      "Y = X @ A + \(PythonText.of(task.noise)) * torch.randn(\(task.rows), 10)",
    ]
  }

  private static func sine(_ task: SineTask) -> [String] {
    [
      "v, u = torch.randn(10) / math.sqrt(10), torch.randn(10) / math.sqrt(10)",
      "X = torch.randn(\(task.rows), 10)",
      "Y = (torch.sin(2 * (X @ v)) + X @ u).unsqueeze(1)  # a sine along v, a line along u",
    ]
  }

  private static let xor = [
    "X = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])  # all four rows, at each step",
    "Y = torch.tensor([[0.0], [1.0], [1.0], [0.0]])",
  ]

  private static func shapes(_ task: ShapesTask) -> [String] {
    let (rows, size) = (task.rows, task.size)
    let corner = "torch.randint(0, 65536, (\(rows), 1, 1)) % (\(size + 1) - side)"
    return [
      "Y, side = torch.randint(0, 4, (\(rows),)), torch.randint(4, \(size), (\(rows), 1, 1))",
      "row = torch.arange(\(size)).view(1, -1, 1) - \(corner)",
      "column = torch.arange(\(size)).view(1, 1, -1) - \(corner)",
      "square = (row >= 0) & (row < side) & (column >= 0) & (column < side)",
      "edge = (row == 0) | (row == side - 1) | (column == 0) | (column == side - 1)",
      "cross, diagonal = (row == side // 2) | (column == side // 2), row == column",
      "kinds = torch.stack([square, square & edge, square & cross, square & diagonal])  # classes 0 to 3",
      "X = kinds[Y, torch.arange(\(rows))].unsqueeze(1) "
        + "+ \(PythonText.of(task.noise)) * torch.randn(\(rows), 1, \(size), \(size))",
    ]
  }

  // MARK: Sequences: x is (time, batch, inputs)

  private static func reading(_ task: TextTask) -> [String] {
    [
      "with open(\(PythonText.of(task.location)), encoding=\"utf-8\", newline=\"\") as file:",
      "    text = file.read()",
      "code = {character: n for n, character in enumerate(sorted(set(text)))}",
      "codes = torch.tensor([code[character] for character in text])",
    ]
  }

  private static func text(_ task: TextTask) -> [String] {
    let (length, batch) = (task.length, task.batchSize)
    return [
      "i = torch.randint(0, len(codes) - \(length), (\(batch),)) "
        + "+ torch.arange(\(length)).unsqueeze(1)  # (time, batch)",
      "x, y = F.one_hot(codes[i], \(task.text.vocabulary.count)).float(), codes[i + 1]",
    ]
  }

  private static func adding(_ task: AddingTask) -> [String] {
    let (length, half, batch) = (task.length, task.length / 2, task.batchSize)
    return [
      "v, i, j = torch.rand(\(length), \(batch)), torch.randint(0, \(half), (\(batch),)), "
        + "torch.randint(\(half), \(length), (\(batch),))",
      "marks = (F.one_hot(i, \(length)) + F.one_hot(j, \(length))).T.float()  # i and j are to be added",
      "x, y = torch.stack([v, marks], -1), (v * marks).sum(0).unsqueeze(1)",
    ]
  }

  private static func temporalOrder(_ task: TemporalOrderTask) -> [String] {
    let (length, batch) = (task.length, task.batchSize)
    return [
      "s, b = torch.randint(2, 6, (\(length), \(batch))), torch.arange(\(batch))  # c d e f, and",
      "early, late = torch.randint(\(length / 10), \(length / 5), (\(batch),)), "
        + "torch.randint(\(length / 2), \(3 * length / 5), (\(batch),))",
      "first, second = torch.randint(0, 2, (2, \(batch)))  # an A or B early and one late",
      "s[early, b], s[late, b] = first, second",
      "x, y = F.one_hot(s, 6).float(), 2 * first + second",
    ]
  }

  private static func copy(_ task: CopyTask) -> [String] {
    let (length, batch, symbols) = (task.length, task.batchSize, task.symbols)
    return [
      "s = torch.randint(0, \(symbols), (\(length), \(batch)))",
      "z = torch.full((\(2 * length + task.delay), \(batch)), \(symbols))  # \(symbols) is the blank",
      "y = z.clone()",
      "z[:\(length)] = y[-\(length):] = s",
      "z[\(length + task.delay - 1)] = \(symbols + 1)  # the sign to write down what was read",
      "x = F.one_hot(z, \(symbols + 2)).float()",
    ]
  }

  private static func parity(_ task: ParityTask) -> [String] {
    [
      "bits = torch.randint(0, 2, (\(task.length), \(task.batchSize)))",
      "x, y = bits.float().unsqueeze(-1), bits.cumsum(0) % 2",
    ]
  }
}

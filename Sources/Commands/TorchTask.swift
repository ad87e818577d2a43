import Gradients
import Training

/// A task in PyTorch's words: what is drawn or read once, what a batch draws, and the loss.
struct TorchTask {
  /// The function that draws a batch, where it is worth one.
  let definition: [String]
  /// Once, after the network has its initial values.
  let once: [String]
  /// What gives `x` and `y` for a batch; empty where `once` has given them.
  let batch: [String]
  let loss: String

  init(_ task: TaskSettings) {
    definition = Self.definition(task)
    switch task {
    case .sum(let task):
      (once, batch) = (["x = torch.randn(\(task.batchSize), 10)  # one batch, the same at each step"], [])
    case .regression(let task): (once, batch) = (Self.regression(task), Self.rows("\(task.rows)", task.batchSize))
    case .sine(let task): (once, batch) = (Self.sine(task), Self.rows("\(task.rows)", task.batchSize))
    case .xor: (once, batch) = (Self.xor, ["x, y = X, Y"])
    case .shapes(let task): (once, batch) = (Self.shapes(task), Self.rows("\(task.rows)", task.batchSize))
    case .csv(let task): (once, batch) = (Self.table(task), Self.rows("len(X)", task.batchSize))
    case .text(let task): (once, batch) = Self.text(task)
    case .adding, .temporalOrder, .copy, .parity: (once, batch) = ([], ["x, y = draw_batch()"])
    }
    switch task.loss {
    case .sum: loss = "model(x).sum()"
    case .meanSquaredError: loss = "F.mse_loss(model(x), y)"
    case .crossEntropy:
      loss =
        task.interface.everyStep
        ? "F.cross_entropy(model(x).flatten(0, 1), y.flatten())" : "F.cross_entropy(model(x), y)"
    }
  }

  // MARK: Tables

  private static func rows(_ count: String, _ batch: Int) -> [String] {
    ["i = torch.randint(0, \(count), (\(batch),))", "x, y = X[i], Y[i]"]
  }

  private static func regression(_ task: RegressionTask) -> [String] {
    let scale = task.scale == 1 ? "" : PythonText.of(task.scale) + " * "
    return [
      "A = torch.randn(10, 10) / math.sqrt(10)  # the linear map to be learnt",
      "X = \(scale)torch.randn(\(task.rows), 10)",
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
    return [
      "# Filled square, hollow square, cross, diagonal (classes 0 to 3) at a random place and of a random size.",
      "Y, side = torch.randint(0, 4, (\(rows),)), torch.randint(4, \(size), (\(rows), 1, 1))",
      "row = torch.arange(\(size)).view(1, -1, 1) - torch.randint(0, 65536, (\(rows), 1, 1)) % (\(size + 1) - side)",
      "column = torch.arange(\(size)).view(1, 1, -1) - torch.randint(0, 65536, (\(rows), 1, 1)) % (\(size + 1) - side)",
      "square = (row >= 0) & (row < side) & (column >= 0) & (column < side)",
      "edge = (row == 0) | (row == side - 1) | (column == 0) | (column == side - 1)",
      "cross, diagonal = (row == side // 2) | (column == side // 2), row == column",
      "kinds = torch.stack([square, square & edge, square & cross, square & diagonal])",
      "X = kinds[Y, torch.arange(\(rows))].unsqueeze(1) "
        + "+ \(PythonText.of(task.noise)) * torch.randn(\(rows), 1, \(size), \(size))",
    ]
  }

  private static func table(_ task: CSVTask) -> [String] {
    let target = PythonText.of(task.target)
    let opening = [
      "with open(\(PythonText.of(task.location)), encoding=\"utf-8-sig\", newline=\"\") as file:",
      "    table = list(csv.DictReader(file))",
      "X = torch.tensor([[float(row[name]) for name in row if name != \(target)] for row in table])",
      "X = (X - X.mean(0)) / X.std(0)",
    ]
    guard task.data.classes != nil else {
      return opening + [
        "Y = torch.tensor([[float(row[\(target)])] for row in table])", "Y = (Y - Y.mean(0)) / Y.std(0)",
      ]
    }
    return opening + [
      "labels = [row[\(target)].strip(\" \\t\") for row in table]",
      "classes = sorted(set(labels))",
      "Y = torch.tensor([classes.index(label) for label in labels])",
    ]
  }

  // MARK: Sequences

  private static func definition(_ task: TaskSettings) -> [String] {
    let lines: [String]
    switch task {
    case .adding(let task): lines = adding(task)
    case .temporalOrder(let task): lines = temporalOrder(task)
    case .copy(let task): lines = copy(task)
    case .parity(let task): lines = parity(task)
    case .sum, .regression, .sine, .xor, .shapes, .text, .csv: return []
    }
    return ["def draw_batch():"] + lines.indented
  }

  private static func text(_ task: TextTask) -> ([String], [String]) {
    (
      [
        "with open(\(PythonText.of(task.location)), encoding=\"utf-8\", newline=\"\") as file:",
        "    text = file.read()",
        "code = {character: n for n, character in enumerate(sorted(set(text)))}",
        "codes = torch.tensor([code[character] for character in text])",
      ],
      [
        "i = torch.randint(0, len(codes) - \(task.length), (\(task.batchSize),))",
        "i = i + torch.arange(\(task.length)).unsqueeze(1)  # (time, batch)",
        "x, y = F.one_hot(codes[i], \(task.text.vocabulary.count)).float(), codes[i + 1]",
      ]
    )
  }

  private static func adding(_ task: AddingTask) -> [String] {
    let (length, batch) = (task.length, task.batchSize)
    return [
      "v, b = torch.rand(\(length), \(batch)), torch.arange(\(batch))  # two of the numbers are to be added",
      "i, j = torch.randint(0, \(length / 2), (\(batch),)), torch.randint(\(length / 2), \(length), (\(batch),))",
      "marks = torch.zeros(\(length), \(batch))",
      "marks[i, b] = marks[j, b] = 1",
      "return torch.stack([v, marks], -1), (v[i, b] + v[j, b]).unsqueeze(1)",
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
      "return F.one_hot(s, 6).float(), 2 * first + second",
    ]
  }

  private static func copy(_ task: CopyTask) -> [String] {
    let (length, symbols, steps) = (task.length, task.symbols, 2 * task.length + task.delay)
    return [
      "s = torch.randint(0, \(symbols), (\(length), \(task.batchSize)))",
      "z = torch.full((\(steps), \(task.batchSize)), \(symbols))  # \(symbols) is the blank",
      "y = z.clone()",
      "z[:\(length)] = y[-\(length):] = s",
      "z[\(length + task.delay - 1)] = \(symbols + 1)  # the sign to write down what was read",
      "return F.one_hot(z, \(symbols + 2)).float(), y",
    ]
  }

  private static func parity(_ task: ParityTask) -> [String] {
    [
      "bits = torch.randint(0, 2, (\(task.length), \(task.batchSize)))",
      "return bits.float().unsqueeze(-1), bits.cumsum(0) % 2",
    ]
  }
}

import Gradients
import Training

/// A task in PyTorch's words: what is drawn or read once, what a batch draws, and the loss.
struct TorchTask {
  /// The function that draws a batch, where it is worth one.
  let definition: [PythonLine]
  /// Once, after the network has its initial values.
  let once: [PythonLine]
  /// What gives `x` and `y` for a batch; empty where `once` has given them.
  let batch: [PythonLine]
  let loss: PythonLine

  /// - Parameter isTight: whether a batch is drawn where it is used, without a function for it.
  init(_ task: TaskSettings, isTight: Bool) {
    let drawing = Self.drawing(task)
    definition = drawing.isEmpty || isTight ? [] : Self.function(drawing)
    switch task {
    case .sum(let task):
      let batchSize = PythonValue("batch", task.batchSize)
      (once, batch) = (["x = torch.randn(\(batchSize), 10)  # one batch, the same at each step"], [])
    case .regression(let task): (once, batch) = (Self.regression(task), Self.rows(task.rows, task.batchSize))
    case .sine(let task): (once, batch) = (Self.sine(task), Self.rows(task.rows, task.batchSize))
    case .xor: (once, batch) = (Self.xor, ["x, y = X, Y.clone()"])
    case .shapes(let task): (once, batch) = (Self.shapes(task), Self.rows(task.rows, task.batchSize))
    case .csv(let task): (once, batch) = (Self.table(task), Self.rows("len(X)", task.batchSize))
    case .text(let task): (once, batch) = Self.text(task)
    case .parity(let task): (once, batch) = ([], Self.parity(task))
    case .adding, .temporalOrder, .copy:
      (once, batch) = ([], isTight ? drawing : ["x, y = \(call: "draw_batch")"])
    }
    switch task.loss {
    case .sum: loss = "model(x).sum()"
    case .meanSquaredError: loss = "\(PythonValue("criterion", "F.mse_loss"))(model(x), y)"
    case .crossEntropy:
      loss =
        task.interface.everyStep
        ? "F.cross_entropy(model(x).flatten(0, 1), y.flatten())"
        : "\(PythonValue("criterion", "F.cross_entropy"))(model(x), y)"
    }
  }

  // MARK: Tables

  private static func rows(_ count: Int, _ batch: Int) -> [PythonLine] { rows("\(PythonValue("rows", count))", batch) }
  private static func rows(_ count: PythonLine, _ batch: Int) -> [PythonLine] {
    ["i = torch.randint(0, \(count), (\(PythonValue("batch", batch)),))", "x, y = X[i], Y[i]"]
  }

  private static func regression(_ task: RegressionTask) -> [PythonLine] {
    let factor = PythonText.of(task.scale)
    let scale = PythonValue(
      task.scale == 1 ? "" : factor + " * ", named: "scale * ", from: PythonValue("scale", factor))
    let (rows, noise) = (PythonValue("rows", task.rows), PythonValue("noise", PythonText.of(task.noise)))
    return [
      "A = torch.randn(10, 10) / math.sqrt(10)  # the linear map to be learnt",
      "X = \(scale)torch.randn(\(rows), 10)",
      "Y = X @ A + \(noise) * torch.randn(\(rows), 10)",
    ]
  }

  private static func sine(_ task: SineTask) -> [PythonLine] {
    [
      "v, u = torch.randn(10) / math.sqrt(10), torch.randn(10) / math.sqrt(10)",
      "X = torch.randn(\(PythonValue("rows", task.rows)), 10)",
      "Y = (torch.sin(2 * (X @ v)) + X @ u).unsqueeze(1)  # a sine along v, a line along u",
    ]
  }

  private static let xor: [PythonLine] = [
    "X = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])  # all four rows, at each step",
    "Y = torch.tensor([[0.0], [1.0], [1.0], [0.0]])",
  ]

  private static func shapes(_ task: ShapesTask) -> [PythonLine] {
    let (rows, size) = (PythonValue("rows", task.rows), PythonValue("size", task.size))
    let places = PythonValue("\(task.size + 1)", named: "size + 1", from: size)
    return [
      "Y, side = torch.randint(0, 4, (\(rows),)), torch.randint(4, \(size), (\(rows), 1, 1))",
      "row = torch.arange(\(size)).view(1, -1, 1) - torch.randint(0, 65536, (\(rows), 1, 1)) % (\(places) - side)",
      "column = torch.arange(\(size)).view(1, 1, -1) - torch.randint(0, 65536, (\(rows), 1, 1)) % (\(places) - side)",
      "square = (row >= 0) & (row < side) & (column >= 0) & (column < side)",
      "edge = (row == 0) | (row == side - 1) | (column == 0) | (column == side - 1)",
      "cross, diagonal = (row == side // 2) | (column == side // 2), row == column",
      "kinds = torch.stack([square, square & edge, square & cross, square & diagonal])  # classes 0 to 3",
      "X = kinds[Y, torch.arange(\(rows))].unsqueeze(1) "
        + "+ \(PythonValue("noise", PythonText.of(task.noise))) * torch.randn(\(rows), 1, \(size), \(size))",
    ]
  }

  private static func table(_ task: CSVTask) -> [PythonLine] {
    let target = PythonValue("target", PythonText.of(task.target))
    let path = PythonValue("path", PythonText.of(task.location))
    let opening: [PythonLine] = [
      "with open(\(path), encoding=\"utf-8-sig\", newline=\"\") as file:",
      "    table = list(csv.DictReader(file))",
      "X = torch.tensor([[float(row[name]) for name in row if name != \(target)] for row in table])",
    ]
    guard task.data.classes != nil else {
      return opening + [
        "Y = torch.tensor([[float(row[\(target)])] for row in table])",
        "X, Y = (X - X.mean(0)) / X.std(0), (Y - Y.mean(0)) / Y.std(0)",
      ]
    }
    return opening + [
      "X = (X - X.mean(0)) / X.std(0)",
      "labels = [row[\(target)].strip(\" \\t\") for row in table]",
      "classes = sorted(set(labels))",
      "Y = torch.tensor([classes.index(label) for label in labels])",
    ]
  }

  // MARK: Sequences

  // What is worth a function; its last line sets x and y.
  private static func drawing(_ task: TaskSettings) -> [PythonLine] {
    switch task {
    case .adding(let task): adding(task)
    case .temporalOrder(let task): temporalOrder(task)
    case .copy(let task): copy(task)
    case .sum, .regression, .sine, .xor, .shapes, .text, .csv, .parity: []
    }
  }

  private static func function(_ drawing: [PythonLine]) -> [PythonLine] {
    let body = drawing.map { line in
      line.replacing { part in
        guard case .text(let text) = part, text.hasPrefix("x, y = ") else { return [part] }
        return [.text("return " + text.dropFirst(7))]
      }
    }
    return ["def draw_batch(\(parametersAfter: "")):"] + body.indented
  }

  private static func text(_ task: TextTask) -> ([PythonLine], [PythonLine]) {
    let (length, batch) = (PythonValue("length", task.length), PythonValue("batch", task.batchSize))
    let path = PythonValue("path", PythonText.of(task.location))
    let characters = PythonValue("\(task.text.vocabulary.count)", named: "len(code)")
    return (
      [
        "with open(\(path), encoding=\"utf-8\", newline=\"\") as file:",
        "    text = file.read()",
        "code = {character: n for n, character in enumerate(sorted(set(text)))}",
        "codes = torch.tensor([code[character] for character in text])",
      ],
      [
        "i = torch.randint(0, len(codes) - \(length), (\(batch),)) "
          + "+ torch.arange(\(length)).unsqueeze(1)  # (time, batch)",
        "x, y = F.one_hot(codes[i], \(characters)).float(), codes[i + 1]",
      ]
    )
  }

  private static func adding(_ task: AddingTask) -> [PythonLine] {
    let (length, batch) = (PythonValue("length", task.length), PythonValue("batch", task.batchSize))
    let half = PythonValue("\(task.length / 2)", named: "length // 2", from: length)
    return [
      "v, i, j = torch.rand(\(length), \(batch)), torch.randint(0, \(half), (\(batch),)), "
        + "torch.randint(\(half), \(length), (\(batch),))",
      "marks = (F.one_hot(i, \(length)) + F.one_hot(j, \(length))).T.float()  # i and j are to be added",
      "x, y = torch.stack([v, marks], -1), (v * marks).sum(0).unsqueeze(1)",
    ]
  }

  private static func temporalOrder(_ task: TemporalOrderTask) -> [PythonLine] {
    let (length, batch) = (PythonValue("length", task.length), PythonValue("batch", task.batchSize))
    func part(_ number: Int, _ text: String) -> PythonValue { PythonValue("\(number)", named: text, from: length) }
    let early: PythonLine =
      "torch.randint(\(part(task.length / 10, "length // 10")), \(part(task.length / 5, "length // 5")), (\(batch),))"
    let half = part(task.length / 2, "length // 2")
    let late: PythonLine = "torch.randint(\(half), \(part(3 * task.length / 5, "3 * length // 5")), (\(batch),))"
    return [
      "s, b = torch.randint(2, 6, (\(length), \(batch))), torch.arange(\(batch))  # c d e f, and",
      "early = \(early)", "late = \(late)",
      "first, second = torch.randint(0, 2, (2, \(batch)))  # an A or B early and one late",
      "s[early, b], s[late, b] = first, second",
      "x, y = F.one_hot(s, 6).float(), 2 * first + second",
    ]
  }

  private static func copy(_ task: CopyTask) -> [PythonLine] {
    let (length, batch) = (PythonValue("length", task.length), PythonValue("batch", task.batchSize))
    let (delay, symbols) = (PythonValue("delay", task.delay), PythonValue("symbols", task.symbols))
    let steps = PythonValue("\(2 * task.length + task.delay)", named: "2 * length + delay", from: length, delay)
    let sign = PythonValue("\(task.length + task.delay - 1)", named: "length + delay - 1", from: length, delay)
    let (next, all) = (
      PythonValue("\(task.symbols + 1)", named: "symbols + 1", from: symbols),
      PythonValue("\(task.symbols + 2)", named: "symbols + 2", from: symbols)
    )
    return [
      "s = torch.randint(0, \(symbols), (\(length), \(batch)))",
      "z = torch.full((\(steps), \(batch)), \(symbols))  # \(symbols) is the blank",
      "y = z.clone()",
      "z[:\(length)] = y[-\(length):] = s",
      "z[\(sign)] = \(next)  # the sign to write down what was read",
      "x, y = F.one_hot(z, \(all)).float(), y",
    ]
  }

  private static func parity(_ task: ParityTask) -> [PythonLine] {
    [
      "bits = torch.randint(0, 2, (\(PythonValue("length", task.length)), \(PythonValue("batch", task.batchSize))))",
      "x, y = bits.float().unsqueeze(-1), bits.cumsum(0) % 2",
    ]
  }
}

import Gradients
import Training

/// The choices behind `model`, `init` and `task`.
package enum Variants {
  static let models: [Variant<Model>] = [
    Variant(
      "simplenet", "the PyTorch tutorial's two linear layers", SimpleNet(),
      [
        .integer("hidden", \.hidden, Sizes.any, "the width between the layers"),
        .choice("activation", \.activation, [.none] + hiddenActivations, "what stands between the layers"),
      ], wrap: Model.simplenet
    ) { if case .simplenet(let net) = $0 { net } else { nil } },
    Variant(
      "mlp", "linear layers with an activation after each but the last", MultilayerPerceptron(),
      [
        .widths("hidden", \.hidden, "widths of the hidden layers: 64x10 is ten of 64; also 64,32,16"),
        .choice("activation", \.activation, hiddenActivations + [.none], "what stands after each hidden layer"),
      ], wrap: Model.mlp
    ) { if case .mlp(let net) = $0 { net } else { nil } },
    Variant(
      "rnn", "nn.RNN and a linear layer", RecurrentNet(),
      [
        .integer("hidden", \.hidden, Sizes.any, "hidden units"),
        .integer("layers", \.layers, Sizes.layers, "recurrent layers on top of each other"),
        .choice("nonlinearity", \.nonlinearity, [.tanh, .relu], "the function of the hidden units"),
      ], wrap: Model.rnn
    ) { if case .rnn(let net) = $0 { net } else { nil } },
    Variant(
      "lstm", "nn.LSTM and a linear layer", LongShortTermMemoryNet(),
      [
        .integer("hidden", \.hidden, Sizes.any, "hidden units"),
        .integer("layers", \.layers, Sizes.layers, "recurrent layers on top of each other"),
        .number("forget", \.forget, .finite, "the forget gate's bias, PyTorch's where it is not given"),
      ], wrap: Model.lstm
    ) { if case .lstm(let net) = $0 { net } else { nil } },
    Variant(
      "gru", "nn.GRU and a linear layer", GatedRecurrentNet(),
      [
        .integer("hidden", \.hidden, Sizes.any, "hidden units"),
        .integer("layers", \.layers, Sizes.layers, "recurrent layers on top of each other"),
        .number("update", \.update, .finite, "the update gate's bias, PyTorch's where it is not given"),
      ], wrap: Model.gru
    ) { if case .gru(let net) = $0 { net } else { nil } },
    Variant(
      "cnn", "3×3 convolutions, average pools, and a linear layer", ConvolutionalNet(),
      [
        .integer("depth", \.depth, Sizes.layers, "convolutions"),
        .integer("channels", \.channels, Sizes.any, "channels of each convolution"),
        .choice("activation", \.activation, [.relu, .tanh, .sigmoid, .gelu, .none], "what stands after each"),
        .integer("pool", \.pool, 0...2, "2×2 average pools, evenly between the convolutions"),
        .choice("head", \.head, PictureHeadKind.allCases, "mean of each channel, or all pixels"),
      ], wrap: Model.cnn
    ) { if case .cnn(let net) = $0 { net } else { nil } },
  ]

  private static let initialCSV = CSVTask(file: "", target: "")

  private static let hiddenActivations: [ActivationFunction] = [.tanh, .relu, .sigmoid, .gelu]

  static let tasks: [Variant<TaskSettings>] = [
    Variant(
      "sum", "the tutorial's: one fixed random row, loss = output.sum()", SumTask(),
      [.integer("batch", \.batchSize, Sizes.any, "rows")], wrap: TaskSettings.sum
    ) { if case .sum(let task) = $0 { task } else { nil } },
    Variant(
      "regression", "a noisy linear map from ten numbers to ten", RegressionTask(),
      [
        .integer("rows", \.rows, Sizes.any, "rows of the table"),
        .integer("batch", \.batchSize, Sizes.any, "rows of a batch"),
        .number("noise", \.noise, .nonnegative, "standard deviation of what is added to the targets"),
        .number("scale", \.scale, .positive, "standard deviation of the inputs"),
      ], wrap: TaskSettings.regression
    ) { if case .regression(let task) = $0 { task } else { nil } },
    Variant(
      "sine", "a sine along one direction plus a line along another", SineTask(),
      [
        .integer("rows", \.rows, Sizes.any, "rows of the table"),
        .integer("batch", \.batchSize, Sizes.any, "rows of a batch"),
      ], wrap: TaskSettings.sine
    ) { if case .sine(let task) = $0 { task } else { nil } },
    Variant(
      "xor", "the exclusive or of two bits: four rows, all of them at each step", XorTask(), [], wrap: TaskSettings.xor
    ) {
      if case .xor(let task) = $0 { task } else { nil }
    },
    Variant(
      "adding", "add the two marked numbers of a sequence", AddingTask(),
      [
        .integer("length", \.length, 2...Sizes.any.upperBound, "time steps"),
        .integer("batch", \.batchSize, Sizes.any, "sequences of a batch"),
      ], wrap: TaskSettings.adding
    ) { if case .adding(let task) = $0 { task } else { nil } },
    Variant(
      "temporal-order", "which of two symbols came first (Pascanu, Mikolov, Bengio 2013)", TemporalOrderTask(),
      [
        .integer("length", \.length, 10...Sizes.any.upperBound, "time steps"),
        .integer("batch", \.batchSize, Sizes.any, "sequences of a batch"),
      ], wrap: TaskSettings.temporalOrder
    ) { if case .temporalOrder(let task) = $0 { task } else { nil } },
    Variant(
      "copy", "remember symbols, and write them down when told to", CopyTask(),
      [
        .integer("length", \.length, Sizes.any, "symbols to remember"),
        .integer("delay", \.delay, Sizes.any, "time steps from the last symbol to the go"),
        .integer("symbols", \.symbols, Sizes.any, "different symbols"),
        .integer("batch", \.batchSize, Sizes.any, "sequences of a batch"),
      ], wrap: TaskSettings.copy
    ) { if case .copy(let task) = $0 { task } else { nil } },
    Variant(
      "parity", "whether the ones of a sequence so far are odd", ParityTask(),
      [
        .integer("length", \.length, Sizes.any, "time steps"),
        .integer("batch", \.batchSize, Sizes.any, "sequences of a batch"),
      ], wrap: TaskSettings.parity
    ) { if case .parity(let task) = $0 { task } else { nil } },
    Variant(
      "shapes", "filled square, hollow square, cross or diagonal in a noisy picture", ShapesTask(),
      [
        .integer("rows", \.rows, Sizes.any, "pictures to draw from"),
        .integer("size", \.size, 5...Sizes.any.upperBound, "the side of a picture"),
        .integer("batch", \.batchSize, Sizes.any, "pictures of a batch"),
        .number("noise", \.noise, .nonnegative, "standard deviation of what is added to each pixel"),
      ], wrap: TaskSettings.shapes
    ) { if case .shapes(let task) = $0 { task } else { nil } },
    Variant(
      "text", "the next character of a text file of yours", positional: "FILE",
      [
        .integer("length", \.length, Sizes.any, "time steps"),
        .integer("batch", \.batchSize, Sizes.any, "windows of a batch"),
      ], wrap: TaskSettings.text, unwrap: { if case .text(let task) = $0 { task } else { nil } },
      begin: { (reader) throws(CommandError) in TextTask(file: try reader.readFileName("a text file")) },
      opening: { " " + Lexer.quote($0.file) }),
    Variant(
      "csv", "a column of a table of yours from the others", positional: "FILE",
      [
        .text("target", form: "COLUMN", \.target, "the column to predict"),
        .integer("batch", \.batchSize, Sizes.any, "rows of a batch"),
        .choice("header", \.options.format.header, "whether the first line names the columns").leftOut(for: initialCSV),
        .separator("what stands between columns: \",\" \";\" \"|\" tab or blanks; without it, it is found"),
        .choice("missing", \.options.missing, "what is done about an empty field, NA or ?").leftOut(for: initialCSV),
        .flag("classes", \.options.hasClasses, "whether numbers in the target are classes").leftOut(for: initialCSV),
        .flag("standardize", \.options.isStandardized, "(x - x.mean(0)) / x.std(0) of each column").leftOut(
          for: initialCSV),
        .text("ignore", form: "A,B,…", \.options.ignored, "columns to leave out").leftOut(for: initialCSV),
      ], wrap: TaskSettings.csv, unwrap: { if case .csv(let task) = $0 { task } else { nil } },
      begin: { (reader) throws(CommandError) in
        let file = try reader.readFileName("a CSV file")
        guard reader.words.contains(where: { $0.option?.name.text == "target" }) else {
          throw CommandError(
            .missing(expected: "target=COLUMN, the column to predict,"), column: reader.endColumn + 1, length: 1)
        }
        return CSVTask(file: file, target: "")
      },
      opening: { " " + Lexer.quote($0.file) }),
  ]
}

extension Option {
  /// Any text.
  fileprivate static func text(
    _ name: String, form: String, _ path: WritableKeyPath<Root, String> & Sendable, _ summary: String
  ) -> Option {
    Option(name: name, form: form, summary: summary) { (root, word) throws(CommandError) in
      root[keyPath: path] = word.text
    } write: { root in
      root[keyPath: path]
    }
  }

  fileprivate static func separator(_ summary: String) -> Option where Root == CSVTask {
    let words = TableFormat.Separator.allCases.map(\.rawValue)
    return Option(name: "separator", form: "SIGN", summary: summary, words: words) {
      (root, word) throws(CommandError) in
      root.options.format.separator = .init(rawValue: try Value.choice(word, "value of separator", words))
    } write: { root in
      root.options.format.separator?.rawValue
    }
  }

  /// One of all there are.
  fileprivate static func choice<Chosen: RawRepresentable<String> & CaseIterable & Sendable>(
    _ name: String, _ path: WritableKeyPath<Root, Chosen> & Sendable, _ summary: String
  ) -> Option {
    choice(name, path, Array(Chosen.allCases), summary)
  }

  /// The same, written only where it is not as in `root`.
  fileprivate func leftOut(for root: Root) -> Option where Root: Sendable {
    let write = write
    let usual = write(root)
    return Option(name: name, form: form, summary: summary, words: words, field: field, read: read) { root in
      let written = write(root)
      return written == usual ? nil : written
    }
  }

  /// Widths of layers: `64`, `64x10`, `64,32,16`.
  fileprivate static func widths(
    _ name: String, _ path: WritableKeyPath<Root, [Int]> & Sendable, _ summary: String
  ) -> Option {
    Option(name: name, form: "WxN|W,W,…", summary: summary) { (root, word) throws(CommandError) in
      root[keyPath: path] = try Widths.read(word, name)
    } write: { root in
      Widths.write(root[keyPath: path])
    }
  }
}

private enum Widths {
  static func read(_ word: Word, _ name: String) throws(CommandError) -> [Int] {
    let expected = "widths like 64x10 (ten layers of 64) or 64,32,16"
    let parts = word.text.split(separator: "x", omittingEmptySubsequences: false)
    if parts.count == 2, let width = Int(parts[0]), let depth = Int(parts[1]) {
      guard Sizes.layers.contains(depth), Sizes.any.contains(width) else {
        throw CommandError(
          .outOfRange(name: name, word.text, expected: "1 to \(Sizes.layers.upperBound) layers of at least 1"), at: word
        )
      }
      return Array(repeating: width, count: depth)
    }
    var widths: [Int] = []
    for part in word.text.split(separator: ",", omittingEmptySubsequences: false) {
      guard let width = Int(part) else { throw CommandError(.notANumber(word.text, expected: expected), at: word) }
      guard Sizes.any.contains(width), widths.count < Sizes.layers.upperBound else {
        throw CommandError(
          .outOfRange(name: name, word.text, expected: "1 to \(Sizes.layers.upperBound) layers of at least 1"), at: word
        )
      }
      widths.append(width)
    }
    return widths
  }

  static func write(_ widths: [Int]) -> String {
    if widths.count > 1, Set(widths).count == 1 { return "\(widths[0])x\(widths.count)" }
    return widths.map(String.init).joined(separator: ",")
  }
}

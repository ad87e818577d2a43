import Optimization
import Training

extension CommandTable {
  /// What an experiment begins with. After the first step each of these begins afresh.
  static let setUp: [CommandRow] = [
    CommandRow(
      "seed", .setUp, ["N"], "what torch.manual_seed gets, 0 to 2^63 - 1", example: "seed 0"
    ) { (reader) throws(CommandError) in
      .setUp(.seed(UInt64(try Value.integer(try reader.take("a seed"), "seed", 0...Int.max))))
    } write: {
      if case .setUp(.seed(let seed)) = $0 { String(seed) } else { nil }
    },
    CommandRow(
      "model", .setUp, Variants.models, "the network", example: "model rnn hidden=50", what: "model",
      wrap: { .setUp(.model($0)) }
    ) { if case .setUp(.model(let model)) = $0 { model } else { nil } },
    CommandRow(
      "init", .setUp, Variants.initializations, "what is drawn over PyTorch's initial values",
      example: "init radius=1.6",
      words: Variants.initializations.map { $0.contains("=") ? $0.prefix { $0 != "=" } + "=" : $0 }
    ) { (reader) throws(CommandError) in
      .setUp(.initialization(try InitializationText.read(&reader)))
    } write: {
      if case .setUp(.initialization(let initialization)) = $0 { InitializationText.write(initialization) } else { nil }
    },
    CommandRow(
      "task", .setUp, Variants.tasks, "what is to be learnt", example: "task temporal-order length=20", what: "task",
      wrap: { .setUp(.task($0)) }
    ) { if case .setUp(.task(let task)) = $0 { task } else { nil } },
    CommandRow(
      "optimizer", .setUp, Variants.optimizers, "how gradients move the parameters",
      example: "optimizer sgd lr=0.1 momentum=0.9", what: "optimizer", wrap: { .setUp(.optimizer($0)) }
    ) { if case .setUp(.optimizer(let optimizer)) = $0 { optimizer } else { nil } },
    CommandRow("restart", .setUp, .setUp(.restart), "step 0 of the settings as they are now, from the same seed"),
  ]

  /// What may change while it runs.
  static let changes: [CommandRow] = [
    CommandRow(
      "clip", .change, clipUsage, "what is done to the gradients before the update",
      example: "clip norm max_norm=1 norm_type=2", words: Variants.clippingRules.map(\.name) + ["off", "on"]
    ) { (reader) throws(CommandError) in
      if reader.take(word: "off") { return .change(.clip(.off)) }
      if reader.take(word: "on") { return .change(.clip(.on)) }
      return .change(.clip(.rule(try reader.read("rule", Variants.clippingRules, besides: ["off", "on"]))))
    } write: { command in
      switch command {
      case .change(.clip(.off)): "off"
      case .change(.clip(.on)): "on"
      case .change(.clip(.rule(let rule))): Variants.clippingRules.text(rule)
      default: nil
      }
    },
    turn(
      "max_norm", summary: "the threshold of the clipping rule", .threshold, example: "max_norm 0.5",
      ChangeCommand.maxNorm
    ) {
      if case .maxNorm(let turn) = $0 { turn } else { nil }
    },
    CommandRow(
      "norm_type", .change, ["P", "next"], "the order of the norm: 2, 1, inf, any other; next: 2, inf, 1",
      example: "norm_type inf", words: ["next", "2", "inf", "1"]
    ) { (reader) throws(CommandError) in
      if reader.take(word: "next") { return .change(.normType(.next)) }
      return .change(.normType(.to(try Value.order(try reader.take("an order (2, 1, inf) or next"), "norm_type"))))
    } write: { command in
      switch command {
      case .change(.normType(.next)): "next"
      case .change(.normType(.to(let order))): NumberText.of(order)
      default: nil
      }
    },
    turn("lr", summary: "the learning rate", .positive, example: "lr 0.05", ChangeCommand.learningRate) {
      if case .learningRate(let turn) = $0 { turn } else { nil }
    },
    CommandRow(
      "accumulate", .change, ["N"], "a step averages the gradients of N batches and clips once", example: "accumulate 4"
    ) { (reader) throws(CommandError) in
      .change(.accumulate(try Value.integer(try reader.take("a number of batches"), "accumulate", Sizes.batches)))
    } write: {
      if case .change(.accumulate(let count)) = $0 { String(count) } else { nil }
    },
    CommandRow(
      "outlier", .change, ["scale=S", "nan"], "the next batch's targets times S, or one of them NaN",
      example: "outlier scale=100", words: ["scale=", "nan"]
    ) { (reader) throws(CommandError) in
      if reader.take(word: "nan") { return .change(.outlier(.nan)) }
      let word = try reader.take("scale=S or nan")
      guard let (name, value) = word.option, name.text == "scale" else {
        throw CommandError(.unknown(what: "outlier", word.text, known: ["scale=S", "nan"]), at: word)
      }
      return .change(.outlier(.scale(try Value.number(value, "scale", .finite))))
    } write: { command in
      switch command {
      case .change(.outlier(.nan)): "nan"
      case .change(.outlier(.scale(let factor))): "scale=\(NumberText.of(factor))"
      default: nil
      }
    },
  ]

  private static var clipUsage: [String] {
    Variants.clippingRules.map { ([$0.name] + $0.options.map(\.usage)).joined(separator: " ") } + ["off", "on"]
  }

  /// A command that sets a number or walks it along the ladder.
  private static func turn(
    _ name: String, summary: String, _ bounds: Bounds, example: String,
    _ wrap: @escaping @Sendable (Turn) -> ChangeCommand, unwrap: @escaping @Sendable (ChangeCommand) -> Turn?
  ) -> CommandRow {
    CommandRow(
      name, .change, ["X", "up", "down"], summary + "; up and down walk 1 1.25 1.6 2 2.5 3.2 4 5 6.3 8 a decade",
      example: example, words: ["up", "down"]
    ) { (reader) throws(CommandError) in
      .change(wrap(try reader.readTurn(name, bounds)))
    } write: { command in
      if case .change(let change) = command { unwrap(change)?.text } else { nil }
    }
  }
}

extension WordReader {
  mutating func readTurn(_ name: String, _ bounds: Bounds) throws(CommandError) -> Turn {
    if take(word: "up") { return .up }
    if take(word: "down") { return .down }
    return .to(try Value.number(try take("a number, up or down"), name, bounds))
  }
}

extension Turn {
  var text: String {
    switch self {
    case .to(let value): NumberText.of(value)
    case .up: "up"
    case .down: "down"
    }
  }
}

import Gradients
import Optimization

extension Variants {
  static let optimizers: [Variant<Optimizer>] = [
    Variant(
      "sgd", "torch.optim.SGD", SGD(),
      [
        .number("lr", \.learningRate, .positive, "learning rate"),
        .number("momentum", \.momentum, .nonnegative, "how much of the buffer is kept"),
        .number("dampening", \.dampening, .finite, "how much of a new gradient the buffer leaves out"),
        .flag("nesterov", \.nesterov, "look ahead along the buffer (needs momentum, and no dampening)"),
        .number("weight_decay", \.weightDecay, .nonnegative, "factor of the parameter added to its gradient"),
      ], wrap: Optimizer.sgd
    ) { if case .sgd(let sgd) = $0 { sgd } else { nil } },
    Variant(
      "adam", "torch.optim.Adam", Adam(), adamOptions("factor of the parameter added to its gradient"),
      wrap: Optimizer.adam
    ) { if case .adam(let adam) = $0 { adam } else { nil } },
    Variant(
      "adamw", "torch.optim.AdamW", Adam.decoupled, adamOptions("times lr: the share of the parameter taken from it"),
      wrap: Optimizer.adamw
    ) { if case .adamw(let adam) = $0 { adam } else { nil } },
    Variant(
      "rmsprop", "torch.optim.RMSprop", RMSprop(),
      [
        .number("lr", \.learningRate, .positive, "learning rate"),
        .number("alpha", \.alpha, .fraction, "how much of the mean squared gradient is kept"),
        .number("eps", \.epsilon, .nonnegative, "added to the denominator"),
      ], wrap: Optimizer.rmsprop
    ) { if case .rmsprop(let rmsprop) = $0 { rmsprop } else { nil } },
  ]

  private static func adamOptions(_ decay: String) -> [Option<Adam>] {
    [
      .number("lr", \.learningRate, .positive, "learning rate"),
      .number("beta1", \.beta1, .fraction, "how much of the mean gradient is kept"),
      .number("beta2", \.beta2, .fraction, "how much of the mean squared gradient is kept"),
      .number("eps", \.epsilon, .nonnegative, "added to the denominator"),
      .number("weight_decay", \.weightDecay, .nonnegative, decay),
    ]
  }

  package static let clippingRules: [Variant<ClippingRule>] = [
    Variant(
      "norm", "torch.nn.utils.clip_grad_norm_: one factor for all gradients", ClipNorm(),
      [
        .number("max_norm", \.maxNorm, .threshold, "the largest total norm that is let through"),
        .order("norm_type", \.normType, "the order of the norm: 2, 1, inf or any other"),
        .flag("error_if_nonfinite", \.errorIfNonfinite, "stop before a step whose norm is NaN or infinite"),
      ], wrap: ClippingRule.norm
    ) { if case .norm(let rule) = $0 { rule } else { nil } },
    Variant(
      "value", "torch.nn.utils.clip_grad_value_: each element by itself", ClipValue(),
      [.number("clip_value", \.clipValue, .threshold, "the largest magnitude that is let through")],
      wrap: ClippingRule.value
    ) { if case .value(let rule) = $0 { rule } else { nil } },
    Variant(
      "per-parameter", "each parameter's gradient by its own norm", ClipPerParameter(),
      [.number("max_norm", \.maxNorm, .threshold, "the largest norm of one gradient that is let through")],
      wrap: ClippingRule.perParameter
    ) { if case .perParameter(let rule) = $0 { rule } else { nil } },
    Variant(
      "agc", "each unit's gradient by the norm of its weights (Brock et al. 2021)", AdaptiveGradientClipping(),
      [
        .number("clipping", \.clipping, .threshold, "the gradient's length as a share of the weights'"),
        .number("eps", \.epsilon, .positive, "the least that the weights count as"),
      ], wrap: ClippingRule.agc
    ) { if case .agc(let rule) = $0 { rule } else { nil } },
    Variant(
      "autoclip", "by a percentile of all norms, the last 10,000 of many (Seetharaman et al. 2020)", AutoClip(),
      [.number("percentile", \.percentile, .percentage, "the share of norms below the threshold, in percent")],
      wrap: ClippingRule.autoclip
    ) { if case .autoclip(let rule) = $0 { rule } else { nil } },
    Variant(
      "zclip", "norms that stand out from their running mean (Kumar et al. 2025)", ZClip(),
      [
        .number("alpha", \.alpha, .fraction, "how much of the averages is kept"),
        .number("threshold", \.threshold, .positive, "standard deviations above the mean that are let through"),
        .integer("warmup", \.warmup, Sizes.any, "norms that begin the averages"),
      ], wrap: ClippingRule.zclip
    ) { if case .zclip(let rule) = $0 { rule } else { nil } },
    Variant(
      "skip", "leaves the step out where the norm is too large (Megatron-LM)", SkipStep(),
      [.number("max_norm", \.maxNorm, .threshold, "the largest total norm whose step is made")],
      wrap: ClippingRule.skip
    ) { if case .skip(let rule) = $0 { rule } else { nil } },
  ]

  static let initializations: [String] = [
    "default", "gain=G", "radius=R", "orthogonal=G", "identity", "xavier", "kaiming",
  ]
}

/// `init`: a word, or a word with a number behind `=`.
enum InitializationText {
  static func read(_ reader: inout WordReader) throws(CommandError) -> Initialization {
    let word = try reader.take("an init (\(Variants.initializations.joined(separator: ", ")))")
    switch word.text {
    case "default": return .standard
    case "identity": return .identity
    case "xavier": return .xavier
    case "kaiming": return .kaiming
    default: break
    }
    guard let (name, value) = word.option else {
      throw CommandError(.unknown(what: "init", word.text, known: Variants.initializations), at: word)
    }
    switch name.text {
    case "gain": return .gain(try gain(value))
    case "radius": return .radius(try Value.number(value, "radius", .nonnegative))
    case "orthogonal": return .orthogonal(try Value.number(value, "orthogonal", .nonnegative))
    default: throw CommandError(.unknown(what: "init", name.text, known: Variants.initializations), at: name)
    }
  }

  private static func gain(_ word: Word) throws(CommandError) -> Initialization.Gain {
    let isHe = word.text.hasSuffix("he")
    let digits = isHe ? String(word.text.dropLast(2)) : word.text
    let number = Word(text: digits, isQuoted: false, equals: nil, column: word.column, length: word.length)
    return Initialization.Gain(try Value.number(number, "gain", .nonnegative), he: isHe)
  }

  static func write(_ initialization: Initialization) -> String {
    switch initialization {
    case .standard: "default"
    case .gain(let gain): "gain=\(NumberText.of(gain.factor))\(gain.he ? "he" : "")"
    case .radius(let radius): "radius=\(NumberText.of(radius))"
    case .orthogonal(let gain): "orthogonal=\(NumberText.of(gain))"
    case .identity: "identity"
    case .xavier: "xavier"
    case .kaiming: "kaiming"
    }
  }
}

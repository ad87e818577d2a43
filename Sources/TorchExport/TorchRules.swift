import Optimization
import Training

/// The clipping rules of an experiment in PyTorch's words: the one rule, or a choice by `clip` where they change.
struct TorchRules {
  private let stretches: [TorchPlan.Stretch]
  private let names: [String]
  private let isTight: Bool

  /// - Parameter isTight: whether the options of all rules stand in one place.
  init(_ stretches: [TorchPlan.Stretch], isTight: Bool) {
    self.stretches = stretches
    self.isTight = isTight
    names = stretches.rules
  }

  private var changes: Bool { names.count > 1 }
  private var usesOrder: Bool {
    names.contains("norm") || stretches.contains { $0.settings.clipping.normOrder != 2 }
  }

  /// How `norm_type` follows another argument, where norms may be of another order than 2.
  private var order: String { usesOrder ? ", norm_type" : "" }
  /// When the optimizer must leave a step out, `nil` for never.
  var skipCondition: String? {
    guard names.contains("skip") else { return nil }
    return changes ? "(clip == \"skip\" and clipped)" : "clipped"
  }
  /// Whether nothing is ever clipped, so that norms before and after are the same.
  var isOff: Bool { names == ["off"] }
  /// The norm of each gradient, by name.
  var norms: String {
    "{name: number(p.grad.norm(\(usesOrder ? "norm_type" : ""))) for name, p in model.named_parameters()}"
  }

  // MARK: Settings

  /// The variables that a stretch needs, with its values.
  func variables(_ stretch: TorchPlan.Stretch) -> [(name: String, value: String)] {
    var variables: [(String, String)] = changes ? [("clip", PythonText.of(stretch.rule))] : []
    switch stretch.settings.clipping.active {
    case .norm(let rule):
      variables.append(("max_norm", PythonText.of(rule.maxNorm)))
      if failsSometimes { variables.append(("error_if_nonfinite", PythonText.of(rule.errorIfNonfinite))) }
    case .value(let rule): variables.append(("clip_value", PythonText.of(rule.clipValue)))
    case .perParameter(let rule): variables.append(("max_norm", PythonText.of(rule.maxNorm)))
    case .agc(let rule):
      variables += [("clipping", PythonText.of(rule.clipping)), ("eps", PythonText.of(rule.epsilon))]
    case .autoclip(let rule): variables += [("percentile", PythonText.of(rule.percentile)), ("history", "[]")]
    case .zclip(let rule):
      variables += [
        ("alpha", PythonText.of(rule.alpha)), ("threshold", PythonText.of(rule.threshold)),
        ("warmup", "\(rule.warmup)"), ("history", "[]"),
      ]
    case .skip(let rule): variables.append(("max_norm", PythonText.of(rule.maxNorm)))
    case nil: break
    }
    if usesOrder { variables.append(("norm_type", PythonText.of(stretch.settings.clipping.normOrder))) }
    return variables
  }

  private var errorsOnNonfinite: Set<Bool> {
    Set(
      stretches.compactMap {
        if case .norm(let rule) = $0.settings.clipping.active { rule.errorIfNonfinite } else { nil }
      })
  }
  private var failsSometimes: Bool { errorsOnNonfinite.count > 1 }

  // MARK: In a step

  /// The total norm, the rule, and the total norm after it.
  var lines: [String] {
    let total = "torch.nn.utils.get_total_norm([p.grad for p in model.parameters()]\(order))"
    let after = isOff ? [] : ["total_norm_after = \(total)", "after = \(norms)"]
    guard changes else {
      let before = names == ["norm"] ? [] : ["total_norm = \(total)"]
      return before + (names.first.map(rule) ?? []) + after
    }
    return ["total_norm = \(total)"] + choice + after + ratioOfSome
  }

  // The rule by its name; what is so without a rule stands in front.
  private var choice: [String] {
    let rules = names.filter { $0 != "off" }
    let none =
      (names.contains("zclip") ? [("norm", "total_norm.item()")] : []) + [("factor", "1")]
      + (usesFactor ? [] : [("clipped", "False")])
      + (names.contains("off") && !isTight ? [("options", optionsText("off"))] : [])
    return ["\(none.map(\.0).joined(separator: ", ")) = \(none.map(\.1).joined(separator: ", "))"]
      + rules.enumerated().flatMap { place, name in
        let isElse = place == rules.count - 1 && place > 0 && !names.contains("off")
        return [isElse ? "else:" : "\(place == 0 ? "if" : "elif") clip == \"\(name)\":"]
          + (rule(name) + (isTight ? [] : ["options = \(optionsText(name))"])).indented
      } + (isTight ? PythonText.call("options = {", names.map { "\"\($0)\": \(optionsText($0))" }, "}[clip]") : [])
  }

  private static func isRatio(_ name: String) -> Bool { ["value", "per-parameter", "agc"].contains(name) }
  private static let byFactor = ["norm", "autoclip", "zclip"]
  // Whether the factor alone says whether anything was clipped, or only for some rules.
  private var usesFactor: Bool { names.allSatisfy { $0 == "off" || Self.byFactor.contains($0) } }
  private var usesBoth: Bool { names.contains { Self.byFactor.contains($0) } }

  private var ratioOfSome: [String] {
    let some = names.filter(Self.isRatio).map { "\"\($0)\"" }
    guard !some.isEmpty else { return [] }
    let condition = some.count == 1 ? "clip == \(some[0])" : "clip in (\(some.joined(separator: ", ")))"
    return ["if \(condition) and clipped:", "    factor = total_norm_after / total_norm  # not one for all: a ratio"]
  }

  /// What was measured, for the trace.
  var measured: [(String, String)] {
    guard !isOff else {
      return [
        ("total_norm", "number(total_norm)"), ("factor", "1"), ("total_norm_after", "number(total_norm)"),
        ("clipped", "0"),
      ]
    }
    let factor = !changes && Self.isRatio(names[0]) ? "total_norm_after / total_norm if clipped else 1" : "factor"
    return [
      ("total_norm", "number(total_norm)"), ("factor", names == ["skip"] ? "1" : "number(\(factor))"),
      ("total_norm_after", "number(total_norm_after)"),
      ("clipped", usesFactor ? "int(factor < 1)" : usesBoth ? "int(clipped or factor < 1)" : "int(clipped)"),
    ]
  }

  /// The rule and its options, for the trace.
  var named: [(String, String)] {
    if changes { return [("clip", "clip, **options")] }
    let options = optionsText(names[0])
    if options.hasPrefix("{} if") { return [("clip", "\(PythonText.of(names[0])), **(\(options))")] }
    return [("clip", PythonText.of(names[0]))] + self.options(names[0])
  }

  private func optionsText(_ name: String) -> String {
    let text = "{\(options(name).map { "\"\($0.0)\": \($0.1)" }.joined(separator: ", "))}"
    let orders = Set(stretches.filter { $0.rule == "off" }.map { $0.settings.clipping.normOrder })
    return name == "off" && orders.count > 1 && orders.contains(2) ? "{} if norm_type == 2 else \(text)" : text
  }

  private func options(_ name: String) -> [(String, String)] {
    let orders = Set(stretches.filter { $0.rule == name }.map { $0.settings.clipping.normOrder })
    let order = orders.contains { $0.isInfinite } ? "number(norm_type)" : "norm_type"
    switch name {
    case "norm": return [("max_norm", "max_norm"), ("norm_type", order)]
    case "value": return [("clip_value", "clip_value")]
    case "per-parameter", "skip": return [("max_norm", "max_norm")]
    case "agc": return [("clipping", "clipping"), ("eps", "eps")]
    case "autoclip": return [("percentile", "percentile")]
    case "zclip": return [("alpha", "alpha"), ("threshold", "threshold"), ("warmup", "warmup")]
    // Without a rule the order of the norms is named where it is not the usual 2.
    default: return orders == [2] ? [] : [("norm_type", order)]
    }
  }

  private func rule(_ name: String) -> [String] {
    switch name {
    case "norm": return norm
    case "value":
      return [
        "clipped = any((p.grad.abs() > clip_value).any() for p in model.parameters())",
        "torch.nn.utils.clip_grad_value_(model.parameters(), clip_value)",
      ]
    case "per-parameter": return (changes ? [] : ["clipped = False"]) + Self.perParameter
    case "agc": return (changes ? [] : ["clipped = False"]) + Self.adaptive
    case "autoclip": return (changes ? [] : ["factor = 1"]) + Self.autoclip
    case "zclip": return (changes ? [] : ["norm, factor = total_norm.item(), 1"]) + Self.zclip
    case "skip":
      return ["clipped = not total_norm <= max_norm  # the step is left out, also where the norm is nan or inf"]
    default: return [Self.placeOfClipping]
    }
  }

  private static let placeOfClipping =
    "# Without clipping; torch.nn.utils.clip_grad_norm_(model.parameters(), max_norm=1) would stand here."

  private var norm: [String] {
    let fails = failsSometimes ? ", error_if_nonfinite" : errorsOnNonfinite == [true] ? ", error_if_nonfinite=True" : ""
    let call = "torch.nn.utils.clip_grad_norm_(model.parameters(), max_norm, norm_type\(fails))"
    return [
      changes ? call : "total_norm = " + call,
      "factor = (max_norm / (total_norm + 1e-6)).clamp(max=1)  # what every gradient was multiplied by",
    ]
  }

  private static let perParameter = [
    "for p in model.parameters():  # each gradient by its own norm, as Keras' clipnorm",
    "    norm = p.grad.norm()",
    "    if not norm <= max_norm:",
    "        p.grad *= max_norm / norm",
    "    clipped |= bool(norm > max_norm)",
  ]

  private static let adaptive = [
    "for p in model.parameters():  # Brock et al. 2021: each unit's gradient by the norm of its weights",
    "    unit = tuple(range(1, p.dim())) or 0  # all axes but the first; a bias is one unit",
    "    limit = clipping * p.detach().norm(2, unit, keepdim=True).clamp(min=eps)",
    "    norm = p.grad.norm(2, unit, keepdim=True)",
    "    p.grad *= torch.where(norm > limit, limit / norm.clamp(min=1e-6), 1)",
    "    clipped |= bool((norm > limit).any())",
  ]

  private static let autoclip = [
    "if total_norm.isfinite():  # Seetharaman et al. 2020: clipped at a percentile of all norms so far",
    "    history.append(total_norm.item())",
    "    limit = torch.quantile(torch.tensor(history).double(), percentile / 100).item()",
    "    torch.nn.utils.clip_grad_norm_(model.parameters(), limit)",
    "    factor = (limit / (total_norm + 1e-6)).clamp(max=1)",
  ]

  private static let zclip = [
    "if math.isfinite(norm) and len(history) < warmup:  # Kumar et al. 2025: the first norms are only seen",
    "    history.append(norm)",
    "    variance, mean = torch.var_mean(torch.tensor(history).double(), correction=0)",
    "elif math.isfinite(norm):  # later ones that stand out are pulled back towards the running mean",
    "    if (z := (norm - mean) / (variance.sqrt() + 1e-6)) > threshold:",
    "        norm = (mean + threshold**2 / z * variance.sqrt()).item()",
    "        torch.nn.utils.clip_grad_norm_(model.parameters(), norm)",
    "        factor = (norm / (total_norm + 1e-6)).clamp(max=1)",
    "    mean = alpha * mean + (1 - alpha) * norm",
    "    variance = alpha * variance + (1 - alpha) * (norm - mean) ** 2",
  ]
}

import Language
import Optimization
import Training

/// The clipping rules of an experiment in PyTorch's words: the one rule, or a choice by `clip` where they change.
struct TorchRules {
  // The one option that is no number: it is not in the trace.
  private static let flag = "error_if_nonfinite"

  private let stretches: [TorchPlan.Stretch]
  private let names: [String]
  // Whether norms may be of another order than 2.
  private let usesOrder: Bool
  // Whether a step may fail where its norm is not finite.
  private let fails: Bool

  init(_ stretches: [TorchPlan.Stretch]) {
    self.stretches = stretches
    names = stretches.rules
    usesOrder = names.contains("norm") || stretches.contains { $0.settings.clipping.normOrder != 2 }
    fails = stretches.contains {
      if case .norm(let rule) = $0.settings.clipping.active { rule.errorIfNonfinite } else { false }
    }
  }

  private var changes: Bool { names.count > 1 }
  /// Whether nothing is ever clipped, so that norms before and after are the same.
  var isOff: Bool { names == ["off"] }
  // Whether a rule multiplies all gradients by one factor, which says whether it clipped.
  private var hasFactor: Bool { has("norm", "autoclip", "zclip") }
  // Whether a rule says by `clipped` whether it did.
  private var hasFlag: Bool { has("value", "per-parameter", "agc", "skip") }
  private func has(_ rules: String...) -> Bool { rules.contains(where: names.contains) }

  /// When the optimizer must leave a step out, `nil` for never.
  var skipCondition: String? {
    guard names.contains("skip") else { return nil }
    return changes ? "(clip == \"skip\" and clipped)" : "clipped"
  }

  // MARK: Settings

  /// The variables that a stretch needs, with its values: the rule, its options, and the norms that it remembers.
  func variables(_ stretch: TorchPlan.Stretch) -> [(name: String, value: String)] {
    var variables = changes ? [(name: "clip", value: PythonText.of(stretch.rule))] : []
    if let rule = stretch.settings.clipping.active {
      variables += PythonText.options(SettingsText.of(rule)).filter { fails || $0.name != Self.flag }
    }
    if ["autoclip", "zclip"].contains(stretch.rule) { variables.append(("history", "[]")) }
    if usesOrder && stretch.rule != "norm" {
      variables.append(("norm_type", PythonText.of(stretch.settings.clipping.normOrder)))
    }
    return variables
  }

  // MARK: In a step

  /// The norm of each gradient, by name.
  var norms: String {
    "{name: number(p.grad.norm(\(usesOrder ? "norm_type" : ""))) for name, p in model.named_parameters()}"
  }

  private var totalNorm: String {
    "torch.nn.utils.get_total_norm([p.grad for p in model.parameters()]\(usesOrder ? ", norm_type" : ""))"
  }

  /// The total norm, the rule, and the norms after it.
  var lines: [String] {
    let before = names == ["norm"] ? [] : ["total_norm = \(totalNorm)"]
    guard !isOff else { return before + rule("off") }
    return before + beginning + (changes ? choice : rule(names[0]))
      + ["total_norm_after = \(totalNorm)", "after = \(norms)"]
  }

  // What is so where nothing is clipped.
  private var beginning: [String] {
    var values = names.contains("zclip") ? [("norm", "total_norm.item()")] : []
    if hasFactor && (changes || has("autoclip", "zclip")) { values.append(("factor", "1")) }
    if hasFlag && (changes || has("per-parameter", "agc")) { values.append(("clipped", "False")) }
    if changes && names.contains("off") { values.append(("options", options("off"))) }
    guard !values.isEmpty else { return [] }
    return [values.map(\.0).joined(separator: ", ") + " = " + values.map(\.1).joined(separator: ", ")]
  }

  private var choice: [String] {
    names.filter { $0 != "off" }.enumerated().flatMap { index, name in
      ["\(index == 0 ? "if" : "elif") clip == \"\(name)\":"] + (rule(name) + ["options = \(options(name))"]).indented
    }
  }

  private func rule(_ name: String) -> [String] {
    switch name {
    case "norm":
      [
        "total_norm = torch.nn.utils.clip_grad_norm_(model.parameters(), max_norm, norm_type"
          + (fails ? ", error_if_nonfinite)" : ")"),
        "factor = (max_norm / (total_norm + 1e-6)).clamp(max=1)  # what every gradient was multiplied by",
      ]
    case "value":
      [
        "clipped = any((p.grad.abs() > clip_value).any() for p in model.parameters())",
        "torch.nn.utils.clip_grad_value_(model.parameters(), clip_value)",
      ]
    case "per-parameter": Self.perParameter
    case "agc": Self.adaptive
    case "autoclip": Self.autoclip
    case "zclip": Self.zclip
    case "skip": ["clipped = not total_norm <= max_norm  # the step is left out, also where the norm is nan or inf"]
    default:
      ["# Without clipping; torch.nn.utils.clip_grad_norm_(model.parameters(), max_norm=1) would stand here."]
    }
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
    "if total_norm.isfinite():  # Seetharaman et al. 2020: clipped at a percentile of the norms so far",
    "    history[:] = history[-9999:] + [total_norm.item()]",
    "if history and not total_norm.isnan():",
    "    limit = torch.quantile(torch.tensor(history).double(), percentile / 100).item()",
    "    torch.nn.utils.clip_grad_norm_(model.parameters(), limit)",
    "    factor = (limit / (total_norm + 1e-6)).clamp(max=1)",
  ]

  private static let zclip = [
    "if math.isfinite(norm) and len(history) < warmup:  # Kumar et al. 2025: the first norms are only seen",
    "    history.append(norm)",
    "    variance, mean = torch.var_mean(torch.tensor(history).double(), correction=0)",
    "elif len(history) >= warmup and not math.isnan(norm):  # later ones are pulled back to their mean",
    "    if (z := (norm - mean) / (variance.sqrt() + 1e-6)) > threshold:",
    "        norm = (mean + threshold**2 / z * variance.sqrt()).item()",
    "        torch.nn.utils.clip_grad_norm_(model.parameters(), norm)",
    "        factor = (norm / (total_norm + 1e-6)).clamp(max=1)",
    "    mean = alpha * mean + (1 - alpha) * norm",
    "    variance = alpha * variance + (1 - alpha) * (norm - mean) ** 2",
  ]

  // MARK: In the trace

  /// What was measured, the rule and its options.
  var fields: [(name: String, value: String)] {
    let clipped =
      hasFactor ? (hasFlag ? "int(clipped or factor < 1)" : "int(factor < 1)") : hasFlag ? "int(clipped)" : "0"
    return [
      ("total_norm", "number(total_norm)"), ("factor", factor),
      ("total_norm_after", isOff ? "number(total_norm)" : "number(total_norm_after)"), ("clipped", clipped),
    ] + (changes ? [("clip", "clip, **options")] : named)
  }

  // Rules that have no single factor for all gradients have the ratio of the norms in its stead.
  private var factor: String {
    let usual = hasFactor ? "factor" : "1"
    guard has("value", "per-parameter", "agc") else { return hasFactor ? "number(factor)" : "1" }
    let condition = names.contains("skip") ? "clipped and clip != \"skip\"" : "clipped"
    return "number(total_norm_after / total_norm if \(condition) else \(usual))"
  }

  private var named: [(name: String, value: String)] {
    let name = PythonText.of(names[0])
    return mixesOrders ? [("clip", "\(name), **(\(options("off")))")] : [("clip", name)] + traced(names[0])
  }

  // A dictionary of the options.
  private func options(_ name: String) -> String {
    let text = "{\(traced(name).map { "\"\($0)\": \($1)" }.joined(separator: ", "))}"
    return name == "off" && mixesOrders ? "{} if norm_type == 2 else \(text)" : text
  }

  // The names of a rule's options and the variables that they are in, as `TraceText` has them: no flags, and without a
  // rule the order of the norms where it is not the usual 2.
  private func traced(_ name: String) -> [(name: String, value: String)] {
    let order = orders(name).contains { $0.isInfinite } ? "number(norm_type)" : "norm_type"
    guard let rule = stretches.first(where: { $0.rule == name })?.settings.clipping.active else {
      return orders("off") == [2] ? [] : [("norm_type", order)]
    }
    return PythonText.options(SettingsText.of(rule)).filter { $0.name != Self.flag }
      .map { ($0.name, $0.name == "norm_type" ? order : $0.name) }
  }

  private func orders(_ name: String) -> Set<Float> {
    Set(stretches.filter { $0.rule == name }.map { $0.settings.clipping.normOrder })
  }
  private var mixesOrders: Bool { orders("off").count > 1 && orders("off").contains(2) }
}

import Language
import Optimization
import Training

extension Scene.Title {
  /// Settings in words.
  init(_ settings: Settings) {
    model = SettingsText.brief(modelOf: settings)
    task = SettingsText.brief(settings.task)
    optimizer = SettingsText.brief(settings.optimizer)
    let initialization = settings.initialization
    details = initialization == .standard ? [] : ["init \(SettingsText.of(initialization))"]
    details.append("seed \(settings.seed)")
  }
}

/// Settings as the screen names them: shorter than the language does.
extension SettingsText {
  /// `rnn 2→64→1 tanh`: the model with its widths from end to end.
  static func brief(modelOf settings: Settings) -> String {
    let interface = settings.task.interface
    let words = SettingsText.of(settings.model).split(separator: " ")
    var options: [String: String] = [:]
    for word in words.dropFirst() {
      let parts = word.split(separator: "=", maxSplits: 1)
      options[String(parts[0])] = parts.count > 1 ? String(parts[1]) : ""
    }
    var widths = options["hidden"] ?? options["channels"].map { "\($0)ch" } ?? ""
    if let layers = options["layers"] ?? options["depth"], layers != "1" { widths += "×\(layers)" }
    let function = options["activation"] ?? options["nonlinearity"] ?? ""
    let shown = function.isEmpty || function == "none" ? "" : " " + function
    return "\(words[0]) \(interface.inputs)→\(widths)→\(interface.outputs)\(shown)"
  }

  /// `adding T=50`: the task with what makes it hard.
  static func brief(_ task: TaskSettings) -> String {
    let words = SettingsText.of(task).split(separator: " ")
    let name = words.prefix { !$0.contains("=") }.joined(separator: " ")
    return name + (task.steps > 1 ? " T=\(task.steps)" : "")
  }

  /// `autoclip percentile 10`: a rule with its options, but for `max_norm` and the order, which stand elsewhere.
  static func brief(_ rule: ClippingRule) -> String {
    let words = SettingsText.of(rule).split(separator: " ")
    let kept = words.enumerated().filter { index, word in
      index == 0 || !["max_norm=", "norm_type=", "error_if_nonfinite="].contains { word.hasPrefix($0) }
    }
    return kept.map { $0.element.replacing("=", with: " ") }.joined(separator: " ")
  }

  /// `sgd lr 0.02 momentum 0.9`: the optimizer with its rate and whatever is not 0 or as it comes.
  static func brief(_ optimizer: Optimizer) -> String {
    let words = SettingsText.of(optimizer).split(separator: " ")
    let shown = words.dropFirst().compactMap { word -> String? in
      let parts = word.split(separator: "=", maxSplits: 1).map(String.init)
      return parts[0] == "lr" || parts[0] == "momentum" && parts[1] != "0" ? parts.joined(separator: " ") : nil
    }
    return ([String(words[0])] + shown).joined(separator: " ")
  }
}

import Gradients
import Language
import Optimization
import Training

/// The trace: JSON lines, a header for each experiment and a line for each step.
public enum TraceText {
  /// The header of a run.
  public static func header(_ run: Run) -> String {
    let settings = run.timeline.settings
    let parameters = run.experiment.network.parameters.descriptions.map { parameter in
      "{\"name\":\(quoted(parameter.name)),\"shape\":[\(parameter.shape.map(String.init).joined(separator: ","))]}"
    }
    return object([
      ("trace", quoted("clipscope")), ("version", "1"), ("seed", String(settings.seed)),
      ("model", quoted(SettingsText.of(settings.model))), ("task", quoted(SettingsText.of(settings.task))),
      ("init", quoted(SettingsText.of(settings.initialization))),
      ("optimizer", quoted(SettingsText.of(settings.optimizer))), ("kernels", quoted(Experiment.kernels)),
      ("parameters", "[\(parameters.joined(separator: ","))]"),
    ])
  }

  /// The line of a step, taken from the run as it is after that step.
  public static func line(_ record: StepRecord, _ run: Run) -> String {
    let names = run.experiment.network.parameters.descriptions.map(\.name)
    var fields = [
      ("step", String(record.step)), ("loss", number(record.loss)), ("total_norm", number(record.before.total)),
      ("factor", number(record.outcome.factor)), ("total_norm_after", number(record.outcome.after.total)),
      ("clipped", record.outcome.clipped ? "1" : "0"),
    ]
    fields += clip(record.clipping)
    fields += [
      ("lr", number(record.learningRate)),
      ("norms", norms(names, record.before.perParameter)),
      ("norms_after", norms(names, record.outcome.after.perParameter)),
      ("nonfinite", "[\(record.nonfinite.map { quoted(names[$0]) }.joined(separator: ","))]"),
      ("digest", quoted(run.experiment.digest.text)),
    ]
    return object(fields)
  }

  // A rule's numeric options, under the names that the language gives them. Where no rule is in force, the order of the
  // norms is still that of the last one; it is named where it is not the usual 2.
  private static func clip(_ clipping: Clipping) -> [(String, String)] {
    guard let rule = clipping.active else {
      let order = clipping.normOrder == 2 ? [] : [("norm_type", number(clipping.normOrder))]
      return [("clip", quoted("off"))] + order
    }
    let words = SettingsText.of(rule).split(separator: " ")
    let options = words.dropFirst().compactMap { word -> (String, String)? in
      let parts = word.split(separator: "=", maxSplits: 1).map(String.init)
      guard let value = NumberText.parse(parts[1]) else { return nil }
      return (parts[0], number(value))
    }
    return [("clip", quoted(String(words[0])))] + options
  }

  private static func norms(_ names: [String], _ values: [Float]) -> String {
    object(zip(names, values).map { ($0, number($1)) })
  }

  private static func object(_ fields: [(String, String)]) -> String {
    "{" + fields.map { "\(quoted($0.0)):\($0.1)" }.joined(separator: ",") + "}"
  }

  /// Digits that read back to the same float32; JSON has no words for NaN and the infinities, so strings stand for them.
  private static func number(_ value: Float) -> String {
    value.isFinite ? NumberText.of(value) : quoted(NumberText.of(value))
  }

  private static func number(_ value: Double) -> String {
    value.isFinite ? NumberText.of(value) : quoted(NumberText.of(value))
  }

  /// A JSON string.
  package static func quoted(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": quoted += "\\\""
      case "\\": quoted += "\\\\"
      // Control characters, also the second set of them, which JSON would let through to a terminal.
      case _ where scalar.value < 0x20 || (0x7F..<0xA0).contains(scalar.value):
        let digits = String(scalar.value, radix: 16)
        quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: quoted.unicodeScalars.append(scalar)
      }
    }
    return quoted + "\""
  }
}

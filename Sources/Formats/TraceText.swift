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
      JSON.object([("name", .string(parameter.name)), ("shape", .array(parameter.shape.map { .number($0) }))])
    }
    return JSON.object([
      ("trace", .string("clipscope")), ("version", .number(1)), ("seed", .number(settings.seed)),
      ("model", .string(SettingsText.of(settings.model))), ("task", .string(SettingsText.of(settings.task))),
      ("init", .string(SettingsText.of(settings.initialization))),
      ("optimizer", .string(SettingsText.of(settings.optimizer))), ("kernels", .string(Experiment.kernels)),
      ("parameters", .array(parameters)),
    ]).text
  }

  /// The line of a step, taken from the run as it is after that step.
  /// - Parameters:
  ///   - twin: the run beside it, if there is one.
  ///   - distance: how far they are from each other, where that can be said.
  public static func line(
    _ record: StepRecord, _ run: Run, twin: Run? = nil, distance: Double? = nil
  ) -> String {
    let names = run.experiment.network.parameters.descriptions.map(\.name)
    func norms(_ values: [Float]) -> JSON { .object(zip(names, values).map { ($0, .number($1)) }) }
    var fields: [(String, JSON)] = [
      ("step", .number(record.step)), ("loss", .number(record.loss)), ("total_norm", .number(record.before.total)),
      ("factor", .number(record.outcome.factor)), ("total_norm_after", .number(record.outcome.after.total)),
      ("clipped", .number(record.outcome.clipped ? 1 : 0)),
    ]
    fields += clip(record.clipping)
    fields += [
      ("lr", .number(record.learningRate)), ("norms", norms(record.before.perParameter)),
      ("norms_after", norms(record.outcome.after.perParameter)),
      ("nonfinite", .array(record.nonfinite.map { .string(names[$0]) })),
      ("digest", .string(run.experiment.digest.text)),
    ]
    // Where there is only one way it needs no name.
    if run.branches.count > 1 { fields.append(("branch", .string(run.branch.name))) }
    if let twin, let other = twin.history[step: record.step] {
      fields.append(
        (
          "twin",
          .object([
            ("loss", .number(other.loss)), ("total_norm", .number(other.before.total)),
            ("total_norm_after", .number(other.outcome.after.total)), ("factor", .number(other.outcome.factor)),
            ("digest", .string(twin.experiment.digest.text)),
          ])
        ))
      if let distance { fields.append(("distance", .number(distance))) }
    }
    return JSON.object(fields).text
  }

  /// The line of a way through time.
  public static func jump(from: PlaceText, to: PlaceText, branch: String) -> String {
    JSON.object([
      ("jump", .object([("from", .string(from.text)), ("to", .string(to.text)), ("branch", .string(branch))]))
    ]).text
  }

  // A rule's numeric options, under the names that the language gives them. Where no rule is in force, the order of the
  // norms is still that of the last one; it is named where it is not the usual 2.
  private static func clip(_ clipping: Clipping) -> [(String, JSON)] {
    guard let rule = clipping.active else {
      let order = clipping.normOrder == 2 ? [] : [("norm_type", JSON.number(clipping.normOrder))]
      return [("clip", .string("off"))] + order
    }
    let (name, values) = Variants.clippingRules.values(of: rule)
    let numbers = values.compactMap { option -> (String, JSON)? in
      switch option.value {
      case .number(let number): (option.name, .number(number))
      case .whole(let number): (option.name, .number(number))
      case .flag: nil
      }
    }
    return [("clip", .string(name))] + numbers
  }
}

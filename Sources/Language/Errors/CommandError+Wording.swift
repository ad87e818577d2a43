import Gradients
import Training

extension CommandError {
  /// What is wrong and what to do about it, in one line.
  public var message: String { problem.message }
}

extension CommandError.Problem {
  /// One sentence for each kind of problem.
  public var message: String {
    switch self {
    case .openQuote: "this quote is never closed"
    case .longLine(let most): "this line is longer than \(most >> 10) kB; break it up"
    case .unknownCommand(let word, let known):
      "there is no command \(shown(word))" + Suggestion.text(for: word, among: known)
        + "; type help for all commands"
    case .unknown(let what, let word, let known):
      "\(shown(word)) is no \(what)" + Suggestion.text(for: word, among: known) + "; there are "
        + (known.isEmpty ? "none" : known.joined(separator: ", "))
    case .unknownTopic(let word, let known):
      "\(shown(word)) is no command and no word of the screen" + Suggestion.text(for: word, among: known)
        + "; type help for all of them"
    case .missing(let expected): "\(expected) is missing here"
    case .unexpected(let word): "\(shown(word)) is too much here"
    case .twice(let option): "\(option) is given twice"
    case .notANumber(let word, let expected): "\(shown(word)) is not \(expected)"
    case .outOfRange(let name, let value, let expected): "\(name) cannot be \(shown(value)): it must be \(expected)"
    case .refusedThreshold(let name, let value): Self.refusal(of: name, value: value)
    case .unfit(let model, let task): Self.misfit(model: model, task: task)
    case .needsRecurrence:
      "this init is about weight_hh, which only model \(Self.models(reading: .sequences)) has; "
        + "for other networks write init gain=G, xavier or kaiming"
    case .pooledAway(let side, let pools):
      "pool=\(pools) halves pictures of \(side)×\(side) to nothing; write a smaller pool, or a larger size of the task"
    case .tooLarge(let bytes, let limit):
      "this experiment would need about \(Self.memory(bytes)); the limit is \(Self.memory(Double(limit)))"
    case .noNumericTargets(let loss): Self.noNumericTargets(loss)
    case .tooManyBranches(let limit):
      "that would begin a branch, and there are \(limit) already, the most of one experiment; goto end leads on, restart begins another"
    case .ruleLacks(let option, let rule): "clip \(rule) has no \(option); write clip norm first"
    case .unknownParameter(let name, let known):
      "this network has no parameter \(shown(name))" + Suggestion.text(for: name, among: known) + "; it has "
        + Self.abridged(known)
    case .notYet(let name): "\(name) has not been measured yet; make a step first"
    case .notRecorded(let what): what
    case .onDemandOnly(let name): "\(name) is computed on demand only: expect it without at, within and always"
    case .endless: "run without a number of steps never ends without a screen; write run N or until CONDITION"
    case .nestedLine(let message): "the line in quotes is no command line: \(message)"
    case .data(let error): VisibleText.of(error.description)
    case .file(let error): "\(error.path.isEmpty ? "\"\"" : VisibleText.of(error.path)) \(error.reason)"
    case .step(let error): Self.refused(error)
    case .stopped: "it was stopped before it was done"
    case .viewersOnly: "a scenario plays no other: lesson and again are for whoever sits in front of the screen"
    case .viewersKey(let key):
      "a scenario cannot bind \(key.label): it stays as it is for whoever wants to leave or to type"
    case .noLesson(let what), .noPlace(let what), .withoutTwin(let what): what
    case .noTwin(let name, let why):
      "\(shown(name)) makes no twin: \(why); what may differ is clipping, the rate, an outlier, model, init and optimizer"
    case .nothingToCompare(let steps): "no step has been made, so there is nothing in the last \(steps) to look at"
    }
  }

  private static func refusal(of name: String, value: String) -> String {
    let consequence =
      switch Double(value) {
      case .some(let number) where number == 0: "PyTorch would take it and set every gradient to zero"
      case .some(let number) where number < 0: "PyTorch would take it and turn every gradient around"
      case .some(let number) where number.isNaN: "PyTorch would take it and make every gradient NaN"
      default: "to measure without clipping, write clip off"
      }
    return "\(name) cannot be \(shown(value)): it must be a finite number above 0 (\(consequence))"
  }

  private static func misfit(model: DataKind, task: DataKind) -> String {
    "this task has \(task.rawValue) and the model reads \(model.rawValue): choose model \(models(reading: task))"
  }

  /// The models that read such data, from their table: `rnn, lstm or gru`.
  private static func models(reading kind: DataKind) -> String {
    let names = Variants.models.filter { $0.standard?.reads == kind }.map(\.name)
    return names.count < 2 ? names.joined() : names.dropLast().joined(separator: ", ") + " or " + names[names.count - 1]
  }

  private static func noNumericTargets(_ loss: Loss) -> String {
    let reason = loss == .crossEntropy ? "has classes for targets, which are no numbers" : "has no targets"
    let tasks = Variants.tasks.filter { $0.standard?.hasNumericTargets == true }.map(\.name)
    return "this task \(reason) that an outlier could change; tasks that have are \(tasks.joined(separator: ", "))"
  }

  private static func refused(_ error: NonfiniteStep) -> String {
    let norm = "the total norm is \(NumberText.of(error.norm.total)), so step \(error.step) was not made"
    let order = NumberText.of(error.norm.order)
    let culprit =
      error.parameter.map { "the first gradient with an element that is not finite is that of \($0)" }
      ?? error.overflowing.map {
        "every element of every gradient is finite; the norm of order \(order) of \($0)'s is too large for a float32"
      } ?? "every gradient and its norm are finite; only the norm of order \(order) of all of them is too large"
    return "\(norm) (error_if_nonfinite): \(culprit)"
  }

  private static func memory(_ bytes: Double) -> String {
    let units = ["bytes", "kB", "MB", "GB", "TB", "PB", "EB"]
    var (size, unit) = (bytes, 0)
    while size >= 1024, unit < units.count - 1 { (size, unit) = (size / 1024, unit + 1) }
    return "\(NumberText.short(size)) \(units[unit])"
  }

  private static func abridged(_ names: [String]) -> String {
    names.count <= 8 ? names.joined(separator: ", ") : names.prefix(7).joined(separator: ", ") + ", …"
  }
}

/// Text of the user's as it can be shown: control characters made visible, and not too long.
private func shown(_ text: String) -> String {
  let visible = VisibleText.of(text)
  return visible.isEmpty ? "nothing" : visible.count > 40 ? String(visible.prefix(39)) + "…" : visible
}

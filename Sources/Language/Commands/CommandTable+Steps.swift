import Training

extension CommandTable {
  /// What makes steps.
  static let steps: [CommandRow] = [
    counted(
      "step", summary: "finishes the open step, if phases have begun one; N steps in all", example: "step 10",
      StepsCommand.step
    ) {
      if case .step(let count) = $0 { count } else { nil }
    } back: {
      .back($0)
    },
    counted(
      "phase", summary: "N phases on, or back: zero, forward, backward, norm, clip, step", example: "phase 3",
      StepsCommand.phase
    ) {
      if case .phase(let count) = $0 { count } else { nil }
    } back: {
      .phaseBack($0)
    },
    CommandRow(
      "run", .steps, ["[N]"], "runs until stopped (on the screen only), or N steps", example: "run 200"
    ) { (reader) throws(CommandError) in
      guard let word = reader.take() else { return .steps(.run(nil)) }
      return .steps(.run(try Value.integer(word, "the number of steps", Sizes.any)))
    } write: { command in
      if case .steps(.run(let count)) = command { count.map(String.init) ?? "" } else { nil }
    },
    CommandRow("stop", .steps, .steps(.stop), "stops after the step that is being made"),
    CommandRow(
      "until", .steps, ["CONDITION [max N]"], "makes steps until the condition holds, at most N (10000)",
      example: "until loss < 0.1 max 500", words: Quantity.names
    ) { (reader) throws(CommandError) in
      let condition = try reader.readCondition()
      guard reader.take(word: "max") else { return .steps(.until(condition, most: 10_000)) }
      return .steps(.until(condition, most: try Value.integer(try reader.take("a number of steps"), "max", Sizes.any)))
    } write: { command in
      guard case .steps(.until(let condition, let most)) = command else { return nil }
      return condition.text + (most == 10_000 ? "" : " max \(most)")
    },
  ]

  /// What looks at the experiment and changes nothing.
  static let looking: [CommandRow] = [
    CommandRow(
      "print", .look, ["PARAM", "PARAM.grad", "NUMBER"], "shows a parameter, its gradient or a measured number",
      example: "print fc1.weight.grad", words: Quantity.names
    ) { (reader) throws(CommandError) in
      let word = try reader.take("a parameter, PARAM.grad or a measured number")
      return .look(.print(Printable(word.text)))
    } write: { command in
      if case .look(.print(let printable)) = command { Lexer.quote(printable.text) } else { nil }
    },
    CommandRow("norms", .look, .look(.norms), "the norm of each parameter's gradient, before and after clipping"),
    CommandRow(
      "stats", .look, .look(.stats),
      "the norms of the last \(History.window) steps, and what this max_norm does to them"),
    CommandRow("when", .look, .look(.when), "the position of now, as goto takes it, and the digest"),
    CommandRow("branches", .look, .look(.branches), "the branches of this experiment, and what makes each another"),
    CommandRow("marks", .look, .look(.marks), "the positions that have names"),
  ]

  private static func counted(
    _ name: String, summary: String, example: String, _ wrap: @escaping @Sendable (Int) -> StepsCommand,
    unwrap: @escaping @Sendable (StepsCommand) -> Int?, back: @escaping @Sendable (Int) -> TravelCommand
  ) -> CommandRow {
    CommandRow(
      name, .steps, ["[N]", "back [N]"], summary, example: example, words: ["back"]
    ) { (reader) throws(CommandError) in
      if reader.take(word: "back") { return .travel(back(try reader.readCount("\(name)s"))) }
      return .steps(wrap(try reader.readCount("\(name)s")))
    } write: { command in
      if case .travel(.phaseBack(let count)) = command, command == .travel(back(count)) {
        return "back" + (count == 1 ? "" : " \(count)")
      }
      guard case .steps(let steps) = command else { return nil }
      return unwrap(steps).map { $0 == 1 ? "" : String($0) }
    }
  }
}

extension WordReader {
  mutating func readSpan() throws(CommandError) -> Expectation.Span {
    guard let word = take() else { return .now }
    switch word.text {
    case "always": return .always
    case "at": return .at(try Value.integer(try take("a step"), "the step", Sizes.any))
    case "within": return .within(try Value.integer(try take("a number of steps"), "within", Sizes.any))
    default: throw CommandError(.unknown(what: "span", word.text, known: ["at", "within", "always"]), at: word)
    }
  }
}

extension Expectation {
  /// The expectation as written.
  public var text: String {
    switch self {
    case .error: "error"
    case .condition(let condition, .now): condition.text
    case .condition(let condition, .at(let step)): "\(condition.text) at \(step)"
    case .condition(let condition, .within(let steps)): "\(condition.text) within \(steps)"
    case .condition(let condition, .always): "\(condition.text) always"
    }
  }
}

extension Printable {
  init(_ text: String) {
    if let quantity = Quantity(text) {
      self = .quantity(quantity)
    } else if text.hasSuffix(".grad") {
      self = .gradient(String(text.dropLast(5)))
    } else {
      self = .values(text)
    }
  }

  /// The name as written.
  public var text: String {
    switch self {
    case .values(let name): name
    case .gradient(let name): name + ".grad"
    case .quantity(let quantity): quantity.text
    }
  }
}

import Training

extension Scenario {
  /// Reads a scenario and finds all that can be known to go wrong before anything is trained: words that are no commands,
  /// models that do not fit their task, files that are missing or wrong, parameters that the network does not have,
  /// experiments larger than any memory.
  /// - Parameters:
  ///   - replacements: commands, with their text, each of which replaces all of its kind.
  ///   - screen: whether there is a viewer who could stop an endless run.
  /// - Throws: `ScenarioError` with all of it.
  public static func checked(
    utf8 bytes: [UInt8], path: String, replacing replacements: [(ParsedCommand, String)] = [], files: any FileSource,
    screen: Bool
  ) throws(ScenarioError) -> Scenario {
    var draft = try ScenarioDraft(utf8: bytes, path: path)
    for (command, text) in replacements { draft.replace(with: command, text: text) }
    var check = ScenarioCheck(files: files, folder: PathText.folder(of: path), screen: screen)
    var found: [Int: CommandError] = [:]
    for (index, entry) in draft.entries.enumerated() {
      switch entry.piece {
      case .command(let parsed): found[index] = check.problem(of: parsed)
      case .mistake(_, let name): check.noteMistake(named: name)
      }
    }
    return try draft.scenario(found)
  }
}

/// Walks through a scenario with nothing but its settings.
private struct ScenarioCheck {
  let files: any FileSource
  let folder: String
  let screen: Bool
  private var settings = Settings()
  // What keeps the settings from making an experiment is told once, where they are first needed.
  private var reported: SettingsProblem?
  // The set-up commands that were wrong: what follows from their settings is not known.
  private var unknown: Set<String> = []

  // Whether what was changed last may not have been changed yet where the scenario stands.
  private var hasTravelled = false

  init(files: any FileSource, folder: String, screen: Bool) {
    (self.files, self.folder, self.screen) = (files, folder, screen)
  }

  /// Notes a command that cannot be understood, as the set-up command that it was probably meant to be.
  mutating func noteMistake(named name: String) {
    let known = CommandTable.setUp.map(\.name)
    if let meant = Suggestion.nearest(to: name, among: known) { unknown.insert(meant) }
  }

  mutating func problem(of parsed: ParsedCommand) -> CommandError? {
    do throws(CommandError.Problem) {
      try check(parsed.command, parsed.words[0].text)
      return nil
    } catch {
      switch error {
      case .unknownParameter(let name, _): return parsed.error(error, about: name)
      case .data(let data): return parsed.error(error, about: data.file)
      case .file(let file): return parsed.error(error, about: file.path)
      default: return parsed.error(error)
      }
    }
  }

  private mutating func check(_ command: Command, _ name: String) throws(CommandError.Problem) {
    switch command {
    case .setUp(.restart): try checkSettings()
    case .setUp(let setUp):
      var next = settings
      unknown.insert(name)
      try next.setUp(setUp, files: files, folder: folder)
      unknown.remove(name)
      settings = next
      if settings.problem == nil { reported = nil }
    case .change(let change):
      do throws(CommandError.Problem) {
        _ = try settings.change(change)
      } catch {
        guard hasTravelled else { throw error }
      }
      if case .outlier = change { try checkSettings() }
    case .steps(.run(nil)) where !screen: throw .endless
    case .steps(.stop): break
    case .steps(.until(let condition, _)), .words(.expect(.condition(let condition, _))):
      try checkSettings()
      try check(condition.quantity)
    case .steps, .look(.norms): try checkSettings()
    case .look(.print(.quantity(let quantity))):
      try checkSettings()
      try check(quantity)
    case .look(.print(.values(let name))), .look(.print(.gradient(let name))):
      try checkSettings()
      try check(parameter: name)
    case .twin(.begin): try checkSettings()
    // Which of the two the settings are of is not known.
    case .twin(.swap): (hasTravelled, unknown) = (true, unknown.union([name]))
    case .twin(.end): break
    case .lesson: throw .viewersOnly
    case .files(let file): try file.checkScenarios()
    // Of another experiment nothing is known.
    case .travel(let travel): try check(travel, name)
    case .look(.stats), .look(.when), .look(.branches), .look(.marks), .words: break
    case .view(let view): try view.checkScenarios()
    }
  }

  private mutating func check(_ travel: TravelCommand, _ name: String) throws(CommandError.Problem) {
    if case .go(.extreme(_, let quantity)) = travel {
      try checkSettings()
      try check(quantity)
    }
    switch travel {
    case .mark, .name: return
    // These may lead to another experiment, of which nothing is known.
    case .undo, .redo, .go(.mark): unknown.insert(name)
    case .go(.position(let place)) where place.experiment != nil: unknown.insert(name)
    case .back, .phaseBack, .go: break
    }
    hasTravelled = true
  }

  private mutating func checkSettings() throws(CommandError.Problem) {
    guard unknown.isEmpty, let problem = settings.problem, problem != reported else { return }
    reported = problem
    throw .init(problem)
  }

  private func check(_ quantity: Quantity) throws(CommandError.Problem) {
    if let name = quantity.parameter { try check(parameter: name) }
  }

  private func check(parameter name: String) throws(CommandError.Problem) {
    guard settings.problem == nil, unknown.isEmpty else { return }
    let names = settings.parameters.map(\.name)
    guard names.contains(name) else { throw .unknownParameter(name, known: names) }
  }
}

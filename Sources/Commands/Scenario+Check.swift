import Training

extension Scenario {
  /// Finds all that can be known to go wrong before anything is trained: models that do not fit their task, files that are
  /// missing or wrong, parameters that the network does not have, experiments larger than any memory.
  /// - Parameter screen: whether there is a viewer who could stop an endless run.
  /// - Throws: `ScenarioError` with all of it.
  public func check(files: any FileSource, screen: Bool) throws(ScenarioError) {
    var check = ScenarioCheck(files: files, folder: folder, screen: screen)
    var entries: [ScenarioError.Entry] = []
    for step in steps {
      if let error = check.problem(of: step.parsed) {
        entries.append(ScenarioError.Entry(line: step.line, text: step.text, error: error))
      }
    }
    guard entries.isEmpty else { throw ScenarioError(path: path, entries: entries) }
  }
}

/// Walks through a scenario with nothing but its settings.
private struct ScenarioCheck {
  let files: any FileSource
  let folder: String
  let screen: Bool
  private var settings = Settings()
  // The settings are complained about once, where they are first needed.
  private var isReported = false

  init(files: any FileSource, folder: String, screen: Bool) {
    self.files = files
    self.folder = folder
    self.screen = screen
  }

  mutating func problem(of parsed: ParsedCommand) -> CommandError? {
    do throws(CommandError.Problem) {
      try check(parsed.command)
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

  private mutating func check(_ command: Command) throws(CommandError.Problem) {
    switch command {
    case .seed, .model, .initialization, .task, .optimizer:
      var next = settings
      isReported = true
      try next.setUp(command, files: files, folder: folder)
      isReported = false
      if let problem = next.problem, case .tooLarge = problem { throw .init(problem) }
      settings = next
    case .clip, .maxNorm, .normType, .learningRate, .accumulate: try settings.change(command)
    case .outlier:
      guard settings.task.hasNumericTargets else { throw .noNumericTargets(settings.task.loss) }
      try checkSettings()
    case .run(nil) where !screen: throw .endless
    case .step, .phase, .run, .restart, .norms: try checkSettings()
    case .until(let condition, _), .expect(.condition(let condition, _)):
      try checkSettings()
      try check(condition.quantity)
    case .print(.quantity(let quantity)):
      try checkSettings()
      try check(quantity)
    case .print(.values(let name)), .print(.gradient(let name)):
      try checkSettings()
      try check(parameter: name)
    case .stop, .stats, .expect, .say, .pause, .save, .trace, .help, .quit, .bind, .view: break
    }
  }

  private mutating func checkSettings() throws(CommandError.Problem) {
    guard !isReported, let problem = settings.problem else { return }
    isReported = true
    throw .init(problem)
  }

  private func check(_ quantity: Quantity) throws(CommandError.Problem) {
    if let name = quantity.parameter { try check(parameter: name) }
  }

  private func check(parameter name: String) throws(CommandError.Problem) {
    guard settings.problem == nil, !isReported else { return }
    let names = settings.parameters.map(\.name)
    guard names.contains(name) else { throw .unknownParameter(name, known: names) }
  }
}

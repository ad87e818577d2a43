/// An experiment with what was measured and what was done since it began: they are made, changed and forgotten together.
public struct Run: Sendable {
  /// The experiment as it stands.
  public private(set) var experiment: Experiment
  /// What was measured.
  public private(set) var history: History
  /// How it came to be where it is.
  public private(set) var timeline: Timeline

  /// A run that begins.
  /// - Precondition: `settings.problem` is nil.
  public init(_ settings: Settings) {
    experiment = Experiment(settings)
    history = History(parameters: experiment.network.parameters.count)
    timeline = Timeline(settings: settings)
  }

  /// Where it stands.
  public var position: Position { timeline.end }

  /// What is known of the step that is being made, or else of the last one.
  public var present: Present? {
    experiment.open.map { Present($0, after: experiment.step) } ?? history.last.map(Present.init)
  }

  /// Changes the experiment.
  /// - Returns: whether that took effect: what was so already is not noted.
  public mutating func apply(_ change: Change) throws(ChangeProblem) -> Bool {
    let was = (experiment.optimizer, experiment.clipping, experiment.accumulation)
    try experiment.apply(change)
    let isSame = was == (experiment.optimizer, experiment.clipping, experiment.accumulation)
    switch change {
    // Given anew, a rule forgets; an outlier waits for its batch.
    case .rule, .outlier: break
    default: if isSame { return false }
    }
    timeline.append(change)
    return true
  }

  /// Makes the next phase.
  /// - Returns: the record of the step, if this phase completed it.
  /// - Throws: `StepError`, as `Experiment.advance`; the run is where it was before that step.
  public mutating func advance() throws(StepError) -> StepRecord? {
    do {
      let record = try experiment.advance()
      timeline.end = experiment.position
      if let record { history.append(record) }
      return record
    } catch {
      timeline.goBack(to: experiment.position)
      throw error
    }
  }
}

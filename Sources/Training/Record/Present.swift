import Optimization

/// What is known now: of the step that is being made as far as its phases have come, or else of the last one. What has not
/// been measured is `nil`; lists have one number for each parameter.
public struct Present: Sendable {
  /// Where the numbers are from: the position of the open step, or behind the last step.
  public let position: Position
  /// The last phase that was made of an open step, `nil` between steps.
  public let phase: Phase?
  /// The loss of the step's batch, before the update.
  public let loss: Float?
  /// The share of hidden activations that passed all but no gradient.
  public let saturated: Float?
  /// The norms before clipping.
  public let before: GradientNorms?
  /// The indices of the parameters whose gradient has an element that is not finite.
  public let nonfinite: [Int]?
  /// What clipping did, with the norms after it.
  public let outcome: ClipOutcome?
  /// The clipping that the clip phase was made with.
  public let clipping: Clipping?
  /// The 2-norm of each parameter's change over its norm before the change; `StepRecord.noRatio` where that was 0.
  public let updateRatios: [Float]?

  /// The norms of what the optimizer gets: those after clipping; `nil` before they are known, and where the step is left out.
  public var passedOn: GradientNorms? { outcome.flatMap { $0.skipsStep ? nil : $0.after } }

  /// What a completed step has measured.
  public init(_ record: StepRecord) {
    (position, phase) = (Position(step: record.step), nil)
    (loss, saturated) = (record.loss, record.saturated)
    (before, nonfinite, outcome) = (record.before, record.nonfinite, record.outcome)
    (clipping, updateRatios) = (record.clipping, record.updateRatios)
  }

  /// What the phases of an open step have measured so far.
  /// - Parameter steps: the completed steps before it.
  public init(_ open: OpenStep, after steps: Int) {
    (position, phase) = (Position(step: steps, phases: open.phase.number), open.phase)
    (loss, saturated) = (open.loss, open.saturated)
    (before, nonfinite, outcome) = (open.before, open.nonfinite, open.outcome)
    (clipping, updateRatios) = (open.clipping, nil)
  }
}

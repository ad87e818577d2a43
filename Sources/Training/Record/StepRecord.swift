import Optimization

/// The parts of a step, in their order.
public enum Phase: String, CaseIterable, Hashable, Sendable {
  /// Gradients to zero, `optimizer.zero_grad()`.
  case zero
  /// The batch is drawn and the loss computed.
  case forward
  /// The gradients, `loss.backward()`.
  case backward
  /// The norms of the gradients.
  case norm
  /// The clipping rule.
  case clip
  /// The update, `optimizer.step()`.
  case step

  /// Which of them it is, counted from 1.
  public var number: Int {
    switch self {
    case .zero: 1
    case .forward: 2
    case .backward: 3
    case .norm: 4
    case .clip: 5
    case .step: 6
    }
  }
}

/// Everything that was measured in one step: what the screen, the trace and expectations read, so that nobody measures
/// twice. Lists have one number for each parameter, in the network's order.
public struct StepRecord: Sendable {
  /// The number of the step, from 1.
  public var step: Int
  /// The loss of the step's batch, before the update.
  public var loss: Float
  /// The norms before clipping.
  public var before: GradientNorms
  /// What clipping did, with the norms after it.
  public var outcome: ClipOutcome
  /// The indices of the parameters whose gradient (before clipping) has an element that is not finite.
  public var nonfinite: [Int]
  /// The 2-norms of the parameters after the update.
  public var weightNorms: [Float]
  /// The 2-norm of each parameter's change over its norm before the change; `noRatio` where that was 0.
  public var updateRatios: [Float]
  /// The share of hidden activations, of each unit for each example of the batch, that passed all but no gradient: at the flat
  /// ends of tanh or sigmoid, or at zero behind relu; `nil` where none can saturate.
  public var saturated: Float?
  /// For each ReLU unit 1 if it was above zero for any example, 0 if not; empty where a network has none.
  public var active: [UInt8]
  /// The learning rate of the update.
  public var learningRate: Double
  /// The clipping in force.
  public var clipping: Clipping

  /// What stands for the ratio of a parameter that was 0 before its change.
  public static let noRatio: Float = -1

  /// What a step has measured, here or elsewhere.
  public init(
    step: Int, loss: Float, before: GradientNorms, outcome: ClipOutcome, nonfinite: [Int], weightNorms: [Float],
    updateRatios: [Float], saturated: Float?, active: [UInt8] = [], learningRate: Double, clipping: Clipping
  ) {
    (self.step, self.loss, self.saturated, self.active) = (step, loss, saturated, active)
    (self.before, self.outcome, self.nonfinite) = (before, outcome, nonfinite)
    (self.weightNorms, self.updateRatios) = (weightNorms, updateRatios)
    (self.learningRate, self.clipping) = (learningRate, clipping)
  }
}

/// What an open step has measured so far; what its phases have not come to yet is `nil`.
public struct OpenStep: Sendable {
  /// The last phase that was made.
  public internal(set) var phase: Phase
  /// Known from the forward phase on.
  public internal(set) var loss: Float?
  /// Known from the forward phase on, if the network can saturate.
  public internal(set) var saturated: Float?
  /// Known from the norm phase on.
  public internal(set) var before: GradientNorms?
  /// Known from the norm phase on.
  public internal(set) var nonfinite: [Int]?
  /// Known from the clip phase on.
  public internal(set) var outcome: ClipOutcome?
  /// The clipping that the clip phase was made with.
  var clipping: Clipping?
  /// What was done to its first batch, so that a step that is given up can give it back.
  var outlier: Outlier?
}

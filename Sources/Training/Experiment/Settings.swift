import Gradients
import Optimization

/// Everything that determines an experiment from its first step on.
public struct Settings: Hashable, Sendable {
  /// What `torch.manual_seed` gets.
  public var seed: UInt64 = 0
  /// The network.
  public var model = Model.simplenet(SimpleNet())
  /// What is drawn over PyTorch's default initial values.
  public var initialization = Initialization.standard
  /// What is to be learnt.
  public var task = TaskSettings.sum(SumTask())
  /// How gradients move the parameters.
  public var optimizer = Optimizer.sgd(SGD())
  /// What is done to the gradients before.
  public var clipping = Clipping()
  /// How many batches a step averages the gradients of.
  public var accumulation = 1

  /// The tutorial's SimpleNet on its own sum, with SGD at 0.01 and no clipping.
  public init() {}

  /// Names, shapes and bounds of the network's parameters, without taking memory for them.
  public var parameters: [ParameterDescription] { model.parameters(for: task.interface) }
}

/// A rule, and whether it is in force: `clip off` keeps the rule for the next `clip on`.
public struct Clipping: Hashable, Sendable {
  /// The rule that is in force, or was last.
  public var rule = ClippingRule.norm(ClipNorm())
  /// Whether the rule is in force.
  public var isOn = false

  /// No clipping, and max_norm 1 once it is switched on.
  public init() {}

  /// The rule, if it is in force.
  public var active: ClippingRule? { isOn ? rule : nil }

  /// The order in which norms are measured, also when clipping is off.
  public var normOrder: Float { rule.normOrder }
}

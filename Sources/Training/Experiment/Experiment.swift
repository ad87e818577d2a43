import Gradients
import Numerics
import Optimization

/// A network in training. A value: two equal experiments that get the same changes and make the same steps stay equal, bit
/// for bit.
///
/// What decides the next step is its state, which a `Snapshot` holds; changes change it, and the end of a step. What the
/// phases of an open step compute on their way is in `open` and in the workspace.
public struct Experiment: Sendable {
  /// How it was set up. What has changed since is in `optimizer`, `clipping` and `accumulation`.
  public let settings: Settings

  // MARK: State

  /// Completed steps.
  public internal(set) var step = 0
  /// The network with its parameters and their gradients.
  public internal(set) var network: Network
  /// The optimizer in force.
  public internal(set) var optimizer: Optimizer
  /// The clipping in force.
  public internal(set) var clipping: Clipping
  /// How many batches a step averages the gradients of.
  public internal(set) var accumulation: Int
  /// What is to be done to the targets of the next batch that is drawn.
  public internal(set) var outlier: Outlier?
  var optimizerState = OptimizerState()
  var clippingState = ClippingState()
  /// As it is between steps: a step draws from a copy of it.
  var generator: Generator

  // MARK: What follows from the settings and the state

  /// The 2-norms of the parameters as they are.
  public private(set) var weightNorms: [Float] = []
  // What the task has drawn once.
  private let task: any PreparedTask
  private let loss: Loss

  // MARK: The open step

  /// What the open step has measured so far, `nil` between steps.
  public internal(set) var open: OpenStep?
  var workspace: Workspace

  /// What steps compute with, used again at the next: a step takes no memory as long as nobody keeps the records.
  struct Workspace: Sendable {
    /// What the open step draws from.
    var generator: Generator
    var batches: [Batch] = []
    var outputGradients = Matrix(rows: 0, columns: 0)
    var norms = GradientNorms(perParameter: [], total: 0, order: 2)
    var updateRatios: [Float] = []
    var activity = UnitActivity()
  }

  /// Draws the initial state, in PyTorch's order: the module's default parameters, `init` over them, then what the task
  /// draws once.
  /// - Precondition: `settings.problem` is nil.
  public init(_ settings: Settings) {
    precondition(settings.problem == nil, "settings are checked before an experiment is made of them")
    self.settings = settings
    optimizer = settings.optimizer
    clipping = settings.clipping
    accumulation = settings.accumulation
    generator = Generator(seed: settings.seed)
    network = Network(settings.model, for: settings.task.interface)
    network.parameters.initialize(settings.initialization, gateBias: settings.model.gateBias, from: &generator)
    task = settings.task.prepare(&generator)
    // The settings make it afresh whenever they are asked.
    loss = settings.task.loss
    workspace = Workspace(generator: generator)
    measureWeights()
  }

  /// The processor's instructions that the numbers use; whichever it is, the numbers are the same.
  public static var kernels: String { Kernels.active }

  /// The phase that `advance` makes next.
  public var nextPhase: Phase { open.map { Phase.allCases[$0.phase.number] } ?? .zero }

  /// Makes the next phase.
  /// - Returns: the record of the step, if this phase completed it.
  /// - Throws: `StepError` where clipping refuses a norm that is not finite, or an ``Effort`` was stopped; the open step is then
  ///   given up, and the experiment is where it was before that step.
  public mutating func advance() throws(StepError) -> StepRecord? {
    let phase = nextPhase
    switch phase {
    case .zero: zero()
    case .forward: try forward()
    case .backward: try backward()
    case .norm: norm()
    case .clip: try clip()
    case .step: return update()
    }
    open?.phase = phase
    return nil
  }

  /// Makes a change: at once between steps, inside a step from the next phase on that reads it.
  public mutating func apply(_ change: Change) throws(ChangeProblem) {
    var next = settings
    (next.optimizer, next.clipping, next.accumulation) = (optimizer, clipping, accumulation)
    try next.apply(change)
    (optimizer, clipping, accumulation) = (next.optimizer, next.clipping, next.accumulation)
    if case .rule = change { clippingState = ClippingState() }
    if case .outlier(let next) = change { outlier = next }
  }

  /// The batches that the last forward phase has drawn.
  public var batches: [Batch] { workspace.batches }

  mutating func measureWeights() { weightNorms = network.parameters.values.map { $0.norm(2) } }

  // MARK: The phases

  private mutating func zero() {
    workspace.generator.assign(from: generator)
    open = OpenStep(phase: .zero)
    network.parameters.zeroGradients()
  }

  private mutating func forward() throws(StepError) {
    if workspace.batches.count != accumulation {
      workspace.batches = Array(repeating: Batch(), count: accumulation)
    }
    var (loss, saturated) = (Float(0), Float?(0))
    workspace.activity.reset()
    for index in workspace.batches.indices {
      task.draw(&workspace.generator, into: &workspace.batches[index])
      if let next = outlier {
        workspace.batches[index].targets.apply(next)
        outlier = nil
        open?.outlier = next
      }
      loss += try evaluate(index)
      network.note(&workspace.activity)
      saturated = saturated.flatMap { sum in network.saturated.map { sum + $0 } }
    }
    open?.loss = loss / Float(workspace.batches.count)
    open?.saturated = saturated.map { $0 / Float(workspace.batches.count) }
  }

  /// The loss of a batch, and in `outputGradients` the gradient of its share in the mean over all batches of the step.
  private mutating func evaluate(_ index: Int) throws(StepError) -> Float {
    guard network.forward(workspace.batches[index].inputs) else { throw giveUp(.stopped) }
    return loss.evaluate(
      network.outputs, workspace.batches[index].targets, scale: 1 / Float(workspace.batches.count),
      gradients: &workspace.outputGradients)
  }

  // The layers keep what one batch leaves in them: where there are several, each has to go forward once more.
  private mutating func backward() throws(StepError) {
    for index in workspace.batches.indices {
      if workspace.batches.count > 1 { _ = try evaluate(index) }
      guard network.backward(workspace.batches[index].inputs, outputGradients: workspace.outputGradients) else {
        throw giveUp(.stopped)
      }
    }
  }

  // The experiment is where it was before the open step.
  private mutating func giveUp(_ error: StepError) -> StepError {
    outlier = outlier ?? open?.outlier
    open = nil
    return error
  }

  private mutating func norm() {
    open?.before = nil
    workspace.norms.measure(network.parameters.gradients, order: clipping.normOrder)
    let norms = workspace.norms
    open?.before = norms
    // A positive order's norm is finite only if each element is, so that most steps need not look again.
    open?.nonfinite = network.parameters.gradients.indices.filter { index in
      (norms.order <= 0 || !norms.perParameter[index].isFinite)
        && network.parameters.gradients[index].countNonfinite() > 0
    }
  }

  private mutating func clip() throws(StepError) {
    // The order may have been changed between the two phases, and a rule needs norms of its own.
    if open?.before?.order != clipping.normOrder { norm() }
    guard let before = open?.before else { preconditionFailure("the clip phase comes after the norm phase") }
    do {
      let outcome = try clipping.active?.clip(
        &network.parameters.gradients, before, values: network.parameters.values, state: &clippingState)
      open?.outcome = outcome ?? .untouched(before)
      open?.clipping = clipping
    } catch {
      let nonfinite = open?.nonfinite?.first
      func name(_ index: Int) -> String { network.parameters.descriptions[index].name }
      let overflowing = nonfinite == nil ? error.firstParameter.map(name) : nil
      throw giveUp(
        .nonfinite(NonfiniteStep(step: step + 1, norm: error, parameter: nonfinite.map(name), overflowing: overflowing))
      )
    }
  }

  private mutating func update() -> StepRecord {
    guard let open, let loss = open.loss, let before = open.before, let outcome = open.outcome,
      let clipping = open.clipping
    else { preconditionFailure("the step phase comes after all others") }
    self.open = nil
    if outcome.skipsStep {
      workspace.updateRatios.removeAll(keepingCapacity: true)
      for _ in 0..<network.parameters.count { workspace.updateRatios.append(0) }
    } else {
      optimizer.update(
        &network.parameters.values, network.parameters.gradients, &optimizerState, changes: &workspace.updateRatios)
      for index in workspace.updateRatios.indices {
        // What was zero has no norm that it could have moved by a share of.
        workspace.updateRatios[index] =
          weightNorms[index] == 0 ? StepRecord.noRatio : workspace.updateRatios[index] / weightNorms[index]
        weightNorms[index] = network.parameters.values[index].norm(2)
      }
    }
    clipping.active?.remember(&clippingState)
    generator.assign(from: workspace.generator)
    step += 1
    return StepRecord(
      step: step, loss: loss, before: before, outcome: outcome, nonfinite: open.nonfinite ?? [],
      weightNorms: weightNorms, updateRatios: workspace.updateRatios, saturated: open.saturated,
      active: workspace.activity.active, learningRate: optimizer.learningRate, clipping: clipping)
  }

  /// 64 bits over parameters, optimizer state, generator state, step number and what the clipping rule remembers; not over
  /// settings, and not over what the phases of an open step have left half done.
  public var digest: Digest {
    var digest = Digest()
    for value in network.parameters.values { digest.combine(value) }
    for tensor in optimizerState.tensors { digest.combine(tensor) }
    digest.combine(UInt64(optimizerState.steps))
    for word in generator.stateWords { digest.combine(word) }
    digest.combine(UInt64(step))
    clippingState.memory.combine(into: &digest)
    return digest
  }
}

/// Why a step was not made.
public enum StepError: Error, Hashable, Sendable {
  /// Clipping refuses a norm that is not finite.
  case nonfinite(NonfiniteStep)
  /// The work was stopped.
  case stopped
}

/// A step whose norm is not finite.
public struct NonfiniteStep: Hashable, Sendable {
  /// The number the step would have had.
  public let step: Int
  /// The norm that is not finite.
  public let norm: NonfiniteNorm
  /// The first parameter whose gradient has an element that is not finite, `nil` where there is none.
  public let parameter: String?
  /// Where there is none, the first parameter whose gradient's norm is not finite all the same, `nil` where only the norm of
  /// all norms overflows.
  public let overflowing: String?
}

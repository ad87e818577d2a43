import Gradients
import Numerics
import Optimization

/// A network in training: everything that determines what happens next. A value: a copy is a snapshot, and two equal
/// experiments that get the same commands stay equal, bit for bit.
public struct Experiment: Sendable {
  /// How it was set up. What may change while it runs is in `optimizer` and `clipping`.
  public let settings: Settings
  /// The network with its parameters and their gradients.
  public private(set) var network: Network
  /// The optimizer; its learning rate may be changed between steps and between phases.
  public var optimizer: Optimizer
  /// The clipping rule; may be changed likewise.
  public var clipping: Clipping
  /// How many batches a step averages the gradients of; may be changed likewise.
  public var accumulation: Int
  /// What is to be done to the targets of the next batch that is drawn.
  public var outlier: Outlier?
  /// Completed steps.
  public private(set) var step = 0
  /// What the open step has measured so far, `nil` between steps.
  public private(set) var open: OpenStep?
  /// The batches that the last forward phase has drawn.
  public private(set) var batches: [Batch] = []
  /// The 2-norms of the parameters as they are.
  public private(set) var weightNorms: [Float]

  private var optimizerState = OptimizerState()
  private var clippingState = ClippingState()
  private var generator: Generator
  // As it was before the open step: what the digest covers, and what a failed step goes back to.
  private var generatorBefore: Generator
  private let task: any PreparedTask
  // The settings make it afresh whenever they are asked.
  private let loss: Loss
  // What the open step has done to its first batch, so that a failed step can give it back.
  private var outlierTaken: Outlier?
  private var outputGradients = Matrix(rows: 0, columns: 0)
  // Room for what a step measures, used again at the next: a step takes no memory as long as nobody keeps the records.
  private var norms = GradientNorms(perParameter: [], total: 0, order: 2)
  private var updateRatios: [Float] = []

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
    loss = settings.task.loss
    generatorBefore = generator
    weightNorms = network.parameters.values.map { $0.norm(2) }
  }

  /// The processor's instructions that the numbers use; whichever it is, the numbers are the same.
  public static var kernels: String { Kernels.active }

  /// The phase that `advance` makes next.
  public var nextPhase: Phase {
    guard let open, let place = Phase.allCases.firstIndex(of: open.phase) else { return .zero }
    return Phase.allCases[place + 1]
  }

  /// Makes the next phase.
  /// - Returns: the record of the step, if this phase completed it.
  /// - Throws: `StepError` where clipping refuses a norm that is not finite; the open step is then given up, and the
  ///   experiment is where it was before that step.
  public mutating func advance() throws(StepError) -> StepRecord? {
    let phase = nextPhase
    switch phase {
    case .zero: zero()
    case .forward: forward()
    case .backward: backward()
    case .norm: norm()
    case .clip: try clip()
    case .step: return update()
    }
    open?.phase = phase
    return nil
  }

  /// Makes the clipping rule forget the norms it has seen: a rule that is given anew begins with nothing.
  public mutating func forgetNorms() { clippingState = ClippingState() }

  private mutating func zero() {
    generatorBefore.assign(from: generator)
    outlierTaken = nil
    open = OpenStep(phase: .zero)
    network.parameters.zeroGradients()
  }

  private mutating func forward() {
    if batches.count != accumulation { batches = Array(repeating: Batch(), count: accumulation) }
    var (loss, saturated) = (Float(0), Float?(0))
    for place in batches.indices {
      task.draw(&generator, into: &batches[place])
      if let next = outlier {
        batches[place].targets.apply(next)
        (outlier, outlierTaken) = (nil, next)
      }
      loss += evaluate(place)
      saturated = saturated.flatMap { sum in network.saturated.map { sum + $0 } }
    }
    open?.loss = loss / Float(batches.count)
    open?.saturated = saturated.map { $0 / Float(batches.count) }
  }

  /// The loss of a batch, and in `outputGradients` the gradient of its share in the mean over all batches of the step.
  private mutating func evaluate(_ place: Int) -> Float {
    network.forward(batches[place].inputs)
    return loss.evaluate(
      network.outputs, batches[place].targets, scale: 1 / Float(batches.count), gradients: &outputGradients)
  }

  // The layers keep what one batch leaves in them: where there are several, each has to go forward once more.
  private mutating func backward() {
    for place in batches.indices {
      if batches.count > 1 { _ = evaluate(place) }
      network.backward(batches[place].inputs, outputGradients: outputGradients)
    }
  }

  private mutating func norm() {
    open?.before = nil
    norms.measure(network.parameters.gradients, order: clipping.normOrder)
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
      generator.assign(from: generatorBefore)
      outlier = outlier ?? outlierTaken
      open = nil
      let name = error.firstParameter.map { network.parameters.descriptions[$0].name }
      throw StepError(step: step + 1, norm: error, parameter: name)
    }
  }

  private mutating func update() -> StepRecord {
    if open?.outcome?.skipsStep == true {
      updateRatios.removeAll(keepingCapacity: true)
      for _ in 0..<network.parameters.count { updateRatios.append(0) }
    } else {
      optimizer.update(
        &network.parameters.values, network.parameters.gradients, &optimizerState, changes: &updateRatios)
      for index in updateRatios.indices {
        updateRatios[index] /= weightNorms[index]
        weightNorms[index] = network.parameters.values[index].norm(2)
      }
    }
    step += 1
    defer {
      open = nil
      generatorBefore.assign(from: generator)
    }
    guard let open, let loss = open.loss, let before = open.before, let outcome = open.outcome else {
      preconditionFailure("the step phase comes after all others")
    }
    return StepRecord(
      step: step, loss: loss, before: before, outcome: outcome, nonfinite: open.nonfinite ?? [],
      weightNorms: weightNorms, updateRatios: updateRatios, saturated: open.saturated,
      learningRate: optimizer.learningRate, clipping: open.clipping ?? clipping)
  }

  /// 64 bits over parameters, optimizer state, generator state and step number; not over settings, and not over what the
  /// phases of an open step have left half done.
  public var digest: Digest {
    var digest = Digest()
    for value in network.parameters.values { digest.combine(value) }
    for tensor in optimizerState.tensors { digest.combine(tensor) }
    digest.combine(UInt64(optimizerState.steps))
    for word in generatorBefore.stateWords { digest.combine(word) }
    digest.combine(UInt64(step))
    return digest
  }
}

/// A step that was not made.
public struct StepError: Error, Hashable, Sendable {
  /// The number the step would have had.
  public let step: Int
  /// The norm that is not finite.
  public let norm: NonfiniteNorm
  /// The first parameter whose gradient's norm is not finite, `nil` where only the total overflows.
  public let parameter: String?
}

import Numerics

/// The options of `clip zclip` (Kumar, Owen, Chowdhury, Güra 2025, arXiv 2504.02507): a norm that stands out is pulled
/// back towards the running mean.
///
/// With mean μ and standard deviation σ of the norms so far: z = (‖g‖ - μ) / (σ + 1e-6); where z > threshold, `clip norm`
/// with max_norm = μ + threshold²/z · σ. Then μ = α μ + (1 - α) n and σ² = α σ² + (1 - α) (n - μ)² with the new μ and n the
/// norm, after clipping if it was clipped. The first `warmup` norms are only collected: their mean and variance (of n)
/// begin the averages. An infinite norm has z = ∞, so that its factor is 0 and n is μ; among the
/// first it is not collected. NaN enters nothing and leaves its gradients as they are.
public struct ZClip: Hashable, Sendable {
  /// How much of the averages is kept from step to step.
  public var alpha = 0.97
  /// How many standard deviations above the mean a norm may be.
  public var threshold = 2.5
  /// How many norms begin the averages.
  public var warmup = 25

  /// The paper's defaults.
  public init() {}

  private static let epsilon = 1e-6

  func clip(_ gradients: inout [Matrix], _ norms: GradientNorms, state: inout ClippingState) -> ClipOutcome {
    guard !norms.total.isNaN else { return .untouched(norms) }
    let norm = Double(norms.total)
    guard let average = state.memory.average else {
      state.pending = norms.total.isFinite ? norm : nil
      return .untouched(norms)
    }
    state.pending = norm
    let deviation = average.variance.squareRoot()
    let z = (norm - average.mean) / (deviation + Self.epsilon)
    guard z > threshold else { return .untouched(norms) }
    let bound = average.mean + threshold * threshold / z * deviation
    state.pending = bound
    return ClipNorm(maxNorm: bound).scale(&gradients, norms, &state)
  }

  /// Takes the norm of a step into the averages, or among those that begin them.
  func remember(_ norm: Double, in memory: inout ClippingMemory) {
    if let average = memory.average {
      let mean = alpha * average.mean + (1 - alpha) * norm
      let variance = alpha * average.variance + (1 - alpha) * ((norm - mean) * (norm - mean))
      memory.average = ClippingMemory.Average(mean: mean, variance: variance)
      return
    }
    memory.firstNorms.append(norm)
    guard memory.firstNorms.count >= warmup else { return }
    let count = Double(memory.firstNorms.count)
    let mean = memory.firstNorms.reduce(0, +) / count
    let squares = memory.firstNorms.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    memory.average = ClippingMemory.Average(mean: mean, variance: squares / count)
    memory.firstNorms = []
  }
}

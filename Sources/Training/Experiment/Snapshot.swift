import Numerics
import Optimization

/// All that decides what an experiment does next, beside the settings that it was set up with, and nothing else: what it
/// computes with (gradients, activations, packed weights, batches) is made anew at each step.
///
/// The numbers of all parameters stand one behind the other, so that a snapshot is hardly larger than they are. Two are
/// equal when every bit of the numbers and the settings in force are; NaN is canonical in an experiment, so that this also
/// holds for runs that have diverged.
public struct Snapshot: Equatable, Sendable {
  /// Completed steps.
  public let step: Int
  /// The optimizer in force, with its learning rate.
  public let optimizer: Optimizer
  /// The clipping in force.
  public let clipping: Clipping
  /// How many batches a step averages.
  public let accumulation: Int
  /// What is to be done to the next batch.
  public let outlier: Outlier?
  let values: Numbers
  let optimizerSteps: Int
  let first: Numbers
  let second: Numbers
  let memory: ClippingMemory
  let generator: Generator

  /// The memory that it takes, in bytes.
  var bytes: Int {
    4 * (values.count + first.count + second.count) + memory.bytes + Generator.bytes + MemoryLayout<Snapshot>.stride
  }

  /// The elements of some matrices one behind the other, compared bit by bit.
  struct Numbers: Equatable, Sendable {
    private let elements: [Float]

    init(_ matrices: [Matrix]) {
      var elements: [Float] = []
      elements.reserveCapacity(matrices.reduce(0) { $0 + $1.count })
      for matrix in matrices { elements += matrix.elements }
      self.elements = elements
    }

    var count: Int { elements.count }

    /// Writes the elements into matrices of the shapes that they came from.
    func write(into matrices: inout [Matrix]) {
      var offset = 0
      for index in matrices.indices {
        matrices[index].copy(elements: elements[offset..<(offset + matrices[index].count)])
        offset += matrices[index].count
      }
    }

    static func == (left: Self, right: Self) -> Bool { left.elements.hasSameBits(as: right.elements) }
  }
}

extension Experiment {
  /// The state between two steps; inside an open step that before it, with the changes that were made inside it, as if they
  /// had been made before it.
  public var snapshot: Snapshot {
    Snapshot(
      step: step, optimizer: optimizer, clipping: clipping, accumulation: accumulation,
      outlier: outlier ?? open?.outlier, values: .init(network.parameters.values),
      optimizerSteps: optimizerState.steps, first: .init(optimizerState.first), second: .init(optimizerState.second),
      memory: clippingState.memory, generator: generator)
  }

  /// Goes on from a state that an experiment of the same settings was in, as that one did.
  /// - Precondition: `settings.problem` is nil, and the snapshot is of such an experiment.
  public init(_ settings: Settings, at snapshot: Snapshot) {
    self.init(settings)
    restore(snapshot)
  }

  /// Becomes what it was, or will be, at a snapshot of its own. An open step is given up, and what a step has left behind is
  /// forgotten: batches and gradients.
  public mutating func restore(_ snapshot: Snapshot) {
    (step, open) = (snapshot.step, nil)
    (optimizer, clipping, accumulation) = (snapshot.optimizer, snapshot.clipping, snapshot.accumulation)
    (outlier, generator) = (snapshot.outlier, snapshot.generator)
    clippingState = ClippingState(snapshot.memory)
    snapshot.values.write(into: &network.parameters.values)
    optimizerState.steps = snapshot.optimizerSteps
    restore(&optimizerState.first, from: snapshot.first)
    restore(&optimizerState.second, from: snapshot.second)
    network.parameters.zeroGradients()
    workspace.batches = []
    measureWeights()
  }

  // The optimizer remembers nothing of a parameter, or as many numbers as it has.
  private func restore(_ matrices: inout [Matrix], from numbers: Snapshot.Numbers) {
    if numbers.count == 0 {
      matrices = []
    } else if matrices.isEmpty {
      matrices = network.parameters.values
    }
    numbers.write(into: &matrices)
  }
}

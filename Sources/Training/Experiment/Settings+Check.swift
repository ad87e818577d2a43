import CProcess
import Gradients

/// Why settings cannot make an experiment.
public enum SettingsProblem: Error, Hashable, Sendable {
  /// The model cannot read the task's data.
  case unfit(model: DataKind, task: DataKind)
  /// The initialisation is for recurrent networks, and the model is not one.
  case needsRecurrence
  /// The pools halve a picture of this side to nothing.
  case pooledAway(side: Int, pools: Int)
  /// The experiment would need more memory than is allowed.
  case tooLarge(bytes: Double, limit: Int)
}

extension Settings {
  /// The most memory that an experiment may take, in bytes: at most 4 GB, far above anything worth watching step by step; less
  /// where this machine and this process's limits have less beside what the program takes. Looked at once.
  public static let memoryLimit = min(4 << 30, max(0, Int(memory_for_this_process()) - besides))

  // The program itself, and the frames of a large screen.
  private static let besides = 64 << 20

  /// What keeps these settings from making an experiment, `nil` if nothing does.
  public var problem: SettingsProblem? {
    guard model.reads == task.interface.kind else { return .unfit(model: model.reads, task: task.interface.kind) }
    if initialization.needsRecurrence, model.reads != .sequences { return .needsRecurrence }
    if case .cnn(let net) = model, net.lastSide(from: task.interface.side) < 1 {
      return .pooledAway(side: task.interface.side, pools: net.pool)
    }
    let bytes = estimatedBytes
    return bytes > Double(Self.memoryLimit) ? .tooLarge(bytes: bytes, limit: Self.memoryLimit) : nil
  }

  /// The memory that an experiment takes, in bytes: parameters with gradient, packed copy and four of the optimizer's,
  /// what each layer keeps of its activations, the batches, and what the task has drawn once; and the copies that are made
  /// while it is made, with what is remembered of its steps and of those before a restart. A floating-point number, because it may be beyond all integers.
  public var estimatedBytes: Double {
    let sizes = parameters.map { $0.shape.reduce(1.0) { $0 * Double($1) } }
    let weights = sizes.reduce(0, +)
    let width = parameters.reduce(0.0) { sum, parameter in
      parameter.role.isBias ? sum + Double(parameter.shape[0]) : sum
    }
    let interface = task.interface
    let pixels = Double(interface.side) * Double(interface.side)
    let inputs = Double(interface.inputs) * Double(accumulation)
    let activations = Double(task.batchSize) * Double(task.steps) * pixels * (4 * width + inputs)
    // Two copies of the neighbourhoods of each pixel of one picture.
    let patches = interface.kind == .pictures ? 18 * width * pixels : 0
    // An orthogonal matrix is made in double precision, with as many reflections and as many columns.
    let largest = sizes.max() ?? 0
    let scratch = initialization.isOrthogonal ? 6 * largest : 0
    return 4 * (7 * weights + activations + patches + 2 * task.storedValues + scratch) + 2 * historyBytes
  }

  // A history keeps within its budget, unless a few records are larger than that.
  private var historyBytes: Double {
    let record = Double(RecordColumns.bytes(parameters: parameters.count, units: 0))
    return max(Double(History.budget), 40 * record)
  }
}

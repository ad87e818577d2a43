import Gradients
import Numerics

/// `task`: what the network is to learn, with its options. The definitions, as PyTorch would write them, stand
/// beside each task's code.
public enum TaskSettings: Hashable, Sendable {
  /// The tutorial's: one fixed random row, and the sum of the outputs as the loss.
  case sum(SumTask)
  /// A noisy linear map, ten numbers to ten.
  case regression(RegressionTask)
  /// A sine along one direction, plus a line along another.
  case sine(SineTask)
  /// The exclusive or of two bits.
  case xor(XorTask)
  /// Add the two marked numbers of a sequence (Hochreiter and Schmidhuber 1997).
  case adding(AddingTask)
  /// Which of two symbols came first (Pascanu, Mikolov, Bengio 2013).
  case temporalOrder(TemporalOrderTask)
  /// Remember symbols over a delay (Hochreiter and Schmidhuber 1997).
  case copy(CopyTask)
  /// Whether the ones of a sequence so far are odd.
  case parity(ParityTask)
  /// Which of four shapes a picture shows.
  case shapes(ShapesTask)
  /// The next character of a text of the user's.
  case text(TextTask)
  /// A column of a table of the user's from the others.
  case csv(CSVTask)

  private var source: any BatchSource {
    switch self {
    case .sum(let task): task
    case .regression(let task): task
    case .sine(let task): task
    case .xor(let task): task
    case .adding(let task): task
    case .temporalOrder(let task): task
    case .copy(let task): task
    case .parity(let task): task
    case .shapes(let task): task
    case .text(let task): task
    case .csv(let task): task
    }
  }

  /// What the task asks of its network. Tasks on files know it once their file is read.
  public var interface: Interface { source.interface }
  /// The loss that the task is measured by.
  public var loss: Loss { source.loss }
  /// The rows of a batch.
  public var batchSize: Int { source.batchSize }
  /// Time steps of a sequence, 1 where there are no sequences.
  public var steps: Int { source.steps }
  /// Numbers that the task keeps from what it draws once.
  var storedValues: Double { source.storedValues }
  /// Draws what the task draws once.
  func prepare(_ generator: inout Generator) -> any PreparedTask { source.prepare(&generator) }
}

/// One batch: what goes into the network and what should come out.
public struct Batch: Sendable {
  /// B × features; T·B × features, time step after time step; channels × framed pixels·B, for each pixel its value
  /// in each picture.
  public var inputs = Matrix(rows: 0, columns: 0)
  /// What the outputs are compared with.
  public var targets = Targets.none
  // What a task draws on its way to these.
  var draws: [Int] = []
  var numbers = Matrix(rows: 0, columns: 0)
  var transposed = Matrix(rows: 0, columns: 0)

  /// An empty batch, to be drawn into.
  public init() {}
}

/// The settings of a task: they know its shape, and how to draw what is drawn once.
protocol BatchSource: Sendable {
  var interface: Interface { get }
  var loss: Loss { get }
  var batchSize: Int { get }
  var steps: Int { get }
  var storedValues: Double { get }
  func prepare(_ generator: inout Generator) -> any PreparedTask
}

extension BatchSource {
  var steps: Int { 1 }
  var storedValues: Double { 0 }
}

extension BatchSource where Self: PreparedTask {
  // It draws nothing once.
  func prepare(_ generator: inout Generator) -> any PreparedTask { self }
}

/// A task with everything that is drawn once: it draws batches.
protocol PreparedTask: Sendable {
  /// Draws the next batch into `batch`, whose buffers are used again.
  func draw(_ generator: inout Generator, into batch: inout Batch)
}

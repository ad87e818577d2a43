import Optimization

/// The single numbers of a recorded step; `StepRecord` says what they are.
public struct StepNumbers: Hashable, Sendable {
  /// The number of the step.
  public let step: Int
  /// The loss.
  public let loss: Float
  /// The total norm before clipping.
  public let total: Float
  /// The total norm after clipping.
  public let totalAfter: Float
  /// The order of both norms.
  public let order: Float
  /// The clip coefficient.
  public let factor: Float
  /// Whether the rule changed a gradient, or left the step out.
  public let clipped: Bool
  /// Whether the rule left the step out.
  public let skipsStep: Bool
  /// The share of hidden activations that passed all but no gradient.
  public let saturated: Float?
  /// The learning rate of the update.
  public let learningRate: Double

  /// The total norm of what the optimizer got: that after clipping, 0 where the step was left out.
  var passedOn: Float { skipsStep ? 0 : totalAfter }

  init(_ record: StepRecord) {
    (step, loss) = (record.step, record.loss)
    (total, totalAfter, order) = (record.before.total, record.outcome.after.total, record.before.order)
    (factor, clipped, skipsStep) = (record.outcome.factor, record.outcome.clipped, record.outcome.skipsStep)
    (saturated, learningRate) = (record.saturated, record.learningRate)
  }
}

/// Some records one behind the other, stored by columns: a record by itself is five lists, each with a header of its own.
struct RecordColumns: Sendable {
  private let parameters: Int
  /// The single numbers of each record.
  private(set) var numbers: [StepNumbers] = []
  // Of each record the norms before clipping, those after it, the norms of the weights and the update ratios.
  private var lists: [Float] = []
  // Of each record a bit for each parameter whose gradient is not finite.
  private var nonfinite: [UInt8] = []
  // Of each record a bit for each ReLU unit that was above zero.
  private var active: [UInt8] = []
  private(set) var units = 0
  // The clipping, from which record on it was in force.
  private var clippings: [(from: Int, clipping: Clipping)] = []

  /// Empty columns with a capacity of so many records.
  init(parameters: Int, capacity: Int) {
    self.parameters = parameters
    numbers.reserveCapacity(capacity)
    lists.reserveCapacity(capacity * 4 * parameters)
    nonfinite.reserveCapacity(capacity * Self.flags(parameters))
  }

  private static func flags(_ parameters: Int) -> Int { (parameters + 7) / 8 }

  /// The bytes that a record takes, with a clipping of its own, as where `max_norm` is turned at every step.
  static func bytes(parameters: Int, units: Int) -> Int {
    MemoryLayout<StepNumbers>.stride + MemoryLayout<(Int, Clipping)>.stride + 16 * parameters + flags(parameters)
      + flags(units)
  }

  var count: Int { numbers.count }

  mutating func append(_ record: StepRecord) {
    if clippings.last?.clipping != record.clipping { clippings.append((count, record.clipping)) }
    numbers.append(StepNumbers(record))
    lists += record.before.perParameter
    lists += record.outcome.after.perParameter
    lists += record.weightNorms
    lists += record.updateRatios
    let first = nonfinite.count
    for _ in 0..<Self.flags(parameters) { nonfinite.append(0) }
    for parameter in record.nonfinite { nonfinite[first + parameter / 8] |= 1 << UInt8(parameter % 8) }
    units = record.active.count
    let firstUnits = active.count
    for _ in 0..<Self.flags(units) { active.append(0) }
    for unit in 0..<units where record.active[unit] != 0 { active[firstUnits + unit / 8] |= 1 << UInt8(unit % 8) }
  }

  /// Leaves out all records but the first ones.
  mutating func keep(_ kept: Int) {
    numbers.removeLast(count - kept)
    lists.removeLast(lists.count - kept * 4 * parameters)
    nonfinite.removeLast(nonfinite.count - kept * Self.flags(parameters))
    active.removeLast(active.count - kept * Self.flags(units))
    clippings.removeAll { $0.from >= kept }
  }

  /// How many of the records are of steps up to `step`; O(log n).
  func count(upTo step: Int) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if numbers[middle].step <= step { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// Whether clipping was on in any of the records.
  var hasClipping: Bool { clippings.contains { $0.clipping.isOn } }

  func clipping(at index: Int) -> Clipping { clippings.last { $0.from <= index }!.clipping }

  func value(of series: Series, at index: Int) -> Float {
    switch series {
    case .loss: numbers[index].loss
    case .total: numbers[index].total
    case .totalAfter: numbers[index].passedOn
    case .norm(let parameter): lists[index * 4 * parameters + parameter]
    }
  }

  /// For each ReLU unit whether it was above zero.
  func active(at index: Int) -> [UInt8] {
    let first = index * Self.flags(units)
    return (0..<units).map { active[first + $0 / 8] >> UInt8($0 % 8) & 1 }
  }

  subscript(index: Int) -> StepRecord {
    let first = index * 4 * parameters
    func list(_ number: Int) -> [Float] {
      Array(lists[(first + number * parameters)..<(first + (number + 1) * parameters)])
    }
    let one = numbers[index]
    let flags = index * Self.flags(parameters)
    return StepRecord(
      step: one.step, loss: one.loss,
      before: GradientNorms(perParameter: list(0), total: one.total, order: one.order),
      outcome: ClipOutcome(
        factor: one.factor, clipped: one.clipped, skipsStep: one.skipsStep,
        after: GradientNorms(perParameter: list(1), total: one.totalAfter, order: one.order)),
      nonfinite: (0..<parameters).filter { nonfinite[flags + $0 / 8] & 1 << UInt8($0 % 8) != 0 },
      weightNorms: list(2), updateRatios: list(3), saturated: one.saturated, active: active(at: index),
      learningRate: one.learningRate,
      clipping: clipping(at: index))
  }

  /// The extremes of all series.
  var summary: RecordSummary {
    var stretches = Array(repeating: Stretch(), count: Series.count(parameters: parameters))
    for index in numbers.indices {
      stretches[Series.loss.index].add(numbers[index].loss)
      stretches[Series.total.index].add(numbers[index].total)
      stretches[Series.totalAfter.index].add(numbers[index].passedOn)
      for parameter in 0..<parameters {
        stretches[Series.norm(parameter).index].add(lists[index * 4 * parameters + parameter])
      }
    }
    return RecordSummary(
      lastStep: numbers.last?.step ?? 0, count: count, stretches: stretches, hasClipping: hasClipping,
      hasClipped: numbers.contains(where: \.clipped),
      clipping: clippings.last?.clipping ?? Clipping())
  }
}

/// What is left of some records one behind the other when they are let go of.
struct RecordSummary: Sendable {
  /// The step of the last of them.
  private(set) var lastStep: Int
  /// How many they are.
  private(set) var count: Int
  /// The extremes of each series.
  private(set) var stretches: [Stretch]
  /// Whether clipping was on in any of them.
  private(set) var hasClipping: Bool
  /// Whether it changed a gradient in any of them.
  private(set) var hasClipped: Bool
  /// The clipping of the last of them.
  private(set) var clipping: Clipping

  /// Joins what follows to it.
  mutating func join(_ next: RecordSummary) {
    lastStep = next.lastStep
    count += next.count
    hasClipping = hasClipping || next.hasClipping
    hasClipped = hasClipped || next.hasClipped
    clipping = next.clipping
    for index in stretches.indices { stretches[index].join(next.stretches[index]) }
  }
}

/// Records that are complete: shared by all histories that have them, branches and copies for the screen among them.
final class RecordChunk: Sendable {
  let columns: RecordColumns
  let summary: RecordSummary

  init(_ columns: RecordColumns) {
    self.columns = columns
    summary = columns.summary
  }

  var firstStep: Int { columns.numbers[0].step }
  var lastStep: Int { summary.lastStep }
}

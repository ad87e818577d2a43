import Training

/// What may be looked for among the steps of a run.
public enum StepEvent: String, CaseIterable, Hashable, Sendable {
  /// The rule changed a gradient.
  case clipped
  /// The rule changed none.
  case unclipped
  /// The total norm is NaN or infinite.
  case nonfinite
  /// The norm is above 10 times the median of the up to 100 norms of the same order before it.
  case spike
}

/// The search was stopped before it came to an end.
public struct SearchStopped: Error {
  /// It was.
  public init() {}
}

extension Run {
  // So many steps are looked at in one go where they are searched backwards.
  private static let block = 1000

  /// The first step of this branch, of those in a range, in which an event has happened; `nil` where there is none. Steps
  /// that are no longer kept exactly are made again.
  public func firstStep(with event: StepEvent, in steps: Range<Int>) throws(SearchStopped) -> Int? {
    try find(event, in: steps, first: true)
  }

  /// The last such step.
  public func lastStep(with event: StepEvent, in steps: Range<Int>) throws(SearchStopped) -> Int? {
    var high = steps.upperBound
    while high > steps.lowerBound {
      let low = max(steps.lowerBound, high - Self.block)
      if let found = try find(event, in: low..<high, first: false) { return found }
      high = low
    }
    return nil
  }

  private func find(_ event: StepEvent, in steps: Range<Int>, first: Bool) throws(SearchStopped) -> Int? {
    var found: Int?
    var usual = UsualNorm()
    // What is usual is told by the norms before.
    let lead = event == .spike ? History.window : 0
    let all = max(1, steps.lowerBound - lead)..<max(1, steps.upperBound)
    let isDone = records(of: branch, all) { record in
      if record.step >= steps.lowerBound, Self.has(record, event, usual) { found = record.step }
      if event == .spike { usual.add(record.before.total, order: record.before.order) }
      return !(first && found != nil)
    }
    guard isDone else { throw SearchStopped() }
    return found
  }

  private static func has(_ record: StepRecord, _ event: StepEvent, _ usual: UsualNorm) -> Bool {
    switch event {
    case .clipped: record.outcome.clipped
    case .unclipped: !record.outcome.clipped
    case .nonfinite: !record.before.total.isFinite
    case .spike: usual.median(order: record.before.order).map { record.before.total > Verdict.spike * $0 } ?? false
    }
  }

  /// The first step of this branch with the largest or the smallest finite value of a number; `nil` where there is none.
  /// - Parameter value: the number in a step, with what was measured in those before it; `nil` where it does not exist.
  public func step(
    ofLargest isLargest: Bool, _ value: (StepRecord, History) -> Double?
  ) throws(SearchStopped) -> (step: Int, value: Double)? {
    var best: (step: Int, value: Double)?
    var lookback = Lookback()
    let isDone = records(of: branch, 1..<max(1, end.step + 1)) { record in
      lookback.add(record)
      if let value = value(record, lookback.history), value.isFinite,
        best.map({ isLargest ? value > $0.value : value < $0.value }) ?? true
      {
        best = (record.step, value)
      }
      return true
    }
    guard isDone else { throw SearchStopped() }
    return best
  }
}

/// The median of the finite norms of one order in the last `History.window` steps, step after step.
struct UsualNorm {
  private var steps: [(norm: Float, order: Float)] = []
  private var sorted: [Float: [Float]] = [:]

  /// Adds the norm of the next step. O(window).
  mutating func add(_ norm: Float, order: Float) {
    steps.append((norm, order))
    let rank = rank(of: norm, order)
    if norm.isFinite { sorted[order, default: []].insert(norm, at: rank) }
    guard steps.count > History.window else { return }
    let oldest = steps.removeFirst()
    let first = self.rank(of: oldest.norm, oldest.order)
    if oldest.norm.isFinite { sorted[oldest.order]?.remove(at: first) }
  }

  private func rank(of norm: Float, _ order: Float) -> Int {
    let norms = sorted[order] ?? []
    return norms.firstIndex { $0 >= norm } ?? norms.count
  }

  /// The median of those of an order; `nil` where there are none.
  func median(order: Float) -> Float? {
    guard let norms = sorted[order], !norms.isEmpty else { return nil }
    let middle = norms.count / 2
    return norms.count % 2 == 1 ? norms[middle] : norms[middle - 1] / 2 + norms[middle] / 2
  }
}

/// What was measured in the last steps, step after step: as much as numbers look back on.
private struct Lookback {
  private var records: [StepRecord] = []
  private(set) var history = History(parameters: 0)

  mutating func add(_ record: StepRecord) {
    records.append(record)
    // Begun anew now and then, so that it stays small.
    if records.count > 2 * History.window || records.count == 1 {
      records.removeFirst(max(0, records.count - History.window))
      history = History(records)
    } else {
      history.append(record)
    }
  }
}

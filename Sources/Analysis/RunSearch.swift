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
  /// - Parameter value: the number in a step, `nil` where it does not exist.
  public func step(
    ofLargest isLargest: Bool, _ value: (StepRecord) -> Double?
  ) throws(SearchStopped) -> (step: Int, value: Double)? {
    var best: (step: Int, value: Double)?
    let isDone = records(of: branch, 1..<max(1, end.step + 1)) { record in
      if let value = value(record), value.isFinite,
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

/// The median of the last norms of one order, norm after norm.
struct UsualNorm {
  private var byTime: [Float] = []
  private var sorted: [Float] = []
  private var order: Float?

  /// Adds the norm of a step; one that is not finite tells nothing. O(window).
  mutating func add(_ norm: Float, order: Float) {
    if order != self.order { (byTime, sorted, self.order) = ([], [], order) }
    guard norm.isFinite else { return }
    byTime.append(norm)
    sorted.insert(norm, at: rank(of: norm))
    guard byTime.count > History.window else { return }
    sorted.remove(at: rank(of: byTime.removeFirst()))
  }

  private func rank(of norm: Float) -> Int { sorted.firstIndex { $0 >= norm } ?? sorted.count }

  /// The median of the norms so far; `nil` where there are none of this order.
  func median(order: Float) -> Float? {
    guard order == self.order, !sorted.isEmpty else { return nil }
    let middle = sorted.count / 2
    return sorted.count % 2 == 1 ? sorted[middle] : sorted[middle - 1] / 2 + sorted[middle] / 2
  }
}

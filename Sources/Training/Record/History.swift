/// What was measured in the steps made so far: each one exactly, as far back as the budget allows, and the whole run by
/// its extremes. The budget is a number of bytes, however long a run is and however many parameters a network has.
///
/// Records stand in chunks, which copies share. Of the oldest chunks only summaries are kept, each of `grain` records; when
/// there are too many of them, neighbours are joined in pairs and the grain doubles. A record carries its step, so that
/// steps may be missing.
public struct History: Sendable {
  /// The steps that the duty, the usual norm and `stats` look back on.
  public static let window = 100
  /// The bytes that a history takes, unless told otherwise.
  public static let budget = 24 << 20

  private let parameters: Int
  private let units: Int
  private let budget: Int
  private let chunkLength: Int
  private let mostChunks: Int
  private let mostSummaries: Int

  // Oldest first: summaries, complete chunks, the records of the chunk that is not complete.
  private(set) var summaries: [RecordSummary] = []
  package private(set) var grain: Int
  private(set) var chunks: [RecordChunk] = []
  private(set) var current: RecordColumns

  /// How many steps were recorded, also of those no longer kept exactly.
  public private(set) var count = 0

  /// Nothing recorded yet, of a network of so many parameters.
  /// - Parameters:
  ///   - units: how many ReLU units it has; the first record tells, too.
  ///   - budget: the bytes to keep within; a third is for summaries. No less than some chunks are kept.
  public init(parameters: Int, units: Int = 0, budget: Int = History.budget) {
    (self.parameters, self.units, self.budget) = (parameters, units, budget)
    let record = RecordColumns.bytes(parameters: parameters, units: units)
    // A chunk is copied while the screen looks at it: 64 records, fewer where they are large.
    chunkLength = [64, 32, 16].first { $0 * record <= 1 << 16 } ?? 8
    let summary =
      MemoryLayout<Stretch>.stride * Series.count(parameters: parameters) + 96 + MemoryLayout<Clipping>.stride
    mostChunks = max(4, budget * 2 / 3 / (chunkLength * record + summary + 256))
    mostSummaries = min(2048, max(32, budget / 3 / summary))
    grain = chunkLength
    current = RecordColumns(parameters: parameters, capacity: chunkLength)
  }

  // MARK: Recording

  /// Adds the record of a step.
  /// - Precondition: the step comes after the last one, and the record is of as many parameters as the history.
  public mutating func append(_ record: StepRecord) {
    precondition(record.step > lastStep, "records come in the order of their steps")
    precondition(record.weightNorms.count == parameters, "a record is of the network that the history is of")
    if count == 0, record.active.count != units {
      self = History(parameters: parameters, units: record.active.count, budget: budget)
    }
    precondition(record.active.count == units, "a record is of the network that the history is of")
    current.append(record)
    count += 1
    guard current.count == chunkLength else { return }
    chunks.append(RecordChunk(current))
    current = RecordColumns(parameters: parameters, capacity: chunkLength)
    if chunks.count > mostChunks { summarize(chunks.removeFirst()) }
  }

  private mutating func summarize(_ chunk: RecordChunk) {
    if let last = summaries.last, last.count < grain {
      summaries[summaries.count - 1].join(chunk.summary)
    } else {
      summaries.append(chunk.summary)
    }
    guard summaries.count > mostSummaries else { return }
    for index in 0..<(summaries.count / 2) {
      summaries[index] = summaries[2 * index]
      summaries[index].join(summaries[2 * index + 1])
    }
    if summaries.count % 2 == 1 { summaries[summaries.count / 2] = summaries[summaries.count - 1] }
    summaries.removeLast(summaries.count / 2)
    grain *= 2
  }

  /// Forgets all steps after `step`, so that others can follow. Where records are summarized, as many more are forgotten as
  /// share a summary with what has to go: what is recorded of them once more is what it was.
  /// - Returns: the last step that is still recorded, 0 if there is none. O(chunks).
  @discardableResult
  public mutating func cut(after step: Int) -> Int {
    current.keep(current.count(upTo: step))
    while let chunk = chunks.last, current.count == 0, chunk.lastStep > step {
      chunks.removeLast()
      current = chunk.columns
      current.keep(current.count(upTo: step))
    }
    while let summary = summaries.last, chunks.isEmpty, current.count == 0, summary.lastStep > step {
      summaries.removeLast()
    }
    count = summaries.reduce(0) { $0 + $1.count } + chunks.count * chunkLength + current.count
    return lastStep
  }

  /// The bytes that histories take beside one that is kept anyway: what they share counts once. O(chunks).
  static func bytes(of histories: [History], besides kept: History? = nil) -> Int {
    var seen = Set(kept?.chunks.map(ObjectIdentifier.init) ?? [])
    return histories.reduce(0) { sum, history in
      let own = history.chunks.count { seen.insert(ObjectIdentifier($0)).inserted }
      return sum + own * history.chunkLength * RecordColumns.bytes(parameters: history.parameters, units: history.units)
        + history.summaries.count * MemoryLayout<Stretch>.stride * Series.count(parameters: history.parameters)
    }
  }

  /// Keeps of all complete chunks only summaries, as of those that are too old: it then takes little.
  public mutating func condense() {
    for chunk in chunks { summarize(chunk) }
    chunks = []
  }

  // MARK: Records

  /// The last recorded step, 0 if there is none.
  public var lastStep: Int { current.numbers.last?.step ?? chunks.last?.lastStep ?? summaries.last?.lastStep ?? 0 }

  /// The last record, `nil` if there is none or it is no longer kept exactly.
  public var last: StepRecord? { self[step: lastStep] }

  /// The first step that is kept exactly; `nil` if there is none.
  public var firstKept: Int? { chunks.first?.firstStep ?? current.numbers.first?.step }

  /// The record of a step; `nil` if there is none or it is no longer kept exactly. O(log n).
  public subscript(step step: Int) -> StepRecord? {
    let (columns, index) = find(step)
    return index >= 0 && columns.numbers[index].step == step ? columns[index] : nil
  }

  /// The clipping that was in force in the record of this index, or in the nearest one; of those that only summaries are left of,
  /// the last one in its summary. `nil` if there is no record.
  public func clipping(ofRecord index: Int) -> Clipping? {
    guard count > 0 else { return nil }
    let kept = chunks.count * chunkLength + current.count
    let place = min(max(index, 0), count - 1) - (count - kept)
    // All summaries but the last one are of `grain` records.
    guard place >= 0 else { return summaries[min((place + count - kept) / grain, summaries.count - 1)].clipping }
    let (chunk, row) = place.quotientAndRemainder(dividingBy: chunkLength)
    return (chunk < chunks.count ? chunks[chunk].columns : current).clipping(at: row)
  }

  /// Whether clipping was on in any of some records, by their indices, or of those that share a chunk with one of them.
  public func hasClipping(in records: Range<Int>) -> Bool {
    var first = 0
    func isThere(_ count: Int) -> Bool {
      defer { first += count }
      return records.lowerBound < first + count && first < records.upperBound
    }
    for summary in summaries where isThere(summary.count) && summary.hasClipping { return true }
    for chunk in chunks where isThere(chunk.summary.count) && chunk.summary.hasClipping { return true }
    return isThere(current.count) && current.hasClipping
  }

  /// The last values of a series, as far as they are kept exactly, the oldest first; O(length).
  public func lastValues(of series: Series, _ length: Int = History.window) -> [Float] {
    var found: [Float] = []
    for columns in [current] + chunks.suffix(length / chunkLength + 1).reversed().map(\.columns) {
      let wanted = min(columns.count, length - found.count)
      found = (columns.count - wanted..<columns.count).map { columns.value(of: series, at: $0) } + found
    }
    return found
  }

  /// The step of the record of this index; of those that only summaries are left of, counted back from the first that is
  /// kept exactly.
  public func step(ofRecord index: Int) -> Int {
    let kept = chunks.count * chunkLength + current.count
    let place = index - (count - kept)
    guard place >= 0, kept > 0 else { return max(1, (firstKept ?? 1) + place) }
    let (chunk, row) = min(place, kept - 1).quotientAndRemainder(dividingBy: chunkLength)
    return (chunk < chunks.count ? chunks[chunk].columns : current).numbers[row].step
  }

  // The last record up to a step: its columns and its index there, -1 if there is none.
  private func find(_ step: Int) -> (RecordColumns, Int) {
    if let first = current.numbers.first, first.step <= step { return (current, current.count(upTo: step) - 1) }
    var (low, high) = (0, chunks.count)
    while low < high {
      let middle = (low + high) / 2
      if chunks[middle].firstStep <= step { low = middle + 1 } else { high = middle }
    }
    guard low > 0 else { return (current, -1) }
    return (chunks[low - 1].columns, chunks[low - 1].columns.count(upTo: step) - 1)
  }

  /// The single numbers of the last records up to `step`, as far as they are kept exactly, the oldest first.
  public func numbers(_ length: Int = History.window, upTo step: Int = .max) -> [StepNumbers] {
    var found: ArraySlice<StepNumbers> = current.numbers.prefix(current.count(upTo: step)).suffix(length)
    for chunk in chunks.reversed() where found.count < length {
      let columns = chunk.columns
      found = columns.numbers.prefix(columns.count(upTo: step)).suffix(length - found.count) + found
    }
    return Array(found)
  }

  /// The share of ReLU units that were at zero for every example of the last `batches` steps up to `step`: such a unit gets no
  /// gradient, and may never again. `nil` where there are no ReLUs, or fewer steps are kept.
  public func dead(upTo step: Int = .max, batches: Int = 10) -> Float? {
    var alive = [UInt8](repeating: 0, count: units)
    let steps = numbers(batches, upTo: step)
    guard units > 0, steps.count == batches else { return nil }
    for one in steps {
      let (columns, index) = find(one.step)
      for (unit, isActive) in columns.active(at: index).enumerated() where isActive != 0 { alive[unit] = 1 }
    }
    return Float(alive.count { $0 == 0 }) / Float(units)
  }

  /// The share of the last `window` steps in which the rule changed a gradient, as it was after step `step`; `nil` where
  /// no such step is kept.
  public func duty(upTo step: Int = .max) -> Float? {
    let numbers = numbers(upTo: step)
    return numbers.isEmpty ? nil : Float(numbers.count(where: \.clipped)) / Float(numbers.count)
  }
}

/// The records of the steps made so far: each one exactly, as far back as there is room, and the whole run as envelopes.
///
/// Kept in chunks, so that a copy for the screen shares all but the last one.
public struct History: Sendable {
  /// How many steps are kept exactly. Older ones are on in the envelopes only.
  public static let capacity = 100_000
  private static let chunkSize = 256

  private var chunks: [[StepRecord]] = []
  private var dropped = 0
  /// The losses of the whole run.
  public private(set) var losses = Envelope()
  /// The total norms before clipping, of the whole run.
  public private(set) var totals = Envelope()
  /// The total norms after clipping.
  public private(set) var totalsAfter = Envelope()
  /// The norms of each parameter's gradient before clipping.
  public private(set) var norms: [Envelope]

  /// Nothing recorded yet, of a network of so many parameters.
  public init(parameters: Int) {
    norms = Array(repeating: Envelope(), count: parameters)
  }

  /// The number of steps that were recorded, also of those no longer kept exactly.
  public var count: Int { totals.count }
  /// The last record.
  public var last: StepRecord? { chunks.last?.last }
  /// The first step that is still kept exactly.
  public var firstKept: Int { dropped + 1 }

  /// The record of step `step`, counted from 1; `nil` if there is none or it is no longer kept.
  public subscript(step step: Int) -> StepRecord? {
    let place = step - 1 - dropped
    guard place >= 0, step <= count else { return nil }
    return chunks[place / Self.chunkSize][place % Self.chunkSize]
  }

  /// Adds the record of the next step.
  public mutating func append(_ record: StepRecord) {
    if chunks.last.map({ $0.count == Self.chunkSize }) ?? true {
      var chunk: [StepRecord] = []
      chunk.reserveCapacity(Self.chunkSize)
      chunks.append(chunk)
    }
    chunks[chunks.count - 1].append(record)
    if chunks.count * Self.chunkSize > Self.capacity + Self.chunkSize {
      chunks.removeFirst()
      dropped += Self.chunkSize
    }
    losses.append(record.loss)
    totals.append(record.before.total)
    totalsAfter.append(record.outcome.after.total)
    for index in norms.indices { norms[index].append(record.before.perParameter[index]) }
  }

  /// The records of the last `length` steps, the oldest first; fewer if fewer were made.
  public func recent(_ length: Int) -> [StepRecord] {
    let first = max(firstKept, count - length + 1)
    return first <= count ? (first...count).compactMap { self[step: $0] } : []
  }

  /// The share of the last 100 steps in which the rule changed a gradient; `nil` before the first step.
  public var duty: Float? { duty(at: count) }

  /// The same as it was after step `step`; `nil` where that step is not kept.
  public func duty(at step: Int) -> Float? {
    let window = (max(1, step - 99)...max(1, step)).compactMap { self[step: $0] }
    return window.isEmpty ? nil : Float(window.count { $0.outcome.clipped }) / Float(window.count)
  }
}

import Training

/// Which records the charts show: all of them, or those around the newest or around a chosen one. A run of now and one
/// before it, its ghost, stand on the same axis of steps.
struct ChartWindow: Hashable, Sendable {
  /// The records, by their indices.
  let records: Range<Int>

  /// The window on so many records that is half as long for each time it was zoomed in.
  /// - Parameter center: the record to stay in the middle; the newest at the end without one.
  init(count: Int, zoom: Int, center: Int?) {
    let length = max(min(count, Self.shortest), count >> max(0, min(zoom, 40)))
    let first = center.map { min(max(0, $0 - length / 2), count - length) } ?? count - length
    records = first..<first + length
  }

  /// No chart is of fewer records, as long as there are as many.
  static let shortest = 8

  /// The steps at its ends.
  func steps(_ history: History, ghost: History?) -> ClosedRange<Int>? {
    guard let last = records.last else { return nil }
    func step(_ record: Int) -> Int {
      record < history.count ? history.step(ofRecord: record) : ghost?.step(ofRecord: record) ?? record + 1
    }
    let (low, high) = (step(records.lowerBound), step(last))
    return low...max(low, high)
  }

  /// A series of a history in this window, and the share of the window that it takes.
  func columns(_ history: History, _ series: Series, atMost columns: Int) -> (stretches: [Stretch], share: Double) {
    let own = records.clamped(to: 0..<history.count)
    guard !own.isEmpty else { return ([], 0) }
    let share = Double(own.count) / Double(records.count)
    let most = max(1, Int((Double(columns) * share).rounded()))
    return (history.columns(of: series, atMost: most, records: own), share)
  }

  /// The extremes of a series of a history in this window.
  func summary(_ history: History, _ series: Series) -> Stretch { history.summary(of: series, records: records) }
}

import Training

/// Which records the charts show: all of them, or those around the newest or around a chosen one. A run of now and one
/// before it, its ghost, stand on the same axis of steps.
package struct ChartWindow: Hashable, Sendable {
  /// The records, by their indices.
  package let records: Range<Int>

  /// The window on so many records that is half as long for each time it was zoomed in.
  /// - Parameter center: the record to stay in the middle; the newest at the end without one.
  init(count: Int, zoom: Int, center: Int?) {
    let length = max(min(count, Self.shortest), count >> max(0, min(zoom, 40)))
    let first = center.map { min(max(0, $0 - length / 2), count - length) } ?? count - length
    records = first..<first + length
  }

  /// As many records as there are or a few more, a quarter at most: while steps are made the axis ends a little further
  /// on, so that most frames differ by their newest column, and not by every dot. A line is slow where all of a screen is new.
  static func horizon(_ count: Int) -> Int {
    var unit = 1
    while 8 * unit <= count { unit *= 2 }
    return (count + unit - 1) / unit * unit
  }

  /// The record that is drawn in a cell of a plot of so many cells; the last of several.
  func record(atCell cell: Int, of width: Int) -> Int {
    let (count, columns) = (records.count, 2 * width)
    guard count < columns else { return records.lowerBound + (cell + 1) * count / max(1, width) - 1 }
    // As `RangePlot.column`, the other way round.
    return records.lowerBound + (count < 2 ? 0 : (2 * cell + 1) * (count - 1) / max(1, columns - 1))
  }

  /// No chart is of fewer records, as long as there are as many.
  static let shortest = 8

  /// The steps that the axis below a chart names.
  struct Steps {
    /// The first and the last that the chart has room for.
    let ends: ClosedRange<Int>
    /// The last that was made, and where it is, from 0 to 1; `nil` where it is not in the window.
    let last: (step: Int, place: Double)?
    /// The last of all that is drawn.
    let lastDrawn: Int
  }

  /// The steps of a run and of what else is drawn.
  /// - Parameter now: the step of now.
  func steps(_ history: History, others: [Scene.Other], now: Int) -> Steps? {
    guard let end = records.last else { return nil }
    let longest = others.map(\.history).max { $0.count < $1.count }
    let drawn = max(history.count, longest?.count ?? 0)
    func step(_ record: Int) -> Int {
      // Beyond the last record there is none yet.
      if record >= drawn { return history.lastStep + record - history.count + 1 }
      return record < history.count ? history.step(ofRecord: record) : longest?.step(ofRecord: record) ?? record + 1
    }
    let (low, high) = (step(records.lowerBound), step(end))
    let record = Self.record(of: now, in: history)
    let place = Double(record - records.lowerBound) / Double(max(1, records.count - 1))
    let last = record >= 0 && (0...1).contains(place) ? (step(record), place) : nil
    return Steps(ends: low...max(low, high), last: last, lastDrawn: step(min(end, drawn - 1)))
  }

  /// The index of the record of a step, or of the last one before it: a run has one for each of its steps.
  static func record(of step: Int, in history: History) -> Int { min(step, history.count) - 1 }

  /// The cell of a plot of so many cells in which a record is drawn; `nil` outside the window.
  func cell(ofRecord record: Int, of width: Int) -> Int? {
    guard records.contains(record), width > 0 else { return nil }
    let stretches = min(2 * width, records.count)
    let stretch = (record - records.lowerBound) * stretches / records.count
    return RangePlot.column(of: stretch, among: stretches, width: 2 * width) / 2
  }

  /// A series of a history in this window: the stretches that have records, and how many fill the window.
  func columns(_ history: History, _ series: Series, atMost columns: Int) -> (stretches: [Stretch], of: Int) {
    (history.columns(of: series, atMost: columns, records: records), min(columns, records.count))
  }

  /// The same of another way, without what it shares with the way of now.
  func columns(_ other: Scene.Other, _ series: Series, atMost columns: Int) -> (stretches: [Stretch], of: Int) {
    var all = self.columns(other.history, series, atMost: columns)
    for index in all.stretches.indices {
      // The last record of the stretch.
      let last = records.lowerBound + ((index + 1) * records.count + all.of - 1) / all.of - 1
      if last < other.from - 1 { all.stretches[index] = Stretch() }
    }
    return all
  }

  /// The extremes of a series of another way in this window, where it is its own.
  func summary(_ other: Scene.Other, _ series: Series) -> Stretch {
    let own = records.clamped(to: min(other.from, records.upperBound)..<max(other.from, records.upperBound))
    return own.isEmpty ? Stretch() : other.history.summary(of: series, records: own)
  }

  /// The extremes of a series of a history in this window.
  func summary(_ history: History, _ series: Series) -> Stretch { history.summary(of: series, records: records) }
}

extension History {
  /// A series in stretches of equal length: as many as there are columns to draw, or one for each record where there are
  /// fewer.
  ///
  /// A stretch is the fold of the records in it. Of the oldest records only summaries are left; one that is longer than a
  /// stretch is in each of those that it reaches into, so that there are no holes. O(records or summaries).
  /// - Parameter records: which of them, by their indices; all if not told.
  public func columns(of series: Series, atMost columns: Int, records: Range<Int>? = nil) -> [Stretch] {
    let range = (records ?? 0..<count).clamped(to: 0..<count)
    guard columns > 0, !range.isEmpty else { return [] }
    var stretches = Array(repeating: Stretch(), count: min(columns, range.count))
    let place = { (index: Int) in (index - range.lowerBound) * stretches.count / range.count }
    var first = 0
    for summary in summaries {
      add(summary, from: first, of: series, in: range, place, &stretches)
      first += summary.count
    }
    for chunk in chunks {
      let all = first..<first + chunk.summary.count
      if range.contains(first), range.contains(all.upperBound - 1), place(first) == place(all.upperBound - 1) {
        stretches[place(first)].join(chunk.summary.stretches[series.index])
      } else {
        for index in all.clamped(to: range) {
          stretches[place(index)].add(chunk.columns.value(of: series, at: index - first))
        }
      }
      first = all.upperBound
    }
    for index in (first..<first + current.count).clamped(to: range) {
      stretches[place(index)].add(current.value(of: series, at: index - first))
    }
    return stretches
  }

  // A summary that is shorter than a stretch is in one of them, so that a spike stays one.
  private func add(
    _ summary: RecordSummary, from first: Int, of series: Series, in range: Range<Int>, _ place: (Int) -> Int,
    _ stretches: inout [Stretch]
  ) {
    let reached = (first..<first + summary.count).clamped(to: range)
    guard let last = reached.last else { return }
    let isShort = summary.count * stretches.count <= range.count
    for column in place(reached.lowerBound)...(isShort ? place(reached.lowerBound) : place(last)) {
      stretches[column].join(summary.stretches[series.index])
    }
  }

  /// The extremes of a series over some records, by their indices; of those that only summaries are left of, with their
  /// neighbours'.
  public func summary(of series: Series, records: Range<Int>) -> Stretch {
    columns(of: series, atMost: 1, records: records).first ?? Stretch()
  }

  /// The extremes of a series over the whole run.
  public func summary(of series: Series) -> Stretch {
    var whole = Stretch()
    for summary in summaries { whole.join(summary.stretches[series.index]) }
    for chunk in chunks { whole.join(chunk.summary.stretches[series.index]) }
    for index in 0..<current.count { whole.add(current.value(of: series, at: index)) }
    return whole
  }
}

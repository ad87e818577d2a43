extension History {
  /// A series in stretches of equal length: as many as there are columns to draw, or one for each record where there are
  /// fewer.
  ///
  /// A stretch is the fold of the records in it. Of the oldest records only summaries are left; one that is longer than a
  /// stretch is in each of those that it reaches into, so that there are no holes. O(records or summaries).
  /// - Parameter records: which of them, by their indices; all if not told. Behind the last one there may be room for more:
  ///   the stretches that have no record yet are left out, and the others are what they will be.
  public func columns(of series: Series, atMost columns: Int, records: Range<Int>? = nil) -> [Stretch] {
    let range = max(0, records?.lowerBound ?? 0)..<max(0, records?.upperBound ?? count)
    let there = range.clamped(to: 0..<count)
    guard columns > 0, let last = there.last else { return [] }
    var stretches = Array(repeating: Stretch(), count: min(columns, range.count))
    // Stretch i begins at this record: a division a stretch, and none a record.
    let begin = { (i: Int) in range.lowerBound + (i * range.count + stretches.count - 1) / stretches.count }
    let place = { (index: Int) in (index - range.lowerBound) * stretches.count / range.count }
    var first = 0
    for summary in summaries {
      add(summary, from: first, of: series, in: range, place, &stretches)
      first += summary.count
    }
    func take(_ columns: RecordColumns, _ records: Range<Int>) {
      guard var index = records.first else { return }
      var column = place(index)
      while index < records.upperBound {
        let end = min(records.upperBound, begin(column + 1))
        for record in index..<end { stretches[column].add(columns.value(of: series, at: record - first)) }
        (index, column) = (end, column + 1)
      }
    }
    for chunk in chunks {
      let all = first..<first + chunk.summary.count
      let shown = all.clamped(to: range)
      if shown == all, place(first) == place(all.upperBound - 1) {
        stretches[place(first)].join(chunk.summary.stretches[series.index])
      } else if !shown.isEmpty {
        take(chunk.columns, shown)
      }
      first = all.upperBound
    }
    take(current, (first..<first + current.count).clamped(to: range))
    return Array(stretches.prefix(place(last) + 1))
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

  /// What happened in stretches of equal length over the whole run, as `columns` lays them out: whether the rule changed a
  /// gradient in any of their steps, and whether any total norm was not finite. O(records or summaries).
  public func incidents(atMost columns: Int) -> [(isClipped: Bool, isNonfinite: Bool)] {
    guard columns > 0, count > 0 else { return [] }
    let length = min(columns, count)
    var clipped = Array(repeating: false, count: length)
    var first = 0
    func note(_ records: Int, _ wasClipped: Bool) {
      if wasClipped {
        let last = first + records - 1
        for column in first * length / count...last * length / count { clipped[column] = true }
      }
      first += records
    }
    for summary in summaries { note(summary.count, summary.hasClipped) }
    for chunk in chunks {
      // Where a chunk is shorter than a stretch its summary says enough.
      if chunk.summary.count * length <= count || !chunk.summary.hasClipped {
        note(chunk.summary.count, chunk.summary.hasClipped)
      } else {
        for numbers in chunk.columns.numbers { note(1, numbers.clipped) }
      }
    }
    for numbers in current.numbers { note(1, numbers.clipped) }
    let totals = self.columns(of: .total, atMost: length)
    return clipped.indices.map { (clipped[$0], totals[$0].nans + totals[$0].infinities > 0) }
  }

  /// The extremes of a series over some records, by their indices; of those that only summaries are left of, with their
  /// neighbours'.
  public func summary(of series: Series, records: Range<Int>) -> Stretch {
    if records.lowerBound <= 0, records.upperBound >= count { return summary(of: series) }
    return columns(of: series, atMost: 1, records: records).first ?? Stretch()
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

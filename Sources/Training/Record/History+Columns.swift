extension History {
  /// A series in at most `columns` stretches of one length, the last one perhaps shorter; the length is a power of two, or
  /// one and a half of one. So at least two thirds of the columns are used, and what is drawn seldom moves.
  ///
  /// A stretch is the fold of the records in it, or of the summaries that are left of them: O(records or summaries).
  public func columns(of series: Series, atMost columns: Int) -> (stretches: [Stretch], length: Int) {
    guard columns > 0, count > 0 else { return ([], 1) }
    let length = length(columns)
    var stretches = Array(repeating: Stretch(), count: (count + length - 1) / length)
    var first = 0
    for summary in summaries {
      stretches[first / length].join(summary.stretches[series.index])
      first += summary.count
    }
    for chunk in chunks {
      let next = first + chunk.summary.count
      if first / length == (next - 1) / length {
        stretches[first / length].join(chunk.summary.stretches[series.index])
      } else {
        add(chunk.columns, from: first, of: series, to: &stretches, length: length)
      }
      first = next
    }
    add(current, from: first, of: series, to: &stretches, length: length)
    return (stretches, length)
  }

  private func length(_ columns: Int) -> Int {
    let unit = summaries.isEmpty ? 1 : grain
    let needed = ((count + unit - 1) / unit + columns - 1) / columns
    var power = 1
    while 2 * power <= needed { power *= 2 }
    return unit * (needed <= power ? power : needed <= 3 * power / 2 ? 3 * power / 2 : 2 * power)
  }

  private func add(
    _ records: RecordColumns, from first: Int, of series: Series, to stretches: inout [Stretch], length: Int
  ) {
    for index in 0..<records.count { stretches[(first + index) / length].add(records.value(of: series, at: index)) }
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

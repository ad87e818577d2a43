extension Run {
  /// Whether nothing has been made of it yet but changes at the start.
  public var isUntouched: Bool { outline.isUntouched }

  /// Whether something in it was given a name.
  public var hasNames: Bool { !marks.isEmpty || branches.map(\.name) != ["main"] }

  // The bytes that runs which are put aside take together: for snapshots, and for what was measured. The branches of the run of
  // now that nobody stands on may take as much for that once more.
  private static let restingBytes = (snapshots: snapshotMemory / 4, histories: 8 << 20)

  /// It is put aside: it has no experiment and keeps fewer snapshots, so that others have the memory. What leads somewhere wakes
  /// it; until then only what was done and measured is known of it.
  public mutating func rest() {
    forgetExperiment()
    snapshots.budget = min(snapshots.budget, Self.restingBytes.snapshots)
  }

  /// The bytes of its snapshots.
  public var snapshotBytes: Int { snapshots.bytes }

  /// Runs that are put aside keep within what they may take together, the oldest with the least.
  public static func share(_ runs: inout [Run]) {
    for index in runs.indices {
      let all = runs.reduce(0) { $0 + $1.snapshotBytes }
      guard all > restingBytes.snapshots else { break }
      runs[index].snapshots.budget = max(0, runs[index].snapshotBytes - (all - restingBytes.snapshots))
    }
    for index in runs.indices {
      guard History.bytes(of: runs.flatMap { $0.branches.map(\.history) }) > restingBytes.histories else { break }
      for branch in runs[index].branches.indices { runs[index].branches[branch].history.condense() }
    }
  }

  /// The branches that nobody stands on keep within what they may take, the oldest with the least: of their steps extremes are
  /// left, and what was exact is made again where it is wanted.
  mutating func condenseOthers() {
    for index in branches.indices where index != current {
      let others = branches.indices.filter { $0 != current }.map { branches[$0].history }
      guard History.bytes(of: others, besides: branches[current].history) > Self.restingBytes.histories else { break }
      branches[index].history.condense()
    }
  }

  /// It goes on: its snapshots may take what the others leave.
  public mutating func wake(memory: Int, besides others: [Run]) {
    snapshots.budget = max(memory / 2, memory - others.reduce(0) { $0 + $1.snapshotBytes })
  }
}

extension Run {
  /// Whether nothing has been made of it yet but changes at the start.
  public var isUntouched: Bool { branches.allSatisfy { $0.end == .start } }

  /// The bytes that runs which are put aside take together: for snapshots, and for what was measured.
  private static let restingBytes = (snapshots: snapshotMemory / 4, histories: 8 << 20)

  /// It is put aside: it keeps fewer snapshots, so that others have the memory.
  public mutating func rest() { snapshots.budget = min(snapshots.budget, Self.restingBytes.snapshots) }

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
      let all = runs.reduce(0) { sum, run in sum + run.branches.reduce(0) { $0 + $1.history.bytes } }
      guard all > restingBytes.histories else { break }
      for branch in runs[index].branches.indices { runs[index].branches[branch].history.condense() }
    }
  }

  /// It goes on: its snapshots may take what the others leave.
  public mutating func wake(memory: Int, besides others: [Run]) {
    snapshots.budget = max(memory / 2, memory - others.reduce(0) { $0 + $1.snapshotBytes })
  }
}

/// Snapshots of a run to go back from, within a number of bytes however long the run is: dense near the end, and thinned with
/// age, so that between a position and the snapshot before it are few steps.
///
/// A snapshot of a step is the state when that step was completed, before what was changed there. It is of use to each branch
/// that has the same changes before that step.
struct SnapshotStore: Sendable {
  /// The bytes that snapshots take, unless told otherwise.
  static let budget = 32 << 20

  /// The snapshots that were taken on one branch, in the order of their steps.
  private struct Track: Sendable {
    var snapshots: [Snapshot] = []
    var bytes = 0
    /// Those before this index are at twice the distance of those behind it.
    var thinned = 0
    /// The distance of those behind it.
    var distance: Int
  }

  /// The bytes to keep within.
  var budget: Int { didSet { thin(besides: nil) } }
  /// A snapshot is taken at each multiple of so many steps.
  let stride: Int
  /// The state at the beginning; none of a run that rests.
  var origin: Snapshot?
  private var tracks: [Int: Track] = [:]
  // Those around the place that was travelled to last: whoever goes back a step often goes back another.
  private var near: (branch: Int, snapshots: [Snapshot], bytes: Int) = (0, [], 0)

  /// A store of an experiment that begins.
  init(_ experiment: Experiment, budget: Int = SnapshotStore.budget, stride: Int? = nil) {
    let origin = experiment.snapshot
    (self.origin, self.budget) = (origin, budget)
    self.stride = stride ?? (budget == 0 ? .max : Self.stride(for: experiment.settings, bytes: origin.bytes))
  }

  // A snapshot should cost a fiftieth of the steps between two. Both are estimated, and not measured, so that a run is the
  // same wherever it is made: a core multiplies some thirty pairs of numbers and copies some five bytes a nanosecond, and
  // both begin with a microsecond.
  private static func stride(for settings: Settings, bytes: Int) -> Int {
    let weights = settings.parameters.reduce(0.0) { $0 + $1.shape.reduce(1.0) { $0 * Double($1) } }
    let side = Double(settings.task.interface.side)
    let rows =
      Double(settings.task.batchSize) * Double(settings.task.steps) * Double(settings.accumulation) * side * side
    let step = 1000 + 3 * weights * rows / 30
    let copy = 1000 + Double(bytes) / 5
    var stride = 1
    // What lies between two is made again in some ten milliseconds at most, whatever that costs.
    while stride < 128, Double(stride) * step < min(50 * copy, 5_000_000) { stride *= 2 }
    return stride
  }

  /// The bytes of all snapshots.
  var bytes: Int { tracks.values.reduce(near.bytes + (origin?.bytes ?? 0)) { $0 + $1.bytes } }

  // MARK: Taking

  /// Keeps the state of a branch, at a step that is a multiple of `stride` and behind those that it has kept before.
  mutating func keep(_ experiment: Experiment, on branch: Int) {
    let snapshot = experiment.snapshot
    let last = tracks[branch]?.snapshots.last?.step ?? -1
    guard snapshot.step > last else { return }
    tracks[branch, default: Track(distance: stride)].snapshots.append(snapshot)
    tracks[branch]?.bytes += snapshot.bytes
    if bytes > budget { thin(besides: branch) }
  }

  /// How many snapshots around a place are kept beside those at regular distances.
  func nearCount(_ bytes: Int) -> Int { min(64, budget / 8 / max(1, bytes)) }

  /// Keeps the states on the way to a place that was travelled to, in the place of others.
  mutating func keepNear(_ snapshots: [Snapshot], on branch: Int) {
    near = (branch, snapshots, snapshots.reduce(0) { $0 + $1.bytes })
    if bytes > budget { thin(besides: branch) }
  }

  /// What was taken on a branch that is no more goes to the one that has all of its steps.
  mutating func move(from old: Int, to branch: Int) {
    if near.branch == old { near.branch = branch }
    if let moved = tracks.removeValue(forKey: old) { merge(moved, into: branch) }
  }

  /// Takes over what another store has kept of one of its branches behind a step.
  mutating func adopt(_ other: SnapshotStore, of old: Int, behind step: Int, as branch: Int) {
    guard let kept = other.tracks[old] else { return }
    var adopted = Track(distance: kept.distance)
    adopted.snapshots = kept.snapshots.filter { $0.step > step }
    merge(adopted, into: branch)
    if bytes > budget { thin(besides: branch) }
  }

  private mutating func merge(_ moved: Track, into branch: Int) {
    let own = tracks[branch] ?? Track(distance: stride)
    var merged = Track(distance: max(own.distance, moved.distance))
    let known = Set(own.snapshots.map(\.step))
    merged.snapshots = (own.snapshots + moved.snapshots.filter { !known.contains($0.step) }).sorted {
      $0.step < $1.step
    }
    merged.bytes = merged.snapshots.reduce(0) { $0 + $1.bytes }
    tracks[branch] = merged
  }

  /// Forgets what was taken on other branches, and behind a step.
  mutating func keepOnly(_ branch: Int, upTo step: Int) {
    tracks = tracks.filter { $0.key == branch }
    if let track = tracks[branch], let last = track.snapshots.last, last.step > step {
      var kept = Track(distance: track.distance)
      kept.snapshots = track.snapshots.filter { $0.step <= step }
      kept.thinned = min(track.thinned, kept.snapshots.count)
      kept.bytes = kept.snapshots.reduce(0) { $0 + $1.bytes }
      tracks[branch] = kept
    }
    if near.branch != branch || near.snapshots.contains(where: { $0.step > step }) { near = (0, [], 0) }
  }

  // The branch with the most gives way; the one that is walked on counts half.
  private mutating func thin(besides current: Int?) {
    while bytes > budget {
      func weight(_ id: Int, _ track: Track) -> Int { id == current ? track.bytes / 2 : track.bytes }
      guard let largest = tracks.max(by: { weight($0.key, $0.value) < weight($1.key, $1.value) }) else {
        near = (0, [], 0)
        return
      }
      Self.thin(&tracks[largest.key]!)
      if tracks[largest.key]?.snapshots.isEmpty == true { tracks[largest.key] = nil }
    }
  }

  // The oldest of those at the smaller distance give way, an eighth of all at a time. Amortized O(1) for each that was kept.
  private static func thin(_ track: inout Track) {
    guard track.snapshots.count > 1 else {
      track = Track(distance: track.distance)
      return
    }
    var kept = Array(track.snapshots[..<track.thinned])
    var index = track.thinned
    var surplus = max(1, track.snapshots.count / 8)
    while index < track.snapshots.count, surplus > 0 {
      if track.snapshots[index].step % (2 * track.distance) == 0 {
        kept.append(track.snapshots[index])
      } else {
        track.bytes -= track.snapshots[index].bytes
        surplus -= 1
      }
      index += 1
    }
    track.thinned = kept.count
    track.snapshots = kept + track.snapshots[index...]
    if track.thinned == track.snapshots.count { (track.thinned, track.distance) = (0, 2 * track.distance) }
  }

  // MARK: Finding

  /// The last snapshot of a step up to `step` that leads on along a timeline: that of the beginning, if there is no later one.
  /// - Parameter parting: where the branch of this `id` parts from the timeline, `nil` where it does not; it is left out
  ///   where it is not known.
  /// - Precondition: the run does not rest.
  func last(upTo step: Int, partings: [Int: Position?]) -> Snapshot {
    var best = origin!
    for (id, parting) in partings {
      // What was changed at a step comes behind its snapshot.
      let most = min(step, parting?.step ?? .max)
      for snapshots in [tracks[id]?.snapshots ?? [], near.branch == id ? near.snapshots : []] {
        if let found = Self.last(snapshots, upTo: most), found.step > best.step { best = found }
      }
    }
    return best
  }

  private static func last(_ snapshots: [Snapshot], upTo step: Int) -> Snapshot? {
    var (low, high) = (0, snapshots.count)
    while low < high {
      let middle = (low + high) / 2
      if snapshots[middle].step <= step { low = middle + 1 } else { high = middle }
    }
    return low > 0 ? snapshots[low - 1] : nil
  }
}

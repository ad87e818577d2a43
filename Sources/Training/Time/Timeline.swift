/// How an experiment came to be where it is: the settings it began with, what was changed at which position since, and how
/// far it has come. It is all that it takes to make the same experiment again.
///
/// Being at a position means: after all changes that were made there.
public struct Timeline: Equatable, Sendable {
  /// A change and where it was made.
  public struct Entry: Hashable, Sendable {
    /// Where it was made.
    public internal(set) var position: Position
    /// What was changed.
    public let change: Change
  }

  /// What the experiment began with.
  public let settings: Settings
  /// The changes, in the order in which they were made.
  public private(set) var changes: [Entry] = []
  /// How far the experiment has come.
  public internal(set) var end = Position.start

  /// The beginning.
  public init(settings: Settings) { self.settings = settings }

  /// Notes a change that was made somewhere behind all others.
  mutating func note(_ entry: Entry) { changes.append(entry) }

  /// Notes a change made at the end.
  mutating func append(_ change: Change) { changes.append(Entry(position: end, change: change)) }

  /// The open step was given up and the experiment is back at `position`: what was changed inside that step stands there.
  mutating func goBack(to position: Position) {
    for index in changes.indices where changes[index].position > position { changes[index].position = position }
    end = position
  }

  // MARK: Parts of it

  /// How many of the changes were made before a position; O(log n).
  func changes(before position: Position) -> Int {
    var (low, high) = (0, changes.count)
    while low < high {
      let middle = (low + high) / 2
      if changes[middle].position < position { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// The straight way to a position: what was done up to it, and nothing behind it.
  /// - Precondition: the position is not behind the end.
  public func straight(to position: Position) -> Timeline {
    precondition(position <= end, "a timeline leads no further than its end")
    var way = self
    way.changes.removeLast(changes.count - changes(before: position.next))
    way.end = position
    return way
  }

  /// Where another timeline of the same settings parts from this one: the position of the first change that they do not
  /// share, `nil` if the changes are the same. O(changes).
  public func parting(from other: Timeline) -> Position? {
    let shared = zip(changes, other.changes).prefix { $0 == $1 }.count
    return [changes, other.changes].compactMap { shared < $0.count ? $0[shared].position : nil }.min()
  }

  /// Whether all steps and phases of another are among those of this one: they part where the other has ended, or nowhere.
  package func covers(_ other: Timeline) -> Bool {
    end >= other.end && (parting(from: other).map { $0 >= other.end } ?? true)
  }

  /// Whether this one goes on where another has ended, from the state that the other was left in.
  package func extends(_ other: Timeline) -> Bool {
    end >= other.end && (parting(from: other).map { $0 > other.end } ?? true)
  }
}

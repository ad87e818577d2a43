/// How an experiment came to be where it is: the settings it began with, what was changed at which position since, and how
/// far it has come. It is all that it takes to make the same experiment again.
///
/// Being at a position means: after all changes that were made there.
public struct Timeline: Equatable, Sendable {
  /// A change and where it was made.
  public struct Entry: Hashable, Sendable {
    /// Where it was made.
    public let position: Position
    /// What was changed.
    public let change: Change
  }

  /// What the experiment began with.
  public let settings: Settings
  /// The changes, in the order in which they were made.
  public private(set) var changes = Chunks<Entry>()
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
    let first = changes.firstIndex(from: position.next)
    let moved = changes[first...].map { Entry(position: position, change: $0.change) }
    changes.keep(first)
    for entry in moved { changes.append(entry) }
    end = position
  }

  // MARK: Parts of it

  /// The straight way to a position: what was done up to it, and nothing behind it.
  /// - Precondition: the position is not behind the end.
  public func straight(to position: Position) -> Timeline {
    precondition(position <= end, "a timeline leads no further than its end")
    var way = self
    way.changes.keep(changes.firstIndex(from: position.next))
    way.end = position
    return way
  }

  /// Where another timeline of the same settings parts from this one: the position of the first change that they do not
  /// share, `nil` if the changes are the same. O(changes), and less where they are copies of each other.
  public func parting(from other: Timeline) -> Position? {
    let shared = changes.shared(with: other.changes)
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

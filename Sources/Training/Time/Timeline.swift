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

  /// Notes a change made at the end.
  mutating func append(_ change: Change) { changes.append(Entry(position: end, change: change)) }

  /// The open step was given up and the experiment is back at `position`: what was changed inside that step stands there.
  mutating func goBack(to position: Position) {
    for index in changes.indices where changes[index].position > position { changes[index].position = position }
    end = position
  }
}

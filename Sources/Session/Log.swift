/// What was said and done, line by line; the oldest lines give way to new ones.
public struct Log: Sendable {
  /// One line.
  public enum Entry: Hashable, Sendable {
    /// A command, as it took effect.
    case command(String)
    /// A change that was made before, and came again.
    case repeated(String)
    /// A way through time: the command without its arguments, and where it led.
    case travelled(String, String)
    /// What a command had to say.
    case output(String)
    /// Something to know.
    case note(String)
    /// A scenario's words.
    case said(String)
    /// An expectation that held.
    case held(String)
    /// Something that was refused, failed or did not hold.
    case error(String)

    /// The text of the line.
    public var text: String {
      switch self {
      case .travelled(let verb, let words): "\(verb): \(words)"
      case .command(let text), .repeated(let text), .output(let text), .note(let text), .said(let text),
        .held(let text), .error(let text):
        text
      }
    }
  }

  /// How many lines are kept.
  public static let capacity = 1000
  /// How many bytes of text they have at most, the last line apart.
  public static let mostBytes = 200_000
  /// The lines, the oldest first.
  public private(set) var entries: [Entry] = []
  /// How many lines there have ever been.
  public private(set) var count = 0
  private var bytes = 0

  /// An empty log.
  public init() {}

  mutating func append(_ entry: Entry) {
    entries.append(entry)
    count += 1
    bytes += entry.text.utf8.count
    while entries.count > Self.capacity || (bytes > Self.mostBytes && entries.count > 1) {
      bytes -= entries.removeFirst().text.utf8.count
    }
  }

  /// Adds a way through time; of several steps back, one behind the other, the last is kept: a key may be held.
  mutating func append(travelled verb: String, _ words: String) {
    if case .travelled(verb, _)? = entries.last, verb == "back" || verb == "phase back" {
      bytes -= entries.removeLast().text.utf8.count
    }
    append(.travelled(verb, words))
  }

  /// The lines from the one of this number on, counted from 0 over all there have ever been.
  public func entries(from number: Int) -> ArraySlice<Entry> {
    entries.suffix(max(0, min(entries.count, count - number)))
  }
}

import Language

/// What the viewer has typed and what waits for its turn. Steps that were asked for are made, in order, however fast they come:
/// what is typed meanwhile comes after them.
struct TypedQueue: Sendable {
  /// Something that was typed.
  enum Input: Sendable {
    /// A line, understood.
    case line([ParsedCommand])
    /// What is left of a line behind a command that makes steps or writes a file, and whose words it is.
    case rest([ParsedCommand], Origin)
    /// A key; what it types depends on how things stand when its turn comes.
    case key(Stroke)
  }

  /// A key with the digits before it.
  struct Stroke: Hashable, Sendable {
    let key: Key
    let count: Int?
  }

  private var inputs: [Input] = []
  // Those in front of it are done.
  private var head = 0

  var count: Int { inputs.count - head }
  var isEmpty: Bool { count == 0 }
  var first: Input? { isEmpty ? nil : inputs[head] }
  var all: ArraySlice<Input> { inputs[head...] }

  mutating func append(_ input: Input) { inputs.append(input) }

  mutating func prepend(_ more: [Input]) {
    inputs.replaceSubrange(..<head, with: more)
    head = 0
  }

  /// Takes the first one. Amortized O(1).
  mutating func next() -> Input? {
    guard head < inputs.count else { return nil }
    defer {
      head += 1
      if head > 64, 2 * head > inputs.count { prepend([]) }
    }
    return inputs[head]
  }

  mutating func removeAll() { (inputs, head) = ([], 0) }
}

/// What the viewer has asked for and what has yet to be done.
public struct Waiting: Hashable, Sendable {
  /// Steps.
  public var steps = 0
  /// The first of what else waits, in the order in which it was typed: lines, and the names of keys.
  public private(set) var others: [String] = []
  /// How many more there are.
  public internal(set) var more = 0

  /// Nothing.
  public init() {}

  /// Adds what is no step; only the first few are named.
  mutating func add(_ text: @autoclosure () -> String) {
    if others.count < 4 { others.append(text()) } else { more += 1 }
  }

  /// In one line: `4 steps, c, lr 0.1 and 2 more`.
  public var text: String {
    let named = (steps > 0 ? ["\(steps) step\(steps == 1 ? "" : "s")"] : []) + others
    return named.joined(separator: ", ") + (more > 0 ? " and \(more) more" : "")
  }
}

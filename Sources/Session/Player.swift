import Language

/// A scenario that plays: whose turn it is, and what it waits for.
public struct Player: Sendable {
  /// What stands in the way of the scenario's next command.
  public enum State: Hashable, Sendable {
    /// There is no scenario, or it was let go.
    case none
    /// Nothing but the steps that are being made.
    case playing
    /// It waits for this key, or for space or Enter.
    case waiting(Key?)
    /// It wants to write a file, and waits for the answer.
    case asking(Question)
    /// The viewer has stopped it, and it was making these steps; `run` goes on with them.
    case held(Activity)
    /// There are no more commands.
    case ended
  }

  /// A file that a scenario wants to write. The same file asked for once more is another question: an answer that comes
  /// late answers no other.
  public struct Question: Hashable, Sendable {
    /// What it wants to write, at the whole path where it would be, without links.
    public let request: FileRequest
    private let number: Int

    /// The question of this number.
    public init(_ request: FileRequest, number: Int) { (self.request, self.number) = (request, number) }
  }

  /// Where it stands.
  public private(set) var state = State.none
  /// What plays, or played last.
  private(set) var scenario: Scenario?
  private var next = 0
  // What a question has interrupted, and how many there have been.
  private var asked = State.none
  private var questions = 0

  /// No scenario.
  init() {}

  /// A scenario from its beginning.
  init(_ scenario: Scenario) { (self.scenario, state) = (scenario, .playing) }

  /// Whether there is more of the scenario to come.
  public var isOpen: Bool { state != .none && state != .ended }

  /// Whether it was stopped by the viewer.
  public var isHeld: Bool { if case .held = state { true } else { false } }

  /// The scenario's name and which of its acts it is in: a pause ends one, and words behind the last begin one more.
  public var progress: (name: String, act: Int, acts: Int)? {
    guard let scenario, state != .none else { return nil }
    let pauses = scenario.steps.indices.filter { scenario.steps[$0].parsed.command.isPause }
    let acts = pauses.count + (pauses.last == scenario.steps.indices.last ? 0 : 1)
    let begun = pauses.count { $0 < next - (isWaiting ? 1 : 0) }
    return (scenario.name, min(acts, begun + 1), acts)
  }

  /// The line of the command that was given last.
  var lastLine: Int { scenario.flatMap { next > 0 ? $0.steps[next - 1].line : nil } ?? 0 }

  /// Whether it waits for the viewer.
  public var isWaiting: Bool { if case .waiting = state { true } else { false } }

  /// Whether a key would let it go on, or is answered by it.
  func isWaitingFor(_ key: Key) -> Bool {
    guard case .waiting(let awaited) = state else { return false }
    return key == awaited || key == .named(.space) || key == .named(.enter)
  }

  /// The folder that the scenario's paths are relative to.
  var folder: String { scenario?.folder ?? "" }

  /// The next command, `nil` behind the last one.
  var upcoming: Scenario.Step? {
    scenario.flatMap { next < $0.steps.count ? $0.steps[next] : nil }
  }

  /// The next command is given.
  mutating func skip() { next += 1 }

  mutating func wait(for key: Key?) { state = .waiting(key) }
  mutating func ask(_ request: FileRequest) {
    (asked, questions) = (state, questions + 1)
    state = .asking(Question(request, number: questions))
  }
  /// Goes on where the question came in between.
  mutating func goOn() { state = asked }
  // A run without end has ended with this stop: what goes on is what stands behind it.
  mutating func hold(_ interrupted: Activity) { state = .held(interrupted == .running ? .idle : interrupted) }
  mutating func resume() { state = .playing }
  mutating func letGo() { state = .none }
  mutating func end() { state = .ended }
}

extension Command {
  fileprivate var isPause: Bool { if case .words(.pause) = self { true } else { false } }
}

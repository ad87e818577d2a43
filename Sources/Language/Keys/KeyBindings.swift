/// What the keys type. The defaults are a text in the language itself; a `bind` line changes one.
public struct KeyBindings: Sendable {
  /// One key, the line it types, and the line it types instead where the first would change nothing.
  public struct Binding: Hashable, Sendable {
    /// The key.
    public let key: Key
    /// What it types.
    public let line: String
    /// What it types where `line` would change nothing.
    public let otherwise: String?
    /// Whose words these are, once the key types them.
    public var origin = Origin.viewer
  }

  /// The keys that stay what they are whatever a scenario says: the ways out, and the one to type a command.
  package static let viewersOwn: [Key] = [
    .character("q"), .named(.escape), .control("c"), .character(":"),
  ]

  /// The keys as clipscope comes, in the order in which help lists them.
  static let defaults = #"""
    bind space "run" "stop"
    bind n "step"
    bind right "step"
    bind l "step"
    bind . "phase"
    bind b "back"
    bind left "back"
    bind h "back"
    bind , "phase back"
    bind g "prompt \"goto \""
    bind { "goto start"
    bind } "goto end"
    bind ( "goto previous"
    bind ) "goto next"
    bind m "mark"
    bind t "twin \"clip on\"" "twin \"clip off\""
    bind u "undo"
    bind ctrl-r "redo"
    bind c "clip on" "clip off"
    bind + "max_norm up"
    bind "=" "max_norm up"
    bind - "max_norm down"
    bind p "norm_type next"
    bind > "lr up"
    bind < "lr down"
    bind r "restart"
    bind up "scroll up"
    bind k "scroll up"
    bind down "scroll down"
    bind j "scroll down"
    bind pageup "scroll pageup"
    bind pagedown "scroll pagedown"
    bind home "scroll first"
    bind end "scroll last"
    bind enter "open"
    bind z "zoom in"
    bind Z "zoom out"
    bind tab "panel next"
    bind backtab "panel previous"
    bind ] "speed up"
    bind [ "speed down"
    bind a "again"
    bind N "lesson next"
    bind L "lessons"
    bind : "prompt"
    bind / "find"
    bind ? "help"
    bind ctrl-l "redraw"
    bind ctrl-z "suspend"
    bind escape "close"
    bind q "quit"
    """#

  /// The bindings, in the order in which they were made.
  public private(set) var bindings: [Binding] = []

  /// The default keys.
  public init() {
    for line in Self.defaults.split(separator: "\n") {
      guard let parsed = try? Parser.commands(in: String(line)),
        case .view(.bind(let key, let line, let otherwise))? = parsed.first?.command
      else { preconditionFailure("the default keys are lines of the language: \(line)") }
      bind(key, to: line, otherwise: otherwise)
    }
  }

  /// The bindings as help lists them: the keys that type the same, and the one or two lines they type.
  public var groups: [(keys: String, lines: [String])] {
    var seen: Set<String> = []
    return bindings.filter { seen.insert($0.line).inserted }.map { binding in
      (
        bindings.filter { $0.line == binding.line }.map(\.key.label).joined(separator: " "),
        [binding.line] + [binding.otherwise].compactMap(\.self)
      )
    }
  }

  /// Makes a key type a line, whatever it typed before.
  /// - Parameter origin: whose words the line is when the key types it.
  public mutating func bind(_ key: Key, to line: String, otherwise: String?, origin: Origin = .viewer) {
    let binding = Binding(key: key, line: line, otherwise: otherwise, origin: origin)
    if let index = bindings.firstIndex(where: { $0.key == key }) {
      bindings[index] = binding
    } else {
      bindings.append(binding)
    }
  }

  /// What a key types, as things stand; `nil` for a key that is not bound.
  /// - Parameters:
  ///   - count: the digits that were typed before it: so many steps or phases, or the line so many times.
  ///   - isRunning: whether steps are being made, or a scenario plays, which runs between its commands, too.
  ///   - isClipping: whether a clipping rule is in force.
  ///   - hasTwin: whether there is a twin, which the key that makes one ends.
  package func lines(
    for key: Key, count: Int?, isRunning: Bool, isClipping: Bool, hasTwin: Bool = false
  ) -> [String]? {
    guard let binding = bindings.first(where: { $0.key == key }) else { return nil }
    let changesNothing =
      switch Self.command(binding.line) {
      case .steps(.run): isRunning
      case .steps(.stop): !isRunning
      case .change(.clip(.on)): isClipping
      case .twin(.begin(let line)): line.changes == [.clip(isClipping ? .on : .off)] && line.setUps.isEmpty
      case .change(.clip(.off)): !isClipping
      default: false
      }
    let line = changesNothing ? binding.otherwise ?? binding.line : binding.line
    if hasTwin, case .twin(.begin) = Self.command(line) { return [Command.twin(.end).text] }
    guard let count else { return [line] }
    switch Self.command(line) {
    case .steps(.step): return [Command.steps(.step(count)).text]
    case .steps(.phase): return [Command.steps(.phase(count)).text]
    case .steps(.run): return [Command.steps(.run(count)).text]
    case .travel(.back): return [Command.travel(.back(count)).text]
    case .travel(.phaseBack): return [Command.travel(.phaseBack(count)).text]
    case .travel(.undo): return [Command.travel(.undo(count)).text]
    case .travel(.redo): return [Command.travel(.redo(count)).text]
    default: return Array(repeating: line, count: min(count, 60))
    }
  }

  /// Whose words a key types.
  package func origin(of key: Key) -> Origin { bindings.first { $0.key == key }?.origin ?? .viewer }

  private static func command(_ line: String) -> Command? { try? Parser.commands(in: line).first?.command }
}

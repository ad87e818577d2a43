import Language

/// What the viewer looks at and types: everything on the screen that is not the experiment's.
public struct ViewState: Sendable {
  /// The panels that Tab walks through.
  public enum Panel: Int, CaseIterable, Sendable {
    /// All of them, as far as there is room.
    case overview
    /// The total norm alone.
    case total
    /// The parameters alone.
    case parameters
    /// The loss alone.
    case loss
    /// The log alone.
    case log
  }

  /// What stands in the last line instead of the keys.
  public enum Entry: Sendable {
    /// The keys.
    case none
    /// The prompt.
    case prompt(LineEditor)
    /// The search for a parameter.
    case find(LineEditor)
    /// A question, and the line to type if the answer is yes.
    case question(String, line: String)
  }

  /// The panel in front.
  public var panel = Panel.overview
  /// The parameter under the cursor.
  public var cursor = 0
  /// What is being entered.
  public var entry = Entry.none
  /// What Tab found at the prompt.
  public var candidates: [String] = []
  /// The lines of help, where help is open, and how far they are scrolled.
  public var help: (lines: [String], scroll: Int)?
  /// Lines that were typed while a step was being made, and wait for its end.
  public var pending: [String] = []
  /// Digits typed before a key.
  public var count: Int?
  /// Steps a second of a replay, `nil` for as fast as it goes.
  public var speed: Double?
  /// The experiment's digest, where somebody has it already: of a large network it takes longer than a frame.
  public var digest: String?
  /// The keys.
  public var bindings = KeyBindings()
  /// Whether panels are fewer and larger, for a class room.
  public var isBig = false
  /// Whether only characters below 0x80 may be used.
  public var isASCII = false

  /// The overview, nothing typed.
  public init() {}
}

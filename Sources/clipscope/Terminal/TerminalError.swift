/// Why there can be no screen. Each says what is the matter, where, and what to do.
enum TerminalError: Error, Equatable, CustomStringConvertible {
  /// Standard input or output leads elsewhere.
  case notATerminal(stream: String)
  /// `TERM` is not set.
  case unnamedTerminal
  /// The terminfo database does not have the terminal.
  case unknownTerminal(String)
  /// There is no terminfo database.
  case noDatabase(String)
  /// The terminal cannot place its cursor.
  case dumbTerminal(String)
  /// The system refused something.
  case system(action: String, reason: String)

  var description: String {
    switch self {
    case .notATerminal(let stream):
      "standard \(stream) is not a terminal, and the screen needs one. \(Self.withoutScreen)"
    case .unnamedTerminal:
      "TERM is not set, so nothing is known of this terminal. Set it, for example TERM=xterm. \(Self.withoutScreen)"
    case .unknownTerminal(let name):
      "TERM is \"\(visible(name))\", a terminal that this system does not know. "
        + "Set TERM to one that it knows, for example TERM=xterm. \(Self.withoutScreen)"
    case .noDatabase(let name):
      "nothing is known of TERM=\(visible(name)), because the terminfo database is missing. "
        + "Install it (Debian: ncurses-base) or set TERMINFO to its folder. \(Self.withoutScreen)"
    case .dumbTerminal(let name):
      "TERM is \"\(visible(name))\", a terminal that cannot place its cursor. \(Self.withoutScreen)"
    case .system(let action, let reason):
      "cannot \(action): \(reason). \(Self.withoutScreen)"
    }
  }

  private static let withoutScreen =
    "Without a screen: `clipscope --plain` goes line by line, `clipscope run FILE` runs a scenario."

  // The name comes from outside and must not reach a terminal as an escape sequence.
  private func visible(_ name: String) -> String {
    String(String.UnicodeScalarView(name.unicodeScalars.map { $0.properties.generalCategory == .control ? "?" : $0 }))
  }
}

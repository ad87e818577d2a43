extension Scope {
  private static let names = [
    "Space": " ", "Enter": "\r", "Tab": "\t", "BTab": "\u{1B}[Z", "Escape": "\u{1B}", "C-c": "\u{3}", "C-l": "\u{C}",
    "C-r": "\u{12}",
    // As in the application mode that the program asks for.
    "Up": "\u{1B}OA", "Down": "\u{1B}OB", "Right": "\u{1B}OC", "Left": "\u{1B}OD", "Home": "\u{1B}OH",
    "End": "\u{1B}OF",
    "PPage": "\u{1B}[5~", "NPage": "\u{1B}[6~",
  ]

  /// Presses keys, under the names that tmux has for them (`q`, `Enter`, `Up`, `C-c`); words that are no names are typed.
  ///
  /// An Escape is told from Alt and a key by time alone, and Ctrl-C throws away what was not read yet: so nothing may
  /// stand behind the one or before the other. Wait in between for what they do.
  func press(_ keys: String...) throws { try press(keys) }

  /// The same with a list.
  func press(_ keys: [String]) throws {
    precondition(!keys.dropLast().contains("Escape") && !keys.dropFirst().contains("C-c"))
    try send(keys.map { Self.names[$0] ?? $0 }.joined())
  }

  /// Types a line at the prompt, from outside of it.
  func type(_ line: String) throws { try send(":" + line + "\r") }

  /// Pastes text, in the brackets that the program has asked for.
  func paste(_ text: String) throws { try send("\u{1B}[200~" + text + "\u{1B}[201~") }

  /// Waits until every key that was sent has been dealt with: they are read in order, and help is opened and closed behind
  /// them. For the panels; elsewhere a question mark is another key.
  func waitUntilKeysAreRead() throws {
    try send("?")
    try waitFor("help") { $0.contains("─ help ─") }
    try send("?")
    try waitFor("the panels") { !$0.contains("─ help ─") }
  }
}

import Language

/// What `--help` and the manual say beside the arguments.
enum UsageTables {
  /// The exit statuses.
  static let statuses: [(status: String, meaning: String)] = [
    ("0", "all held; q"),
    ("1", "an expectation did not hold, or a run stopped with an error"),
    ("2", "wrong usage, or a file that cannot be read or is wrong"),
    ("128+n", "ended by signal n (130: Ctrl-C)"),
  ]

  /// The variables of the environment that are read. A flag goes before any of them.
  static let environment: [(name: String, meaning: String)] = [
    ("NO_COLOR", "if not empty: no colour; --color goes before it"),
    ("CLIPSCOPE_THEME", "what --theme says, where it is not given"),
    ("COLORFGBG", "set by some terminals: dark or light, where neither is given"),
    ("CLIPSCOPE_SCENARIOS", "where scenarios are looked for, after --scenarios"),
    ("TERM", "the terminal: how it is driven, and how many colours it has"),
    ("LC_ALL, LC_CTYPE, LANG", "UTF-8: braille and blocks; anything else: ASCII"),
  ]

  /// What `clipscope --help` shows above the arguments, in lines that fit 80 columns.
  static var discussion: String {
    let call = "clipscope opens the screen, clipscope FILE plays a scenario on it."
    return
      ([call, ""] + HelpText.keyLines(KeyBindings()) + ["", "ENVIRONMENT"]
      + environment.map { row($0.name, $0.meaning, 24) } + ["", "EXIT STATUS"]
      + statuses.map { row($0.status, $0.meaning, 8) }).joined(separator: "\n")
  }

  private static func row(_ name: String, _ meaning: String, _ width: Int) -> String {
    "  " + name + String(repeating: " ", count: max(1, width - name.count)) + meaning
  }
}

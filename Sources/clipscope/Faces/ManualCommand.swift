import ArgumentParser
import Language

/// `clipscope manual`: the manual page, made of the tables that parse the language, the keys and the arguments.
struct ManualCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "manual", abstract: "Prints the manual page: clipscope manual | man -l -")

  func run() throws {
    print(try Manual.page(), terminator: "")
  }
}

/// The manual page in man(7)'s macros.
enum Manual {
  static func page() throws -> String {
    let faces = try ProgramDescription.ours().command.faces()
    let parts = [
      [".TH CLIPSCOPE 1 \"\" \"clipscope \(version)\" \"User Commands\""], opening, faces.flatMap(face), language,
      section("KEYS", KeyBindings().groups.map { ($0.keys, $0.lines.joined(separator: " / ")) }),
      section("ENVIRONMENT", UsageTables.environment.map { ($0.name, $0.meaning) }),
      [".PP", "A flag goes before the environment, and the environment before what the terminal says of itself."],
      section("EXIT STATUS", UsageTables.statuses.map { ($0.status, $0.meaning) }), closing,
    ]
    return parts.joined().joined(separator: "\n") + "\n"
  }

  private static let opening = [
    ".SH NAME", "clipscope \\- see exploding gradients, and what clipping does about them", ".SH SYNOPSIS",
    ".B clipscope", "[options] [file]", ".br", ".B clipscope", "command [options] [file]", ".SH DESCRIPTION",
    "clipscope trains a small network step by step in the terminal and draws the gradient norm of every parameter as it",
    "happens. Clipping is switched and turned while it runs. Every number is the one that PyTorch gives.", ".PP",
    "Without a command it opens the screen; a scenario that is named plays on it.", ".SH COMMANDS OF THE PROGRAM",
  ]

  private static let closing = [
    ".SH EXAMPLES", ".TP", ".B clipscope tutorial", "plays a lesson.", ".TP",
    ".B clipscope --theme contrast --big rnn\\-explodes", "the same for a class room, on a projector.", ".TP",
    ".B clipscope --plain tutorial", "for a screen reader: a sentence for each event.", ".TP",
    ".B clipscope run my.scenario --trace my.jsonl",
    "without a screen; the status tells whether its expectations held.",
  ]

  private static func face(_ call: String, _ command: ProgramDescription.Command) -> [String] {
    let shown = (command.arguments ?? []).filter { $0.names?.first?.name != "version" }
    return [".SS \(escaped("clipscope " + call))", escaped(command.abstract ?? "")]
      + shown.flatMap { entry($0.written, $0.abstract ?? "") }
  }

  private static var language: [String] {
    [
      ".SH LANGUAGE",
      "One line is one or more commands separated by semicolons; # begins a comment, options are name=value, text stands",
      "in double quotes. The prompt, the keys and scenario files are the same lines.",
    ]
      + Command.Kind.allCases.flatMap(section)
  }

  private static func section(_ kind: Command.Kind) -> [String] {
    let rows = CommandTable.rows.filter { $0.kind == kind }
    return [".SS \(kind.rawValue)"] + rows.flatMap(command)
  }

  private static func command(_ row: CommandRow) -> [String] {
    var lines = entry(row.usage[0], row.summary + ".")
    for usage in row.usage.dropFirst() { lines += [".br", escaped(usage)] }
    return lines + [".br", "For example: \\fB\(escaped(row.example))\\fR"]
  }

  private static func section(_ title: String, _ rows: [(String, String)]) -> [String] {
    [".SH \(title)"] + rows.flatMap { entry($0.0, $0.1) }
  }

  private static func entry(_ name: String, _ text: String) -> [String] {
    [".TP", "\\fB\(escaped(name))\\fR", escaped(text)]
  }

  // A backslash, a minus, and what would be a request at the beginning of a line mean something to roff.
  private static func escaped(_ text: String) -> String {
    let plain = text.replacing("\\", with: "\\e").replacing("-", with: "\\-")
    return plain.hasPrefix(".") || plain.hasPrefix("'") ? "\\&" + plain : plain
  }
}

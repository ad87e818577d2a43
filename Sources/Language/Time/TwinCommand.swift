import Training

/// What makes a second run beside the first.
public enum TwinCommand: Hashable, Sendable {
  /// A twin that differs by a line; by nothing if it is empty.
  case begin(TwinLine)
  /// The twin becomes the run, and the run the twin.
  case swap
  /// There is no twin any more.
  case end
}

/// What makes a twin another: changes and set-up, as they were typed.
public struct TwinLine: Hashable, Sendable {
  /// As it was typed.
  public let text: String
  /// What it changes where the twin begins.
  public let changes: [ChangeCommand]
  /// What the twin was set up with in place of what the run was.
  public let setUps: [SetUpCommand]

  /// A line.
  /// - Throws: the first word that makes no twin: what would give it other batches, and what changes no run.
  init(_ word: Word) throws(CommandError) {
    text = word.text
    let commands: [ParsedCommand]
    do throws(CommandError) {
      commands = try Parser.commands(in: word.text)
    } catch {
      throw CommandError(.nestedLine(error.message), at: word)
    }
    var (changes, setUps): ([ChangeCommand], [SetUpCommand]) = ([], [])
    for parsed in commands {
      switch parsed.command {
      case .setUp(.seed), .setUp(.task), .change(.accumulate):
        throw CommandError(.noTwin(parsed.words[0].text, "its batches would be others"), at: word)
      case .change(let change): changes.append(change)
      case .setUp(.restart): throw CommandError(.noTwin("restart", "a twin goes in step with the run"), at: word)
      case .setUp(let setUp): setUps.append(setUp)
      default: throw CommandError(.noTwin(parsed.words[0].text, "it changes no run"), at: word)
      }
    }
    (self.changes, self.setUps) = (changes, setUps)
  }

  /// No difference.
  init() { (text, changes, setUps) = ("", [], []) }

  /// Whether a change of the run's own has no place in the twin, because this line has taken it.
  package func replaces(_ change: Change) -> Bool {
    let hasOptimizer = setUps.contains { if case .optimizer = $0 { true } else { false } }
    return switch change {
    case .learningRate: hasOptimizer || changes.contains { if case .learningRate = $0 { true } else { false } }
    case .rule, .clipping: changes.contains { if case .clip = $0 { true } else { false } }
    case .maxNorm: changes.contains { if case .maxNorm = $0 { true } else { $0.isRule } }
    case .normType: changes.contains { if case .normType = $0 { true } else { $0.isRule } }
    case .outlier: changes.contains { if case .outlier = $0 { true } else { false } }
    case .accumulation: false
    }
  }
}

extension ChangeCommand {
  fileprivate var isRule: Bool { if case .clip(.rule) = self { true } else { false } }
}

extension CommandTable {
  /// What stands side by side.
  static let twins: [CommandRow] = [
    CommandRow(
      "twin", .twin, ["[\"LINE\"]", "swap", "end"],
      "a second run on the same batches that differs by LINE; swap: it becomes the run; end: it goes",
      example: "twin \"clip off\"", words: ["swap", "end"]
    ) { (reader) throws(CommandError) in
      if reader.take(word: "swap") { return .twin(.swap) }
      if reader.take(word: "end") { return .twin(.end) }
      guard let word = reader.take() else { return .twin(.begin(TwinLine())) }
      guard word.isQuoted else {
        throw CommandError(
          .unknown(what: "word of twin", word.text, known: ["swap", "end", "a line in quotes"]), at: word)
      }
      return .twin(.begin(try TwinLine(word)))
    } write: { command in
      switch command {
      case .twin(.swap): "swap"
      case .twin(.end): "end"
      case .twin(.begin(let line)): line.text.isEmpty ? "" : Lexer.quote(line.text, always: true)
      default: nil
      }
    }
  ]
}

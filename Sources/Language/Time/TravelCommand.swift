import Training

/// What leads through time, and what gives places and branches names.
public enum TravelCommand: Hashable, Sendable {
  /// So many steps back.
  case back(Int)
  /// So many phases back.
  case phaseBack(Int)
  /// To some place.
  case go(Destination)
  /// The place of now gets a name; `nil` for one that is free.
  case mark(String?)
  /// The branch of now gets a name.
  case name(String)
  /// The last commands that can be are taken back.
  case undo(Int)
  /// What was taken back is there again.
  case redo(Int)
}

/// Where `goto` leads.
public enum Destination: Hashable, Sendable {
  /// To a position.
  case position(PlaceText)
  /// So many steps on, or back.
  case by(Int)
  /// To an event; of the kind chosen last if none is told.
  case event(Direction, RunEventKind?)
  /// To the step with the largest or smallest finite value.
  case extreme(isLargest: Bool, Quantity)
  /// To a mark.
  case mark(String)

  /// Which of several events.
  public enum Direction: String, CaseIterable, Hashable, Sendable {
    case next, previous, first, last
  }
}

extension CommandTable {
  /// What leads through time.
  static let travel: [CommandRow] = [
    CommandRow(
      "back", .travel, ["[N]"], "N steps back; inside a step the first of them leads to its beginning",
      example: "back 10"
    ) { (reader) throws(CommandError) in
      .travel(.back(try reader.readCount("steps")))
    } write: { command in
      if case .travel(.back(let count)) = command { count == 1 ? "" : String(count) } else { nil }
    },
    CommandRow(
      "goto", .travel, gotoUsage,
      "goes to a position, an event (spike, nonfinite, clipped and so on), the extreme of a number or a mark",
      example: "goto first spike",
      words: ["start", "end"] + Destination.Direction.allCases.map(\.rawValue) + ["max", "min", "mark"]
    ) { (reader) throws(CommandError) in
      .travel(.go(try reader.readDestination()))
    } write: { command in
      if case .travel(.go(let destination)) = command { destination.text } else { nil }
    },
    CommandRow(
      "mark", .travel, ["[NAME]"], "gives the position of now a name; m1, m2 and so on without one",
      example: "mark spike-1"
    ) { (reader) throws(CommandError) in
      guard let word = reader.take() else { return .travel(.mark(nil)) }
      return .travel(.mark(try word.name("mark")))
    } write: { command in
      if case .travel(.mark(let name)) = command { name ?? "" } else { nil }
    },
    CommandRow(
      "branch", .travel, ["NAME"], "gives the branch of now a name; goto NAME:end leads to its end",
      example: "branch plain"
    ) { (reader) throws(CommandError) in
      .travel(.name(try reader.take("a name").name("branch")))
    } write: { command in
      if case .travel(.name(let name)) = command { name } else { nil }
    },
    CommandRow(
      "undo", .travel, ["[N]"], "takes back the last N changes, set-ups, restarts and names, wherever you stand",
      example: "undo"
    ) { (reader) throws(CommandError) in
      .travel(.undo(try reader.readCount("commands")))
    } write: { command in
      if case .travel(.undo(let count)) = command { count == 1 ? "" : String(count) } else { nil }
    },
    CommandRow(
      "redo", .travel, ["[N]"], "takes back the last N undos: all is as it was where undo was given", example: "redo"
    ) { (reader) throws(CommandError) in
      .travel(.redo(try reader.readCount("commands")))
    } write: { command in
      if case .travel(.redo(let count)) = command { count == 1 ? "" : String(count) } else { nil }
    },
  ]

  private static let gotoUsage = [
    "[xN:][BRANCH:]STEP[:PHASE]", "start", "end", "N%", "+N", "-N",
    Destination.Direction.allCases.map(\.rawValue).joined(separator: "|") + " ["
      + RunEventKind.allCases.map(\.rawValue).joined(separator: "|") + "]",
    "max|min NUMBER", "mark NAME",
  ]
}

extension Destination {
  /// The destination as written.
  var text: String {
    switch self {
    case .position(let place): place.text
    case .by(let count): count < 0 ? String(count) : "+\(count)"
    case .event(let direction, let kind):
      ([direction.rawValue] + [kind?.rawValue].compactMap(\.self)).joined(separator: " ")
    case .extreme(let isLargest, let quantity): "\(isLargest ? "max" : "min") \(Lexer.quote(quantity.text))"
    case .mark(let name): "mark \(name)"
    }
  }
}

extension Word {
  /// The word as the name of a branch or a mark.
  func name(_ what: String) throws(CommandError) -> String {
    guard PlaceText.isName(text) else {
      let expected = "a letter first, then letters, digits, - and _, and no word that goto knows"
      throw CommandError(.outOfRange(name: "the name of a \(what)", text, expected: expected), at: self)
    }
    return text
  }
}

extension WordReader {
  /// Reads a count, 1 if there is none.
  mutating func readCount(_ what: String) throws(CommandError) -> Int {
    guard let word = take() else { return 1 }
    return try Value.integer(word, "the number of \(what)", Sizes.any)
  }

  fileprivate mutating func readDestination() throws(CommandError) -> Destination {
    let word = try take("a position, an event, max, min or a mark")
    if let direction = Destination.Direction(rawValue: word.text) {
      guard let kind = take() else { return .event(direction, nil) }
      let known = RunEventKind.allCases.map(\.rawValue)
      return .event(direction, RunEventKind(rawValue: try Value.choice(kind, "event", known)))
    }
    switch word.text {
    case "max", "min": return .extreme(isLargest: word.text == "max", try Self.quantity(try take("a measured number")))
    case "mark": return .mark(try take("the name of a mark").text)
    default: break
    }
    if let sign = word.text.first, sign == "+" || sign == "-" {
      let digits = Word(
        text: String(word.text.dropFirst()), isQuoted: word.isQuoted, equals: nil, column: word.column,
        length: word.length)
      let count = try Value.integer(digits, "the number of steps", Sizes.any)
      return .by(sign == "+" ? count : -count)
    }
    guard let place = PlaceText(word.text) else {
      let expected =
        "a position: [xN:][BRANCH:]STEP[:PHASE] with a step, start, end or N%, and a phase of "
        + PlaceText.phases.joined(separator: ", ")
      throw CommandError(.notANumber(word.text, expected: expected), at: word)
    }
    return .position(place)
  }
}

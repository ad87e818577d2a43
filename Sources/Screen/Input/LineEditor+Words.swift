extension LineEditor {
  // MARK: Completion

  /// Completes the word before the cursor as far as all candidates agree.
  mutating func completeWord(_ complete: (String) -> [String]) -> Outcome {
    let line = String(text.prefix(cursor))
    let word = line.split(omittingEmptySubsequences: false, whereSeparator: Self.separatesWords).last ?? ""
    let candidates = complete(line).filter { $0.hasPrefix(word) }
    guard let first = candidates.first else { return .editing }
    let common = candidates.dropFirst().reduce(first) { Self.commonPrefix($0, $1) }
    let isWhole = candidates.count == 1 && Self.endsWord(first) && !isBlankAtCursor
    if common.count > word.count || isWhole {
      replace(cursor - word.count..<cursor, with: isWhole ? common + " " : common)
    }
    return candidates.count == 1 ? .editing : .candidates(candidates)
  }

  private static func separatesWords(_ character: Character) -> Bool {
    character.isWhitespace || character == ";"
  }

  // Behind `lr=` or `scenarios/` the word goes on.
  private static func endsWord(_ candidate: String) -> Bool {
    !candidate.hasSuffix("=") && !candidate.hasSuffix("/") && !candidate.hasSuffix("(")
  }

  private var isBlankAtCursor: Bool { text.dropFirst(cursor).first == " " }

  private static func commonPrefix(_ first: String, _ second: String) -> String {
    String(zip(first, second).prefix { $0 == $1 }.map(\.0))
  }

  // MARK: Pastes

  /// Several lines as one: joined by semicolons, blank ones left out, control characters too.
  static func oneLine(_ paste: String) -> String {
    var lines = paste.split(whereSeparator: \.isNewline).map(String.init)
    // On one line the first comment would swallow all the commands behind it.
    if lines.count > 1 { lines = lines.map(withoutComment) }
    return lines.map(visible).filter { !$0.allSatisfy(\.isWhitespace) || lines.count == 1 }.joined(separator: "; ")
  }

  private static func withoutComment(_ line: String) -> String {
    var isQuoted = false
    for index in line.indices {
      if line[index] == "\"" { isQuoted.toggle() }
      if line[index] == "#", !isQuoted { return String(line[..<index]).trimmingEnd() }
    }
    return line.trimmingEnd()
  }

  private static func visible(_ line: String) -> String {
    var scalars = String.UnicodeScalarView()
    for scalar in line.unicodeScalars {
      if scalar == "\t" {
        scalars.append(" ")
      } else if scalar.properties.generalCategory != .control {
        scalars.append(scalar)
      }
    }
    return String(scalars)
  }
}

extension String {
  /// Without the blanks at its end.
  fileprivate func trimmingEnd() -> String {
    var rest = Substring(self)
    while rest.last?.isWhitespace == true { rest.removeLast() }
    return String(rest)
  }
}

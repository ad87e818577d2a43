import Language

/// The line behind the prompt: a text with a cursor, the keys of Emacs, and the lines that were entered before.
///
/// A value without a terminal, so that every key can be tested. Positions count characters as people see them: an
/// accent or an emoji of several scalars is one.
///
///     var editor = LineEditor()
///     editor.insert(paste: "step")
///     editor.feed(.control("a"), complete: { _ in [] })    // .editing, the cursor is at 0
///     editor.feed(.named(.enter), complete: { _ in [] })   // .submitted("step"), the line is empty
public struct LineEditor: Sendable, Equatable {
  /// What a key has led to.
  public enum Outcome: Sendable, Equatable {
    /// The line goes on.
    case editing
    /// The line is entered; the editor is empty again and the line is in the history.
    case submitted(String)
    /// The prompt is left without a line.
    case cancelled
    /// There are several ways to complete the last word.
    case candidates([String])
  }

  /// A search through the history that is going on.
  struct Search: Sendable, Equatable {
    var query = ""
    /// Where in the history the line was found; the end of the history before anything is.
    var position: Int
    /// What to come back to when the search is given up.
    let text: String
    let cursor: Int
  }

  /// How many entered lines are kept.
  public static let longestHistory = 1000
  /// How many bytes they have at most, the last one apart.
  public static let mostHistoryBytes = 100_000
  /// How many characters a line may have.
  public static let longestLine = 10_000
  /// How many bytes they may have: a character may be a letter under a thousand accents.
  public static let mostBytes = 20_000

  /// The line so far.
  public internal(set) var text: String
  /// Before which character of the line the cursor stands.
  public internal(set) var cursor: Int
  /// The lines entered before, oldest first.
  public internal(set) var history: [String]

  // Where up and down have got to, and the line that they began with.
  var recalled: Int?
  var draft = ""
  var killed = ""
  // Kills in a row make one text to yank.
  var lastKeyKilled = false
  var search: Search?

  /// An editor that holds `text`, with the cursor behind it.
  public init(text: String = "", history: [String] = []) {
    self.text = ""
    self.cursor = 0
    self.history = Array(history.suffix(Self.longestHistory))
    insert(text)
  }

  /// Acts on a key. `complete` gets the line up to the cursor and answers with what its last word could become;
  /// words end at blanks and semicolons.
  public mutating func feed(_ key: Key, complete: (String) -> [String] = { _ in [] }) -> Outcome {
    if search != nil, feedSearch(key) { return .editing }
    let killedBefore = lastKeyKilled
    lastKeyKilled = false
    switch key {
    case .named(.enter), .control("j"), .control("m"): return submit()
    case .named(.escape), .control("g"): return cancel()
    case .control("c"): return text.isEmpty ? cancel() : erase()
    case .control("d") where text.isEmpty: return cancel()
    case .named(.tab), .control("i"): return completeWord(complete)
    case .character(let character): insert(String(character))
    case .named(.space): insert(" ")
    default:
      if !move(key) && !recall(key) { edit(key, killedBefore: killedBefore) }
    }
    return .editing
  }

  /// Puts pasted text at the cursor. Its lines become commands separated by semicolons, without their comments, and
  /// nothing is entered: a paste is text, never a command.
  public mutating func insert(paste: String) {
    search = nil
    lastKeyKilled = false
    insert(Self.oneLine(paste))
  }

  // MARK: Beginning and end

  private mutating func submit() -> Outcome {
    let line = text
    if !line.allSatisfy(\.isWhitespace), line != history.last {
      remember(line)
    }
    _ = erase()
    return .submitted(line)
  }

  private mutating func remember(_ line: String) {
    history.append(line)
    var bytes = history.reduce(0) { $0 + $1.utf8.count }
    while history.count > Self.longestHistory || (bytes > Self.mostHistoryBytes && history.count > 1) {
      bytes -= history.removeFirst().utf8.count
    }
  }

  private mutating func cancel() -> Outcome {
    _ = erase()
    return .cancelled
  }

  private mutating func erase() -> Outcome {
    text = ""
    cursor = 0
    recalled = nil
    search = nil
    return .editing
  }

  // MARK: Moving

  private mutating func move(_ key: Key) -> Bool {
    switch key {
    case .control("a"), .named(.home): cursor = 0
    case .control("e"), .named(.end): cursor = text.count
    case .control("b"), .named(.left): cursor = max(0, cursor - 1)
    case .control("f"), .named(.right): cursor = min(text.count, cursor + 1)
    case .alt("b"): cursor = wordStart(where: Self.isWordCharacter)
    case .alt("f"): cursor = wordEnd
    default: return false
    }
    return true
  }

  static func isWordCharacter(_ character: Character) -> Bool {
    character.isLetter || character.isNumber || character == "_"
  }

  /// Where the word before the cursor begins.
  func wordStart(where belongs: (Character) -> Bool) -> Int {
    var position = cursor
    var before = Array(text.prefix(cursor))
    while let last = before.last, !belongs(last) {
      before.removeLast()
      position -= 1
    }
    while let last = before.last, belongs(last) {
      before.removeLast()
      position -= 1
    }
    return position
  }

  /// Where the word behind the cursor ends.
  var wordEnd: Int {
    let behind = text.dropFirst(cursor)
    let word = behind.drop { !Self.isWordCharacter($0) }
    return text.count - word.drop(while: Self.isWordCharacter).count
  }

  // MARK: Editing

  private mutating func edit(_ key: Key, killedBefore: Bool) {
    switch key {
    case .named(.backspace), .control("h"):
      if cursor > 0 { replace(cursor - 1..<cursor, with: "") }
    case .named(.delete), .control("d"):
      if cursor < text.count { replace(cursor..<cursor + 1, with: "") }
    case .control("k"): kill(cursor..<text.count, after: killedBefore)
    case .control("u"): kill(0..<cursor, after: killedBefore)
    case .control("w"): kill(wordStart { $0 != " " }..<cursor, after: killedBefore)
    case .alt("d"): kill(cursor..<wordEnd, after: killedBefore)
    case .control("y"): insert(killed)
    case .control("t"): transpose()
    default: break
    }
  }

  private mutating func kill(_ range: Range<Int>, after killedBefore: Bool) {
    let piece = String(text.dropFirst(range.lowerBound).prefix(range.count))
    let goesForward = range.lowerBound == cursor
    if !killedBefore { killed = "" }
    killed = goesForward ? killed + piece : piece + killed
    replace(range, with: "")
    lastKeyKilled = true
  }

  // The two characters before the cursor at the end of the line, the two around it elsewhere.
  private mutating func transpose() {
    let last = min(cursor, text.count - 1)
    guard last > 0 else { return }
    let pair = Array(text.dropFirst(last - 1).prefix(2))
    replace(last - 1..<last + 1, with: String([pair[1], pair[0]]))
  }

  /// Puts `addition` at the cursor, as much of it as the line can hold.
  mutating func insert(_ addition: String) {
    let capacity = max(0, Self.longestLine - text.count)
    var bytes = Self.mostBytes - text.utf8.count
    let fitting = addition.prefix(capacity).prefix { character in
      bytes -= character.utf8.count
      return bytes >= 0
    }
    replace(cursor..<cursor, with: String(fitting))
  }

  /// Replaces some characters; the cursor goes behind the new ones.
  mutating func replace(_ range: Range<Int>, with replacement: String) {
    let before = text.prefix(range.lowerBound) + replacement
    text = String(before + text.dropFirst(range.upperBound))
    // An accent may join the character before it, so that there are fewer than were counted.
    cursor = min(before.count, text.count)
    recalled = nil
  }
}

import Language

extension LineEditor {
  // MARK: Up and down

  /// Goes to an older or newer line that begins as the line did when the walk began.
  mutating func recall(_ key: Key) -> Bool {
    switch key {
    case .named(.up), .control("p"): recallOlder()
    case .named(.down), .control("n"): recallNewer()
    case .control("r"): search = Search(position: history.count, text: text, cursor: cursor)
    default: return false
    }
    return true
  }

  private mutating func recallOlder() {
    if recalled == nil { draft = text }
    let position = recalled ?? history.count
    guard let older = history[..<position].lastIndex(where: isRecallable) else { return }
    show(history[older])
    recalled = older
  }

  private mutating func recallNewer() {
    guard let position = recalled else { return }
    if let newer = history[(position + 1)...].firstIndex(where: isRecallable) {
      show(history[newer])
      recalled = newer
    } else {
      show(draft)
      recalled = nil
    }
  }

  private func isRecallable(_ line: String) -> Bool { line.hasPrefix(draft) && line != text }

  private mutating func show(_ line: String) {
    text = line
    cursor = line.count
  }

  // MARK: Searching

  /// What is searched for in the lines entered before, in words; `nil` while nothing is.
  var searching: String? {
    guard let search else { return nil }
    if search.query.isEmpty { return "search" }
    let isFound = text.firstPosition(of: search.query) != nil
    return isFound ? "search \(search.query)" : "search \(search.query): no line has it"
  }

  /// Acts on a key during a search. False when the key ended the search and has a meaning of its own.
  mutating func feedSearch(_ key: Key) -> Bool {
    guard var current = search else { return false }
    switch key {
    // Whoever pastes a page into a search is not looking for it in a line.
    case .character where current.query.count >= Self.longestQuery: break
    case .character(let character):
      current.query.append(character)
      find(&current, before: min(current.position + 1, history.count))
    case .named(.space):
      current.query.append(" ")
      find(&current, before: min(current.position + 1, history.count))
    case .control("r"):
      find(&current, before: current.position)
    case .named(.backspace), .control("h"):
      if !current.query.isEmpty { current.query.removeLast() }
      find(&current, before: history.count)
    case .control("g"), .control("c"):
      text = current.text
      cursor = current.cursor
      search = nil
      return true
    case .named(.escape):
      search = nil
      return true
    default:
      search = nil
      return false
    }
    search = current
    return true
  }

  private static let longestQuery = 200

  private mutating func find(_ search: inout Search, before end: Int) {
    let query = search.query
    guard !query.isEmpty else { return }
    guard let position = history[..<end].lastIndex(where: { $0.firstPosition(of: query) != nil }) else { return }
    search.position = position
    text = history[position]
    cursor = min(text.count, text.firstPosition(of: query) ?? 0)
    recalled = nil
  }
}

extension String {
  /// How many characters stand before the first occurrence of `other`, `nil` if it is nowhere. Compares bytes:
  /// characters with a thousand accents would take as long to compare as all of them take to look at, at each offset.
  fileprivate func firstPosition(of other: String) -> Int? {
    let (bytes, wanted) = (Array(utf8), Array(other.utf8))
    guard let first = wanted.first, bytes.count >= wanted.count else { return wanted.isEmpty ? 0 : nil }
    let offsets = 0...(bytes.count - wanted.count)
    let offset = offsets.first { bytes[$0] == first && bytes[$0..<($0 + wanted.count)].elementsEqual(wanted) }
    return offset.map { self[..<utf8.index(startIndex, offsetBy: $0)].count }
  }
}

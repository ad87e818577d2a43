import Foundation

/// A screen as somebody reads it who knows the panels.
struct Frame {
  let text: String
  let lines: [Substring]

  init(text: String) {
    self.text = text
    lines = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
  }

  /// The first line: what is trained, and how it stands.
  var header: Substring { lines.first ?? "" }
  /// The last line: the keys, the prompt or a question.
  var footer: Substring { lines.last ?? "" }
  /// The line above it: the phases, or what Tab has found, or what is wrong with the line.
  var phases: Substring { lines.count > 1 ? lines[lines.count - 2] : "" }

  func contains(_ text: String) -> Bool { self.text.contains(text) }

  /// The log, without its frame and the blanks at the ends of its lines.
  var log: [String] {
    // From the foot: above it "log" is also the kind of an axis.
    for (row, line) in lines.enumerated().reversed() {
      guard let title = line.firstMatch(of: /[╭─]─ log ─/)?.range else { continue }
      // It may stand beside the words.
      let column = line.distance(from: line.startIndex, to: title.lowerBound)
      let below = lines[(row + 1)...].dropLast(lines.count >= 20 ? 3 : 2).map { $0.dropFirst(column) }
      return below.prefix { $0.first != "╰" }
        .map { $0.trimmingCharacters(in: CharacterSet(charactersIn: " │")) }.filter { !$0.isEmpty }
    }
    return []
  }

  /// The parameter under the cursor.
  var chosen: String? {
    lines.lazy.compactMap { $0.firstMatch(of: #/▸[ ↗↘×](fc[^ ]+)/#).map { String($0.1) } }.first
  }

  /// What is said of clipping beside the title of the total norm: `clip off`, `max_norm 1`.
  var rule: String? {
    lines.lazy.compactMap {
      $0.firstMatch(of: #/─ total norm (max_norm [^ ]+|clip off|[a-z-]+) /#).map { String($0.1) }
    }.first
  }

  /// The order of the norms, as it stands there.
  var normType: String? { text.firstMatch(of: #/norm_type ([^ ]+) /#).map { String($0.1) } }

  /// The learning rate in the first line.
  var rate: String? { header.firstMatch(of: #/ lr ([^ ]+) /#).map { String($0.1) } }

  /// The lesson's words, without their frame.
  var words: String {
    guard let first = lines.firstIndex(where: { $0.hasPrefix("╭─ \(Scope.scenarioName) ") }) else { return "" }
    return lines[(first + 1)...].prefix { $0.hasPrefix("│") }
      .map { String($0.dropFirst().prefix { $0 != "│" }).trimmingCharacters(in: .whitespaces) }
      .joined(separator: " ").trimmingCharacters(in: .whitespaces)
  }

  /// The step.
  var step: Int? {
    let words = header.split(separator: " ")
    return words.lastIndex(of: "step").flatMap { $0 + 1 < words.count ? Int(words[$0 + 1]) : nil }
  }

  /// The first digits of the digest.
  var digest: String { header.split(separator: " ").last.map(String.init) ?? "" }
}

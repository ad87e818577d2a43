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

  /// The log, without the blanks at the ends of its lines.
  var log: [String] {
    guard let title = lines.firstIndex(where: { $0.hasPrefix("── log ─") }) else { return [] }
    return lines[(title + 1)...].dropLast(2).map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
  }

  /// The parameter under the cursor.
  var chosen: String? {
    lines.lazy.compactMap { $0.split(separator: "▸", maxSplits: 1).dropFirst().first }
      .first { $0.hasPrefix("fc") }?.split(separator: " ").first.map(String.init)
  }

  /// A number beside the plot of the total norm, such as `rule`.
  func readout(_ name: String) -> String? {
    lines.dropFirst().lazy.compactMap { line -> String? in
      let words = line.split(separator: " ")
      guard let place = words.firstIndex(where: { $0 == name }), place + 1 < words.count else { return nil }
      let value = words[(place + 1)...].prefix { $0 != "│" }.joined(separator: " ")
      return value.trimmingCharacters(in: ["│"])
    }.first
  }

  /// The step.
  var step: Int? {
    let words = header.split(separator: " ")
    return words.lastIndex(of: "step").flatMap { $0 + 1 < words.count ? Int(words[$0 + 1]) : nil }
  }

  /// The first digits of the digest.
  var digest: String { header.split(separator: " ").last.map(String.init) ?? "" }
}

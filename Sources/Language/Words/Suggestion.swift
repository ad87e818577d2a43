/// The nearest right word for a wrong one.
public enum Suggestion {
  /// `; did you mean WORD?`, or nothing where no word is near enough.
  static func text(for wrong: String, among known: [String]) -> String {
    nearest(to: wrong, among: known).map { "; did you mean \($0)?" } ?? ""
  }

  /// The known word that begins like the wrong one, or is fewest edits away (a third of its length at most).
  public static func nearest(to wrong: String, among known: [String]) -> String? {
    // Names are short; what is not cannot be a slip of the finger.
    guard !wrong.isEmpty, wrong.count <= 64 else { return nil }
    let word = wrong.lowercased()
    if let beginning = known.first(where: { $0.lowercased().hasPrefix(word) }) { return beginning }
    let ranked = known.map { (name: $0, distance: distance(Array(word), Array($0.lowercased()))) }
    guard let best = ranked.min(by: { $0.distance < $1.distance }) else { return nil }
    return best.distance <= max(1, best.name.count / 3) ? best.name : nil
  }

  // Edits that add, drop or change a character, or exchange two neighbours (Damerau 1964, optimal string alignment).
  private static func distance(_ a: [Character], _ b: [Character]) -> Int {
    var rows = [Array(0...b.count)]
    for i in 1...max(1, a.count) where !a.isEmpty {
      var row = [i]
      for j in 1...max(1, b.count) where !b.isEmpty {
        let change = rows[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)
        var best = min(row[j - 1] + 1, rows[i - 1][j] + 1, change)
        if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] { best = min(best, rows[i - 2][j - 2] + 1) }
        row.append(best)
      }
      rows.append(row)
    }
    return rows[a.count][b.count]
  }
}

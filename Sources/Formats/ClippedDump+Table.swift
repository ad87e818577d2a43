import Language
import Numerics
import Optimization

extension ClippedDump {
  /// The answer as a table for people: a row for each gradient, the totals, and what the rule did in a sentence. The dump must
  /// have been clipped with its census.
  /// - Parameter width: how many columns the screen has; names are shortened in the middle to fit. `nil` for any width.
  public func table(width: Int?) -> [String] {
    let heading = ["parameter", "shape", "dtype", "norm", "of norm²", "largest", "zeros", "NaN", "inf", "norm after"]
    var rows = dump.gradients.indices.map { index in row(index) }
    rows.append(totals)
    var widths = heading.indices.map { column in max(heading[column].count, rows.map { $0[column].count }.max() ?? 0) }
    if let width {
      let others = widths.dropFirst().reduce(0, +) + 2 * (widths.count - 1)
      widths[0] = min(widths[0], max(9, width - others))
    }
    func line(_ cells: [String]) -> String {
      let padded = cells.enumerated().map { column, cell in
        let text = column == 0 ? Self.shortened(cell, to: widths[0]) : cell
        let blanks = String(repeating: " ", count: max(0, widths[column] - text.count))
        return column < 3 ? text + blanks : blanks + text
      }
      return padded.joined(separator: "  ")
    }
    let rule = String(repeating: "─", count: widths.reduce(0, +) + 2 * (widths.count - 1))
    return [line(heading)] + rows.dropLast().map(line) + [rule, line(rows[rows.count - 1]), ""] + sentences
  }

  private func row(_ index: Int) -> [String] {
    let (gradient, census) = (dump.gradients[index], censuses[index])
    let shape = gradient.shape.isEmpty ? "1" : gradient.shape.map(String.init).joined(separator: "×")
    return [
      VisibleText.of(gradient.name), shape, gradient.format.rawValue, Self.text(norms[index]), share(index),
      Self.text(census.largest), Self.text(census.zeros), Self.text(census.nans), Self.text(census.infinities),
      Self.text(normsAfter[index]),
    ]
  }

  private var totals: [String] {
    let count = censuses.reduce(0) { $0 + $1.count }
    let largest = censuses.map(\.largest).max() ?? 0
    return [
      "total", String(count), format.rawValue, Self.text(total), "", Self.text(largest),
      Self.text(censuses.reduce(0) { $0 + $1.zeros }), Self.text(censuses.reduce(0) { $0 + $1.nans }),
      Self.text(censuses.reduce(0) { $0 + $1.infinities }), Self.text(totalAfter),
    ]
  }

  // Of the squared total, which is the sum of the squares where the order is 2 and nothing else is.
  private func share(_ index: Int) -> String {
    guard order == 2 else { return "" }
    let squares = norms.reduce(0) { $0 + $1 * $1 }
    guard squares.isFinite, squares > 0 else { return "" }
    let share = 100 * norms[index] * norms[index] / squares
    return share == 0 ? "0%" : share < 0.1 ? "<0.1%" : "\((share * 10).rounded() / 10)%"
  }

  private static func text(_ value: Double) -> String { value.isNaN ? "NaN" : NumberText.short(value) }
  // What is not there is not to catch the eye.
  private static func text(_ count: Int) -> String { count == 0 ? "·" : String(count) }

  private static func shortened(_ text: String, to width: Int) -> String {
    guard text.count > width else { return text }
    let head = (width - 1) / 3
    return text.prefix(head) + "…" + text.suffix(width - 1 - head)
  }

  // MARK: What the rule did

  /// What the rule did, in sentences.
  var sentences: [String] {
    let orderText = order == 2 ? "" : " of order \(NumberText.of(order))"
    var shown = Self.text(total)
    // Digits enough to tell it from what it is compared with.
    if let limit = rule.maxNorm, limit != total, Self.text(limit) == shown { shown = number(total) }
    let before = "The total norm\(orderText) is \(shown)"
    switch (rule, act) {
    case (.norm(let rule), _): return [before + normSentence(rule.maxNorm)] + culprits
    case (.value, .bound(let bound)) where !(bound >= 0):
      return ["\(before); clip_value \(NumberText.of(bound)) is no bound: every element that is not NaN became it."]
    case (.value, .bound(let bound)):
      let count = censuses.reduce(0) { $0 + $1.count }
      let what = clamped == 0 ? "no element is" : "\(clamped) of \(count) elements were"
      let after = clamped == 0 ? "nothing changed" : "the total norm after is \(Self.text(totalAfter))"
      return ["\(before); \(what) beyond ±\(NumberText.of(bound)), and \(after)."] + culprits
    case (_, .values(_, _, .some(true))):
      return ["\(before), above the limit or not finite: the rule skip leaves this step out, and nothing is updated."]
        + culprits
    case (_, .values(_, _, .some(false))):
      return ["\(before), not above the limit: the step is made, and no gradient is changed."]
    case (_, .values): return [before + "; the rule \(SettingsText.name(of: rule)) \(changed)."] + culprits
    default: return [before + "."]
    }
  }

  private func normSentence(_ maxNorm: Double) -> String {
    let limit = "max_norm \(NumberText.of(maxNorm))"
    // As the norm is compared with it.
    let bound = format == .float64 ? maxNorm : Double(Float(maxNorm))
    let multiplied = "every gradient was multiplied by \(number(factor))"
    if maxNorm.isNaN { return ", and max_norm is NaN: so is the factor, and every element." }
    if total.isNaN { return ": so is the factor, and every element became NaN. Clipping does not cure NaN." }
    if factor.isNaN { return " and the factor NaN: every element became NaN." }
    if total.isInfinite { return " and the factor 0: every finite element became 0, every infinite one NaN." }
    if factor == 1 { return ", not above \(limit): nothing changed." }
    if maxNorm <= 0 { return ", and \(limit) is no limit: \(multiplied)." }
    if total <= bound {
      let place = total == bound ? "\(limit) itself" : "below \(limit)"
      return ", \(place), but 1e-6 is added to it before it divides: \(multiplied)."
    }
    return ", above \(limit): \(multiplied), and the total norm after is \(Self.text(totalAfter))."
  }

  private var changed: String {
    let count = changedGradients
    if count == 0 { return "changed nothing" }
    return "changed \(count) of \(norms.count) gradients, and the total norm after is \(Self.text(totalAfter))"
  }

  private func number(_ value: Double) -> String {
    format == .float64 ? NumberText.of(value) : NumberText.of(Float(value))
  }

  // Where it comes from that a norm is not finite.
  private var culprits: [String] {
    guard !total.isFinite else { return [] }
    if let index = censuses.firstIndex(where: { $0.nans + $0.infinities > 0 }) {
      let (name, census) = (VisibleText.of(dump.gradients[index].name), censuses[index])
      return [
        "The first with an element that is not finite is \(name): \(census.nans) NaN, \(census.infinities) infinite."
      ]
    }
    if let index = norms.firstIndex(where: { !$0.isFinite }) {
      return [
        "Every element is finite; the norm of \(VisibleText.of(dump.gradients[index].name)) overflows \(dump.gradients[index].format.rawValue)."
      ]
    }
    return ["Each gradient's norm is finite; their total overflows \(format.rawValue)."]
  }
}

import Analysis
import Language
import Optimization
import Session
import Training

/// The one line that answers what clipping is doing: `before 37.2 × 0.027 = after 1 · clipped 61 of the last 100`.
struct ClippingLine {
  let scene: Scene

  func draw(in area: Rectangle, on grid: inout CellGrid) {
    var rest = area
    let rule = rule
    func width(_ pieces: [(String, Style)]) -> Int { pieces.reduce(0) { $0 + Glyphs.width(of: $1.0) } }
    var pieces = [(" ", Style.plain)] + badge + sentence
    if width(pieces + duty) <= area.width { pieces += duty }
    let used = width(pieces)
    if used + rule.count + 4 <= area.width {
      let room = rest.cutRight(rule.count + 1)
      grid.write(rule, column: room.column, row: area.row, Style(scene.clipping.isOn ? .limit : .muted))
    }
    grid.write(pieces, column: area.column, row: area.row, width: rest.width)
  }

  // How it stands, in a word: what colours and marks say, for whoever sees no colour or sits far away.
  private var badge: [(String, Style)] {
    let (text, ink): (String, Ink)
    switch scene.finding?.verdict {
    case nil, .calm: return []
    case .clipped: (text, ink) = ("CLIPPED", .warning)
    case .skipped: (text, ink) = ("SKIPPED", .warning)
    case .exploding: (text, ink) = ("EXPLODING", .danger)
    case .infinite: (text, ink) = ("INFINITE", .danger)
    case .notANumber: (text, ink) = ("NaN", .danger)
    }
    return [(" \(text) ", Style(ink, bold: true, reverse: true)), (" ", .plain)]
  }

  private var sentence: [(String, Style)] {
    let present = scene.present
    let before = number(present?.before?.total, .before)
    guard present != nil else {
      return [(scene.clipping.isOn ? "Clipping is on." : "Clipping is off.", Style(.muted))]
    }
    // What was done is what the step was made with; what is still to come is as it is set.
    let outcome = present?.outcome
    let rule = present?.clipping ?? scene.clipping
    guard rule.isOn else {
      return [
        ("norm ", Style(.muted)), before, (", clipping \(scene.clipping.isOn ? "was" : "is") off", Style(.muted)),
      ]
    }
    if outcome?.skipsStep == true {
      return [("before ", Style(.muted)), before, (": too large, nothing was updated", Style(.warning, bold: true))]
    }
    let after = number(outcome?.after.total, .after)
    guard rule.rule.hasOneFactor else {
      return [("before ", Style(.muted)), before, (" → after ", Style(.muted)), after]
    }
    let isClipped = outcome?.clipped == true
    let factor = outcome.map { NumberText.short($0.factor) } ?? "–"
    return [
      ("before ", Style(.muted)), before, (" × ", Style(.muted)),
      (factor, Style(isClipped ? .warning : .plain, bold: isClipped)), (" = after ", Style(.muted)), after,
    ]
  }

  private func number(_ value: Float?, _ ink: Ink) -> (String, Style) {
    guard let value else { return ("–", Style(.muted)) }
    return (NumberText.short(value), Style(value.isFinite ? ink : .danger, bold: true))
  }

  private var duty: [(String, Style)] {
    let steps = scene.known.numbers()
    guard scene.clipping.isOn, !steps.isEmpty else { return [] }
    // What was done to each is told by what its own rule did.
    let leftOut = steps.count(where: \.skipsStep)
    let clipped = steps.count(where: \.clipped) - leftOut
    var counts = clipped > 0 || leftOut == 0 ? ["clipped \(clipped)"] : []
    if leftOut > 0 { counts.append("left out \(leftOut)") }
    let text = counts.joined(separator: ", ")
    return [(" · \(text) of the last \(steps.count)", Style(clipped + leftOut > 0 ? .plain : .muted))]
  }

  private var rule: String {
    let clipping = scene.clipping
    let threshold = clipping.rule.maxNorm.map { " max_norm \(NumberText.of($0))" } ?? ""
    return (clipping.isOn ? "clip " : "off: ") + SettingsText.brief(clipping.rule) + threshold
  }
}

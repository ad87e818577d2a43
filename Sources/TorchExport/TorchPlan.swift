import Language
import Optimization
import Training

/// A run as a program sees it: for each step the settings that were in force when a phase read them.
struct TorchPlan: Equatable {
  /// Settings that hold from a step on.
  struct Stretch: Equatable {
    let step: Int
    let settings: Settings
    /// Whether a rule was given here: it remembers nothing of the norms before.
    let forgetsNorms: Bool
  }

  /// What the experiment began with: the trace's header.
  let settings: Settings
  let steps: Int
  /// At least one, the first from step 1.
  let stretches: [Stretch]
  /// The batches whose targets were changed.
  let outliers: [Int: Outlier]

  init(_ timeline: Timeline) {
    settings = timeline.settings
    steps = timeline.end.step
    var current = timeline.settings
    var stretches = [Stretch(step: 1, settings: current, forgetsNorms: false)]
    var outliers: [Int: Outlier] = [:]
    // Sorted by step; in one step they stay in their order.
    let changes = timeline.changes.map { (step: Self.step(of: $0), change: $0.change) }
    // A rule that was given while none was in force has forgotten by the time it is.
    var forgets = false
    for step in Set(changes.map(\.step)).sorted() where step <= max(1, steps) {
      for (_, change) in changes.filter({ $0.step == step }) {
        if case .outlier(let outlier) = change {
          outliers[step] = outlier
          continue
        }
        if case .rule = change { forgets = true }
        // It was allowed when it was made.
        try? current.apply(change)
      }
      if step == 1 { stretches = [] }
      stretches.append(Stretch(step: step, settings: current, forgetsNorms: forgets))
      forgets = forgets && !current.clipping.isOn
    }
    self.stretches = stretches
    self.outliers = outliers
  }

  // The step whose phase was the first to read a change: in an open step, the phase may have been made already.
  private static func step(of entry: Timeline.Entry) -> Int {
    entry.position.step + (entry.change.reader.number <= entry.position.phases ? 2 : 1)
  }

  /// `rnn on adding, clip norm, 50 steps`.
  var title: String {
    let model = SettingsText.of(settings.model).prefix { $0 != " " }
    let task = SettingsText.of(settings.task).prefix { $0 != " " }
    let names = stretches.rules.map { $0 == "off" ? "no clipping" : "clip \($0)" }
    let rule = names.count < 3 ? names.joined(separator: ", then ") : "\(names.count) ways of clipping"
    return "\(model) on \(task), \(rule), \(steps) step\(steps == 1 ? "" : "s")"
  }
}

extension TorchPlan.Stretch {
  /// The name of the rule in force, or "off".
  var rule: String { settings.clipping.active.map(SettingsText.name) ?? "off" }
}

extension [TorchPlan.Stretch] {
  /// The rules that were in force at some time, by name; "off" among them where there was none.
  var rules: [String] { reduce(into: []) { if !$0.contains($1.rule) { $0.append($1.rule) } } }
}

import Analysis
import Language
import Optimization
import Training

/// Tells a run in sentences, for whoever hears a screen instead of seeing it.
///
/// It speaks when something happens: clipping sets in or ends, the norm jumps, a number stops being one, a command has made
/// its last step. What goes on as before is not told again.
public struct Narrator: Sendable {
  // So many quiet steps, and what was told of is over: a run that is clipped in every other step is one event.
  private static let calm = 10
  // A run without an end is told of at least this often.
  private static let heartbeat = 100

  private let every: Int?
  private let hasViewer: Bool
  private var clippedSince: Int?
  private var clippedSteps = 0
  private var lastClipped = 0
  private var spike: (largest: Float, at: Int, told: Float, last: Int)?
  private var nonfinite: String?

  /// A narrator who also tells every so many steps, or only what happens.
  /// - Parameter hasViewer: whether a pause waits for somebody.
  public init(every: Int? = nil, hasViewer: Bool) { (self.every, self.hasViewer) = (every, hasViewer) }

  /// The sentences about what a command or a step had to tell. What stands in the log is not repeated.
  public mutating func sentences(_ effect: Effect, _ workbench: Workbench) -> [String] {
    switch effect {
    case .began(let run):
      self = Narrator(every: every, hasViewer: hasViewer)
      return [Self.beginning(run.timeline.settings)]
    case .stepped(let record): return tell(record, workbench)
    case .phased: return workbench.run?.present.map(Self.inside) ?? []
    case .paused(let key):
      guard hasViewer else { return [] }
      return [key.map { "Waiting for the key \($0.label): type it and press Enter." } ?? "Press Enter to go on."]
    case .view(.bind), .view(.help), .view(.quit): return []
    case .view: return ["That is for the screen: there is none here."]
    case .changed, .note, .output, .said, .failed, .expected, .write: return []
    }
  }

  // MARK: Steps

  private mutating func tell(_ record: StepRecord, _ workbench: Workbench) -> [String] {
    let events = tellNonfinite(record, workbench) + tellSpike(record, workbench) + tellClipping(record)
    let beat = every ?? (workbench.activity == .running ? Self.heartbeat : nil)
    let isDue = beat.map { record.step % $0 == 0 } ?? false
    let isWanted = !events.isEmpty || isDue || workbench.activity == .idle
    return events + (isWanted ? [Self.sentence(record)] : [])
  }

  /// One step: `Step 137: loss 0.52, total norm 37.2 clipped to 1 by factor 0.027.`
  static func sentence(_ record: StepRecord) -> String {
    let norm = "Step \(record.step): loss \(short(record.loss)), total norm \(short(record.before.total))"
    let outcome = record.outcome
    if outcome.skipsStep { return norm + ", too large: the update was left out." }
    guard outcome.clipped else { return norm + (record.clipping.isOn ? ", not clipped." : ".") }
    return norm + " clipped to \(short(outcome.after.total)) by factor \(short(outcome.factor))."
  }

  private mutating func tellClipping(_ record: StepRecord) -> [String] {
    if record.outcome.clipped {
      lastClipped = record.step
      clippedSteps += 1
      guard clippedSince == nil else { return [] }
      (clippedSince, clippedSteps) = (record.step, 1)
      return ["Clipping starts."]
    }
    guard let first = clippedSince, record.step - lastClipped >= Self.calm || !record.clipping.isOn else { return [] }
    clippedSince = nil
    let span = lastClipped - first + 1
    return ["Clipping has stopped: \(clippedSteps) of \(span) steps from step \(first) to \(lastClipped) were clipped."]
  }

  private mutating func tellSpike(_ record: StepRecord, _ workbench: Workbench) -> [String] {
    let norm = record.before.total
    guard norm.isFinite, let usual = Verdict.usual(workbench.history, upTo: record.step - 1), usual > 0 else {
      return []
    }
    if norm > Verdict.spike * usual {
      let known = spike
      let isLargest = known.map { norm > $0.largest } ?? true
      spike = (
        max(norm, known?.largest ?? norm), isLargest ? record.step : known?.at ?? record.step, known?.told ?? norm,
        record.step
      )
      // A norm that goes on climbing is told of again for each factor of a hundred.
      guard known.map({ norm > 100 * $0.told }) ?? true else { return [] }
      spike?.told = norm
      return [
        "\(known == nil ? "Spike" : "Still climbing"): the norm is \(Self.times(norm / usual)) its usual \(short(usual))."
      ]
    }
    guard let known = spike, record.step - known.last >= Self.calm else { return [] }
    spike = nil
    return ["The spike is over: it was largest at step \(known.at), \(short(known.largest))."]
  }

  // Infinite first, as a rule, then NaN: each is told when it comes.
  private mutating func tellNonfinite(_ record: StepRecord, _ workbench: Workbench) -> [String] {
    let norm = record.before.total
    let kind = norm.isNaN ? "NaN" : norm.isInfinite ? "infinite" : nil
    guard let kind else {
      defer { nonfinite = nil }
      return nonfinite == nil ? [] : ["The total norm is finite again."]
    }
    guard nonfinite == nil || kind == "NaN" && nonfinite != kind else { return [] }
    nonfinite = kind
    guard let first = record.nonfinite.first else {
      return ["The total norm is \(kind): each gradient is finite, but their norm is too large for a number."]
    }
    let names = workbench.parameterNames
    return [
      "The total norm is \(kind): \(record.nonfinite.count) of \(names.count) gradients are not finite, "
        + "the first is that of \(names[first])."
    ]
  }

  private static func times(_ ratio: Float) -> String { "\(short(ratio)) times" }

  // MARK: Beginnings and phases

  private static func beginning(_ settings: Settings) -> String {
    let clipping = settings.clipping.isOn ? "clip \(SettingsText.of(settings.clipping.rule))" : "no clipping"
    return
      "A new experiment: \(SettingsText.of(settings.model)), task \(VisibleText.of(SettingsText.of(settings.task))), "
      + "\(SettingsText.of(settings.optimizer)), seed \(settings.seed), \(clipping)."
  }

  private static func inside(_ present: Present) -> [String] {
    guard let phase = present.phase else { return [] }
    let found: String? =
      switch phase {
      case .zero: "all gradients are zero"
      case .forward: present.loss.map { "the loss is \(short($0))" }
      case .backward: "the gradients are there"
      case .norm: present.before.map { "the total norm is \(short($0.total))" }
      case .clip: present.outcome.map { $0.clipped ? "clipped to \(short($0.after.total))" : "nothing was clipped" }
      case .step: nil
      }
    let next = Phase.allCases[phase.number].rawValue
    return ["Step \(present.position.step + 1), \(phase.rawValue): \(found ?? "done"). Next is \(next)."]
  }
}

private func short(_ value: Float) -> String { value.isNaN ? "NaN" : NumberText.short(value) }

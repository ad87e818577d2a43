import Analysis
import Language
import Optimization
import Training

/// Tells a run in sentences, for whoever hears a screen instead of seeing it.
///
/// It speaks when something happens: clipping sets in or ends, the norm jumps, a number stops being one, a command has made
/// its last step. What goes on as before is not told again.
public struct Narrator: Sendable {
  // A run without an end is told of at least this often.
  private static let heartbeat = 100

  private let every: Int?
  private let hasViewer: Bool
  private var events = RunEvents()

  /// A narrator who also tells every so many steps, or only what happens.
  /// - Parameter hasViewer: whether a pause waits for somebody.
  public init(every: Int? = nil, hasViewer: Bool) { (self.every, self.hasViewer) = (every, hasViewer) }

  /// The sentences about what a command or a step had to tell. What stands in the log is not repeated.
  public mutating func sentences(_ effect: Effect, _ workbench: Workbench) -> [String] {
    switch effect {
    case .began(let run):
      self = Narrator(every: every, hasViewer: hasViewer)
      return [Self.beginning(run.timeline.settings)]
    case .stepped(let record, _): return tell(record, workbench)
    case .jumped:
      // What was going on is behind, or ahead.
      events = RunEvents()
      return []
    case .phased: return workbench.run?.present.map(Self.inside) ?? []
    case .paused(let key):
      guard hasViewer else { return [] }
      return [key.map { "Waiting for the key \($0.label): type it and press Enter." } ?? "Press Enter to go on."]
    case .view(.bind), .view(.help), .view(.lessons), .view(.quit): return []
    case .view: return ["That is for the screen: there is none here."]
    case .changed, .repeated, .branched, .note, .output, .said, .failed, .expected, .write: return []
    }
  }

  // MARK: Steps

  private mutating func tell(_ record: StepRecord, _ workbench: Workbench) -> [String] {
    let told = events.find(record, workbench.history).map { Self.sentence($0, workbench.parameterNames) }
    let beat = every ?? (workbench.activity == .running ? Self.heartbeat : nil)
    let isDue = beat.map { record.step % $0 == 0 } ?? false
    let isWanted = !told.isEmpty || isDue || workbench.activity == .idle
    return told + (isWanted ? [Self.sentence(record)] : [])
  }

  /// One step: `Step 137: loss 0.52, total norm 37.2 clipped to 1 by factor 0.027.`
  static func sentence(_ record: StepRecord) -> String {
    let norm = "Step \(record.step): loss \(short(record.loss)), total norm \(short(record.before.total))"
    let outcome = record.outcome
    if outcome.skipsStep { return norm + ", too large: the update was left out." }
    guard outcome.clipped else { return norm + (record.clipping.isOn ? ", not clipped." : ".") }
    return norm + " clipped to \(short(outcome.after.total)) by factor \(short(outcome.factor))."
  }

  /// What happened, as a sentence.
  /// - Parameter names: the parameters' names.
  public static func sentence(_ event: RunEvent, _ names: [String]) -> String {
    func above(_ norm: Float, _ usual: RunEvent.Usual) -> String {
      "\(short(norm / usual.norm)) times \(short(usual.norm)), the median of the \(usual.steps) steps before"
    }
    switch event {
    case .clippingBegan: return "Clipping starts."
    case .leftOut: return "A step is left out."
    case .clippingEnded(let clipped, let first, let last):
      return
        "Clipping has stopped: \(clipped) of \(last - first + 1) steps from step \(first) to \(last) were clipped."
    case .spike(let norm, let usual): return "Spike: the norm jumped to \(short(norm)), \(above(norm, usual))."
    case .climbed(let norm, let usual):
      return "The norm has climbed to \(short(norm)), \(above(norm, usual))."
    case .climbsOn(let norm, let usual):
      return "Still climbing: the norm is \(short(norm)), \(short(norm / usual.norm)) times what was usual before."
    case .spikeOver(let largest, let step):
      return
        "The spike is over: for \(RunEvents.calm) steps the norm was low again; it was largest at step \(step), \(short(largest))."
    case .staysHigh(let largest, let step):
      return
        "The norm stays high, but no longer grows: it was largest at step \(step), \(short(largest)), \(History.window) steps ago."
    case .finiteAgain: return "The total norm is finite again."
    case .nonfinite(let isNaN, let parameters):
      let kind = isNaN ? "NaN" : "infinite"
      guard let first = parameters.first else {
        return "The total norm is \(kind): each gradient is finite, but their norm is too large for a number."
      }
      return
        "The total norm is \(kind): \(parameters.count) of \(names.count) gradients are not finite, "
        + "the first is that of \(names[first])."
    }
  }

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
      case .clip where present.outcome?.skipsStep == true: "too large, the update will be left out"
      case .clip: present.outcome.map { $0.clipped ? "clipped to \(short($0.after.total))" : "nothing was clipped" }
      case .step: nil
      }
    let next = Phase.allCases[phase.number].rawValue
    return ["Step \(present.position.step + 1), \(phase.rawValue): \(found ?? "done"). Next is \(next)."]
  }
}

private func short(_ value: Float) -> String { value.isNaN ? "NaN" : NumberText.short(value) }

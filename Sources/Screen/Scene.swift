import Analysis
import Language
import Optimization
import Session
import Training

/// Everything that the screen shows, and nothing that it was computed with: no network, no experiment. Whatever measures
/// norms step by step can fill a scene.
public struct Scene: Sendable {
  /// What is trained, in the words of the first line.
  public struct Title: Hashable, Sendable {
    /// `rnn 2→64→1 tanh`.
    public var model: String
    /// `adding T=50`.
    public var task: String
    /// `sgd lr 0.02`.
    public var optimizer: String
    /// The rest, from the more to the less important: `init radius=1.4`, `seed 0`.
    public var details: [String]

    /// What is trained, in words.
    public init(model: String = "", task: String = "", optimizer: String = "", details: [String] = []) {
      (self.model, self.task, self.optimizer, self.details) = (model, task, optimizer, details)
    }
  }

  /// Another way that was gone.
  public struct Other: Sendable {
    /// What it is called: `ghost`, or the name of a branch.
    public var name: String
    /// What was measured on it.
    public var history: History
    /// From which step on it is drawn: before, it is the way of now.
    public var from: Int
    /// Whether it is the run before a restart, and none of this one.
    public var isGhost: Bool { name == Self.ghostName }
    static let ghostName = "ghost"

    /// Another way.
    public init(name: String, history: History, from: Int) {
      (self.name, self.history, self.from) = (name, history, from)
    }
  }

  /// A second run beside the first.
  public struct Twin: Sendable {
    /// What makes it another, in words.
    public var words: String
    /// What was measured on it.
    public var history: History
    /// What is known of it now; `nil` where it is not here.
    public var present: Present?
    /// Since when it is another: `equal since 0`, `parted at step 12`.
    public var state: String
    /// Whether its parameters are those of the run, by their shapes.
    public var hasSameParameters: Bool
  }

  /// The run beside the run.
  public var twin: Twin?

  // More of them are a thicket.
  private static let mostOthers = 3

  /// Completed steps; setting it goes there, to the end if that is behind it.
  public var step: Int {
    get { position.step }
    set { (position, end) = (Position(step: newValue), max(end, Position(step: newValue))) }
  }

  /// Whether there is more of this branch behind the position of now.
  public var isPast: Bool { position < end }

  /// A tensor with a gradient.
  public struct Parameter: Hashable, Sendable {
    /// PyTorch's name.
    public var name: String
    /// PyTorch's shape.
    public var shape: [Int]

    /// A tensor of this name.
    public init(name: String, shape: [Int]) { (self.name, self.shape) = (name, shape) }
  }

  /// What is trained.
  public var title = Title()
  /// The parameters, in the order of all lists of numbers.
  public var parameters: [Parameter] = []
  /// What was measured on this branch, also behind the position of now: what charts show.
  public var history = History(parameters: 0)
  /// What was measured up to now: what numbers are of.
  public var known = History(parameters: 0)
  /// Where it stands.
  public var position = Position.start
  /// The last position that was ever reached on this branch.
  public var end = Position.start
  /// The name of the branch, where there are several; else `nil`.
  public var branch: String?
  /// What else is drawn in the charts: the run before a restart, and what has come on other branches.
  public var others: [Other] = []
  /// The positions of this branch that have names.
  public var marks: [Position] = []
  /// The clipping in force.
  public var clipping = Clipping()
  /// The learning rate in force.
  public var learningRate = 0.0
  /// What is known of the step that is being made, or else of the last one; `nil` before the first.
  public var present: Present?
  /// What an analysis has found out about it.
  public var finding: Finding?
  /// Why there is nothing to train, `nil` where there is.
  public var problem: String?
  /// Where a scenario stands.
  public var player = Player.State.none
  /// The scenario's name and which of its acts it is in.
  public var progress: (name: String, act: Int, acts: Int)?
  /// The words of the act of now, paragraph by paragraph.
  public var passage: [String] = []
  /// Whether the act is over: its words still stand, and what happens is the next one's.
  public var isPassageOver = false
  /// The lessons that there are, in the order to take them.
  public var lessons: [Lesson] = []
  /// The one behind the lesson that plays or played last.
  public var nextLesson: Lesson?
  /// Tells one ghost from another.
  public var ghostNumber = 0
  /// How many experiments have begun: tells one run from another.
  public var begun = 0
  /// What is being made.
  public var activity = Activity.idle
  /// What the viewer has asked for and what has yet to be done.
  public var waiting = Waiting()
  /// What was said and done.
  public var log = Log()
  /// What the keys type.
  public var bindings = KeyBindings()
  /// The experiment's digest, `nil` where there is none.
  public var digest: String?

  /// Nothing at all.
  public init() {}

  /// A stage as it stands.
  public init(_ stage: Stage) {
    let (workbench, settings) = (stage.workbench, stage.workbench.settings)
    title = Title(settings)
    (clipping, learningRate) = (settings.clipping, settings.optimizer.learningRate)
    if let run = workbench.run {
      parameters = run.experiment.network.parameters.descriptions.map { Parameter(name: $0.name, shape: $0.shape) }
      (history, known, present) = (run.history, run.known, run.present)
      (position, end) = (run.position, run.end)
      finding = present.flatMap { Finding($0, known) }
      branch = run.branches.count > 1 ? run.branch.name : nil
      marks = run.marks.filter { $0.place.branch == run.branch.id }.map(\.place.position)
      others = workbench.ghost.map { [Other(name: Other.ghostName, history: $0, from: 0)] } ?? []
      others += Self.futures(run)
      twin = workbench.twin.map { Self.twin($0, workbench, run) }
      digest = run.experiment.digest.text
    } else {
      parameters = settings.parameters.map { Parameter(name: $0.name, shape: $0.shape) }
      problem = settings.problem.map { CommandError.Problem($0).message }
    }
    // A lesson that waits elsewhere takes no keys here.
    (player, progress, activity) = (
      stage.isAway ? .none : stage.player.state, stage.player.progress, workbench.activity
    )
    (isPassageOver, waiting) = (stage.passageIsOver, stage.waiting)
    (passage, lessons, nextLesson) = (stage.passage, stage.lessons, stage.nextLesson)
    (ghostNumber, begun) = (workbench.ghostNumber, stage.begun)
    (log, bindings) = (stage.log, stage.bindings)
  }

  private static func twin(_ twin: Training.Twin, _ workbench: Workbench, _ run: Run) -> Twin {
    let other = workbench.twinRun
    let state =
      other == nil ? "not here" : twin.parted(from: run).map { "parted at step \($0)" } ?? "equal since 0"
    func shapes(_ run: Run) -> [[Int]] { run.experiment.network.parameters.descriptions.map(\.shape) }
    return Twin(
      words: twin.words, history: twin.run.history, present: other?.present, state: state,
      hasSameParameters: shapes(twin.run) == shapes(run))
  }

  // What has come on other branches, the newest first.
  private static func futures(_ run: Run) -> [Other] {
    run.branches.reversed().filter { $0.id != run.branch.id }.prefix(mostOthers).map { branch in
      let parting = branch.timeline.parting(from: run.timeline) ?? min(branch.end, run.end)
      return Other(name: branch.name, history: branch.history, from: parting.step)
    }
  }

  /// Whether there is more to come of a lesson.
  var isLessonOpen: Bool { player != .none && player != .ended }

  /// Whether more waits than the steps that are being made.
  var hasQueue: Bool { !waiting.others.isEmpty || waiting.steps > 1 }

  /// Whether steps are being made, or a scenario plays, which runs between its commands, too.
  var isRunning: Bool { activity != .idle || player == .playing }

  /// What a key types, as things stand; `nil` for a key that is not bound.
  public func lines(for key: Key, count: Int?) -> [String]? {
    bindings.lines(
      for: key, count: count, isRunning: isRunning, isClipping: clipping.isOn, hasTwin: twin != nil)
  }
}

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
  /// What was measured.
  public var history = History(parameters: 0)
  /// Completed steps.
  public var step = 0
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
  /// What was measured before the last `restart`.
  public var ghost: History?
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
      (history, step, present) = (run.history, run.position.step, run.present)
      finding = present.flatMap { Finding($0, run.history) }
      digest = run.experiment.digest.text
    } else {
      parameters = settings.parameters.map { Parameter(name: $0.name, shape: $0.shape) }
      problem = settings.problem.map { CommandError.Problem($0).message }
    }
    (player, progress, activity) = (stage.player.state, stage.player.progress, workbench.activity)
    (isPassageOver, waiting) = (stage.passageIsOver, stage.waiting)
    (passage, lessons, nextLesson) = (stage.passage, stage.lessons, stage.nextLesson)
    (ghost, ghostNumber, begun) = (workbench.ghost, workbench.ghostNumber, stage.begun)
    (log, bindings) = (stage.log, stage.bindings)
  }

  /// Whether there is more to come of a lesson.
  var isLessonOpen: Bool { player != .none && player != .ended }

  /// Whether more waits than the steps that are being made.
  var hasQueue: Bool { !waiting.others.isEmpty || waiting.steps > 1 }

  /// Whether steps are being made, or a scenario plays, which runs between its commands, too.
  var isRunning: Bool { activity != .idle || player == .playing }

  /// What a key types, as things stand; `nil` for a key that is not bound.
  public func lines(for key: Key, count: Int?) -> [String]? {
    bindings.lines(for: key, count: count, isRunning: isRunning, isClipping: clipping.isOn)
  }
}

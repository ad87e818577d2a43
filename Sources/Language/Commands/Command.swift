import Gradients
import Optimization
import Training

/// One command of the language, understood, by its kind: what a kind is for decides what else a command does.
/// `CommandTable` says how each is read and written. Boxed, because the largest has ten times the size of most.
public indirect enum Command: Hashable, Sendable {
  case setUp(SetUpCommand)
  case change(ChangeCommand)
  case steps(StepsCommand)
  case travel(TravelCommand)
  case twin(TwinCommand)
  case look(LookCommand)
  case words(WordsCommand)
  case files(FilesCommand)
  case lesson(LessonCommand)
  case view(ViewCommand)

  /// Its kind.
  public var kind: Kind {
    switch self {
    case .setUp: .setUp
    case .change: .change
    case .steps: .steps
    case .travel: .travel
    case .twin: .twin
    case .look: .look
    case .words: .words
    case .files: .files
    case .lesson: .lessons
    case .view: .view
    }
  }

  /// The kinds, and under which title help lists them.
  public enum Kind: String, CaseIterable, Sendable {
    /// What an experiment begins with.
    case setUp = "Setting up"
    /// What may change while it runs.
    case change = "While it runs"
    /// What makes steps, or stops.
    case steps = "Making steps"
    /// What leads through time: back, and to where something happened; and what takes back.
    case travel = "Going back and forth"
    /// A second run beside the first.
    case twin = "Side by side"
    /// What shows numbers and changes nothing.
    case look = "Looking"
    /// A scenario's own words.
    case words = "In a scenario"
    /// What writes files.
    case files = "Files"
    /// What plays a scenario that lies among the lessons.
    case lessons = "Lessons"
    /// What is not the experiment's: the screen, the keys, help, the end.
    case view = "Screen, keys and leaving"

    /// Whether what there is is given up for good: what a key should not do unasked. What set-up commands leave, `undo` brings
    /// back.
    public var givesUp: Bool { self == .lessons }

    /// Whether it ends what the viewer has begun before.
    package var takesOver: Bool { self == .setUp || self == .steps || self == .travel || self == .lessons }

    /// Whether it stands in the log. What words, travels and files have to say follows by itself, and the screen shows what it
    /// does.
    package var isLogged: Bool { self != .words && self != .view && self != .travel }
  }
}

/// What an experiment begins with. After the first step each of these begins afresh.
public enum SetUpCommand: Hashable, Sendable {
  case seed(UInt64)
  case model(Model)
  case initialization(Initialization)
  case task(TaskSettings)
  case optimizer(Optimizer)
  /// The settings as they are now, from the beginning.
  case restart
}

/// What may change while an experiment runs; `Change` is what it comes to.
public enum ChangeCommand: Hashable, Sendable {
  case clip(ClipChange)
  case maxNorm(Turn)
  case normType(OrderChange)
  case learningRate(Turn)
  case accumulate(Int)
  case outlier(Outlier)
}

/// What makes steps, one by one afterwards.
public enum StepsCommand: Hashable, Sendable {
  case step(Int)
  case phase(Int)
  /// So many steps, or steps without end.
  case run(Int?)
  case until(Condition, most: Int)
  /// No more than the step that is being made.
  case stop
}

/// What shows numbers.
public enum LookCommand: Hashable, Sendable {
  case print(Printable)
  case norms
  case stats
  /// The position and the digest.
  case when
  /// The branches of the experiment, and what makes each another.
  case branches
  /// The places that have names.
  case marks
}

/// A scenario's words.
public enum WordsCommand: Hashable, Sendable {
  case say(String)
  case pause(Key?)
  case expect(Expectation)
}

/// What writes files, by their paths.
public enum FilesCommand: Hashable, Sendable {
  case save(String)
  /// With all branches.
  case saveAll(String)
  case exportTorch(String)
  case trace(String)
}

/// What plays a lesson; only a viewer may give it.
public enum LessonCommand: Hashable, Sendable {
  /// The lesson of this name.
  case named(String)
  /// The one behind the lesson that was played last.
  case next
  /// The scenario that was played last, from its beginning.
  case again
}

/// What `clip` may do.
public enum ClipChange: Hashable, Sendable {
  /// A rule with its options, and in force.
  case rule(ClippingRule)
  /// No rule in force.
  case off
  /// The last rule again.
  case on
}

/// A new value, or a step along the ladder.
public enum Turn: Hashable, Sendable {
  /// The value itself.
  case to(Double)
  /// The next rung above.
  case up
  /// The next rung below.
  case down

  /// Where the turn leads from `value`.
  package func applied(to value: Double) -> Double {
    switch self {
    case .to(let target): target
    case .up: Ladder.up(from: value)
    case .down: Ladder.down(from: value)
    }
  }
}

/// A new `norm_type`, or the next of 2, inf, 1.
public enum OrderChange: Hashable, Sendable {
  /// The order itself.
  case to(Float)
  /// The next of 2, inf, 1.
  case next

  /// The order that comes after `order`.
  func applied(to order: Float) -> Float {
    switch self {
    case .to(let target): target
    case .next: order == 2 ? .infinity : order == .infinity ? 1 : 2
    }
  }
}

/// What `print` shows.
public enum Printable: Hashable, Sendable {
  /// A parameter's values.
  case values(String)
  /// A parameter's gradient.
  case gradient(String)
  /// A measured number.
  case quantity(Quantity)
}

/// What `expect` tests.
public enum Expectation: Hashable, Sendable {
  /// A condition, about one or several steps that were made.
  case condition(Condition, Span)
  /// That the command before failed.
  case error

  /// The steps that a condition is about.
  public enum Span: Hashable, Sendable {
    /// As things stand.
    case now
    /// Recorded step N.
    case at(Int)
    /// One of the last N steps.
    case within(Int)
    /// Every step so far.
    case always
  }
}

/// What is not the experiment's. Without a screen all but `bind`, `help` and `quit` do nothing.
public enum ViewCommand: Hashable, Sendable {
  case bind(Key, line: String, otherwise: String?)
  case scroll(Scroll)
  case panel(Direction)
  case speed(Turn)
  case find(String?)
  case open
  case zoom(Zoom)
  case lessons
  /// With these words typed in already.
  case prompt(String)
  case redraw
  case suspend
  case close
  case help(String?)
  case quit

  /// How far the parameters move under the cursor.
  public enum Scroll: String, CaseIterable, Hashable, Sendable {
    case up, down, pageup, pagedown, first, last
  }

  /// How many of the steps the charts show.
  public enum Zoom: String, CaseIterable, Hashable, Sendable {
    case `in`, out, all
  }

  /// Which neighbour.
  public enum Direction: String, CaseIterable, Hashable, Sendable {
    case next, previous
  }
}

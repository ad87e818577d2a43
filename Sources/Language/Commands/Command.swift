import Gradients
import Optimization
import Training

/// One command of the language, understood. `CommandTable` says how each is read and written.
/// Boxed, because timelines keep many of them and the largest has ten times the size of most.
public indirect enum Command: Hashable, Sendable {
  // Setting up.
  case seed(UInt64)
  case model(Model)
  case initialization(Initialization)
  case task(TaskSettings)
  case optimizer(Optimizer)
  // While it runs.
  case clip(ClipChange)
  case maxNorm(Turn)
  case normType(OrderChange)
  case learningRate(Turn)
  case accumulate(Int)
  case outlier(Outlier)
  // Making steps.
  case step(Int)
  case phase(Int)
  case run(Int?)
  case stop
  case until(Condition, most: Int)
  case restart
  // Looking.
  case print(Printable)
  case norms
  case stats
  case expect(Expectation)
  // A scenario's words.
  case say(String)
  case pause(Key?)
  // Files and the rest.
  case save(String)
  case trace(String)
  case exportTorch(String)
  case help(String?)
  case quit
  // The screen alone.
  case bind(Key, line: String, otherwise: String?)
  case view(ViewCommand)
}

extension Command {
  /// Whether it asks for steps or phases, which are made one by one afterwards.
  package var makesSteps: Bool {
    switch self {
    case .step, .phase, .run, .until: true
    default: false
    }
  }

  /// Whether it chooses what the next step is made of, and makes none itself.
  package var setsUp: Bool {
    switch self {
    case .seed, .model, .initialization, .task, .optimizer, .clip, .maxNorm, .normType, .learningRate, .accumulate: true
    default: false
    }
  }

  /// Whether the experiment that there is gives way to one at step 0: what a key should not do unasked.
  public var beginsAfresh: Bool {
    switch self {
    case .seed, .model, .initialization, .task, .optimizer, .restart: true
    default: false
    }
  }

  /// Whether it ends what is being done: steps of its own, another experiment, or the end.
  package var takesOver: Bool {
    switch self {
    case .seed, .model, .initialization, .task, .optimizer, .stop, .restart, .quit: true
    default: makesSteps
    }
  }
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
  func applied(to value: Double) -> Double {
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

/// What only a screen can do; without one these commands do nothing.
public enum ViewCommand: Hashable, Sendable {
  case scroll(Scroll)
  case panel(Direction)
  case speed(Turn)
  case find(String?)
  case prompt
  case redraw
  case suspend
  case back

  /// How far the parameters move under the cursor.
  public enum Scroll: String, CaseIterable, Hashable, Sendable {
    case up, down, pageup, pagedown, first, last
  }

  /// Which neighbour.
  public enum Direction: String, CaseIterable, Hashable, Sendable {
    case next, previous
  }
}

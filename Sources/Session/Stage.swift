import Language
import Training

/// A workbench with what drives it: a scenario that plays, a viewer who may take over, and the log of both.
///
/// The screen, `run`, `repl` and the tests all drive the same stage, with the same two calls: `type` for a line of the
/// viewer's, `proceed` for the next step or the next command of the scenario. It has no clock.
public struct Stage: Sendable {
  /// What stands in the way of the scenario's next command.
  public enum Playback: Hashable, Sendable {
    /// There is no scenario, or it has ended, or it was let go.
    case none
    /// It plays.
    case playing
    /// It waits for this key, or for space or Enter.
    case waiting(Key?)
    /// The viewer has stopped it; `run` goes on.
    case held
  }

  /// The experiment and what is being done with it.
  public private(set) var workbench: Workbench
  /// Where the scenario stands.
  public private(set) var playback = Playback.none
  /// What was said and done.
  public private(set) var log = Log()
  /// Expectations that did not hold.
  public private(set) var failedExpectations = 0
  /// Whether a step or a command of the scenario failed, and nothing expected it.
  public private(set) var wasStopped = false
  /// Whether `quit` was given.
  public private(set) var hasQuit = false

  private let scenario: Scenario?
  private let waitsForViewer: Bool
  private var next = 0
  private var interrupted = Activity.idle
  // The rest of the viewer's line, which waits for the steps that its beginning asks for.
  private var typed: [ParsedCommand] = []
  // A command or its steps failed, and the next command may say that it expected that.
  private var hasOpenFailure = false

  /// An empty stage.
  /// - Parameter waitsForViewer: whether there is a viewer who could stop an endless run.
  public init(files: any FileSource, waitsForViewer: Bool = true) {
    workbench = Workbench(files: files)
    scenario = nil
    self.waitsForViewer = waitsForViewer
  }

  /// A stage on which `scenario` plays.
  /// - Parameter waitsForViewer: whether `pause` waits; without a screen nobody could go on.
  public init(scenario: Scenario, files: any FileSource, waitsForViewer: Bool) {
    workbench = Workbench(files: files)
    self.scenario = scenario
    self.waitsForViewer = waitsForViewer
    playback = .playing
  }

  /// The scenario's name and how far it is, while it plays or is held.
  public var progress: (path: String, line: Int, lines: Int)? {
    guard let scenario, playback != .none else { return nil }
    let line = next < scenario.steps.count ? scenario.steps[next].line : scenario.steps[scenario.steps.count - 1].line
    return (scenario.path, line, scenario.steps[scenario.steps.count - 1].line)
  }

  /// Whether `proceed` has anything to do.
  public var isBusy: Bool { !hasQuit && (workbench.activity != .idle || !typed.isEmpty || playback == .playing) }

  /// Whether it is the scenario's turn to give a command: neither steps nor the rest of a line are left.
  public var isScenariosTurn: Bool { playback == .playing && workbench.activity == .idle && typed.isEmpty }

  /// Does the scenario's first commands as far as they set up: so the first frame shows its network and no other.
  public mutating func setUp() {
    while playback == .playing, let scenario, next < scenario.steps.count, scenario.steps[next].parsed.command.setsUp {
      _ = proceed()
    }
  }

  /// Makes the experiment, if the settings make one, so that there is something to look at before the first step.
  public mutating func settle() -> [Effect] {
    guard workbench.experiment == nil, let effects = try? workbench.settle() else { return [] }
    return take(effects, line: nil)
  }

  // MARK: The viewer

  /// Does what a line of the viewer's says, command by command up to the first that is refused. What stands behind a
  /// command that makes steps waits for them, and `proceed` comes to it, unless a line that takes over comes first.
  /// - Returns: what there is to tell; errors are in the log.
  public mutating func type(_ line: String) -> [Effect] {
    let waiting = typed
    do throws(CommandError) {
      let commands = try Parser.commands(in: line)
      typed = commands
      let effects = performTyped()
      if !commands.contains(where: \.command.takesOver) { typed = waiting }
      return effects
    } catch {
      closeFailure()
      refuse(error)
      typed = waiting
      return []
    }
  }

  private mutating func performTyped() -> [Effect] {
    var effects: [Effect] = []
    do throws(CommandError) {
      while let parsed = typed.first {
        typed.removeFirst()
        if parsed.command != .expect(.error) { closeFailure() }
        log.append(.command(parsed.command.text))
        effects += try perform(parsed)
        if parsed.command.makesSteps, workbench.activity != .idle { break }
      }
    } catch {
      refuse(error)
    }
    return effects
  }

  private mutating func refuse(_ error: CommandError) {
    typed = []
    workbench.noteRefusal()
    log.append(.error(error.message))
    refusals += 1
    lastWasRefused = true
  }

  /// Lines of the viewer's that were refused, and that no `expect error` stands behind.
  public private(set) var refusals = 0
  private var lastWasRefused = false

  private mutating func perform(_ parsed: ParsedCommand) throws(CommandError) -> [Effect] {
    switch parsed.command {
    case .run(nil) where playback == .held:
      playback = .playing
      workbench.resume(interrupted)
      interrupted = .idle
      return []
    case .run(nil) where !waitsForViewer: throw parsed.error(.endless)
    case .stop where playback == .playing:
      hold()
      return []
    case .step, .phase, .run, .until:
      if playback == .playing { hold() }
    case .seed, .model, .initialization, .task, .optimizer, .restart:
      letGo()
    default:
      break
    }
    return take(try workbench.apply(parsed, from: .viewer), line: nil)
  }

  private mutating func hold() {
    playback = .held
    // A scenario's run without end has ended with this stop: what goes on is what stands behind it.
    interrupted = workbench.activity == .running ? .idle : workbench.activity
    workbench.resume(.idle)
    log.append(.note("the scenario is held: run goes on with it"))
  }

  private mutating func letGo() {
    guard playback != .none else { return }
    log.append(.note("the scenario is let go: from here on it is yours"))
    playback = .none
  }

  /// Tells a waiting scenario that a key was pressed.
  /// - Returns: whether the scenario took the key for itself, so that it should not also do its own work.
  public mutating func press(_ key: Key) -> Bool {
    guard case .waiting(let awaited) = playback else { return false }
    if let awaited {
      if key == .named(.space) || key == .named(.enter), key != awaited {
        let note = Log.Entry.note("the scenario waits for \(awaited.label)")
        if log.entries.last != note { log.append(note) }
        return true
      }
      if key == awaited { goOn() }
      return false
    }
    guard key == .named(.space) || key == .named(.enter) || key == .character(" ") else { return false }
    goOn()
    return true
  }

  // What the viewer let run without an end would keep the scenario from its next command for ever.
  private mutating func goOn() {
    playback = .playing
    if workbench.activity == .running { workbench.resume(.idle) }
  }

  // MARK: Going on

  /// Makes the next step of what is being done, or else gives the scenario's next command.
  /// - Returns: what there is to tell.
  public mutating func proceed() -> [Effect] {
    if workbench.activity != .idle {
      return take(workbench.work(), line: nil)
    }
    if !typed.isEmpty { return performTyped() }
    guard playback == .playing, let scenario else { return [] }
    guard next < scenario.steps.count else {
      closeFailure()
      playback = .none
      if waitsForViewer { log.append(.note("the scenario has ended: from here on it is yours")) }
      return []
    }
    let step = scenario.steps[next]
    if hasOpenFailure, step.parsed.command != .expect(.error) {
      closeFailure()
      return []
    }
    next += 1
    return perform(step, scenario.folder)
  }

  private mutating func perform(_ step: Scenario.Step, _ folder: String) -> [Effect] {
    switch step.parsed.command {
    // What these have to say follows by itself.
    case .say, .pause, .expect: break
    default: log.append(.command(step.parsed.command.text))
    }
    do throws(CommandError) {
      if step.parsed.command == .run(nil), !waitsForViewer {
        workbench.noteRefusal()
        throw step.parsed.error(.endless)
      }
      return take(try workbench.apply(step.parsed, from: .scenario(folder: folder)), line: step.line)
    } catch {
      fail("line \(step.line): \(error.message)")
      return []
    }
  }

  private mutating func fail(_ text: String) {
    if typed.first?.command != .expect(.error) { typed = [] }
    log.append(.error(text))
    hasOpenFailure = true
  }

  /// A failure that nothing expected is final: it stops the scenario. To be called when no more commands come.
  public mutating func closeFailure() {
    lastWasRefused = false
    guard hasOpenFailure else { return }
    hasOpenFailure = false
    wasStopped = true
    if playback == .playing { playback = waitsForViewer ? .held : .none }
  }

  // MARK: What effects do to the stage

  private mutating func take(_ effects: [Effect], line: Int?) -> [Effect] {
    for effect in effects {
      switch effect {
      case .note(let text): log.append(.note(text))
      case .output(let lines): lines.forEach { log.append(.output($0)) }
      case .said(let text): log.append(.said(text))
      case .failed(let problem): fail(problem.message)
      case .expected(let expectation, let holds, let found): judge(expectation, holds, found, line)
      case .paused(let key): if waitsForViewer, playback == .playing { playback = .waiting(key) }
      case .quit:
        closeFailure()
        hasQuit = true
      case .began, .stepped, .phased, .save, .trace, .help, .bind, .view: break
      }
    }
    return effects
  }

  private mutating func judge(_ expectation: Expectation, _ holds: Bool, _ found: String, _ line: Int?) {
    if expectation == .error, holds {
      hasOpenFailure = false
      if lastWasRefused { refusals -= 1 }
      lastWasRefused = false
    }
    let place = line.map { "line \($0): " } ?? ""
    if holds {
      log.append(.held("\(place)held: \(found)"))
    } else {
      failedExpectations += 1
      log.append(.error("\(place)expected \(expectation.text), but \(found)"))
    }
  }

  /// Notes something that happened outside the stage, such as a file that was written.
  public mutating func note(_ entry: Log.Entry) { log.append(entry) }

  /// Notes that a file which a command asked for could not be written: the command has failed.
  public mutating func fileFailed(_ error: FileError) {
    fail("\(VisibleText.of(error.path)) \(error.reason)")
  }
}

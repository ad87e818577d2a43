import Language
import Training

/// A workbench with what drives it: a scenario that plays, a viewer who may take over, the keys, and the log of it all.
///
/// The screen, `run`, `repl` and the tests all drive the same stage, with the same two calls: `type` for a line of the
/// viewer's, `advance` for the next step or the next command of the scenario. It has no clock.
public struct Stage: Sendable {
  /// The experiment and what is being done with it.
  public internal(set) var workbench: Workbench
  /// Where the scenario stands.
  public internal(set) var player = Player()
  /// What was said and done.
  public internal(set) var log = Log()
  /// What the keys type.
  public private(set) var bindings = KeyBindings()
  /// Expectations that did not hold.
  public private(set) var failedExpectations = 0
  /// Whether a step or a command of the scenario failed, and nothing expected it.
  public private(set) var wasStopped = false
  /// Whether `quit` was given.
  public private(set) var hasQuit = false
  /// The words of the scenario's act of now, one paragraph for each `say`.
  public internal(set) var passage: [String] = []
  /// How many experiments and scenarios have begun.
  public private(set) var begun = 0
  /// The lessons that there are, in the order to take them.
  public let lessons: [Lesson]

  let lessonSource: any LessonSource
  var lastLesson: String?
  /// Whether the next words begin an act, so that what stands there speaks of what has been.
  public private(set) var passageIsOver = true
  // Whether the scenario's last expectations held, and whether words have come since.
  private var doubt = (isRaised: false, isOld: false)
  // Whether the viewer has changed something since the scenario began.
  private var hasIntervened = false

  private let waitsForViewer: Bool
  private let asksBeforeWriting: Bool
  private let mostSteps: Int?
  private var stepsLeft: Int?
  // What was typed and waits: for the steps before it, or for what an endless run ends with.
  var queue = TypedQueue()
  // How many inputs there was no room for.
  var unheard = 0
  // Whether the rest of a line goes on at once: its last command wrote a file, which has to be there before the next one.
  var awaitsFile = false
  // Where the scenario stood when it was stopped or began to wait, and whether the viewer has gone elsewhere since.
  var stoodAt: Stand?
  var hasTravelled = false
  // The scenario that was let go last, and how many commands could be taken back then.
  var dropped: Dropped?
  /// Whether anything has been done: a step made, or something that the viewer has typed.
  public private(set) var isUsed = false
  // What failed last, as long as the next command may say that it was expected.
  var failure: Failure?
  private var earlierRefusals = 0
  // The key that a scenario waits for and nobody presses.
  private var awaitedKey: Key?
  // Whether what was typed last has taken over.
  var tookOver = false
  // Whether the last file was asked for by the viewer.
  private var fileIsViewers = true

  enum Failure {
    /// A line of the viewer's was refused.
    case refusal
    /// A step, or a command of the scenario.
    case stop
  }

  /// An empty stage, or one on which a scenario plays.
  /// - Parameters:
  ///   - lessons: where `lesson` finds the lessons.
  ///   - waitsForViewer: whether there is a viewer, for whom `pause` waits, and who could stop an endless run.
  ///   - asksBeforeWriting: whether a scenario has to ask the viewer before it writes a file.
  ///   - outputFolder: where the files go that scenarios write, `nil` for beside the scenario.
  ///   - memory: the bytes that snapshots to go back with may take.
  ///   - mostSteps: how many steps a scenario may make in all, `nil` where somebody could stop it.
  public init(
    scenario: Scenario? = nil, files: any FileSource, lessons: any LessonSource = NoLessons(),
    waitsForViewer: Bool = true, asksBeforeWriting: Bool = false, outputFolder: String? = nil, mostSteps: Int? = nil,
    memory: Int = Run.snapshotMemory
  ) {
    workbench = Workbench(files: files, outputFolder: outputFolder, memory: memory)
    stepsLeft = mostSteps
    self.mostSteps = mostSteps
    (lessonSource, self.lessons) = (lessons, lessons.lessons)
    self.waitsForViewer = waitsForViewer
    self.asksBeforeWriting = asksBeforeWriting
    if let scenario { open(scenario) }
  }

  /// Plays a scenario from its beginning, on a workbench of its own; whatever played before is over.
  public mutating func open(_ scenario: Scenario) {
    closeFailure()
    queue.removeAll()
    awaitsFile = false
    begin(scenario)
  }

  mutating func begin(_ scenario: Scenario) {
    bindings = KeyBindings()
    workbench = Workbench(
      files: workbench.files, outputFolder: workbench.outputFolder, memory: workbench.memory,
      ghosts: workbench.ghostNumber, number: workbench.journal.number + 1)
    player = Player(scenario)
    begun += 1
    (passage, passageIsOver, doubt, hasIntervened) = ([], true, (false, false), false)
    (stoodAt, hasTravelled, dropped, isUsed) = (nil, false, nil, false)
  }

  /// Whether `advance` has anything to do.
  public var isBusy: Bool {
    if case .asking = player.state { return false }
    return !hasQuit && (workbench.activity != .idle || !queue.isEmpty || player.state == .playing)
  }

  /// Which experiment this is, counted from 1: those before it that made a step, and it.
  public var experimentNumber: Int { workbench.run?.number ?? workbench.nextNumber }

  /// Lines of the viewer's that were refused, and that no `expect error` stands behind.
  public var refusals: Int { earlierRefusals + (failure == .refusal ? 1 : 0) }

  /// What has played was the viewer's own: it is no scenario that could be played again, and he goes on from here.
  public mutating func takeOver(_ note: String) {
    closeFailure()
    (player, passage, isUsed) = (Player(), [], false)
    log.append(.note(note))
  }

  /// Does the scenario's first commands as far as they set up: so the first frame shows its network and no other.
  public mutating func setUp() {
    while player.state == .playing, let kind = player.upcoming?.parsed.command.kind, kind == .setUp || kind == .change {
      _ = advance()
    }
  }

  /// Makes the experiment, if the settings make one, so that there is something to look at before the first step.
  public mutating func begin() -> [Effect] {
    guard let effects = try? workbench.begin() else { return [] }
    return apply(effects)
  }

  // MARK: The viewer

  mutating func refuse(_ error: CommandError) {
    workbench.note(failure: true, ofViewer: true)
    log.append(.error(error.message))
    failure = .refusal
  }

  // The lesson gives way only to what was done.
  mutating func perform(
    _ parsed: ParsedCommand, from origin: Origin, hasMore: Bool
  ) throws(CommandError) -> [Effect] {
    if parsed.command == .steps(.run(nil)) {
      if case .held(let interrupted) = player.state, !isAway {
        player.resume()
        workbench.resume(interrupted)
        return []
      }
      if !waitsForViewer { throw parsed.error(.endless) }
    }
    if case .lesson(let lesson) = parsed.command {
      if origin.isScenarios { throw parsed.error(.viewersOnly) }
      do throws(CommandError.Problem) { try play(lesson) } catch { throw parsed.error(error) }
      if hasMore { log.append(.note("what stood behind it on the line is left out")) }
      return []
    }
    let (interrupted, stand) = (workbench.activity, workbench.run.map(Stand.init))
    let effects = try workbench.apply(parsed, from: origin)
    let (kind, goesElsewhere) = (parsed.command.kind, parsed.command.goesElsewhere)
    if [.setUp, .change, .steps, .travel, .twin].contains(kind) { isUsed = true }
    if kind == .setUp { letGo(interrupted, at: stand) }
    if kind == .steps || kind == .change { hasIntervened = true }
    if kind == .steps || goesElsewhere, player.state == .playing { hold(interrupted, at: stand) }
    if goesElsewhere { pickUp() }
    let told = apply(effects, from: origin)
    if goesElsewhere { noteAway() }
    return told
  }

  /// Tells a waiting scenario that a key was pressed.
  /// - Returns: whether the scenario took the key for itself, so that it should not also do its own work.
  public mutating func press(_ key: Key) -> Bool {
    guard case .waiting(let awaited) = player.state, !isAway else { return false }
    let isUsual = key == .named(.space) || key == .named(.enter)
    guard let awaited else {
      guard isUsual else { return false }
      resume()
      return true
    }
    if key == awaited {
      resume()
    } else if isUsual {
      let note = Log.Entry.note("the scenario waits for \(awaited.label)")
      if log.entries.last != note { log.append(note) }
      return true
    }
    return false
  }

  // What the viewer let run without an end would keep the scenario from its next command for ever.
  private mutating func resume() {
    player.resume()
    passageIsOver = true
    if workbench.activity == .running { workbench.resume(.idle) }
  }

  /// Answers whether the file may be written that the scenario asks for; no other question is answered.
  /// - Returns: the request, if it may.
  public mutating func answer(_ isAllowed: Bool, to question: Player.Question) -> [Effect] {
    guard player.state == .asking(question) else { return [] }
    player.goOn()
    if isAllowed { return [.write(question.request, by: .answer)] }
    log.append(.note("the file was not written"))
    return []
  }

  /// Leaves a question without an answer: nothing is written, and a scenario that asks is held before it can ask again.
  /// - Returns: what there is to tell.
  public mutating func leave(_ question: Player.Question) -> [Effect] {
    let effects = answer(false, to: question)
    if player.state == .playing { hold(.idle, at: workbench.run.map(Stand.init)) }
    return effects
  }

  // MARK: Going on

  /// Makes the next step of what is being done, or else gives the scenario's next command.
  /// - Returns: what there is to tell.
  public mutating func advance() -> [Effect] {
    if workbench.activity != .idle, !canGoOnTyping { return makeStep() }
    // A scenario that plays comes to its next steps or its next pause before what was typed meanwhile.
    if awaitsFile || workbench.activity != .idle || player.state != .playing { return goOnTyping() }
    guard let step = player.upcoming else {
      closeFailure()
      player.end()
      if waitsForViewer { log.append(.note("the scenario has ended: from here on it is yours")) }
      return []
    }
    if failure != nil, step.parsed.command != .words(.expect(.error)) {
      closeFailure()
      return []
    }
    player.skip()
    let effects = perform(step)
    guard let key = awaitedKey else { return effects }
    awaitedKey = nil
    return effects + press(key, at: step.line)
  }

  // Steps that a scenario asks for have a bound where nobody could stop it.
  private mutating func makeStep() -> [Effect] {
    isUsed = true
    guard let mostSteps, !workbench.stepsAreViewers else { return apply(workbench.advance()) }
    if stepsLeft == 0 {
      workbench.abandon()
      failForSteps(mostSteps)
      return []
    }
    let effects = apply(workbench.advance())
    if effects.contains(where: { if case .stepped = $0 { true } else { false } }) {
      stepsLeft = stepsLeft.map { $0 - 1 }
    }
    return effects
  }

  // What a key types that the scenario waits for, where nobody is there to press it.
  mutating func press(_ key: Key, at scenarioLine: Int) -> [Effect] {
    var effects: [Effect] = []
    for line in lines(for: key, count: nil) ?? [] {
      for parsed in (try? Parser.commands(in: line)) ?? [] where parsed.command.kind != .view {
        effects += perform(Scenario.Step(line: scenarioLine, text: line, parsed: parsed))
      }
    }
    return effects
  }

  private mutating func perform(_ step: Scenario.Step) -> [Effect] {
    if step.parsed.command.kind.isLogged { log.append(.command(step.parsed.text)) }
    do throws(CommandError) {
      if step.parsed.command == .steps(.run(nil)), !waitsForViewer {
        workbench.note(failure: true, ofViewer: false)
        throw step.parsed.error(.endless)
      }
      let (origin, before) = (Origin.scenario(folder: player.folder), workbench.madeAgain)
      let effects = try workbench.apply(step.parsed, from: origin)
      // Whoever goes back and forth without end is stopped as whoever makes steps without end.
      let again = workbench.madeAgain - before
      if let mostSteps, let left = stepsLeft {
        stepsLeft = max(0, left - again)
        if again > left { failForSteps(mostSteps) }
      }
      return apply(effects, from: origin, line: step.line)
    } catch {
      fail("line \(step.line): \(error.message)")
      return []
    }
  }

  private mutating func failForSteps(_ most: Int) {
    workbench.note(failure: true, ofViewer: false)
    fail("this scenario has made \(most) steps, the most that one may make unwatched; --max-steps N allows more")
  }

  private mutating func fail(_ text: String) {
    log.append(.error(text))
    failure = .stop
  }

  /// A failure that nothing expected is final: it stops the scenario. To be called when no more commands come.
  public mutating func closeFailure() {
    switch failure {
    case nil: return
    case .refusal: earlierRefusals += 1
    case .stop:
      wasStopped = true
      if player.state == .playing { waitsForViewer ? player.hold(.idle) : player.end() }
    }
    failure = nil
  }

  // MARK: What effects do to the stage

  // - Parameter line: the scenario's line that they come from, `nil` for what the viewer typed and for steps.
  mutating func apply(_ effects: [Effect], from origin: Origin = .viewer, line: Int? = nil) -> [Effect] {
    effects.filter { apply($0, origin, line) }
  }

  // Whether anybody else needs to hear of it.
  private mutating func apply(_ effect: Effect, _ origin: Origin, _ line: Int?) -> Bool {
    switch effect {
    case .note(let text): log.append(.note(text))
    case .jumped(let jump): log.append(travelled: jump.verb, jump.words)
    case .repeated(let change): log.append(.repeated(change.command.text))
    case .branched(let name, let old):
      log.append(.note("\(name) begins here; what came after stays on \(old): goto \(old):end"))
    case .output(let lines): lines.forEach { log.append(.output($0)) }
    case .said(let text): say(text, line)
    case .failed(let problem):
      endLine()
      fail(problem.message)
    case .expected(let expectation, let holds, let found): judge(expectation, holds, found, line)
    case .paused(let key): pause(key)
    case .write(let request, let right):
      fileIsViewers = line == nil
      guard right != .viewer, asksBeforeWriting else { break }
      do throws(FileError) {
        player.ask(request.at(try workbench.files.location(of: request.path)))
      } catch {
        fileFailed(error)
      }
      return false
    case .view(.bind(let key, let line, let otherwise)):
      bindings.bind(key, to: line, otherwise: otherwise, origin: origin.ofBinding)
      log.append(.command(Command.view(.bind(key, line: line, otherwise: otherwise)).text))
    case .view(.quit):
      closeFailure()
      hasQuit = true
    case .began: begun += 1
    case .changed, .stepped, .phased, .view: break
    }
    return true
  }

  private static let longestPassage = 50

  // What a scenario says about numbers rests on the expectations before it: where one did not hold, it is not so.
  private mutating func say(_ text: String, _ line: Int?) {
    let isDoubtful = line != nil && doubt.isRaised
    let words = isDoubtful ? "Not so in this run\(hasIntervened ? ", which you have changed" : ""): " + text : text
    log.append(.said(words))
    passage = passageIsOver || line == nil && !player.isOpen ? [words] : passage + [words]
    // A scenario that only speaks has no end of words.
    passage.removeFirst(max(0, passage.count - Self.longestPassage))
    (passageIsOver, doubt.isOld) = (false, true)
  }

  // Without a viewer a key that is waited for does its work all the same: what follows is about what it did.
  private mutating func pause(_ key: Key?) {
    doubt.isRaised = false
    if waitsForViewer {
      if player.state == .playing {
        player.wait(for: key)
        standStill(at: workbench.run.map(Stand.init))
      }
      return
    }
    passageIsOver = true
    guard player.state == .playing, let key, key != .named(.space), key != .named(.enter) else { return }
    awaitedKey = key
  }

  // A command of a line has failed after it was given: nothing more comes of that line, unless it expects this.
  private mutating func endLine() {
    guard case .rest(let commands, _)? = queue.first, commands.first?.command != .words(.expect(.error)) else { return }
    _ = queue.next()
    awaitsFile = false
  }

  private mutating func judge(_ expectation: Expectation, _ holds: Bool, _ found: String, _ line: Int?) {
    if expectation == .error, holds { failure = nil }
    if line != nil { doubt = (!holds || doubt.isRaised && !doubt.isOld, false) }
    let prefix = line.map { "line \($0): " } ?? ""
    if holds {
      log.append(.held("\(prefix)held: \(found)"))
    } else {
      failedExpectations += 1
      log.append(.error("\(prefix)expected \(expectation.text), but \(found)"))
    }
  }

  /// The lines of what was done since they were taken last.
  public mutating func takeJournal() -> [Journal.Line] { workbench.journal.take() }

  /// Notes something that happened outside the stage, such as a file that was written.
  public mutating func note(_ text: String) { log.append(.note(text)) }

  /// Notes that a file which a command asked for could not be written: the command has failed.
  public mutating func fileFailed(_ error: FileError) {
    workbench.note(failure: true, ofViewer: fileIsViewers)
    if awaitsFile { endLine() }
    fail("\(VisibleText.of(error.path)) \(error.reason)")
  }
}

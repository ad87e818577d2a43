import Language

extension Stage {
  /// How many inputs wait at most: as many as the largest count of a key. What is typed beyond that is not done.
  public static let mostWaiting = 9999

  /// Does what a line of the viewer's says, command by command up to the first that is refused. What stands behind a
  /// command that makes steps or writes a file waits for that, and so does what is typed after it; `advance` comes to it.
  /// Only what stops or shows is done at once.
  /// - Returns: what there is to tell; errors are in the log.
  public mutating func type(_ line: String) -> [Effect] {
    do throws(CommandError) {
      return enter(.line(try Parser.commands(in: line)))
    } catch {
      closeFailure()
      refuse(error)
      return []
    }
  }

  /// Does what a key types. A key that the scenario waits for does its own work first: a step of the viewer's holds a
  /// scenario that plays.
  /// - Returns: what there is to tell.
  public mutating func type(_ key: Key, count: Int?) -> [Effect] { enter(.key(.init(key: key, count: count))) }

  private mutating func enter(_ input: TypedQueue.Input) -> [Effect] {
    if stops(input) {
      // What was asked for before is given up, and that is said.
      let commands = commands(of: input)
      abandon()
      return perform(commands, from: .viewer)
    }
    if mustWait, !isViews(input) {
      if queue.count < Self.mostWaiting { queue.append(input) } else { unheard += 1 }
      return []
    }
    // Behind a run without end stands only what is left of its line.
    let behind = queue
    queue.removeAll()
    tookOver = false
    let effects = perform(input)
    if tookOver { noteUndone(Waiting(behind, self, withSteps: false)) } else { behind.all.forEach { queue.append($0) } }
    return effects
  }

  /// Notes that so much was typed for which there was no room.
  public mutating func noteUnheard(_ count: Int) { unheard += count }

  // Steps of the viewer's that have an end are being made: what is typed meanwhile comes after them, so that the same keys
  // lead to the same end at any pace.
  private var hasStepsToMake: Bool {
    workbench.stepsAreViewers && workbench.activity != .idle && workbench.activity != .running
  }

  private var runsOn: Bool { workbench.stepsAreViewers && workbench.activity == .running }

  private var mustWait: Bool { hasStepsToMake || awaitsFile || !queue.isEmpty && !runsOn }

  // What was typed ahead comes when steps have come to their end, also a lesson's.
  var canGoOnTyping: Bool {
    let isScenariosEndless = workbench.activity == .running && !workbench.stepsAreViewers
    return awaitsFile || !queue.isEmpty && (workbench.activity == .idle || isScenariosEndless)
  }

  private mutating func perform(_ input: TypedQueue.Input) -> [Effect] {
    switch input {
    case .line(let commands): perform(commands, from: .viewer)
    case .rest(let commands, let origin): perform(commands, from: origin)
    case .key(let stroke): perform(stroke.key, stroke.count)
    }
  }

  // Does the next input that waits.
  mutating func goOnTyping() -> [Effect] {
    guard let input = queue.next() else { return [] }
    let effects = perform(input)
    if queue.isEmpty, unheard > 0 {
      log.append(.note("not done: \(unheard) keys and lines, for \(Self.mostWaiting) waited already"))
      unheard = 0
    }
    return effects
  }

  // Does commands as far as they can go.
  mutating func perform(_ commands: [ParsedCommand], from origin: Origin) -> [Effect] {
    var effects: [Effect] = []
    var rest = commands[...]
    awaitsFile = false
    while let parsed = rest.popFirst() {
      if parsed.command != .words(.expect(.error)) { closeFailure() }
      if parsed.command.kind.isLogged { log.append(.command(parsed.text)) }
      do throws(CommandError) {
        effects += try perform(parsed, from: origin, hasMore: !rest.isEmpty)
        // One that was refused does not take over.
        if parsed.command.kind.takesOver { tookOver = true }
        if parsed.command.kind == .lessons { rest = [] }
      } catch {
        rest = []
        refuse(error)
      }
      if hasQuit {
        queue.removeAll()
        return effects
      }
      awaitsFile = parsed.command.kind == .files && !rest.isEmpty
      if awaitsFile || parsed.command.kind == .steps && workbench.activity != .idle { break }
    }
    if !rest.isEmpty { queue.prepend([.rest(Array(rest), origin)]) }
    return effects
  }

  // Does the lines of a key, each after the steps of the one before.
  mutating func perform(lines: [[ParsedCommand]], from origin: Origin) -> [Effect] {
    var effects: [Effect] = []
    for (index, commands) in lines.enumerated() {
      guard queue.isEmpty, !hasStepsToMake, !awaitsFile else {
        let later = lines[index...].map { TypedQueue.Input.rest($0, origin) }
        // The rest of the line before comes first.
        let isBefore = if case .rest? = queue.first, index > 0 { true } else { false }
        let before = isBefore ? queue.next().map { [$0] } ?? [] : []
        queue.prepend(before + later)
        return effects
      }
      effects += perform(commands, from: origin)
    }
    return effects
  }

  // MARK: What waits

  /// What the viewer has asked for and what has yet to be done.
  public var waiting: Waiting { Waiting(queue, self) }

  /// Gives up what waits, and the steps of the viewer's that are being made; the log says what was not done.
  public mutating func abandon() {
    var waiting = waiting
    waiting.more += unheard
    queue.removeAll()
    (awaitsFile, unheard) = (false, 0)
    if hasStepsToMake { workbench.abandon() }
    noteUndone(waiting)
  }

  private mutating func noteUndone(_ waiting: Waiting) {
    if waiting != Waiting() { log.append(.note("not done: \(waiting.text)")) }
  }

  // What shows or ends, and nothing else: the screen does it at once, and so does everybody. A key that a lesson waits for is
  // the lesson's, whatever it types.
  private func isViews(_ input: TypedQueue.Input) -> Bool {
    if case .key(let stroke) = input, !isAway, player.isWaitingFor(stroke.key) { return false }
    let commands = commands(of: input)
    return !commands.isEmpty && commands.allSatisfy { $0.command.kind == .view && !$0.command.isBinding }
  }

  // What a lesson waits for is not the end of what runs, but its own.
  private func stops(_ input: TypedQueue.Input) -> Bool {
    if case .key(let stroke) = input {
      if !isAway, player.isWaitingFor(stroke.key) { return false }
      // The key that it has just waited for makes steps: it comes to its next pause.
      if hasStepsToMake, player.state == .playing { return false }
    }
    let first = commands(of: input).first { $0.command.kind != .view }
    return (workbench.activity != .idle || !queue.isEmpty) && first?.command == .steps(.stop)
  }

  // The commands of an input, as things stand.
  func commands(of input: TypedQueue.Input) -> [ParsedCommand] {
    switch input {
    case .line(let commands), .rest(let commands, _): commands
    case .key(let stroke):
      (lines(for: stroke.key, count: stroke.count) ?? []).flatMap { (try? Parser.commands(in: $0)) ?? [] }
    }
  }
}

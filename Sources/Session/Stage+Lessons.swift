import Language
import Training

extension Stage {
  // MARK: Which lesson

  mutating func play(_ command: LessonCommand) throws(CommandError.Problem) {
    if command == .again {
      guard let scenario = player.scenario else {
        throw .noLesson("nothing has been played yet; lesson NAME plays one, lessons lists them")
      }
      return begin(scenario)
    }
    let lesson = try lesson(command)
    // One that is broken does not stand in the way of the next.
    lastLesson = lesson.name
    begin(try lessonSource.scenario(of: lesson))
  }

  func lesson(_ command: LessonCommand) throws(CommandError.Problem) -> Lesson {
    if case .named(let name) = command {
      if let lesson = lessons.first(where: { $0.name == name }) { return lesson }
      throw .unknown(what: "lesson", name, known: lessons.map(\.name))
    }
    if let next = nextLesson { return next }
    throw .noLesson(lessons.isEmpty ? "there are no lessons here" : "that was the last lesson; lessons lists them all")
  }

  /// The lesson behind the one that was played last, the first where none was; `nil` behind the last.
  public var nextLesson: Lesson? {
    let index = lessons.firstIndex { $0.name == lastLesson ?? player.scenario?.name }
    return lessons.dropFirst(index.map { $0 + 1 } ?? 0).first
  }

  // MARK: Holding a scenario and letting it go

  /// Where a scenario stands that does not go on.
  struct Stand: Sendable {
    let number: Int
    let place: Place
    let way: Timeline

    init(_ run: Run) { (number, place, way) = (run.number, run.place, run.timeline.straight(to: run.position)) }

    /// Whether a run stands there, or behind it.
    func isReached(by run: Run) -> Bool {
      run.number == number && run.position >= place.position
        && (run.branch.id == place.branch || run.timeline.straight(to: run.position).extends(way))
    }

    /// The branch that leads there.
    func branch(of run: Run) -> Branch? {
      guard run.number == number else { return nil }
      return run.branches.first { $0.timeline.extends(way) } ?? run.branches.first { $0.id == place.branch }
    }
  }

  /// A scenario that was let go, and what it takes to pick it up again.
  struct Dropped: Sendable {
    let player: Player
    let passage: [String]
    let stand: Stand?
    /// How many commands could be taken back with the one that it was let go for.
    let depth: Int
  }

  mutating func hold(_ interrupted: Activity, at stand: Stand?) {
    standStill(at: stand)
    player.hold(interrupted)
    log.append(.note("the scenario is held: run goes on with it"))
  }

  mutating func letGo(_ interrupted: Activity, at stand: Stand?) {
    guard player.isOpen else { return }
    log.append(.note("the scenario is let go: from here on it is yours; u takes that back, again plays it anew"))
    var (player, stand) = (player, stand)
    if player.state == .playing { player.hold(interrupted) } else { stand = stoodAt ?? stand }
    dropped = Dropped(player: player, passage: passage, stand: stand, depth: workbench.undoDepth)
    self.player.letGo()
    passage = []
  }

  // The command that a scenario was let go for was taken back: it goes on where it was.
  mutating func pickUp() {
    guard let dropped, workbench.undoDepth < dropped.depth else { return }
    (player, passage, stoodAt) = (dropped.player, dropped.passage, dropped.stand)
    self.dropped = nil
    log.append(.note("the scenario is there again"))
  }

  /// Whether the viewer stands elsewhere than a scenario that waits or is held: its next commands are meant for where it stood, so
  /// it takes no keys until he is there again. What lies behind that place on its branch is there, too.
  public var isAway: Bool {
    guard hasTravelled, player.isWaiting || player.isHeld, let stoodAt, let run = workbench.run else { return false }
    // Who has let it run from elsewhere stops it first.
    return workbench.activity == .running || !stoodAt.isReached(by: run)
  }

  // It is said once where the scenario waits.
  mutating func noteAway() {
    let wasThere = !hasTravelled
    hasTravelled = true
    guard wasThere, isAway, let stoodAt, let run = workbench.run else { return }
    let experiment = run.number == stoodAt.number ? nil : stoodAt.number
    let branch = ([run] + workbench.otherRuns).lazy.compactMap { stoodAt.branch(of: $0) }.first?.name
    let there = PlaceText(experiment: experiment, branch: branch, stoodAt.place.position).text
    log.append(.note("the scenario waits at \(there) until you are there again: goto \(there)"))
  }

  mutating func standStill(at stand: Stand?) {
    stoodAt = stand
    hasTravelled = false
  }
}

extension Command {
  /// Whether it leads elsewhere at once: where a scenario made its steps, or waits, it leaves it.
  var goesElsewhere: Bool {
    switch self {
    case .travel(.mark), .travel(.name): false
    case .travel, .twin(.swap): true
    default: false
    }
  }
}

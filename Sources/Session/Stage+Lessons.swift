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

  // A scenario's run without end has ended with this stop: what goes on is what stands behind it.
  mutating func hold(_ interrupted: Activity) {
    standStill()
    player.hold(interrupted == .running ? .idle : interrupted)
    log.append(.note("the scenario is held: run goes on with it"))
  }

  mutating func letGo() {
    guard player.isOpen else { return }
    log.append(.note("the scenario is let go: from here on it is yours; u takes that back, again plays it anew"))
    dropped = (player, passage, workbench.undoDepth)
    player.letGo()
    passage = []
  }

  // The command that a scenario was let go for was taken back: it goes on where it was.
  mutating func pickUp() {
    guard let dropped, workbench.undoDepth < dropped.depth else { return }
    (player, passage) = (dropped.player, dropped.passage)
    self.dropped = nil
    if player.state == .playing { player.hold(.idle) }
    log.append(.note("the scenario is there again"))
  }

  /// Whether the viewer stands elsewhere than a scenario that waits or is held: its next commands are meant for where it stood, so
  /// it takes no keys until he is there again. What lies behind that place on its branch is there, too.
  public var isAway: Bool {
    guard hasTravelled, player.isWaiting || player.isHeld, let (number, place) = stoodAt, let run = workbench.run else {
      return false
    }
    return run.number != number || run.branch.id != place.branch || run.position < place.position
  }

  // It is said once where the scenario waits.
  mutating func noteAway() {
    let wasThere = !hasTravelled
    hasTravelled = true
    guard wasThere, isAway, let (_, place) = stoodAt,
      let branch = workbench.run?.branches.first(where: { $0.id == place.branch })
    else { return }
    let there = PlaceText(branch: branch.name, place.position).text
    log.append(.note("the scenario waits at \(there) until you are there again: goto \(there)"))
  }

  mutating func standStill() {
    stoodAt = workbench.run.map { ($0.number, $0.place) }
    hasTravelled = false
  }
}

import Analysis
import Language
import Training

extension Command {
  /// Whether `undo` can take it back: what changes an experiment, begins another, or names a branch.
  var isUndoable: Bool {
    switch self {
    case .setUp, .change, .twin, .travel(.name): true
    default: false
    }
  }
}

extension Workbench {
  /// How things stand, without what can be made again.
  struct Standing: Equatable, Sendable {
    let run: Run.Outline?
    let settings: Settings
    let restarts: [Int: Int]
    let twin: Twin.Outline?
  }

  /// What can be taken back, and what was.
  struct Done: Sendable {
    /// A command that can be taken back.
    struct Entry: Sendable {
      let text: String
      /// Where it was given.
      let place: String
      /// How things stood before it.
      let before: Standing
    }

    /// A command that was taken back.
    struct Undone: Sendable {
      let entry: Entry
      /// How things stood where `undo` was given.
      let after: Standing
    }

    var entries: [Entry] = []
    var undone: [Undone] = []

    static let most = 1000
  }

  // A run of which nothing has been made is no more than its settings, whether or not somebody has looked at it.
  var standing: Standing {
    let isBegun = run.map { !$0.isUntouched || !$0.timeline.changes.isEmpty } ?? false
    return Standing(
      run: isBegun ? run?.outline : nil, settings: settings, restarts: restarts, twin: twin?.outline)
  }

  // A command that has changed something can be taken back; what was taken back before cannot come back then.
  mutating func note(_ text: String, _ before: Standing) {
    guard before != standing else { return }
    let place = before.run == nil ? "0" : Self.text(of: before)
    done.entries.append(Done.Entry(text: text, place: place, before: before))
    done.entries.removeFirst(max(0, done.entries.count - Done.most))
    done.undone = []
  }

  private static func text(of standing: Standing) -> String {
    guard let outline = standing.run else { return "0" }
    return PlaceText(branch: outline.branch == "main" ? nil : outline.branch, outline.position).text
  }

  /// How many commands can be taken back.
  var undoDepth: Int { done.entries.count }

  // MARK: The commands

  mutating func travel(_ command: TravelCommand) throws(CommandError.Problem) -> [Effect] {
    switch command {
    case .undo(let count): return try undo(count)
    case .redo(let count): return try redo(count)
    default: break
    }
    // Whoever goes somewhere is somewhere: at the start, if no step has been made.
    var next = self
    let began = try next.begin()
    let effects = try next.go(command)
    self = next
    return began + effects
  }

  private mutating func go(_ command: TravelCommand) throws(CommandError.Problem) -> [Effect] {
    switch command {
    case .back(let count): return try go("back", to: try begun().position.stepsBack(count))
    case .phaseBack(let count): return try go("phase back", to: try begun().position.phasesBack(count))
    case .go(let destination): return try go(to: destination)
    case .mark(let name):
      guard let name = run?.mark(name), let run else { return [] }
      return [.note("\(name) is \(run.placeText(branch: nil).text): goto mark \(name) leads here")]
    case .name(let name): return try nameBranch(name)
    case .undo, .redo: return []
    }
  }

  private func begun() throws(CommandError.Problem) -> Run {
    guard let run else { throw .noPlace("no step has been made yet: there is nothing to go back to") }
    return run
  }

  private mutating func nameBranch(_ name: String) throws(CommandError.Problem) -> [Effect] {
    guard run?.nameBranch(name) == true else {
      throw .noPlace("another branch is called \(name); goto \(name):end leads to its end")
    }
    return [.note("this branch is called \(name)")]
  }

  // MARK: Going to a place

  private mutating func go(_ verb: String, to position: Position) throws(CommandError.Problem) -> [Effect] {
    let run = try begun()
    return try go(verb, to: Place(branch: run.branch.id, position: position), of: run.number)
  }

  private mutating func go(
    _ verb: String, to place: Place, of number: Int
  ) throws(CommandError.Problem) -> [Effect] {
    let from = hereText
    if let run, run.number == number {
      // On the run itself, and not on a copy of it.
      guard self.run?.travel(to: place) == true else { throw .stopped }
    } else {
      twin = nil
      guard var target = otherRuns.first(where: { $0.number == number }) else {
        throw .noPlace("x\(number) is no more")
      }
      guard target.travel(to: place) else { throw .stopped }
      enter(target, keepsUntouched: true)
    }
    activity = .idle
    return [jump(verb, from: from)]
  }

  // Where what came after has made steps, it is another experiment.
  private func kept(_ place: PlaceText) -> String {
    guard let number = place.experiment, otherRuns.contains(where: { $0.number == number }) else { return "" }
    return "; what came after is x\(number): goto x\(number):end"
  }

  // Another run takes the place of the one of now.
  private mutating func enter(_ other: Run, keepsUntouched: Bool = false) {
    putAside(keepsUntouched: keepsUntouched)
    otherRuns.removeAll { $0.number == other.number }
    var other = other
    other.wake(memory: memory, besides: otherRuns)
    run = other
    (activity, stepsAreViewers) = (.idle, false)
  }

  var hereText: PlaceText {
    run.map { PlaceText(experiment: $0.number, branch: $0.branch.name, $0.position) } ?? PlaceText(.start)
  }

  // Told as briefly as it can be understood: the experiment only where it is another one, the branch where there are several.
  func jump(_ verb: String, from: PlaceText, prefix: String = "") -> Effect {
    guard let run else {
      return .jumped(
        Jump(
          from: from, to: PlaceText(.start), branch: "main", verb: verb,
          words: prefix + "before the first step" + kept(from)))
    }
    let isElsewhere = from.experiment != run.number
    let here = PlaceText(
      experiment: isElsewhere ? run.number : nil,
      branch: isElsewhere || run.branches.count > 1 ? run.branch.name : nil, run.position)
    let end = PlaceText(run.end).text
    let words = run.isPast ? "at \(here.text), in the past: the end is \(end)" : "at \(here.text), the end"
    return .jumped(
      Jump(
        from: from, to: hereText, branch: run.branch.name, verb: verb, words: prefix + words))
  }

  private mutating func go(to destination: Destination) throws(CommandError.Problem) -> [Effect] {
    switch destination {
    case .by(let count):
      let run = try begun()
      if count < 0 { return try go("goto", to: run.position.stepsBack(-count)) }
      return try go("goto", to: try reached(Position(step: run.position.step + count), run, run.branch))
    case .mark(let name):
      for run in ([run].compactMap(\.self) + otherRuns.reversed()) {
        guard let mark = run.marks.first(where: { $0.name == name }) else { continue }
        return try go("goto", to: mark.place, of: run.number)
      }
      let known = ([run].compactMap(\.self) + otherRuns).flatMap { $0.marks.map(\.name) }
      throw .unknown(what: "mark", name, known: known)
    case .position(let text): return try go(to: text)
    case .extreme(let isLargest, let quantity): return try goToExtreme(isLargest, quantity)
    case .event(let direction, let kind):
      if let kind { eventKind = kind }
      return try go("goto \(direction.rawValue)", to: try find(eventKind, direction, try begun()))
    }
  }

  private mutating func go(to text: PlaceText) throws(CommandError.Problem) -> [Effect] {
    let begun = try self.begun()
    guard let run = text.experiment.map({ number in ([begun] + otherRuns).first { $0.number == number } }) ?? begun
    else {
      let known = ([begun] + otherRuns).map { "x\($0.number)" }.sorted()
      throw .unknown(what: "experiment", "x\(text.experiment ?? 0)", known: known)
    }
    let branch = text.branch.map { name in run.branches.first { $0.name == name } } ?? run.branch
    guard let branch else {
      throw .unknown(what: "branch", text.branch ?? "", known: run.branches.map(\.name))
    }
    let step =
      switch text.point {
      case .step(let step): step
      case .end: branch.end.step
      case .share(let percent): Int(Double(branch.end.step) * percent / 100)
      }
    let isEnd = text.point == .end && text.phase == nil
    let wanted = isEnd ? branch.end : Position(step: step, phases: text.phase?.number ?? 0)
    return try go("goto", to: Place(branch: branch.id, position: try reached(wanted, run, branch)), of: run.number)
  }

  // A position that has been reached, or how to get there.
  private func reached(
    _ position: Position, _ run: Run, _ branch: Branch
  ) throws(CommandError.Problem) -> Position {
    guard position > branch.end else { return position }
    let end = PlaceText(branch.end).text
    let isHere = run.number == self.run?.number && run.branch.id == branch.id
    let way =
      isHere && !run.isPast
      ? "" : "goto \(run.number == self.run?.number ? "" : "x\(run.number):")\(branch.name):end and "
    let missing =
      position.step > branch.end.step
      ? "step \(position.step - branch.end.step)" : "phase \(position.phases - branch.end.phases)"
    throw .noPlace(
      "\(PlaceText(position).text) is beyond the end of \(branch.name), \(end): \(way)\(missing) would lead there")
  }

  // MARK: Looking for something

  // What is no longer kept exactly has to be made again to be looked at.
  private mutating func noteSearch(_ run: Run) { madeAgain += max(0, (run.history.firstKept ?? 1) - 1) }

  private mutating func find(
    _ kind: RunEventKind, _ direction: Destination.Direction, _ run: Run
  ) throws(CommandError.Problem) -> Position {
    let found: Position?
    switch kind {
    case .change: found = Self.choose(run.timeline.changes.map(\.position), direction, run.position)
    case .mark:
      let places = run.marks.map(\.place).filter { $0.branch == run.branch.id }
      found = Self.choose(places.map(\.position).sorted(), direction, run.position)
    case .clipped: found = try find(.clipped, direction, run)
    case .unclipped: found = try find(.unclipped, direction, run)
    case .nonfinite: found = try find(.nonfinite, direction, run)
    case .spike: found = try find(.spike, direction, run)
    }
    noteSearch(run)
    if let found { return found }
    let here = PlaceText(run.position).text
    let range =
      switch direction {
      case .next: " between \(here) and the end, \(PlaceText(run.end).text)"
      case .previous: " before \(here)"
      case .first, .last: " on \(run.branch.name)"
      }
    throw .noPlace(
      "there is no \(kind == .spike || kind == .change || kind == .mark ? "" : "step that is ")\(kind.rawValue)\(range)"
    )
  }

  private static func choose(
    _ positions: [Position], _ direction: Destination.Direction, _ here: Position
  ) -> Position? {
    switch direction {
    case .next: positions.first { $0 > here }
    case .previous: positions.last { $0 < here }
    case .first: positions.first
    case .last: positions.last
    }
  }

  private func find(
    _ event: StepEvent, _ direction: Destination.Direction, _ run: Run
  ) throws(CommandError.Problem) -> Position? {
    let (here, end) = (run.position, run.end.step)
    // The step that is open comes behind here, the one before it in front.
    let before = 1..<max(1, here.step + (here.phases > 0 ? 1 : 0))
    do throws(SearchStopped) {
      let step =
        switch direction {
        case .next: try run.firstStep(with: event, in: min(here.step + 1, end + 1)..<(end + 1))
        case .previous: try run.lastStep(with: event, in: before)
        case .first: try run.firstStep(with: event, in: 1..<(end + 1))
        case .last: try run.lastStep(with: event, in: 1..<(end + 1))
        }
      return step.map { Position(step: $0) }
    } catch {
      throw .stopped
    }
  }

  private mutating func goToExtreme(
    _ isLargest: Bool, _ quantity: Quantity
  ) throws(CommandError.Problem) -> [Effect] {
    let run = try begun()
    if let name = quantity.parameter, !parameterNames.contains(name) {
      throw .unknownParameter(name, known: parameterNames)
    }
    if case .ofParameter(.radius, _) = quantity { throw .onDemandOnly(quantity.text) }
    noteSearch(run)
    let (history, names) = (run.history, parameterNames)
    let found: (step: Int, value: Double)?
    do throws(SearchStopped) {
      found = try run.step(ofLargest: isLargest) { quantity.value(in: $0, of: history, names: names) }
    } catch {
      throw .stopped
    }
    guard let found else { throw .noPlace("\(quantity.text) has no finite value on \(run.branch.name)") }
    let words = "\(isLargest ? "largest" : "smallest") \(quantity.text) \(NumberText.short(found.value)): "
    let from = hereText
    let place = Place(branch: run.branch.id, position: Position(step: found.step))
    _ = try go("goto", to: place, of: run.number)
    return [jump("goto", from: from, prefix: words)]
  }

  // MARK: Undo and redo

  private mutating func undo(_ count: Int) throws(CommandError.Problem) -> [Effect] {
    guard !done.entries.isEmpty else { throw .noPlace("there is nothing to undo") }
    var effects: [Effect] = []
    for _ in 0..<min(count, done.entries.count) {
      let (entry, after, from) = (done.entries[done.entries.count - 1], standing, hereText)
      try restore(entry.before)
      done.entries.removeLast()
      done.undone.append(Done.Undone(entry: entry, after: after))
      effects.append(jump("undo", from: from, prefix: "undone: \(entry.text), given at \(entry.place); "))
    }
    return effects
  }

  private mutating func redo(_ count: Int) throws(CommandError.Problem) -> [Effect] {
    guard !done.undone.isEmpty else { throw .noPlace("there is nothing to redo") }
    var effects: [Effect] = []
    for _ in 0..<min(count, done.undone.count) {
      let (undone, from) = (done.undone[done.undone.count - 1], hereText)
      try restore(undone.after)
      done.undone.removeLast()
      done.entries.append(undone.entry)
      effects.append(
        jump("redo", from: from, prefix: "redone: \(undone.entry.text), given at \(undone.entry.place); "))
    }
    return effects
  }

  // Experiments that have made no step leave their number to the next.
  private func freeNumber(_ number: Int) -> Int {
    let isTaken = ([run].compactMap(\.self) + otherRuns).contains { $0.number == number && !$0.isUntouched }
    return isTaken ? nextNumber : number
  }

  private mutating func restore(_ standing: Standing) throws(CommandError.Problem) {
    guard let outline = standing.run else {
      let undone = run.flatMap { $0.isUntouched ? nil : $0.number }
      putAside()
      (draft, restarts, activity, twin) = (standing.settings, standing.restarts, .idle, nil)
      // What was taken back is drawn behind what comes instead of it.
      restarts[nextNumber] = undone
      return
    }
    // A twin that has gone is made again.
    var twin = standing.twin == nil ? nil : self.twin
    if let outline = standing.twin, twin?.id != outline.id {
      guard let made = Twin(outline, memory: memory) else { throw .stopped }
      twin = made
    }
    if run?.id == outline.id {
      guard run?.restore(outline) == true else { throw .stopped }
    } else {
      // One that had made no step was not kept: it is made again.
      var other =
        otherRuns.first { $0.id == outline.id }
        ?? Run(outline.settings, id: outline.id, number: freeNumber(outline.number), memory: memory)
      guard other.restore(outline) else { throw .stopped }
      enter(other)
    }
    if let now = run, self.twin?.id != twin?.id {
      guard twin?.follow(now) ?? true, twin?.findParting(from: now) ?? true else { throw .stopped }
    }
    (restarts, activity, self.twin) = (standing.restarts, .idle, twin)
  }
}

extension Run {
  /// The position of now; with the branch where there are several, or it is told.
  func placeText(branch: String?) -> PlaceText {
    PlaceText(branch: branch ?? (branches.count > 1 ? self.branch.name : nil), position)
  }

  /// What `when` shows.
  var whenLines: [String] {
    ["\(PlaceText(experiment: number, branch: branch.name, position).text) digest \(experiment.digest.text)"]
  }

  /// What `branches` shows: where each left another, how far it goes, its last loss, and what makes it another.
  func branchLines() -> [String] {
    branches.map { branch in
      let sign = branch.id == self.branch.id ? "▸ " : "  "
      let loss = branch.history.last.map { ", loss \(NumberText.short($0.loss))" } ?? ""
      let line = "\(sign)\(branch.name) to \(PlaceText(branch.end).text)\(loss)"
      guard let (parent, position) = origin(of: branch) else { return line }
      let changes = branch.timeline.changes.drop { $0.position < position }
      let own = changes.filter { entry in !parent.timeline.changes.contains(entry) }.map(\.change.command.text)
      let what = own.isEmpty ? "" : ": " + own.prefix(3).joined(separator: "; ") + (own.count > 3 ? "; …" : "")
      return line + " · left \(parent.name) at \(PlaceText(position).text)\(what)"
    }
  }

  /// What `marks` shows.
  var markLines: [String] {
    if marks.isEmpty { return ["there are no marks; mark NAME makes one"] }
    return marks.compactMap { mark in
      branches.first { $0.id == mark.place.branch }.map { branch in
        "\(mark.name) \(PlaceText(branch: branches.count > 1 ? branch.name : nil, mark.place.position).text)"
      }
    }
  }
}

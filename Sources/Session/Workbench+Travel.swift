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
    var run: Run.Outline?
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
    let isBegun = twin != nil || run.map { !$0.isUntouched || $0.hasNames || !$0.timeline.changes.isEmpty } ?? false
    return Standing(
      run: isBegun ? run?.outline : nil, settings: settings, restarts: restarts, twin: twin?.outline)
  }

  // A command that has changed something can be taken back; what was taken back before cannot come back then.
  mutating func note(_ text: String, _ before: Standing) {
    guard before != standing else { return }
    var before = before
    if let last = done.entries.last?.before.run { before.run?.share(with: last) }
    done.entries.append(Done.Entry(text: text, place: Self.text(of: before), before: before))
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
    // On a copy: what is refused or stopped on its way has changed nothing.
    var next = self
    let effects = try next.perform(command)
    guard next.bringTwin() else { throw .stopped }
    self = next
    return effects
  }

  private mutating func perform(_ command: TravelCommand) throws(CommandError.Problem) -> [Effect] {
    switch command {
    case .undo(let count): return try undo(count)
    case .redo(let count): return try redo(count)
    case .back, .phaseBack, .go, .mark, .name: break
    }
    // Whoever goes somewhere is somewhere: at the start, if no step has been made; where the settings make no experiment, at the
    // one that he names.
    if run == nil, settings.problem != nil, case .go(.position(let place)) = command, let number = place.experiment,
      let other = otherRuns.first(where: { $0.number == number })
    {
      return try go(to: place, from: other)
    }
    let began = try begin()
    guard let run else { preconditionFailure("a run has begun") }
    switch command {
    case .back(let count): return try began + go("back", to: run.position.stepsBack(count), on: run)
    case .phaseBack(let count): return try began + go("phase back", to: run.position.phasesBack(count), on: run)
    case .go(let destination): return try began + go(to: destination, from: run)
    case .mark(let name): return began + mark(name)
    case .name(let name): return try began + nameBranch(name)
    case .undo, .redo: preconditionFailure("they need no run")
    }
  }

  private mutating func mark(_ name: String?) -> [Effect] {
    guard let name = run?.mark(name), let run else { return [] }
    return [.note("\(name) is \(run.placeText.text): goto mark \(name) leads here")]
  }

  private mutating func nameBranch(_ name: String) throws(CommandError.Problem) -> [Effect] {
    guard run?.nameBranch(name) == true else {
      throw .noPlace("another branch is called \(name); goto \(name):end leads to its end")
    }
    return [.note("this branch is called \(name)")]
  }

  // MARK: Going to a place

  private mutating func go(
    _ verb: String, to position: Position, on run: Run, prefix: String = ""
  ) throws(CommandError.Problem) -> [Effect] {
    try go(verb, to: Place(branch: run.branch.id, position: position), of: run, prefix: prefix)
  }

  // - Parameter prefix: what is said before where it led.
  private mutating func go(
    _ verb: String, to place: Place, of run: Run, prefix: String = ""
  ) throws(CommandError.Problem) -> [Effect] {
    let (from, left) = (hereText, run.id == self.run?.id ? nil : twin)
    var target = run
    guard target.travel(to: place) else { throw .stopped }
    enter(target, insteadOf: run, keepsUntouched: true)
    let words = left.map { [Effect.note("the twin has gone: \($0.words)")] } ?? []
    return words + [jump(verb, from: from, prefix: prefix)]
  }

  // A run that has gone elsewhere is the run of now; where it is another one, that of now is put aside.
  private mutating func enter(_ next: Run, insteadOf before: Run?, keepsUntouched: Bool = false) {
    madeAgain += next.madeAgain - (before?.madeAgain ?? 0)
    if run?.id != next.id {
      putAside(keepsUntouched: keepsUntouched)
      otherRuns.removeAll { $0.id == next.id }
      twin = nil
    }
    (run, activity, stepsAreViewers) = (next, .idle, false)
    shareMemory()
  }

  // Where what came after has made steps, it is another experiment.
  private func kept(_ place: PlaceText) -> String {
    guard let number = place.experiment, otherRuns.contains(where: { $0.number == number }) else { return "" }
    return "; what came after is x\(number): goto x\(number):end"
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

  private mutating func go(
    to destination: Destination, from run: Run
  ) throws(CommandError.Problem) -> [Effect] {
    switch destination {
    case .by(let count):
      if count < 0 { return try go("goto", to: run.position.stepsBack(-count), on: run) }
      let position = Position(step: run.position.step + count)
      return try go("goto", to: try reached(position, run, run.branch), on: run)
    case .mark(let name):
      let runs = [run] + otherRuns.reversed()
      for run in runs {
        guard let mark = run.marks.first(where: { $0.name == name }) else { continue }
        return try go("goto", to: mark.place, of: run)
      }
      throw .unknown(what: "mark", name, known: runs.flatMap { $0.marks.map(\.name) })
    case .position(let text): return try go(to: text, from: run)
    case .extreme(let isLargest, let quantity): return try goToExtreme(isLargest, quantity, run)
    case .event(let direction, let kind):
      if let kind { eventKind = kind }
      return try go("goto \(direction.rawValue)", to: try find(eventKind, direction, run), on: run)
    }
  }

  private mutating func go(to text: PlaceText, from here: Run) throws(CommandError.Problem) -> [Effect] {
    let runs = [here] + otherRuns.filter { $0.id != here.id }
    guard let run = text.experiment.map({ number in runs.first { $0.number == number } }) ?? here else {
      throw .unknown(
        what: "experiment", "x\(text.experiment ?? 0)", known: runs.map(\.number).sorted().map { "x\($0)" })
    }
    guard let branch = text.branch.map({ name in run.branches.first { $0.name == name } }) ?? run.branch else {
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
    return try go("goto", to: Place(branch: branch.id, position: try reached(wanted, run, branch)), of: run)
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
    _ isLargest: Bool, _ quantity: Quantity, _ run: Run
  ) throws(CommandError.Problem) -> [Effect] {
    let (place, what) = (quantity.isOfTwin ? try twinMeasuring(quantity) : (run, quantity))
    if let name = what.parameter { try place.checkParameter(name) }
    switch what {
    case .ofParameter(.radius, _), .scalar(.distance), .scalar(.parted): throw .onDemandOnly(quantity.text)
    default: break
    }
    noteSearch(place)
    let found: (step: Int, value: Double)?
    do throws(SearchStopped) {
      let names = place.experiment.network.parameters.descriptions.map(\.name)
      found = try place.step(ofLargest: isLargest) { what.value(in: $0, of: $1, names: names) }
    } catch {
      throw .stopped
    }
    guard let found else { throw .noPlace("\(quantity.text) has no finite value on \(run.branch.name)") }
    let words = "\(isLargest ? "largest" : "smallest") \(quantity.text) \(NumberText.short(found.value)): "
    return try go("goto", to: try reached(Position(step: found.step), run, run.branch), on: run, prefix: words)
  }

  // MARK: Undo and redo

  private mutating func undo(_ count: Int) throws(CommandError.Problem) -> [Effect] {
    guard !done.entries.isEmpty else { throw .noPlace("there is nothing to undo") }
    return try repeated(min(count, done.entries.count)) { (bench) throws(CommandError.Problem) in
      let (entry, after, from) = (bench.done.entries.removeLast(), bench.standing, bench.hereText)
      try bench.restore(entry.before)
      bench.done.undone.append(Done.Undone(entry: entry, after: after))
      return bench.jump("undo", from: from, prefix: "undone: \(entry.text), given at \(entry.place); ")
    }
  }

  private mutating func redo(_ count: Int) throws(CommandError.Problem) -> [Effect] {
    guard !done.undone.isEmpty else { throw .noPlace("there is nothing to redo") }
    return try repeated(min(count, done.undone.count)) { (bench) throws(CommandError.Problem) in
      let (undone, from) = (bench.done.undone.removeLast(), bench.hereText)
      try bench.restore(undone.after)
      bench.done.entries.append(undone.entry)
      let given = "\(undone.entry.text), given at \(undone.entry.place)"
      return bench.jump("redo", from: from, prefix: "redone: \(given); ")
    }
  }

  private mutating func repeated(
    _ count: Int, _ act: (inout Workbench) throws(CommandError.Problem) -> Effect
  ) throws(CommandError.Problem) -> [Effect] {
    var effects: [Effect] = []
    for _ in 0..<count { effects.append(try act(&self)) }
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
    let before = ([run].compactMap(\.self) + otherRuns).first { $0.id == outline.id }
    // One that had made no step was not kept: it is made again. Of one that had, nothing is left if it is too long ago.
    guard before != nil || outline.isUntouched else {
      throw .noPlace("x\(outline.number) is no more: the last \(Self.mostEarlierRuns) experiments are kept")
    }
    var next =
      before ?? Run(outline.settings, id: outline.id, number: freeNumber(outline.number), memory: memory)
    guard next.restore(outline) else { throw .stopped }
    let known = twin
    enter(next, insteadOf: before)
    restarts = standing.restarts
    twin = try standing.twin.map { (outline) throws(CommandError.Problem) in
      if let known, known.id == outline.id { return known }
      // A twin that has gone is made again.
      guard var made = Twin(outline, memory: memory), made.follow(next) else { throw .stopped }
      noteMadeAgain(made)
      return made
    }
    shareMemory()
  }

  /// The run's snapshots may take what a twin and the runs that were put aside leave.
  mutating func shareMemory() {
    let (share, others) = (twin == nil ? memory : memory / 2, otherRuns)
    run?.wake(memory: share, besides: others)
  }
}

extension Run {
  /// The position of now, with the branch where there are several.
  var placeText: PlaceText { PlaceText(branch: branches.count > 1 ? branch.name : nil, position) }

  /// Refuses a parameter that the network does not have.
  func checkParameter(_ name: String) throws(CommandError.Problem) {
    let names = experiment.network.parameters.descriptions.map(\.name)
    guard names.contains(name) else { throw .unknownParameter(name, known: names) }
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
      let known = Set(parent.timeline.changes)
      let own = branch.timeline.changes.drop { $0.position < position }.filter { !known.contains($0) }
        .map(\.change.command.text)
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

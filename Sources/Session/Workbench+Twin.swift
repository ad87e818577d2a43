import Language
import Training

extension Workbench {
  mutating func twin(_ command: TwinCommand) throws(CommandError.Problem) -> [Effect] {
    switch command {
    case .begin(let line): return try beginTwin(line)
    case .swap: return try swapTwin()
    case .end:
      guard let twin else { throw .withoutTwin("there is no twin; twin \"clip off\" begins one") }
      self.twin = nil
      shareMemory()
      return [.note("the twin has gone: \(twin.words)")]
    }
  }

  private mutating func beginTwin(_ line: TwinLine) throws(CommandError.Problem) -> [Effect] {
    var next = self
    let began = try next.begin()
    guard let run = next.run else { return began }
    let id = twinNumber + 1
    let made: Twin?
    if line.setUps.isEmpty {
      let changes = try Self.changes(line, from: run.settings)
      do throws(ChangeProblem) {
        made = try Twin(of: run, id: id, difference: line.text, changes: changes)
      } catch {
        throw .init(error)
      }
    } else {
      let settings = try setUp(line, run.timeline.settings)
      let changes = try Self.changes(line, from: settings)
      made = Twin(
        of: run, id: id, difference: line.text, settings: settings, changes: changes, replaced: line.replaces)
    }
    guard let made else { throw .stopped }
    (next.twin, next.twinNumber) = (made, id)
    if made.isFromStart { next.noteMadeAgain(made) }
    next.companion = next.companion ?? Companion()
    self = next
    shareMemory()
    let place = made.isFromStart ? "it began at 0, and is at \(PlaceText(run.position).text), too" : "from here on"
    return began + [.note("a twin goes beside the run: \(made.words), \(place)")] + failureOfTwin
  }

  private func setUp(_ line: TwinLine, _ settings: Settings) throws(CommandError.Problem) -> Settings {
    var settings = settings
    for command in line.setUps { try settings.setUp(command, files: files, folder: "") }
    if let problem = settings.problem { throw .init(problem) }
    return settings
  }

  // What a line changes, each command from the settings that those before it lead to.
  private static func changes(_ line: TwinLine, from settings: Settings) throws(CommandError.Problem) -> [Change] {
    var (settings, changes) = (settings, [Change]())
    for command in line.changes { changes.append(try settings.change(command)) }
    return changes
  }

  private mutating func swapTwin() throws(CommandError.Problem) -> [Effect] {
    guard var twin, let run else { throw .withoutTwin("there is no twin; twin \"clip off\" begins one") }
    guard twin.belongs(to: run.branch), !twin.isBefore(run.position), twin.isBeside(run) else {
      throw .withoutTwin("the twin is not here: it began at \(PlaceText(twin.begins).text)")
    }
    if !twin.isFromStart, run.branches.count >= Run.mostBranches { throw .tooManyBranches(limit: Run.mostBranches) }
    let (from, id) = (hereText, twinNumber + 1)
    let swapped =
      twin.isFromStart
      ? twin.swapped(with: run, id: id, runID: runCount + 1, number: nextNumber) : twin.swapped(with: run, id: id)
    guard let swapped else { throw .stopped }
    if twin.isFromStart {
      putAside()
      runCount += 1
    }
    (self.run, self.twin, twinNumber) = (swapped.run, swapped.twin, id)
    (activity, stepsAreViewers) = (.idle, false)
    shareMemory()
    return [jump("twin swap", from: from, prefix: "the twin is the run now; ")]
  }

  // MARK: In step

  /// The twin goes to where the run has gone.
  /// - Returns: false where an ``Effort`` was stopped.
  mutating func bringTwin() -> Bool {
    guard let run else {
      twin = nil
      return true
    }
    let before = twin.map { $0.run.madeAgain + $0.run.end.step } ?? 0
    guard twin?.follow(run) ?? true else { return false }
    madeAgain += (twin.map { $0.run.madeAgain + $0.run.end.step } ?? 0) - before
    return true
  }

  /// A twin has gone all its way again, and has been compared with the run.
  mutating func noteMadeAgain(_ twin: Twin) { madeAgain += 2 * twin.run.position.step }

  /// The run that the twin is at the position of now: itself, or the run before the twin began; `nil` where there is none.
  public var twinRun: Run? {
    guard var twin, let run, twin.belongs(to: run.branch) else { return nil }
    if twin.isBefore(run.position) { return run }
    return twin.isBeside(run) ? twin.run : nil
  }

  // The twin that a number is about.
  private func twin(for quantity: Quantity) throws(CommandError.Problem) -> Twin {
    guard let twin else { throw .withoutTwin("\(quantity.text): there is no twin; twin \"clip off\" begins one") }
    return twin
  }

  private func elsewhere(_ quantity: Quantity, _ twin: Twin) -> CommandError.Problem {
    .withoutTwin(
      "\(quantity.text): the twin is not here; it began at \(PlaceText(twin.begins).text) of another branch, or makes no more steps"
    )
  }

  /// The run that a number of the twin's is measured on, and its name there.
  func twinMeasuring(_ quantity: Quantity) throws(CommandError.Problem) -> (run: Run, quantity: Quantity) {
    var twin = try twin(for: quantity)
    guard let run, twin.belongs(to: run.branch) else { throw elsewhere(quantity, twin) }
    if case .twin(let own) = quantity { return (twin.run, own) }
    return (twin.run, quantity)
  }

  /// What is measured of two runs.
  func valueOfTwin(_ quantity: Quantity) throws(CommandError.Problem) -> Double {
    let twin = try twin(for: quantity)
    guard let run, let other = twinRun else { throw elsewhere(quantity, twin) }
    switch quantity {
    case .scalar(.parted):
      guard let parted = twin.parted(from: run) else {
        throw .withoutTwin("parted does not exist: run and twin are equal since 0")
      }
      return Double(parted)
    case .scalar(.distance):
      guard let distance = twin.distance(from: run) else {
        throw .withoutTwin("distance does not exist: the parameters of run and twin have other shapes")
      }
      return distance
    case .twin(let own): return try Reading.value(own, other, other.settings)
    default: preconditionFailure("it is about two runs")
    }
  }

  /// What was measured of two runs in a step that was made.
  func valueOfTwin(_ quantity: Quantity, in record: StepRecord) throws(CommandError.Problem) -> Double {
    let twin = try twin(for: quantity)
    guard let run else { throw .notYet(quantity.text) }
    switch quantity {
    case .scalar(.parted):
      guard let parted = twin.parted(from: run), parted <= record.step else {
        throw .withoutTwin("parted does not exist: run and twin are equal since 0 at step \(record.step)")
      }
      return Double(parted)
    case .twin(let own):
      let other = twin.isBefore(Position(step: record.step)) ? run : twin.run
      let value = other.known[step: record.step].flatMap { other.value(of: own, in: $0) }
      guard let value else { throw .withoutTwin("\(quantity.text) is not recorded at step \(record.step)") }
      return value
    default: throw .onDemandOnly(quantity.text)
    }
  }
}

extension Twin {
  /// What makes it another, in words.
  public var words: String { difference.isEmpty ? "no difference" : isSwapped ? "without \(difference)" : difference }
}

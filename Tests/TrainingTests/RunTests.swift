import Gradients
import Optimization
import SeededRandom
import Testing
import Training

/// Settings and the list of changes with their positions are all that it takes to make an experiment again.
@Suite struct RunTests {
  /// A change of any kind, as it may come at any time.
  static func change(_ random: inout SplitMix, of settings: Settings) -> Change {
    switch Int.random(in: 0..<9, using: &random) {
    case 0: .rule(Row.rules.randomElement(using: &random)!)
    case 1: .clipping(isOn: .random(using: &random))
    case 2, 3: .maxNorm([1e-3, 0.1, 1, 30].randomElement(using: &random)!)
    case 4: .normType([1, 2, 3, .infinity].randomElement(using: &random)!)
    case 5, 6: .learningRate([1e-4, 0.003, 0.05].randomElement(using: &random)!)
    case 7: .accumulation(Int.random(in: 1...3, using: &random))
    default: .outlier(settings.task.hasNumericTargets && .random(using: &random) ? .nan : .scale(10))
    }
  }

  @Test(
    "The same changes at the same positions lead to the same experiment", arguments: Row.all, [1, 2, 3] as [UInt64])
  func replay(_ row: Row, seed: UInt64) throws {
    var random = SplitMix(seed: seed)
    var run = Run(row.settings)
    var records: [StepRecord] = []
    var effective = 0
    for _ in 0..<60 {
      if Int.random(in: 0..<3, using: &random) == 0 {
        effective += (try? run.apply(Self.change(&random, of: row.settings))) == true ? 1 : 0
      } else if let record = try run.advance() {
        records.append(record)
      }
    }
    #expect(run.timeline.changes.count == effective && effective > 3, "seed \(seed)")
    #expect(run.timeline.end == run.experiment.position)
    let (again, made) = try Run.following(run.timeline)
    #expect(again.snapshot == run.experiment.snapshot && again.position == run.position, "seed \(seed)")
    #expect(again.digest == run.experiment.digest)
    #expect(made.count == records.count && zip(made, records).allSatisfy { $0.isSame(as: $1) })
    for record in records { #expect(run.history[step: record.step]?.isSame(as: record) == true) }
    // Without one of its changes it is another experiment, unless that change came to nothing; most do not.
    let others = try run.timeline.changes.indices.map { try Run.following(run.timeline, without: $0).0.snapshot }
    #expect(others.contains { $0 != run.experiment.snapshot }, "seed \(seed)")
  }

  @Test("What changes nothing is not noted, and what cannot be is refused and changes nothing")
  func refusals() throws {
    var settings = Settings()
    settings.clipping.rule = .value(ClipValue())
    var run = Run(settings)
    let before = run.experiment.snapshot
    for change in [Change.learningRate(0.01), .clipping(isOn: false), .accumulation(1)] {
      #expect(try run.apply(change) == false)
    }
    let refused: [(Change, ChangeProblem)] = [
      (.maxNorm(2), .ruleLacks(option: "max_norm", .value(ClipValue()))),
      (.normType(1), .ruleLacks(option: "norm_type", .value(ClipValue()))), (.outlier(.nan), .noNumericTargets(.sum)),
    ]
    for (change, problem) in refused { #expect(throws: problem) { try run.apply(change) } }
    #expect(run.experiment.snapshot == before && run.timeline.changes.isEmpty)
    #expect(try run.apply(.rule(.value(ClipValue()))) == true, "a rule that is given anew forgets")
    #expect(run.timeline.changes.map(\.change) == [.rule(.value(ClipValue()))])
  }

  @Test("A step that is given up leaves the run before it, with what was changed inside it")
  func failure() throws {
    var settings = Settings()
    settings.task = .regression(RegressionTask())
    var rule = ClipNorm()
    rule.errorIfNonfinite = true
    (settings.clipping.rule, settings.clipping.isOn) = (.norm(rule), true)
    var run = Run(settings)
    while try run.advance() == nil {}
    _ = try run.apply(.outlier(.nan))
    for _ in 0..<3 { _ = try run.advance() }
    _ = try run.apply(.learningRate(0.5))
    _ = try run.advance()
    #expect(throws: StepError.self) { try run.advance() }
    #expect(run.position == Position(step: 1) && run.history.count == 1)
    #expect(run.timeline.changes.map(\.position) == [Position(step: 1), Position(step: 1)])
    #expect(run.timeline.changes.map(\.change) == [.outlier(.nan), .learningRate(0.5)])
  }
}

extension Run {
  /// Makes a timeline's experiment again, perhaps without one of its changes.
  static func following(_ timeline: Timeline, without left: Int? = nil) throws -> (Experiment, [StepRecord]) {
    var experiment = Experiment(timeline.settings)
    var records: [StepRecord] = []
    func advance(to position: Position) throws {
      while experiment.position < position {
        if let record = try experiment.advance() { records.append(record) }
      }
    }
    for (index, entry) in timeline.changes.enumerated() {
      try advance(to: entry.position)
      // What depended on the change that is left out may no longer be allowed.
      if index != left { try? experiment.apply(entry.change) }
    }
    try advance(to: timeline.end)
    return (experiment, records)
  }
}

import AllocationCounter
import Gradients
import Numerics
import Optimization
import Testing
import Training

/// A snapshot is all that decides what comes next, and nothing else.
@Suite struct SnapshotTests {
  @Test("An experiment that is made anew at a snapshot goes on as the original did", arguments: Row.all)
  func goesOn(_ row: Row) throws {
    var experiment = Experiment(row.settings)
    try experiment.steps(3)
    // What is in force has changed since the beginning, and an outlier waits where there can be one.
    try experiment.apply(.learningRate(0.003))
    try experiment.apply(.accumulation(2))
    if row.settings.task.hasNumericTargets { try experiment.apply(.outlier(.scale(30))) }
    let snapshot = experiment.snapshot
    var other = Experiment(row.settings, at: snapshot)
    #expect(other.snapshot == snapshot && other.digest == experiment.digest)
    var used = Experiment(row.settings)
    try used.steps(5)
    used.restore(snapshot)
    for _ in 0..<4 {
      let record = try experiment.steps(1)
      let again = try other.steps(1)
      #expect(try again.isSame(as: record) && used.steps(1).isSame(as: record))
      #expect(other.snapshot == experiment.snapshot && used.snapshot == experiment.snapshot)
      #expect(other.digest == experiment.digest)
    }
    #expect(experiment.snapshot != snapshot)
  }

  @Test("Inside a step the snapshot is that before it, and the phases leave the digest alone", arguments: Row.all)
  func inside(_ row: Row) throws {
    var experiment = Experiment(row.settings)
    try experiment.steps(4)
    if row.settings.task.hasNumericTargets { try experiment.apply(.outlier(.scale(30))) }
    let (snapshot, digest) = (experiment.snapshot, experiment.digest)
    for _ in 0..<5 {
      #expect(try experiment.advance() == nil)
      #expect(experiment.snapshot == snapshot && experiment.digest == digest)
    }
    var straight = Experiment(row.settings, at: snapshot)
    try straight.steps(1)
    #expect(try experiment.advance() != nil)
    #expect(experiment.snapshot == straight.snapshot)
  }

  @Test("What is changed inside a step counts as changed before it", arguments: Row.plain)
  func changedInside(_ row: Row) throws {
    var experiment = Experiment(row.settings)
    try experiment.steps(2)
    var before = experiment
    for _ in 0..<4 { _ = try experiment.advance() }
    for change in [Change.learningRate(0.003), .accumulation(3), .rule(.norm(ClipNorm(maxNorm: 2)))] {
      try experiment.apply(change)
      try before.apply(change)
      #expect(experiment.snapshot == before.snapshot)
    }
    experiment.restore(experiment.snapshot)
    #expect(try experiment.steps(2).isSame(as: before.steps(2)) && experiment.snapshot == before.snapshot)
  }

  @Test("Each thing that it holds decides: two that differ in one are not equal, and go on differently")
  func everythingCounts() throws {
    var settings = Settings()
    settings.task = .regression(RegressionTask())
    settings.optimizer = .adam(Adam())
    var rule = AutoClip()
    rule.percentile = 50
    (settings.clipping.rule, settings.clipping.isOn) = (.autoclip(rule), true)
    var experiment = Experiment(settings)
    try experiment.steps(5)
    let changes: [Change] = [
      .learningRate(0.5), .accumulation(2), .outlier(.nan), .clipping(isOn: false), .rule(.autoclip(rule)),
    ]
    for change in changes {
      var changed = experiment
      try changed.apply(change)
      #expect(changed.snapshot != experiment.snapshot, "\(change)")
      var (one, other) = (experiment, changed)
      try one.steps(2)
      try other.steps(2)
      #expect(one.digest != other.digest, "\(change)")
    }
    // The rule's memory is in the digest, too.
    var forgetful = experiment
    try forgetful.apply(.rule(.autoclip(rule)))
    #expect(forgetful.digest != experiment.digest)
  }

  @Test("A diverged experiment's snapshot equals itself: NaN is compared by its bits")
  func diverged() throws {
    var settings = Settings()
    settings.task = .regression(RegressionTask())
    var experiment = Experiment(settings)
    try experiment.apply(.outlier(.nan))
    try experiment.steps(2)
    #expect(experiment.network.parameters.values[0].elements.contains { $0.isNaN })
    #expect(experiment.snapshot == experiment.snapshot)
    #expect(Experiment(settings, at: experiment.snapshot).snapshot == experiment.snapshot)
  }

  @Test("Of AutoClip's norms the last 10,000 count, this step's included")
  func boundedMemory() throws {
    var rule = AutoClip()
    rule.percentile = 100
    var state = ClippingState()
    func threshold(_ norm: Float) -> Float {
      var gradients = [Matrix(rows: 1, columns: 1, elements: [norm])]
      let norms = GradientNorms.measure(gradients, order: 2)
      let outcome = try! ClippingRule.autoclip(rule).clip(&gradients, norms, values: gradients, state: &state)
      ClippingRule.autoclip(rule).remember(&state)
      return outcome.factor
    }
    // The largest of all: at percentile 100 it is the threshold for as long as it is remembered.
    #expect(threshold(1000) > 0.99)
    for _ in 0..<9_998 { _ = threshold(1) }
    #expect(threshold(500) > 0.99, "below the largest of 10,000")
    #expect(threshold(750) > 0.99, "the largest of 10,000, now that 1000 is one too many")
    rule.percentile = 0
    #expect(threshold(750) < 0.0014)
  }

  @Test(
    "A snapshot is hardly larger than the parameters and what the optimizer remembers",
    .enabled(if: allocation_counter_works()),
    arguments: Row.all)
  func bytes(_ row: Row) throws {
    var experiment = Experiment(row.settings)
    let records = try (0..<3).map { _ in try experiment.steps(1) }
    let state = experiment.network.parameters.values.reduce(0) { $0 + 4 * $1.count }
    var copies = 1
    // A step that is left out leaves the optimizer without anything to remember.
    if !records.allSatisfy(\.outcome.skipsStep) { copies += row.settings.optimizer.remembered }
    // The generator's words are shared with the experiment until its next step, but they count. The rule's own memory is
    // excepted; of so few steps it is a few numbers.
    let before = allocated_bytes()
    let snapshot = experiment.snapshot
    let bytes = allocated_bytes() - before + 624 * 4 + MemoryLayout<Snapshot>.size
    #expect(Double(bytes) <= 1.1 * Double(copies * state) + 2500 + 1024, "\(bytes) bytes for \(copies * state)")
    #expect(bytes >= copies * state && snapshot.step == 3)
  }
}

extension Optimizer {
  /// How many numbers it remembers of each that it has moved.
  fileprivate var remembered: Int {
    switch self {
    case .sgd(let sgd): sgd.momentum == 0 ? 0 : 1
    case .adam, .adamw: 2
    case .rmsprop: 1
    }
  }
}

extension StepRecord {
  /// Whether two steps measured the same, bit by bit.
  func isSame(as other: StepRecord) -> Bool {
    func bits(_ record: StepRecord) -> [UInt32] {
      (record.before.perParameter + record.outcome.after.perParameter + record.weightNorms + record.updateRatios
        + [record.loss, record.before.total, record.outcome.after.total, record.outcome.factor, record.saturated ?? -1])
        .map(\.bitPattern)
    }
    return step == other.step && bits(self) == bits(other) && nonfinite == other.nonfinite
      && clipping == other.clipping && learningRate == other.learningRate
      && outcome.clipped == other.outcome.clipped && outcome.skipsStep == other.outcome.skipsStep
  }
}

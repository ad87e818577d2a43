import Gradients
import Numerics
import Optimization
import Testing
import Training

/// The laws of an experiment, over a table of all networks.
struct ExperimentTests {
  @Test(arguments: setups)
  func copyIsASnapshot(_ setup: Setup) throws {
    var experiment = Experiment(setup.settings)
    try experiment.steps(3)
    var copy = experiment
    try experiment.steps(4)
    let digest = experiment.digest
    #expect(copy.digest != digest)
    try copy.steps(4)
    #expect(copy.digest == digest)
    #expect(copy.step == 7)
  }

  /// The seed decides: another one gives another experiment, the same one the same.
  @Test(arguments: setups)
  func seedDecides(_ setup: Setup) throws {
    var settings = setup.settings
    #expect(Experiment(settings).digest == Experiment(settings).digest)
    settings.seed = 1
    #expect(Experiment(settings).digest != Experiment(setup.settings).digest)
  }

  @Test(arguments: setups)
  func recordSaysWhatHappened(_ setup: Setup) throws {
    var experiment = Experiment(setup.settings)
    let before = experiment.network.parameters.values
    let record = try experiment.steps(1)
    let after = experiment.network.parameters.values
    #expect(record.step == 1)
    #expect(record.loss.isFinite)
    #expect(record.before.perParameter.count == after.count)
    #expect(record.weightNorms == after.map { $0.norm(2) })
    for index in after.indices {
      let change = zip(after[index].elements, before[index].elements).map { $0 - $1 }
      let expected = Norm.of(change, order: 2) / before[index].norm(2)
      let found = record.updateRatios[index]
      #expect(found == expected || (found.isNaN && expected.isNaN) || abs(found - expected) <= 1e-6 * expected)
    }
  }

  /// One batch of all rows is the mean of its halves: the average of gradients, clipped once, not each by itself.
  @Test func accumulationAveragesGradients() throws {
    var settings = Settings()
    settings.task = .xor(XorTask())
    settings.model = .simplenet(SimpleNet())
    var once = Experiment(settings)
    settings.accumulation = 3
    var thrice = Experiment(settings)
    let (one, three) = (try once.steps(1), try thrice.steps(1))
    #expect(abs(one.loss - three.loss) <= 1e-6 * one.loss)
    for (a, b) in zip(one.before.perParameter, three.before.perParameter) { #expect(abs(a - b) <= 2e-6 * a) }
    #expect(thrice.batches.count == 3)
  }

  @Test func outlierIsOverWithItsBatch() throws {
    var settings = Settings()
    settings.task = .xor(XorTask())
    settings.optimizer = .sgd(SGD())
    var experiment = Experiment(settings)
    let usual = try experiment.steps(1)
    var disturbed = Experiment(settings)
    try disturbed.apply(.outlier(.scale(100)))
    let spike = try disturbed.steps(1)
    #expect(spike.loss > 1000 * usual.loss)
    #expect(disturbed.outlier == nil)
    #expect(disturbed.batches[0].values == [0, 100, 100, 0])
    try disturbed.steps(1)
    #expect(disturbed.batches[0].values == [0, 1, 1, 0])
    try disturbed.apply(.outlier(.nan))
    #expect(try disturbed.steps(1).loss.isNaN)
  }

  /// A step that `error_if_nonfinite` refuses leaves everything as it was, the outlier included.
  @Test func failedStepChangesNothing() throws {
    var settings = Settings()
    settings.task = .regression(RegressionTask())
    var rule = ClipNorm()
    rule.errorIfNonfinite = true
    (settings.clipping.rule, settings.clipping.isOn) = (.norm(rule), true)
    var experiment = Experiment(settings)
    try experiment.steps(2)
    var straight = experiment
    try experiment.apply(.outlier(.nan))
    let before = experiment.snapshot
    let error = #expect(throws: StepError.self) { try experiment.steps(1) }
    guard case .nonfinite(let refused) = error else { return #expect(Bool(false), "\(error as Any)") }
    #expect(refused.step == 3)
    #expect(refused.parameter == "fc1.weight")
    #expect(experiment.open == nil)
    #expect(experiment.snapshot == before && before.step == 2 && before.outlier == .nan)
    // Without the outlier it would have been the step that it is in a run that never tried.
    try experiment.apply(.outlier(.scale(1)))
    try experiment.steps(1)
    try straight.steps(1)
    #expect(experiment.digest == straight.digest)
  }

  /// A step that takes long says how far it is, and can be stopped in the middle of any pass; it is as if it had not been begun.
  @Test(arguments: [
    ("mlp", 2), ("mlp", 5), ("mlp", 9), ("rnn", 3), ("rnn", 30), ("rnn", 50), ("rnn accumulated", 90),
  ])
  func longStepStops(_ story: (model: String, after: Int)) throws {
    var settings = Settings()
    var net = MultilayerPerceptron()
    net.hidden = [512, 512, 512]
    var task = RegressionTask()
    task.batchSize = 600
    (settings.model, settings.task) = (.mlp(net), .regression(task))
    if story.model != "mlp" {
      var net = RecurrentNet()
      net.hidden = 256
      var task = AddingTask()
      (task.length, task.batchSize) = (25, 200)
      (settings.model, settings.task) = (.rnn(net), .adding(task))
      if story.model.hasSuffix("accumulated") { settings.accumulation = 2 }
    }
    var experiment = Experiment(settings)
    var straight = experiment
    let before = experiment.snapshot
    nonisolated(unsafe) var shares: [Double] = []
    let effort = Effort { share in
      shares.append(share)
      return shares.count < story.after
    }
    #expect(throws: StepError.stopped) { try Effort.$current.withValue(effort) { _ = try experiment.steps(1) } }
    #expect(shares.count >= story.after && shares.count < story.after + 3 && shares.allSatisfy { (0...1).contains($0) })
    // Each pass begins at 0, grows, and ends at 1.
    #expect(zip(shares, shares.dropFirst()).allSatisfy { $0 <= $1 || $0 == 1 }, "\(shares)")
    #expect(experiment.snapshot == before && experiment.open == nil)
    try experiment.steps(1)
    try straight.steps(1)
    #expect(experiment.digest == straight.digest)
  }

  /// A step that `skip` leaves out counts, draws its batch, and moves nothing.
  @Test func skippedStepMovesNothing() throws {
    var settings = Settings()
    settings.task = .regression(RegressionTask())
    settings.optimizer = .adam(Adam())
    var experiment = Experiment(settings)
    try experiment.steps(2)
    let values = experiment.network.parameters.values
    var rule = SkipStep()
    rule.maxNorm = 1e-6
    try experiment.apply(.rule(.skip(rule)))
    let record = try experiment.steps(1)
    #expect(record.outcome.skipsStep)
    #expect(record.step == 3)
    #expect(record.updateRatios.allSatisfy { $0 == 0 })
    #expect(experiment.network.parameters.values == values)
    try experiment.apply(.clipping(isOn: false))
    #expect(try !experiment.steps(1).outcome.skipsStep)
    #expect(experiment.network.parameters.values != values)
  }

  /// What a rule remembers is part of a copy, survives `clip off`, and goes when the rule is given anew.
  @Test func rulesRemember() throws {
    var settings = Settings()
    settings.task = .regression(RegressionTask())
    var rule = AutoClip()
    rule.percentile = 0
    (settings.clipping.rule, settings.clipping.isOn) = (.autoclip(rule), true)
    var experiment = Experiment(settings)
    try experiment.apply(.learningRate(1e-6))
    for _ in 0..<5 { try experiment.steps(1) }
    try experiment.apply(.clipping(isOn: false))
    try experiment.steps(1)
    try experiment.apply(.clipping(isOn: true))
    try experiment.apply(.outlier(.scale(10)))
    var (copy, forgetful) = (experiment, experiment)
    try forgetful.apply(.rule(.autoclip(rule)))
    let record = try experiment.steps(1)
    #expect(record.outcome.clipped)
    #expect(record.outcome.factor < 0.2)
    #expect(try copy.steps(1).outcome == record.outcome)
    // Its own norm is then the only one, so nothing but 1e-6 is taken from it.
    #expect(try forgetful.steps(1).outcome.factor > 0.999)
  }

  @Test func problemsOfSettings() {
    var settings = Settings()
    settings.model = .cnn(ConvolutionalNet())
    #expect(settings.problem == .unfit(model: .pictures, task: .rows))
    var shapes = ShapesTask()
    settings.task = .shapes(shapes)
    #expect(settings.problem == nil)
    shapes.size = 3
    settings.task = .shapes(shapes)
    #expect(settings.problem == .pooledAway(side: 3, pools: 2))
    settings.model = .lstm(LongShortTermMemoryNet())
    #expect(settings.problem == .unfit(model: .sequences, task: .pictures))
    settings.task = .copy(CopyTask())
    settings.initialization = .radius(1)
    #expect(settings.problem == nil)
    var large = RegressionTask()
    large.rows = 1_000_000_000_000
    settings = Settings()
    settings.task = .regression(large)
    guard case .tooLarge = settings.problem else {
      Issue.record("a table beyond all memory is not refused")
      return
    }
  }
}

extension Experiment {
  /// Makes whole steps.
  /// - Returns: the record of the last one.
  @discardableResult
  mutating func steps(_ count: Int) throws -> StepRecord {
    var last: StepRecord?
    for _ in 0..<count {
      var record: StepRecord?
      while record == nil { record = try advance() }
      last = record
    }
    return try #require(last)
  }
}

extension Batch {
  /// The targets, where they are numbers.
  fileprivate var values: [Float]? {
    if case .values(let values) = targets { values.elements } else { nil }
  }
}

/// Small settings with a name.
struct Setup: Sendable, CustomStringConvertible {
  var name: String
  var settings: Settings

  var description: String { name }
}

private let setups: [Setup] = {
  var lstm = LongShortTermMemoryNet()
  (lstm.hidden, lstm.forget) = (5, 1)
  var gru = GatedRecurrentNet()
  (gru.hidden, gru.layers) = (4, 2)
  var rnn = RecurrentNet()
  rnn.hidden = 5
  var cnn = ConvolutionalNet()
  (cnn.depth, cnn.channels) = (3, 2)
  var shapes = ShapesTask()
  (shapes.rows, shapes.size, shapes.batchSize) = (8, 6, 3)
  var mlp = MultilayerPerceptron()
  mlp.hidden = [4, 4]
  let pairs: [(String, Model, TaskSettings)] = [
    ("simplenet sum", .simplenet(SimpleNet()), .sum(SumTask())),
    ("mlp sine", .mlp(mlp), .sine(SineTask())), ("mlp xor", .mlp(mlp), .xor(XorTask())),
    ("rnn adding", .rnn(rnn), .adding(AddingTask())), ("lstm parity", .lstm(lstm), .parity(ParityTask())),
    ("gru copy", .gru(gru), .copy(CopyTask())), ("gru temporal-order", .gru(gru), .temporalOrder(TemporalOrderTask())),
    ("cnn shapes", .cnn(cnn), .shapes(shapes)),
  ]
  let optimizers: [Optimizer] = [.sgd(SGD()), .adamw(.decoupled), .rmsprop(RMSprop()), .adam(Adam())]
  return pairs.enumerated().map { index, pair in
    var settings = Settings()
    (settings.model, settings.task) = (pair.1, pair.2)
    settings.optimizer = optimizers[index % optimizers.count]
    settings.clipping.isOn = true
    return Setup(name: pair.0, settings: settings)
  }
}()

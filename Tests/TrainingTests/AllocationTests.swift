import AllocationCounter
import Gradients
import Numerics
import Optimization
import Testing
import Training

/// A step takes memory once: at the first one. What it needs is used again at all others, as long as nobody keeps a copy.
@Suite(.enabled(if: allocation_counter_works()))
struct AllocationTests {
  @Test("No step after the first takes memory", arguments: cases)
  func steps(_ row: Row) throws {
    var experiment = Experiment(row.settings)
    // Twice: momentum begins at the first step, and lists that grow do so by doubling.
    for _ in 0..<2 { try experiment.makeStep() }
    let before = allocation_count()
    for _ in 0..<4 { try experiment.makeStep() }
    #expect(allocation_count() - before == 0)
    #expect(experiment.step == 6)
  }

  @Test("The counter sees a list of a thousand numbers, and a copy that is written to")
  func counts() throws {
    let before = allocation_count()
    var list = [Float](repeating: 1, count: 1000)
    let between = allocation_count()
    #expect(between > before)
    let copy = list
    list[0] = 2
    #expect(allocation_count() > between)
    #expect(copy[0] == 1)

    var experiment = Experiment(Self.cases[0].settings)
    for _ in 0..<2 { try experiment.makeStep() }
    let kept = experiment
    let shared = allocation_count()
    try experiment.makeStep()
    #expect(allocation_count() > shared)
    #expect(kept.step == 2)
  }

  struct Row: Sendable, CustomStringConvertible {
    var description: String
    var settings: Settings
  }

  static let cases: [Row] = {
    var lstm = LongShortTermMemoryNet()
    (lstm.hidden, lstm.layers) = (5, 2)
    var gru = GatedRecurrentNet()
    gru.hidden = 4
    var rnn = RecurrentNet()
    (rnn.hidden, rnn.layers) = (5, 2)
    var cnn = ConvolutionalNet()
    (cnn.depth, cnn.channels) = (3, 2)
    var gelu = cnn
    (gelu.activation, gelu.head) = (.gelu, .flatten)
    var shapes = ShapesTask()
    (shapes.rows, shapes.size, shapes.batchSize) = (8, 6, 3)
    var mlp = MultilayerPerceptron()
    mlp.hidden = [4, 4]
    let pairs: [(String, Model, TaskSettings)] = [
      ("simplenet sum", .simplenet(SimpleNet()), .sum(SumTask())),
      ("simplenet regression", .simplenet(SimpleNet()), .regression(RegressionTask())),
      ("mlp sine", .mlp(mlp), .sine(SineTask())), ("mlp xor", .mlp(mlp), .xor(XorTask())),
      ("rnn adding", .rnn(rnn), .adding(AddingTask())), ("lstm parity", .lstm(lstm), .parity(ParityTask())),
      ("gru copy", .gru(gru), .copy(CopyTask())),
      ("rnn temporal-order", .rnn(rnn), .temporalOrder(TemporalOrderTask())),
      ("cnn shapes", .cnn(cnn), .shapes(shapes)), ("cnn gelu flatten", .cnn(gelu), .shapes(shapes)),
    ]
    var momentum = SGD()
    momentum.momentum = 0.9
    let optimizers: [Optimizer] = [
      .sgd(SGD()), .sgd(momentum), .adamw(.decoupled), .rmsprop(RMSprop()), .adam(Adam()),
    ]
    let rules: [ClippingRule] = [
      .norm(ClipNorm(maxNorm: 1e-3)), .value(ClipValue()), .perParameter(ClipPerParameter()),
      .agc(AdaptiveGradientClipping()), .skip(SkipStep()),
    ]
    return pairs.enumerated().flatMap { index, pair in
      rules.enumerated().map { number, rule in
        var settings = Settings()
        (settings.model, settings.task) = (pair.1, pair.2)
        settings.optimizer = optimizers[(index + number) % optimizers.count]
        (settings.clipping.rule, settings.clipping.isOn) = (rule, true)
        settings.accumulation = number == 1 ? 2 : 1
        return Row(description: "\(pair.0), \(settings.optimizer), \(rule)", settings: settings)
      }
    }
  }()
}

extension Experiment {
  fileprivate mutating func makeStep() throws {
    while try advance() == nil {}
  }
}

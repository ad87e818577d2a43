import Gradients
import Optimization
import Training

/// Small settings with a name: a row of a table that laws are tried on.
struct Row: Sendable, CustomStringConvertible {
  var description: String
  var settings: Settings

  /// Every network with every task that it reads, and with each of them every rule; optimizers in turn.
  static let all: [Row] = {
    let optimizers = Self.optimizers
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

  /// Those whose rule remembers nothing.
  static let plain = all.filter {
    switch $0.settings.clipping.rule {
    case .autoclip, .zclip: false
    default: true
    }
  }

  private static let pairs: [(String, Model, TaskSettings)] = {
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
    return [
      ("simplenet sum", .simplenet(SimpleNet()), .sum(SumTask())),
      ("simplenet regression", .simplenet(SimpleNet()), .regression(RegressionTask())),
      ("mlp sine", .mlp(mlp), .sine(SineTask())), ("mlp xor", .mlp(mlp), .xor(XorTask())),
      ("rnn adding", .rnn(rnn), .adding(AddingTask())), ("lstm parity", .lstm(lstm), .parity(ParityTask())),
      ("gru copy", .gru(gru), .copy(CopyTask())),
      ("rnn temporal-order", .rnn(rnn), .temporalOrder(TemporalOrderTask())),
      ("cnn shapes", .cnn(cnn), .shapes(shapes)), ("cnn gelu flatten", .cnn(gelu), .shapes(shapes)),
    ]
  }()

  private static let optimizers: [Optimizer] = {
    var momentum = SGD()
    momentum.momentum = 0.9
    return [.sgd(SGD()), .sgd(momentum), .adamw(.decoupled), .rmsprop(RMSprop()), .adam(Adam())]
  }()

  /// One of each rule; AutoClip and ZClip remember from the first steps on.
  static let rules: [ClippingRule] = {
    var autoclip = AutoClip()
    autoclip.percentile = 50
    var zclip = ZClip()
    (zclip.warmup, zclip.threshold) = (2, 0.5)
    return [
      .norm(ClipNorm(maxNorm: 1e-3)), .value(ClipValue()), .perParameter(ClipPerParameter()),
      .agc(AdaptiveGradientClipping()), .skip(SkipStep()), .autoclip(autoclip), .zclip(zclip),
    ]
  }()
}

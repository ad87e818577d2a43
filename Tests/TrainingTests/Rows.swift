import Gradients
import Optimization
import Training

/// Small settings with a name: a row of a table that laws are tried on.
struct Row: Sendable, CustomStringConvertible {
  var description: String
  var settings: Settings

  /// Every network with every task that it can learn, and with each pair every rule; optimizers and the number of batches in
  /// turn.
  static let all: [Row] = {
    let optimizers = Self.optimizers
    return pairs.enumerated().flatMap { index, pair in
      rules.enumerated().map { number, rule in
        var settings = Settings()
        (settings.model, settings.task) = pair
        settings.optimizer = optimizers[(index + number) % optimizers.count]
        (settings.clipping.rule, settings.clipping.isOn) = (rule, true)
        settings.accumulation = number == 1 ? 2 : 1
        return Row(
          description: "\(settings.model), \(settings.task), \(settings.optimizer), \(rule)", settings: settings)
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

  private static let pairs: [(Model, TaskSettings)] = models.flatMap { model in
    tasks.compactMap { task in
      var settings = Settings()
      (settings.model, settings.task) = (model, task)
      return settings.problem == nil ? (model, task) : nil
    }
  }

  private static let models: [Model] = {
    var mlp = MultilayerPerceptron()
    mlp.hidden = [4, 4]
    var rnn = RecurrentNet()
    (rnn.hidden, rnn.layers) = (5, 2)
    var lstm = LongShortTermMemoryNet()
    (lstm.hidden, lstm.layers) = (5, 2)
    var gru = GatedRecurrentNet()
    gru.hidden = 4
    var cnn = ConvolutionalNet()
    (cnn.depth, cnn.channels) = (3, 2)
    var flat = cnn
    (flat.activation, flat.head) = (.gelu, .flatten)
    return [.simplenet(SimpleNet()), .mlp(mlp), .rnn(rnn), .lstm(lstm), .gru(gru), .cnn(cnn), .cnn(flat)]
  }()

  private static let tasks: [TaskSettings] = {
    var adding = AddingTask()
    (adding.length, adding.batchSize) = (6, 4)
    var order = TemporalOrderTask()
    order.batchSize = 4
    var copy = CopyTask()
    copy.batchSize = 4
    var parity = ParityTask()
    (parity.length, parity.batchSize) = (6, 4)
    var shapes = ShapesTask()
    (shapes.rows, shapes.size, shapes.batchSize) = (8, 6, 3)
    var text = TextTask(file: "t")
    (text.length, text.batchSize) = (5, 3)
    text.text = try! EncodedText(utf8: Array("to be or not to be, that is the question".utf8), file: "t")
    var csv = CSVTask(file: "c", target: "y")
    csv.batchSize = 2
    let table = try! Table(utf8: Array("a,b,y\n1,2,3\n2,5,4\n4,3,9\n7,1,2\n".utf8), file: "c")
    csv.data = try! EncodedTable(table, target: "y", file: "c")
    return [
      .sum(SumTask()), .regression(RegressionTask()), .sine(SineTask()), .xor(XorTask()), .adding(adding),
      .temporalOrder(order), .copy(copy), .parity(parity), .shapes(shapes), .text(text), .csv(csv),
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

import Gradients
import Numerics
import Testing

struct NetworkTests {
  @Test(arguments: rows)
  func gradientsOfTheLoss(_ row: Row) {
    var generator = Generator(seed: 11)
    let inputs = Battery.random(row.inputs, &generator)
    let arrangement = row.interface.kind == .pictures ? Arrangement.pictures(side: row.interface.side) : .below
    var network = Network(row.model, for: row.interface)
    network.forward(arrangement.joined(inputs))
    let shape = network.outputs
    let targets: Targets
    switch row.loss {
    case .sum: targets = .none
    case .meanSquaredError: targets = .values(Battery.random((1, shape.rows, shape.columns), &generator)[0])
    case .crossEntropy: targets = .classes(generator.integers(below: shape.columns, count: shape.rows))
    }
    #expect(Battery.failures(row.model, row.interface, inputs, arrangement, row.loss, targets) == [])
  }

  struct Row: Sendable, CustomStringConvertible {
    var name: String
    var model: Model
    var interface: Interface
    var loss: Loss
    var inputs: (count: Int, rows: Int, columns: Int)

    var description: String { name }
  }

  static let rows: [Row] = flat + recurrent + convolutional

  private static var flat: [Row] {
    let interface = Interface(.rows, inputs: 3, outputs: 2)
    var simplenet = SimpleNet()
    simplenet.hidden = 4
    var mlp = MultilayerPerceptron()
    mlp.hidden = [3, 1, 4]
    var rows = [
      Row(name: "simplenet", model: .simplenet(simplenet), interface: interface, loss: .sum, inputs: (1, 1, 3))
    ]
    for activation in ActivationFunction.allCases {
      mlp.activation = activation
      rows.append(
        Row(
          name: "mlp \(activation)", model: .mlp(mlp), interface: interface, loss: .meanSquaredError,
          inputs: (1, 5, 3)))
    }
    return rows
  }

  private static var recurrent: [Row] {
    let models: [(String, (Int) -> Model)] = [
      (
        "rnn",
        { layers in
          var net = RecurrentNet()
          (net.hidden, net.layers) = (3, layers)
          return .rnn(net)
        }
      ),
      (
        "lstm",
        { layers in
          var net = LongShortTermMemoryNet()
          (net.hidden, net.layers) = (3, layers)
          return .lstm(net)
        }
      ),
      (
        "gru",
        { layers in
          var net = GatedRecurrentNet()
          (net.hidden, net.layers) = (3, layers)
          return .gru(net)
        }
      ),
    ]
    return models.flatMap { name, model in
      [1, 2, 3].flatMap { layers in
        [true, false].map { everyStep in
          Row(
            name: "\(name) \(layers) layers, \(everyStep ? "every step" : "last step")", model: model(layers),
            interface: Interface(.sequences, inputs: 2, outputs: 3, steps: 4, everyStep: everyStep),
            loss: everyStep ? .crossEntropy : .meanSquaredError, inputs: (4, 2, 2))
        }
      }
    }
  }

  private static var convolutional: [Row] {
    // Depth, pools, side; where no pool stands between two layers, the upper takes in the slope of the lower.
    let shapes = [(1, 0, 3), (1, 2, 3), (2, 1, 4), (3, 2, 5), (4, 2, 6)].flatMap { depth, pool, side in
      PictureHeadKind.allCases.map { (depth, pool, side, $0, ActivationFunction.tanh) }
    }
    let functions = ActivationFunction.allCases.map { (3, 1, 5, PictureHeadKind.flatten, $0) }
    return (shapes + functions).map { depth, pool, side, head, activation in
      var net = ConvolutionalNet()
      (net.depth, net.channels, net.pool, net.head, net.activation) = (depth, 2, pool, head, activation)
      return Row(
        name: "cnn depth=\(depth) pool=\(pool) side=\(side) \(head) \(activation)", model: .cnn(net),
        interface: Interface(.pictures, inputs: 1, outputs: 3, side: side), loss: .crossEntropy,
        inputs: (3, 1, side * side))
    }
  }
}

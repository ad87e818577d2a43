import Gradients
import Numerics
import Testing

struct LayerTests {
  @Test(arguments: linear + activations + recurrences + convolutions + poolings + heads)
  func passesTheBattery(_ testCase: Battery.LayerCase) {
    #expect(Battery.failures(testCase) == [])
  }

  /// A battery that everything passes proves nothing: each of these is wrong in one place.
  @Test(arguments: Damage.allCases)
  func brokenLayerFails(_ damage: Damage) {
    var broken = linearCase(count: 2, rows: 3, inputs: 2, outputs: 4)
    broken.layer = BrokenLayer(layer: broken.layer, damage: damage)
    #expect(!Battery.failures(broken).isEmpty)
  }

  static let linear: [Battery.LayerCase] = [(1, 1, 1, 1), (1, 3, 2, 4), (3, 2, 5, 1)].map(linearCase)

  static let activations: [Battery.LayerCase] = ActivationFunction.allCases.flatMap { function in
    [(1, 1, 1), (1, 3, 4), (3, 2, 5)].map { count, rows, columns in
      Battery.LayerCase(
        name: "\(function) \(count)×\(rows)×\(columns)", layer: Activation(function), parameters: [],
        inputs: (count, rows, columns)
      ) { inputs, _ in inputs.map { $0.map { Reference.apply(function, $0) } } }
    }
  }

  // Time, batch, inputs, hidden.
  private static let shapes = [(1, 1, 1, 1), (1, 2, 3, 2), (4, 1, 2, 3), (5, 3, 1, 1), (3, 2, 4, 3), (3, 90, 1, 1)]

  static let recurrences: [Battery.LayerCase] = Reference.Cell.allCases.flatMap { cell in
    shapes.flatMap { time, batch, inputs, hidden in
      [true, false].map { everyStep in
        let rows = cell.gates * hidden
        return Battery.LayerCase(
          name: "\(cell) T=\(time) B=\(batch) I=\(inputs) H=\(hidden) \(everyStep ? "every step" : "last step")",
          layer: layer(cell, steps: time, inputs: inputs, hidden: hidden, everyStep: everyStep),
          parameters: [(rows, inputs), (rows, hidden), (1, rows), (1, rows)], inputs: (time, batch, inputs)
        ) { Reference.recurrence(cell, $0, $1, everyStep: everyStep) }
      }
    }
  }

  private static func layer(
    _ cell: Reference.Cell, steps: Int, inputs: Int, hidden: Int, everyStep: Bool
  ) -> any Layer {
    func recurrence(_ cell: some RecurrentCell) -> any Layer {
      Recurrence(
        cell: cell, weights: RecurrentWeights(inputToHidden: 0, hiddenToHidden: 1, inputBias: 2, hiddenBias: 3),
        steps: steps, inputs: inputs, hidden: hidden, emitsEveryStep: everyStep, needsInputGradient: true)
    }
    switch cell {
    case .tanh: return recurrence(PlainCell(.tanh))
    case .relu: return recurrence(PlainCell(.relu))
    case .lstm: return recurrence(LongShortTermMemoryCell())
    case .gru: return recurrence(GatedRecurrentCell())
    }
  }

  // Batch, channels, outputs, side: also such that vectors of pixels have a rest, and more outputs than fit one block.
  static let convolutions: [Battery.LayerCase] = [
    (1, 1, 1, 1), (1, 1, 2, 2), (2, 1, 2, 3), (2, 3, 2, 4), (3, 2, 1, 5), (5, 2, 11, 3), (16, 1, 3, 2),
  ].flatMap { batch, channels, outputs, side in
    ActivationFunction.allCases.map { function in
      Battery.LayerCase(
        name: "convolution \(function) B=\(batch) C=\(channels) O=\(outputs) S=\(side)",
        layer: Convolution(
          weight: 0, bias: 1, inputs: channels, outputs: outputs, side: side, function: function,
          needsInputGradient: true),
        parameters: [(outputs, 9 * channels), (1, outputs)], inputs: (batch, channels, side * side),
        arrangement: .pictures(side: side)
      ) { inputs, values in
        inputs.map { picture in
          Reference.convolution(picture, values[0], values[1], side: side).map { Reference.apply(function, $0) }
        }
      }
    }
  }

  static let poolings: [Battery.LayerCase] = [(1, 1, 2), (2, 3, 4), (1, 2, 5), (2, 1, 3)].map { batch, channels, side in
    Battery.LayerCase(
      name: "pooling B=\(batch) C=\(channels) S=\(side)", layer: AveragePooling(side: side), parameters: [],
      inputs: (batch, channels, side * side), arrangement: .pictures(side: side), outputs: .pictures(side: side / 2)
    ) { inputs, _ in inputs.map { Reference.pool($0, side: side) } }
  }

  static let heads: [Battery.LayerCase] = PictureHeadKind.allCases.flatMap { kind in
    [(1, 1, 1), (3, 2, 2), (2, 3, 3), (17, 2, 3)].map { batch, channels, side in
      Battery.LayerCase(
        name: "head \(kind) B=\(batch) C=\(channels) S=\(side)", layer: PictureHead(kind, side: side), parameters: [],
        inputs: (batch, channels, side * side), arrangement: .pictures(side: side), outputs: .below
      ) { inputs, _ in [Reference.head(kind, inputs)] }
    }
  }
}

private func linearCase(count: Int, rows: Int, inputs: Int, outputs: Int) -> Battery.LayerCase {
  Battery.LayerCase(
    name: "linear \(count)×\(rows)×\(inputs)→\(outputs)",
    layer: Linear(weight: 0, bias: 1, inputs: inputs, outputs: outputs, needsInputGradient: true),
    parameters: [(outputs, inputs), (1, outputs)], inputs: (count, rows, inputs)
  ) { inputs, values in inputs.map { Reference.linear($0, values[0], values[1]) } }
}

/// What may be wrong with a layer.
enum Damage: CaseIterable, Sendable {
  case output, weightGradient, biasGradient, inputGradient, overwritten
}

private struct BrokenLayer: Layer {
  var layer: any Layer
  let damage: Damage

  var outputs: Matrix { damaged(layer.outputs, .output) }
  var inputGradients: Matrix { damaged(layer.inputGradients, .inputGradient) }

  mutating func forward(_ inputs: Matrix, _ values: [Matrix]) { layer.forward(inputs, values) }

  mutating func backward(
    _ inputs: Matrix, outputGradients: Matrix, _ values: [Matrix], _ gradients: inout [Matrix]
  ) {
    if damage == .overwritten { for index in gradients.indices { gradients[index].fill(0) } }
    layer.backward(inputs, outputGradients: outputGradients, values, &gradients)
    gradients[0] = damaged(gradients[0], .weightGradient)
    gradients[1] = damaged(gradients[1], .biasGradient)
  }

  // One element off by a thousandth, which no careless look would find.
  private func damaged(_ matrix: Matrix, _ part: Damage) -> Matrix {
    guard damage == part else { return matrix }
    var matrix = matrix
    let largest = matrix.elements.indices.max { abs(matrix.elements[$0]) < abs(matrix.elements[$1]) }!
    matrix.elements[largest] *= 1.001
    return matrix
  }
}

import Gradients
import Numerics
import Testing

/// Where a convolution takes in the slope of the layer below, it is the pass that it saves, to the bit.
@Suite struct ConvolutionSlopeTests {
  static let functions: [(ActivationFunction, PixelFunction)] = [(.tanh, .tanh), (.sigmoid, .sigmoid), (.relu, .relu)]

  @Test(arguments: functions)
  func isTheSamePass(function: ActivationFunction, below: PixelFunction) {
    let (side, batch, channels) = (5, 19, 3)
    var generator = Generator(seed: 3)
    func matrix(_ rows: Int, _ columns: Int) -> Matrix {
      Matrix(rows: rows, columns: columns, elements: generator.normal(count: rows * columns))
    }
    let pixels = Matrix.framedPixels(side: side) * batch
    var (inputs, upstream) = (Matrix(rows: 1, columns: pixels), Matrix(rows: channels, columns: pixels))
    inputs.setFramed(matrix(1, side * side * batch), side: side)
    upstream.setFramed(matrix(channels, side * side * batch), side: side)
    let values = [matrix(channels, 9), matrix(1, channels), matrix(channels, 9 * channels), matrix(1, channels)]

    func gradients(_ takesSlope: Bool) -> [Matrix] {
      var lower = Convolution(
        weight: 0, bias: 1, inputs: 1, outputs: channels, side: side, function: function, needsInputGradient: true,
        leavesSlope: takesSlope)
      var upper = Convolution(
        weight: 2, bias: 3, inputs: channels, outputs: channels, side: side, function: function,
        needsInputGradient: true, below: takesSlope ? below : nil)
      lower.forward(inputs, values)
      upper.forward(lower.outputs, values)
      var gradients = values.map { Matrix(rows: $0.rows, columns: $0.columns) }
      upper.backward(lower.outputs, outputGradients: upstream, values, &gradients)
      lower.backward(inputs, outputGradients: upper.inputGradients, values, &gradients)
      return gradients + [lower.inputGradients]
    }
    let (apart, together) = (gradients(false), gradients(true))
    #expect(apart == together)
    #expect(apart.allSatisfy { matrix in matrix.elements.contains { $0 != 0 } })
  }
}

import Gradients
import Numerics

/// The tests that every differentiable thing has to pass; a failure is a line of text.
enum Battery {
  /// Float32 sums of a few dozen products of numbers of about one: relative to the largest gradient of the same tensor.
  static let tolerance = 2e-5
  /// Where the rounding of the doubles and the curvature of the functions are both far below the tolerance.
  static let difference = 1e-5

  /// A layer alone, on random inputs, parameters and weights of its outputs.
  struct LayerCase: Sendable, CustomStringConvertible {
    var name: String
    var layer: any Layer
    var parameters: [(rows: Int, columns: Int)]
    var inputs: (count: Int, rows: Int, columns: Int)
    var arrangement = Arrangement.below
    /// Where the outputs are arranged otherwise than the inputs.
    var outputs: Arrangement?
    var reference: @Sendable (_ inputs: [Numbers], _ values: [Numbers]) -> [Numbers]

    var description: String { name }
  }

  /// What is wrong with a layer: its outputs, the gradients by its parameters and inputs, that gradients are added to
  /// what is there, and that a batch of another shape in between leaves nothing behind.
  static func failures(_ testCase: LayerCase) -> [String] {
    var generator = Generator(seed: 7)
    var layer = testCase.layer
    let inputs = random(testCase.inputs, &generator)
    // Halved, so that no tanh is so full that 1 - y² is nothing but the rounding of y.
    var values = testCase.parameters.map { random((1, $0.rows, $0.columns), &generator)[0] }
    for index in values.indices { values[index].scale(by: 0.5) }
    let joined = testCase.arrangement.joined(inputs)
    layer.forward(joined, values)
    let expected = testCase.reference(inputs.map(Numbers.init), values.map(Numbers.init))
    let arrangement = testCase.outputs ?? testCase.arrangement
    let (outputs, isClean) = arrangement.split(layer.outputs, count: expected.count)
    let weights = outputs.map { random((1, $0.rows, $0.columns), &generator)[0] }
    func objective(_ inputs: [Numbers], _ values: [Numbers]) -> Double {
      zip(testCase.reference(inputs, values), weights).reduce(0) { sum, pair in
        zip(pair.0.elements, pair.1.elements).reduce(sum) { $0 + $1.0 * Double($1.1) }
      }
    }

    var failures = compare("outputs", outputs, expected)
    if !isClean { failures.append("the outputs' frame is not zero") }
    var gradients = values.map { Matrix(rows: $0.rows, columns: $0.columns, repeating: 1) }
    layer.backward(joined, outputGradients: arrangement.joined(weights), values, &gradients)
    let (x, w) = (inputs.map(Numbers.init), values.map(Numbers.init))
    let byValues = differentiate(w) { objective(x, $0) }.map { $0.map { $0 + 1 } }
    failures += compare("gradients by parameters", gradients, byValues)
    let (byInputs, isGradientClean) = testCase.arrangement.split(layer.inputGradients, count: inputs.count)
    failures += compare("gradients by inputs", byInputs, differentiate(x) { objective($0, w) })
    if !isGradientClean { failures.append("the gradients' frame is not zero") }

    let shape = testCase.inputs
    let others = random((shape.count, shape.rows + (shape.rows > 1 ? -1 : 0), shape.columns), &generator)
    if others[0].rows == shape.rows || testCase.arrangement == .below {
      layer.forward(testCase.arrangement.joined(others), values)
    }
    layer.forward(joined, values)
    if arrangement.split(layer.outputs, count: expected.count).list != outputs {
      failures.append("a second forward gives other bits")
    }
    return failures
  }

  /// What is wrong with the gradients of a whole network with its loss.
  static func failures(
    _ model: Model, _ interface: Interface, _ inputs: [Matrix], _ arrangement: Arrangement, _ loss: Loss,
    _ targets: Targets
  ) -> [String] {
    var network = Network(model, for: interface)
    var generator = Generator(seed: 3)
    network.parameters.initialize(.standard, from: &generator)
    var slopes = Matrix(rows: 0, columns: 0)
    let joined = arrangement.joined(inputs)
    network.forward(joined)
    let value = loss.evaluate(network.outputs, targets, scale: 0.5, gradients: &slopes)
    network.backward(joined, outputGradients: slopes)
    let (x, values) = (inputs.map(Numbers.init), network.parameters.values.map(Numbers.init))
    func objective(_ values: [Numbers]) -> Double {
      Reference.loss(loss, Reference.outputs(model, interface, x, values), targets)
    }
    var failures: [String] = []
    if abs(Double(value) - objective(values)) > tolerance * max(1, abs(Double(value))) {
      failures.append("the loss is \(value) instead of \(objective(values))")
    }
    let expected = differentiate(values, objective).map { $0.map { $0 / 2 } }
    return failures + compare("gradients", network.parameters.gradients, expected)
  }

  /// The derivative by every element, by central differences.
  private static func differentiate(_ values: [Numbers], _ objective: ([Numbers]) -> Double) -> [Numbers] {
    var moved = values
    return values.indices.map { index in
      var result = values[index]
      for element in values[index].elements.indices {
        let center = values[index].elements[element]
        moved[index].elements[element] = center + difference
        let above = objective(moved)
        moved[index].elements[element] = center - difference
        result.elements[element] = (above - objective(moved)) / (2 * difference)
        moved[index].elements[element] = center
      }
      return result
    }
  }

  private static func compare(_ what: String, _ found: [Matrix], _ expected: [Numbers]) -> [String] {
    guard found.count == expected.count else { return ["\(what): \(found.count) matrices, not \(expected.count)"] }
    return zip(found, expected).enumerated().flatMap { index, pair -> [String] in
      let (found, expected) = pair
      guard found.rows == expected.rows, found.columns == expected.columns else {
        return ["\(what)[\(index)]: \(found.rows)×\(found.columns), not \(expected.rows)×\(expected.columns)"]
      }
      let size = expected.elements.reduce(1e-3) { max($0, abs($1)) }
      return zip(found.elements, expected.elements).enumerated().compactMap { element, pair in
        let difference = abs(Double(pair.0) - pair.1)
        return difference <= tolerance * size ? nil : "\(what)[\(index)][\(element)]: \(pair.0), not \(pair.1)"
      }
    }
  }

  static func random(_ shape: (count: Int, rows: Int, columns: Int), _ generator: inout Generator) -> [Matrix] {
    (0..<shape.count).map { _ in
      let values = generator.normal(count: shape.rows * shape.columns)
      return Matrix(rows: shape.rows, columns: shape.columns, elements: values)
    }
  }
}

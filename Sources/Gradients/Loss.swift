import Numerics

/// What a network's outputs are compared with.
public enum Targets: Sendable {
  /// Nothing: the loss looks at the outputs alone.
  case none
  /// A matrix for each output, in its shape.
  case values([Matrix])
  /// A class for each row of each output.
  case classes([[Int]])
}

/// The losses, with PyTorch's reductions. Axes: B rows of an output, C columns (classes).
///
/// Sums are taken in double precision, element after element, and rounded once: closer to the true value than any order
/// of float32 additions. What overflows in float32 overflows here too.
public enum Loss: Hashable, Sendable {
  /// `output.sum()`.
  case sum
  /// `torch.nn.functional.mse_loss(output, target)`: the mean over all elements.
  case meanSquaredError
  /// `torch.nn.functional.cross_entropy(output, target)`: the mean over all rows.
  case crossEntropy

  /// The loss of `outputs`, and in `gradients` its gradient by them times `scale`.
  /// - Parameter scale: 1/N where N batches are averaged.
  public func evaluate(_ outputs: [Matrix], _ targets: Targets, scale: Float, gradients: inout [Matrix]) -> Float {
    gradients.shape(like: outputs)
    switch (self, targets) {
    case (.meanSquaredError, .values(let values)):
      return Self.meanSquaredError(outputs, values, scale, &gradients)
    case (.crossEntropy, .classes(let classes)):
      return Self.crossEntropy(outputs, classes, scale, &gradients)
    case (.sum, _):
      for index in gradients.indices { gradients[index].fill(scale) }
      return Float(outputs.reduce(0.0) { sum, output in output.elements.reduce(sum) { $0 + Double($1) } })
    default:
      preconditionFailure("a task pairs its loss with targets of the same kind")
    }
  }

  private static func meanSquaredError(
    _ outputs: [Matrix], _ targets: [Matrix], _ scale: Float, _ gradients: inout [Matrix]
  ) -> Float {
    let count = outputs.reduce(0) { $0 + $1.count }
    let slope = Float(2.0 / Double(count)) * scale
    var sum = 0.0
    for index in outputs.indices {
      let (output, target) = (outputs[index].elements, targets[index].elements)
      for element in output.indices {
        let difference = output[element] - target[element]
        sum += Double(difference * difference)
        gradients[index].elements[element] = slope * difference
      }
    }
    return Float(sum) / Float(count)
  }

  // With m the row's maximum and s = Σ exp(x_k - m): log p_c = (x_c - m) - log s, the loss is -mean log p_target,
  // and its gradient is (p - [c = target]) / rows.
  private static func crossEntropy(
    _ outputs: [Matrix], _ classes: [[Int]], _ scale: Float, _ gradients: inout [Matrix]
  ) -> Float {
    let rows = outputs.reduce(0) { $0 + $1.rows }
    let share = scale / Float(rows)
    var sum = 0.0
    for index in outputs.indices {
      let columns = outputs[index].columns
      for row in 0..<outputs[index].rows {
        let places = (row * columns)..<((row + 1) * columns)
        let target = places.lowerBound + classes[index][row]
        let maximum = Self.maximum(outputs[index].elements[places])
        let total = gradients[index].setPowers(of: outputs[index], places, minus: maximum)
        sum -= Double((outputs[index].elements[target] - maximum) - Elementary.log(total))
        for place in places { gradients[index].elements[place] /= total }
        gradients[index].elements[target] -= 1
      }
      gradients[index].scale(by: share)
    }
    return Float(sum / Double(rows))
  }

  // NaN where there is one: a comparison alone would let it slip through.
  private static func maximum(_ row: ArraySlice<Float>) -> Float {
    var maximum = -Float.infinity
    for element in row where !(element <= maximum) {
      if element.isNaN { return .nan }
      maximum = element
    }
    return maximum
  }
}

extension Matrix {
  /// Sets the elements at `places` to exp(input - maximum) and returns their sum.
  fileprivate mutating func setPowers(of input: Matrix, _ places: Range<Int>, minus maximum: Float) -> Float {
    var sum = 0.0
    for place in places {
      let power = Elementary.exp(input.elements[place] - maximum)
      elements[place] = power
      sum += Double(power)
    }
    return Float(sum)
  }
}

import Numerics

/// What a network's outputs are compared with.
public enum Targets: Sendable {
  /// Nothing: the loss looks at the outputs alone.
  case none
  /// A number for each output, in the outputs' shape.
  case values(Matrix)
  /// A class for each row of the outputs.
  case classes([Int])
}

/// The losses, with PyTorch's reductions. Axes: N rows of the outputs, C columns (classes).
///
/// Sums are taken in double precision and rounded once: closer to the true value than any order of float32 additions.
/// What overflows in float32 overflows here too.
public enum Loss: Hashable, Sendable {
  /// `output.sum()`.
  case sum
  /// `torch.nn.functional.mse_loss(output, target)`: the mean over all elements.
  case meanSquaredError
  /// `torch.nn.functional.cross_entropy(output, target)`: the mean over all rows.
  case crossEntropy

  /// The loss of `outputs`, and in `gradients` its gradient by them times `scale`.
  /// - Parameter scale: 1/N where N batches are averaged.
  public func evaluate(_ outputs: Matrix, _ targets: Targets, scale: Float, gradients: inout Matrix) -> Float {
    gradients.shape(like: outputs)
    switch (self, targets) {
    case (.meanSquaredError, .values(let values)):
      let slope = Float(2.0 / Double(outputs.count)) * scale
      return gradients.setSquaredErrorGradient(of: outputs, target: values, slope: slope) / Float(outputs.count)
    case (.crossEntropy, .classes(let classes)):
      return Self.crossEntropy(outputs, classes, scale / Float(outputs.rows), &gradients)
    case (.sum, _):
      gradients.fill(scale)
      return outputs.sum()
    default:
      preconditionFailure("a task pairs its loss with targets of the same kind")
    }
  }

  // With m the row's maximum and s = Σ exp(x_k - m): log p_c = (x_c - m) - log s, the loss is -mean log p_target,
  // and its gradient is (p - [c = target]) / rows.
  private static func crossEntropy(
    _ outputs: Matrix, _ classes: [Int], _ share: Float, _ gradients: inout Matrix
  ) -> Float {
    let (rows, columns) = (outputs.rows, outputs.columns)
    precondition(classes.count == rows, "\(classes.count) classes for \(rows) rows")
    gradients.setRowsBelowMaximum(of: outputs)
    var sum = 0.0
    for row in 0..<rows { sum -= Double(gradients.elements[row * columns + classes[row]]) }
    gradients.applyExp()
    gradients.elements.withUnsafeMutableBufferPointer { powers in
      for row in 0..<rows {
        let first = row * columns
        var total = 0.0
        for index in first..<(first + columns) { total += Double(powers[index]) }
        let rounded = Float(total)
        sum += Double(Elementary.log(rounded))
        for index in first..<(first + columns) { powers[index] /= rounded }
        powers[first + classes[row]] -= 1
      }
    }
    gradients.scale(by: share)
    return Float(sum / Double(rows))
  }
}

extension Matrix {
  /// self = each row of x less its largest element; NaN all over where it has one.
  fileprivate mutating func setRowsBelowMaximum(of x: Matrix) {
    let (rows, columns) = (rows, columns)
    elements.withUnsafeMutableBufferPointer { out in
      x.elements.withUnsafeBufferPointer { x in
        for first in stride(from: 0, to: rows * columns, by: columns) {
          var maximum = -Float.infinity
          // A comparison alone would let NaN slip through.
          for index in first..<(first + columns) where !(x[index] <= maximum) {
            maximum = x[index]
            if maximum.isNaN { break }
          }
          for index in first..<(first + columns) { out[index] = x[index] - maximum }
        }
      }
    }
  }
}

import Numerics

extension ClippingRule {
  /// What the rule does to gradients that are plain lists.
  /// - Parameters:
  ///   - shapes: PyTorch's shape of each; the first size counts the units.
  ///   - weights: the parameters, in the gradients' shapes; only `agc` looks at them.
  ///   - state: what the rule remembers of earlier gradients.
  /// - Returns: the total norm before, the gradients after, and what was done.
  public func clip(
    _ gradients: [[Float]], shapes: [[Int]], weights: [[Float]], state: inout ClippingState
  ) -> (total: Float, gradients: [[Float]], outcome: ClipOutcome) {
    func matrices(_ lists: [[Float]]) -> [Matrix] {
      zip(lists, shapes).map { list, shape in
        let rows = shape.count > 1 ? max(1, shape[0]) : 1
        return Matrix(rows: rows, columns: list.count / rows, elements: list)
      }
    }
    var clipped = matrices(gradients)
    let norms = GradientNorms.measure(clipped, order: normOrder)
    // Only `norm` can refuse, and lists of that rule go to GradientClipping.
    let outcome = try? clip(&clipped, norms, values: matrices(weights), state: &state)
    remember(&state)
    return (norms.total, clipped.map(\.elements), outcome ?? .untouched(norms))
  }
}

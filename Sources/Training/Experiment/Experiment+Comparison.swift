import Numerics
import Optimization

extension Experiment {
  /// Whether parameters and what the optimizer remembers are those of another, bit by bit.
  func hasSameState(as other: Experiment) -> Bool {
    Self.areSame(network.parameters.values, other.network.parameters.values)
      && optimizerState.steps == other.optimizerState.steps
      && Self.areSame(optimizerState.first, other.optimizerState.first)
      && Self.areSame(optimizerState.second, other.optimizerState.second)
  }

  /// Whether the next batches are those of another of the same task, if it takes as many of them.
  func hasSameGenerator(as other: Experiment) -> Bool { generator == other.generator }

  /// What decides about a step beside the state, the generator and the clipping.
  struct Rules: Equatable, Sendable {
    let optimizer: Optimizer
    let accumulation: Int
    let outlier: Outlier?
  }

  /// What decides about the next step.
  var rules: Rules { Rules(optimizer: optimizer, accumulation: accumulation, outlier: outlier) }

  private static func areSame(_ some: [Matrix], _ others: [Matrix]) -> Bool {
    some.count == others.count
      && zip(some, others).allSatisfy { one, other in
        one.rows == other.rows && one.columns == other.columns && one.elements.hasSameBits(as: other.elements)
      }
  }

  /// ‖θ − θ'‖ / ‖θ‖ over all parameters, in double precision; `nil` where their shapes differ.
  func distance(to other: Experiment) -> Double? {
    let (own, others) = (network.parameters.values, other.network.parameters.values)
    guard own.count == others.count,
      zip(own, others).allSatisfy({ $0.rows == $1.rows && $0.columns == $1.columns })
    else { return nil }
    // Also where they are no numbers any more.
    if Self.areSame(own, others) { return 0 }
    var (apart, length) = (0.0, 0.0)
    for (one, two) in zip(own, others) {
      for (first, second) in zip(one.elements, two.elements) {
        let difference = Double(first) - Double(second)
        apart += difference * difference
        length += Double(first) * Double(first)
      }
    }
    return apart == 0 ? 0 : (apart / length).squareRoot()
  }
}

import Formats
import Language
import Optimization

/// Python's literals.
enum PythonText {
  static func of(_ value: Double) -> String { NumberText.of(value).asPython }
  static func of(_ value: Float) -> String { NumberText.of(value).asPython }
  static func of(_ value: Bool) -> String { value ? "True" : "False" }
  /// A string; JSON's escapes are Python's, too.
  static func of(_ text: String) -> String { TraceText.quoted(text) }

  /// `name(first, second)` in lines of at most `limit` characters, broken between arguments and aligned below the first.
  static func call(_ opening: String, limit: Int = 111, _ arguments: [String], _ closing: String) -> [String] {
    var lines = [opening]
    for (place, argument) in arguments.enumerated() {
      let item = argument + (place == arguments.count - 1 ? closing : ",")
      if place == 0 {
        lines[0] += item
      } else if lines[lines.count - 1].count + item.count < limit {
        lines[lines.count - 1] += " " + item
      } else {
        lines.append(String(repeating: " ", count: opening.count) + item)
      }
    }
    return arguments.isEmpty ? [opening + closing] : lines
  }

  /// The name of an optimizer's class, and the options that are not PyTorch's defaults.
  static func options(_ optimizer: Optimizer) -> (String, [String]) {
    func option(_ name: String, _ value: Double, unless standard: Double) -> [String] {
      value == standard ? [] : ["\(name)=\(of(value))"]
    }
    func options(_ adam: Adam, decay: Double) -> [String] {
      let betas = "betas=(\(of(adam.beta1)), \(of(adam.beta2)))"
      return (adam.beta1 == 0.9 && adam.beta2 == 0.999 ? [] : [betas])
        + option("eps", adam.epsilon, unless: 1e-8) + option("weight_decay", adam.weightDecay, unless: decay)
    }
    switch optimizer {
    case .sgd(let sgd):
      return (
        "SGD",
        option("momentum", sgd.momentum, unless: 0) + option("dampening", sgd.dampening, unless: 0)
          + (sgd.nesterov ? ["nesterov=True"] : []) + option("weight_decay", sgd.weightDecay, unless: 0)
      )
    case .adam(let adam): return ("Adam", options(adam, decay: 0))
    case .adamw(let adam): return ("AdamW", options(adam, decay: 0.01))
    case .rmsprop(let rmsprop):
      return ("RMSprop", option("alpha", rmsprop.alpha, unless: 0.99) + option("eps", rmsprop.epsilon, unless: 1e-8))
    }
  }
}

extension String {
  fileprivate var asPython: String {
    switch self {
    case "inf": "math.inf"
    case "-inf": "-math.inf"
    default: self
    }
  }
}

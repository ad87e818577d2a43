import Formats
import Language
import Optimization

/// Python's literals and calls, and the language's options in them.
enum PythonText {
  static func of(_ value: Double) -> String { literal(NumberText.of(value)) }
  static func of(_ value: Float) -> String { literal(NumberText.of(value)) }
  /// A string; JSON's escapes are Python's, too.
  static func of(_ text: String) -> String { JSON.string(text).text }

  /// A number or a flag of the language.
  static func literal(_ word: String) -> String {
    ["inf": "math.inf", "-inf": "-math.inf", "yes": "True", "no": "False"][word] ?? word
  }

  /// `name(first, second)` in lines that are broken between arguments and aligned below the first.
  static func call(_ opening: String, limit: Int = 111, _ arguments: [String], _ closing: String) -> [String] {
    var lines = [opening]
    for (index, argument) in arguments.enumerated() {
      let item = argument + (index == arguments.count - 1 ? closing : ",")
      if index == 0 {
        lines[0] += item
      } else if lines[lines.count - 1].count + item.count < limit {
        lines[lines.count - 1] += " " + item
      } else {
        lines.append(String(repeating: " ", count: opening.count) + item)
      }
    }
    return lines
  }

  /// The options of one of the language's variants, as it writes them: `norm max_norm=1` has max_norm.
  static func options(_ text: String) -> [(name: String, value: String)] {
    text.split(separator: " ").dropFirst().map { word in
      let parts = word.split(separator: "=", maxSplits: 1).map(String.init)
      return (parts[0], literal(parts[1]))
    }
  }

  /// The class of an optimizer, and its options but for the rate that are not the usual ones: PyTorch's defaults are those
  /// of the language.
  static func optimizer(_ optimizer: Optimizer) -> (name: String, options: [String]) {
    let (name, usual): (String, Optimizer) =
      switch optimizer {
      case .sgd: ("SGD", .sgd(SGD()))
      case .adam: ("Adam", .adam(Adam()))
      case .adamw: ("AdamW", .adamw(.decoupled))
      case .rmsprop: ("RMSprop", .rmsprop(RMSprop()))
      }
    let all = options(SettingsText.of(optimizer))
    let unusual = zip(all, options(SettingsText.of(usual))).filter { $0 != $1 && $0.name != "lr" }.map(\.0)
    let (betas, others) = (all.filter { $0.name.hasPrefix("beta") }, unusual.filter { !$0.name.hasPrefix("beta") })
    let pair = unusual.count == others.count ? [] : ["betas=(\(betas.map(\.value).joined(separator: ", ")))"]
    return (name, pair + others.map { "\($0.name)=\($0.value)" })
  }
}

extension [String] {
  /// The lines one level deeper; empty ones stay empty.
  var indented: [String] { map { $0.isEmpty ? "" : "    " + $0 } }
}

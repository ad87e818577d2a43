import Foundation

/// What the program was called with.
struct Options {
  enum Mode {
    case measure, bytes, list, grammar, serve
    case record(String)
    case compare(String)
  }

  var mode = Mode.measure
  var words: [String] = []
  var printsJSON = false
  var kernels: String?
  var rounds = 21
  var seconds = 0.01
  var tolerance = 0.2

  static let usage = """
    Benchmarks [NAME or a part of names]… [options]
      --list            the names that are measured when none is given
      --grammar         all names there are
      --bytes           bytes of snapshots and histories; status 1 over a bound
      --json            a line of JSON for each benchmark
      --record FILE     keeps the ratios to the yardstick in FILE
      --compare FILE    status 1 where a ratio is larger than recorded in FILE by more than the tolerance
      --tolerance X     0.2: 20 % slower is slower
      --rounds N        21 samples of each
      --seconds X       0.01 for a sample
      --kernels NAME    the processor's instructions to use
      --serve           reads lines "NAME SECONDS", answers each with a line of JSON
    """

  init(_ arguments: [String]) throws {
    var rest = arguments[...]
    func value(of option: String) throws -> String {
      guard let value = rest.popFirst() else { throw UsageError(text: "\(option) needs a value") }
      return value
    }
    func number(of option: String, in range: ClosedRange<Double>) throws -> Double {
      let text = try value(of: option)
      guard let number = Double(text), range.contains(number) else {
        throw UsageError(text: "\(option) is a number from \(range.lowerBound) to \(range.upperBound), not \"\(text)\"")
      }
      return number
    }
    while let word = rest.popFirst() {
      switch word {
      case "--list": mode = .list
      case "--grammar": mode = .grammar
      case "--bytes": mode = .bytes
      case "--serve": mode = .serve
      case "--json": printsJSON = true
      case "--record": mode = .record(try value(of: word))
      case "--compare": mode = .compare(try value(of: word))
      case "--kernels": kernels = try value(of: word)
      case "--tolerance": tolerance = try number(of: word, in: 0...10)
      case "--rounds": rounds = Int(try number(of: word, in: 1...1000))
      case "--seconds": seconds = try number(of: word, in: 0.001...60)
      case _ where word.hasPrefix("-"): throw UsageError(text: "there is no option \(word)\n\n\(Self.usage)")
      default: words.append(word)
      }
    }
  }
}

/// Wrong usage.
struct UsageError: Error {
  let text: String
}

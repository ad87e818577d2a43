/// One thing to measure: made once, repeated as often as a measurement needs.
struct Benchmark {
  /// By the grammar of `Family`: `step/rnn,hidden=64/adding,length=100,batch=32`.
  let name: String
  /// What its time is divided by when it is compared with what was recorded.
  var yardstick = Yardstick.Kind.arithmetic
  /// The work of one repetition, and the unit that it has when it is divided by nanoseconds: "GFLOP/s", "GB/s".
  var work: (amount: Double, rate: String)?
  /// Does it so many times.
  let run: (_ times: Int) -> Void
}

/// A name that is not one.
struct NameError: Error {
  let name: String
  let reason: String

  var message: String { "\(name): \(reason); --grammar lists what there is" }
}

/// Names have parts between slashes. The first is the family; what the others mean is the family's.
struct Family: Sendable {
  let name: String
  /// What follows the name, as `--grammar` shows it.
  let usage: String
  let summary: String
  let make: @Sendable (_ name: String, _ parts: [String]) throws -> Benchmark

  static let all = [step, beside, run, goto, product, function, norm, clip, draw, digest, frame, machine]

  /// The benchmark of that name.
  static func benchmark(_ name: String) throws -> Benchmark {
    let parts = name.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    guard let family = all.first(where: { $0.name == parts[0] }) else {
      throw NameError(name: name, reason: "there is no family \"\(parts[0])\"")
    }
    return try family.make(name, Array(parts.dropFirst()))
  }

  /// The grammar of names, a line for each family.
  static var grammar: [String] {
    all.map { family in
      let form = family.name + family.usage
      return form + String(repeating: " ", count: max(1, 40 - form.count)) + family.summary
    } + ["SIZE is a number, 2^20, or 10x2^20: ten arrays of 2^20 elements each."]
  }
}

/// `4096`, `2^20`, `10x2^20`.
struct Size {
  let arrays: Int
  let elements: Int
  var total: Int { arrays * elements }

  init(_ text: String, in name: String) throws {
    let numbers = text.split(separator: "x", omittingEmptySubsequences: false).map(Size.number)
    let factors = numbers.count == 1 ? [1] + numbers : numbers
    guard factors.count == 2, let arrays = factors[0], let elements = factors[1],
      (1...1 << 28).contains(arrays), (1...1 << 28).contains(elements), arrays * elements <= 1 << 28
    else { throw NameError(name: name, reason: "\"\(text)\" is not a size up to 2^28") }
    (self.arrays, self.elements) = (arrays, elements)
  }

  static func number(_ text: Substring) -> Int? {
    guard text.hasPrefix("2^") else { return Int(text) }
    return Int(text.dropFirst(2)).flatMap { (0...28).contains($0) ? 1 << $0 : nil }
  }
}

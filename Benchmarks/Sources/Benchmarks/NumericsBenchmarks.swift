import Numerics
import Optimization

// The parts of a step, by themselves.

extension Family {
  static let product = Family(
    name: "product", usage: "/MxKxN", summary: "a matrix product, M×K by K×N"
  ) { name, parts in
    let sides = parts.first?.split(separator: "x").compactMap { Int($0) } ?? []
    guard parts.count == 1, sides.count == 3, sides.allSatisfy({ (1...8192).contains($0) }) else {
      throw NameError(name: name, reason: "a product has three sides, such as 32x64x64")
    }
    let (a, b) = (random(sides[0], sides[1]), random(sides[1], sides[2]))
    var c = Matrix(rows: sides[0], columns: sides[2])
    let operations = 2 * Double(sides[0]) * Double(sides[1]) * Double(sides[2])
    return Benchmark(name: name, work: (operations, "GFLOP/s")) { times in
      for _ in 0..<times { c.setProduct(a, b) }
    }
  }

  static let function = Family(
    name: "function", usage: "/NAME/SIZE",
    summary: "an activation function: " + functions.map(\.name).joined(separator: " ")
  ) { name, parts in
    guard parts.count == 2, let function = functions.first(where: { $0.name == parts[0] }) else {
      throw NameError(name: name, reason: "a function has a name and a size, such as tanh/4096")
    }
    let size = try Size(parts[1], in: name)
    let x = random(size.arrays, size.elements)
    var y = x
    return Benchmark(name: name, work: (Double(size.total), "elements/ns")) { times in
      for _ in 0..<times { function.apply(&y, x) }
    }
  }

  private static var functions: [(name: String, apply: (inout Matrix, Matrix) -> Void)] {
    [
      ("tanh", { $0.setTanh(of: $1) }), ("sigmoid", { $0.setSigmoid(of: $1) }), ("relu", { $0.setReLU(of: $1) }),
      ("gelu", { $0.setGELU(of: $1) }),
    ]
  }

  static let norm = Family(
    name: "norm", usage: "/ORDER/SIZE", summary: "the norm of each array and of all together; inf is an order, too"
  ) { name, parts in
    guard parts.count == 2, let order = Float(parts[0]) else {
      throw NameError(name: name, reason: "a norm has an order and a size, such as 2/10x2^20")
    }
    let size = try Size(parts[1], in: name)
    let gradients = makeGradients(size)
    return Benchmark(name: name, yardstick: yardstick(size), work: (4 * Double(size.total), "GB/s")) { times in
      for _ in 0..<times { _ = GradientNorms.measure(gradients, order: order) }
    }
  }

  static let clip = Family(
    name: "clip", usage: "/norm/SIZE/clipped", summary: "norms and clipping of so many gradients; or …/unclipped"
  ) { name, parts in
    guard parts.count == 3, parts[0] == "norm", ["clipped", "unclipped"].contains(parts[2]) else {
      throw NameError(name: name, reason: "clipping has a rule, a size and clipped or unclipped")
    }
    let size = try Size(parts[1], in: name)
    var gradients = makeGradients(size)
    var total = GradientNorms.measure(gradients, order: 2).total
    // Each time a little below the norm that is there, so that every time something is clipped.
    let share = parts[2] == "clipped" ? 0.9999 : 2.0
    return Benchmark(name: name, yardstick: yardstick(size)) { times in
      var state = ClippingState()
      for _ in 0..<times {
        let rule = ClippingRule.norm(ClipNorm(maxNorm: Double(total) * share))
        let norms = GradientNorms.measure(gradients, order: 2)
        if let outcome = try? rule.clip(&gradients, norms, values: [], state: &state) { total = outcome.after.total }
      }
    }
  }

  static let draw = Family(
    name: "draw", usage: "/KIND/SIZE", summary: "random numbers: uniform, normal, integers (below 1000)"
  ) { name, parts in
    guard parts.count == 2 else { throw NameError(name: name, reason: "a draw has a kind and a size") }
    let count = try Size(parts[1], in: name).total
    var generator = Generator(seed: 0)
    let draw: (inout Generator) -> Void
    switch parts[0] {
    case "uniform":
      var matrix = Matrix(rows: 1, columns: count)
      draw = { $0.fillUniform(&matrix) }
    case "normal": draw = { _ = $0.normal(count: count) }
    case "integers": draw = { _ = $0.integers(below: 1000, count: count) }
    default: throw NameError(name: name, reason: "what is drawn is uniform, normal or integers")
    }
    return Benchmark(name: name, work: (Double(count), "numbers/ns")) { times in
      for _ in 0..<times { draw(&generator) }
    }
  }

  static let digest = Family(name: "digest", usage: "/SIZE", summary: "the digest of an array") { name, parts in
    guard parts.count == 1 else { throw NameError(name: name, reason: "a digest has a size") }
    let size = try Size(parts[0], in: name)
    let values = random(1, size.total)
    return Benchmark(name: name, work: (4 * Double(size.total), "GB/s")) { times in
      var digest = Digest()
      for _ in 0..<times { digest.combine(values) }
    }
  }

  private static func random(_ rows: Int, _ columns: Int) -> Matrix {
    var generator = Generator(seed: 0)
    return Matrix(rows: rows, columns: columns, elements: generator.normal(count: rows * columns))
  }

  private static func makeGradients(_ size: Size) -> [Matrix] {
    let one = random(1, size.elements)
    return (0..<size.arrays).map { index in
      var copy = one
      copy.scale(by: 1 + Float(index))  // also gives each its own memory
      return copy
    }
  }

  /// Arrays beyond the caches are as fast as the memory.
  private static func yardstick(_ size: Size) -> Yardstick.Kind { size.total > 1 << 18 ? .memory : .arithmetic }
}

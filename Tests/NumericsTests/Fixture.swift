import Foundation

import Numerics

/// Reads what scripts/fixtures/numerics.py wrote.
enum Fixture {
  static func load<Content: Decodable>(_ name: String) throws -> Content {
    let url = Bundle.module.bundleURL.appendingPathComponent("Fixtures/\(name).json")
    return try JSONDecoder().decode(Content.self, from: Data(contentsOf: url))
  }

  /// Float32 values from 8 hexadecimal digits each.
  static func floats(_ text: String) -> [Float] {
    let digits = Array(text.utf8)
    return stride(from: 0, to: digits.count, by: 8).map { start in
      Float(bitPattern: digits[start..<start + 8].reduce(0) { $0 << 4 | UInt32($1 < 58 ? $1 - 48 : $1 - 87) })
    }
  }
}

/// The bits, with one NaN for all of them: processors choose different ones.
func bits(_ values: [Float]) -> [UInt32] {
  values.map { $0.isNaN ? 0x7fc0_0000 : $0.bitPattern }
}

extension Generator {
  /// `torch.rand(count)`.
  mutating func uniform(count: Int) -> [Float] {
    var matrix = Matrix(rows: 1, columns: count)
    fillUniform(&matrix)
    return matrix.elements
  }

  /// `torch.empty(count).uniform_(low, high)`.
  mutating func uniform(count: Int, from low: Double, to high: Double) -> [Float] {
    var matrix = Matrix(rows: 1, columns: count)
    fillUniform(&matrix, from: low, to: high)
    return matrix.elements
  }

  /// Passes over what `torch.randperm(count)` draws: recorded among other draws, and never drawn by clipscope.
  mutating func skipPermutation(count: Int) {
    for _ in 0..<max(count - 1, 0) { _ = next32() }
  }
}

extension Matrix {
  /// A matrix of seeded normal draws.
  static func random(_ rows: Int, _ columns: Int, seed: UInt64, scale: Double = 1) -> Matrix {
    var generator = Generator(seed: seed)
    var matrix = Matrix(rows: rows, columns: columns)
    generator.fillNormal(&matrix, mean: 0, standardDeviation: scale)
    return matrix
  }

  /// The same with every extraordinary value sprinkled in.
  static func extraordinary(_ rows: Int, _ columns: Int, seed: UInt64) -> Matrix {
    var matrix = random(rows, columns, seed: seed, scale: 3)
    var generator = Generator(seed: seed &+ 1)
    let values = extraordinaryValues
    for value in values where matrix.count > 0 {
      matrix.elements[Int(generator.next32()) % matrix.count] = value
    }
    return matrix
  }
}

let extraordinaryValues: [Float] = [
  .nan, .infinity, -.infinity, 0, -0.0, .leastNonzeroMagnitude, -.leastNonzeroMagnitude, .leastNormalMagnitude,
  0x1p-133,
  .greatestFiniteMagnitude, -.greatestFiniteMagnitude, 88.8, -88.8, -103.9, 104, 1, -1, 0.625, -0.625, 14, -14.1, 1e-8,
]

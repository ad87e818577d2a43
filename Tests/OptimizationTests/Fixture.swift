import Foundation
import Numerics

/// Reads what scripts/fixtures/clipping.py wrote.
enum Fixture {
  static func load<Content: Decodable>(_ name: String) throws -> Content {
    let url = Bundle.module.bundleURL.appendingPathComponent("Fixtures/\(name).json")
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try decoder.decode(Content.self, from: Data(contentsOf: url))
  }

  /// Float32 values from eight hexadecimal digits each, a blank between.
  static func floats(_ text: String) -> [Float] {
    text.split(separator: " ").map { Float(bitPattern: UInt32($0, radix: 16)!) }
  }

  static func row(_ text: String) -> Matrix {
    let values = floats(text)
    return Matrix(rows: 1, columns: values.count, elements: values)
  }
}

/// A number, or one of the words that JSON has no number for.
struct Number: Decodable {
  let value: Double

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    value = try (try? container.decode(Double.self)) ?? Double(container.decode(String.self))!
  }
}

/// The bits, with one NaN for all of them: processors choose different ones.
func bits(_ values: [Float]) -> [UInt32] {
  values.map { $0.isNaN ? 0x7fc0_0000 : $0.bitPattern }
}

/// Whether two numbers are as near as two float32 sums in different order: PyTorch's own tolerance for its tests.
/// NaN is near NaN, an infinity near itself.
func isNear(_ a: Float, _ b: Float, relative: Float = 1.3e-6) -> Bool {
  if a.isNaN || b.isNaN { return a.isNaN && b.isNaN }
  return a == b || abs(a - b) <= relative * max(abs(a), abs(b)) || abs(a - b) < .leastNormalMagnitude
}

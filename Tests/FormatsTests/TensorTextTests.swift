import Formats
import Foundation
import Testing

/// Tensors as text, held against what torch printed (scripts/fixtures/printing.py).
@Suite struct TensorTextTests {
  private struct Content: Decodable {
    struct Case: Decodable {
      let shape: [Int]
      let pattern: [UInt32]
      let parameter: Bool
      let lines: [String]
    }

    let cases: [Case]
  }

  @Test("Every tensor prints as torch prints it")
  func asTorch() throws {
    let url = Bundle.module.bundleURL.appending(path: "Fixtures/printing.json")
    let cases = try JSONDecoder().decode(Content.self, from: Data(contentsOf: url)).cases
    #expect(cases.count > 700)
    for item in cases {
      let count = item.shape.reduce(1, *)
      let values = (0..<count).map { Float(bitPattern: item.pattern[$0 % item.pattern.count]) }
      let lines = TensorText.of(values, item.shape, isParameter: item.parameter)
      #expect(lines == item.lines, "\(item.shape) of \(values.prefix(item.pattern.count))")
    }
  }
}

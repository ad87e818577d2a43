import Testing

import Numerics

private struct NormCase: Decodable {
  let order: String
  let torch: String
  let float64: String
  var values: String?
  var seed: UInt64?
  var count: Int?
  var scale: Double?

  var numbers: [Float] {
    if let values { return Fixture.floats(values) }
    var generator = Generator(seed: seed ?? 0)
    var matrix = Matrix(rows: 1, columns: count ?? 0, elements: generator.normal(count: count ?? 0))
    matrix.scale(by: Float(scale ?? 1))
    return matrix.elements
  }
}

private func distance(_ a: Double, _ b: Double) -> Double { a == b ? 0 : (a - b).magnitude }

@Suite struct NormTests {
  /// PyTorch adds in float32 and rounds 1 / p: what is left to the true value is its error, and bounds the difference.
  /// 1.3e-6 is PyTorch's own tolerance for float32.
  @Test(arguments: ["norms", "long-norms"])
  func followsPyTorch(_ file: String) throws {
    let cases: [NormCase] = try Fixture.load(file)
    #expect(cases.count == (file == "norms" ? 315 : 45))
    for entry in cases {
      let numbers = entry.numbers
      let order = try #require(Float(entry.order))
      let ours = Norm.of(numbers, order: order)
      let torch = Fixture.floats(entry.torch)[0]
      let exact = try #require(Double(entry.float64))
      let label: Comment = "p \(order) of \(numbers.prefix(3)): \(ours), torch \(torch)"
      #expect(ours.isNaN == torch.isNaN && ours.isInfinite == torch.isInfinite, label)
      #expect((ours == 0) == (torch == 0), label)
      guard torch.isFinite && ours.isFinite && torch != 0 else { continue }
      let theirError = distance(Double(torch), exact)
      let tolerance = max(1.3e-6 * exact, 2 * theirError, Double(torch.ulp))
      #expect(distance(Double(ours), Double(torch)) <= tolerance, label)
      // where powers are subnormal both lose the same digits, and 1 / p rounded may look better by chance
      #expect(distance(Double(ours), exact) <= 1.0001 * max(theirError, Double(ours.ulp) / 2), label)
    }
  }

  @Test func twoOverManyElementsStaysInsidePyTorchsTolerance() throws {
    let cases: [NormCase] = try Fixture.load("long-norms")
    for entry in cases where entry.order == "2.0" {
      let (ours, torch) = (Norm.of(entry.numbers, order: 2), Fixture.floats(entry.torch)[0])
      #expect((ours - torch).magnitude <= 1.3e-6 * torch)
    }
  }

  @Test func ofFloat64() {
    #expect(Norm.of([3.0, 4.0] as [Double], order: 2) == 5)
    #expect(Norm.of([2e200, 1] as [Double], order: 2) == .infinity)
    #expect(Norm.of([2e22, 2e22] as [Double], order: 2) == (2 * (2e22 * 2e22)).squareRoot())
    #expect(Norm.of([3, -4] as [Double], order: 1) == 7)
    #expect(Norm.of([3, 0, -4] as [Double], order: 0) == 2)
    #expect(Norm.of([3, -4] as [Double], order: .infinity) == 4)
    #expect(Norm.of([3, -4] as [Double], order: -.infinity) == 3)
    #expect(
      Norm.of([.nan, 1] as [Double], order: .infinity).isNaN && Norm.of([1, .nan] as [Double], order: -.infinity).isNaN)
    #expect((Norm.of([3, -4] as [Double], order: 3) - 4.497941445275415).magnitude < 1e-14)
    #expect(Norm.of([0, 5] as [Double], order: -1) == 0)
  }

  @Test func ofNothing() {
    for order: Float in [2, 1, 0, .infinity, 0.5] { #expect(Norm.of([], order: order) == 0) }
    for order: Float in [-1, -2, -.infinity] { #expect(Norm.of([], order: order) == .infinity) }
  }

  @Test func theMatrixIsOneVector() {
    #expect(Matrix(rows: 2, columns: 2, elements: [1, 1, 1, 1]).norm(2) == 2)
  }
}

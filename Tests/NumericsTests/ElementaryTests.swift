import Foundation
import Testing

import Numerics

/// How far a float32 is from the true value, in units of its last place.
private func ulps(_ value: Float, from exact: Double) -> Double {
  let rounded = Float(exact)
  if value == rounded || value.isNaN && exact.isNaN { return (value.isNaN || value.isInfinite) ? 0 : 0.5 }
  guard value.isFinite && rounded.isFinite else { return .infinity }
  return (Double(value) - exact).magnitude / Double(max(rounded.ulp, .leastNonzeroMagnitude))
}

private typealias Row = (
  name: String, ours: @Sendable (Float) -> Float, reference: @Sendable (Double) -> Double, domain: ClosedRange<Float>,
  bound: Double
)

/// The function of one value that an operation on matrices computes for each.
private func ofMatrix(_ operation: @escaping @Sendable (inout Matrix, Matrix) -> Void) -> @Sendable (Float) -> Float {
  { x in
    var y = Matrix(rows: 1, columns: 1, repeating: x)
    operation(&y, Matrix(rows: 1, columns: 1, repeating: x))
    return y.elements[0]
  }
}

private let rows: [Row] = [
  ("exp", ofMatrix { m, _ in m.applyExp() }, { exp($0) }, -.infinity ... .infinity, 1),
  ("log", { Elementary.log($0) }, { log($0) }, 0 ... .infinity, 0.51),
  ("tanh", ofMatrix { $0.setTanh(of: $1) }, { tanh($0) }, -.infinity ... .infinity, 1.4),
  ("sigmoid", ofMatrix { $0.setSigmoid(of: $1) }, { 1 / (1 + exp(-$0)) }, -.infinity ... .infinity, 1.5),
  ("sin", { Elementary.sin($0) }, { sin($0) }, -0x1p20...0x1p20, 0.51),
  ("sqrt", { Elementary.sqrt($0) }, { sqrt($0) }, 0 ... .infinity, 0.5),
]

@Suite struct ElementaryTests {
  /// Every 50021st float32 of either sign, subnormal and infinite ones included: a prime, so that all last bits occur.
  @Test(arguments: rows.indices)
  func staysWithinItsBound(_ index: Int) {
    let row = rows[index]
    var worst = (ulps: 0.0, at: Float(0))
    for magnitude in Array(stride(from: UInt32(0), through: 0x7f80_0000, by: 50021)) + [0x7f80_0000, 1, 0x80_0000] {
      for x in [Float(bitPattern: magnitude), -Float(bitPattern: magnitude)] where row.domain.contains(x) {
        let error = ulps(row.ours(x), from: row.reference(Double(x)))
        if error > worst.ulps { worst = (error, x) }
      }
    }
    #expect(worst.ulps <= row.bound, "\(row.name)(\(worst.at)) is \(worst.ulps) ulp off")
  }

  @Test func extraordinaryArguments() {
    for row in rows { #expect(row.ours(.nan).isNaN, "\(row.name)") }
    let exponential = ofMatrix { m, _ in m.applyExp() }
    #expect(exponential(-.infinity) == 0 && exponential(89) == .infinity)
    #expect(Elementary.log(-1 as Float).isNaN && Elementary.log(-0.0 as Float) == -.infinity)
    #expect(Elementary.sin(Float.infinity).isNaN && Elementary.sin(2e6 as Float).isNaN)
    for function in [ofMatrix { $0.setTanh(of: $1) }, { Elementary.sin($0) }] as [@Sendable (Float) -> Float] {
      #expect(function(-0.0).sign == .minus && function(0).sign == .plus && function(-0.0) == 0)
    }
  }

  /// The C standard's table of special cases, which Foundation follows.
  @Test func specialPowers() {
    let values: [Float] = [
      0, -0.0, 1, -1, 2, -2, 3, -3, 0.5, -0.5, .infinity, -.infinity, .nan, 1e30, -1e30, 16_777_215,
      .leastNonzeroMagnitude,
    ]
    for x in values {
      for y in values {
        let expected = Foundation.pow(Double(x), Double(y))
        let double = Elementary.pow(Double(x), Double(y))
        #expect(double.isNaN == expected.isNaN && (double.isNaN || double.sign == expected.sign), "\(x)^\(y)")
        #expect(double == expected || double.isNaN || (double / expected - 1).magnitude < 1e-15, "\(x)^\(y)")
      }
    }
  }

  /// Relative errors of 1e-15 in float64, away from the zeros of sine and cosine.
  @Test func float64() {
    var generator = Generator(seed: 6)
    let tiny = Double.leastNonzeroMagnitude
    for draw in generator.uniform(count: 20_000) {
      let x = Double(draw)
      expectClose(Elementary.exp(1400 * x - 700), Foundation.exp(1400 * x - 700))
      expectClose(Elementary.log(x * 1e-300 + tiny), Foundation.log(x * 1e-300 + tiny))
      expectClose(Elementary.log(0.5 + x), Foundation.log(0.5 + x))
      expectClose(Elementary.log1p(-x), Foundation.log1p(-x))
      expectClose(Elementary.log1p(x * 1e-9), Foundation.log1p(x * 1e-9))
      expectClose(Elementary.sin(20 * x - 10), Foundation.sin(20 * x - 10))
      expectClose(Elementary.cos(20 * x - 10), Foundation.cos(20 * x - 10))
      expectClose(Elementary.pow(x * 1e100 + 1e-100, 2.9 * x - 1), Foundation.pow(x * 1e100 + 1e-100, 2.9 * x - 1))
    }
    #expect(
      Elementary.log(0.0) == -Double.infinity && Elementary.log(-1.0).isNaN
        && Elementary.log(Double.infinity) == .infinity)
    #expect(Elementary.exp(1000.0) == .infinity && Elementary.exp(-1000.0) == 0 && Elementary.exp(-745.0) == tiny)
    #expect(
      Elementary.log1p(-1.0) == -Double.infinity && Elementary.sin(1e7).isNaN
        && Elementary.sqrt(2.0) == 2.0.squareRoot())
  }

  private func expectClose(_ value: Double, _ exact: Double, line: Int = #line) {
    if !(value == exact || (value - exact).magnitude <= 1e-15 * exact.magnitude) {
      Issue.record("line \(line): \(value) instead of \(exact)")
    }
  }
}

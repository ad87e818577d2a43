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

private let rows: [Row] = [
  ("exp", { Elementary.exp($0) }, { exp($0) }, -.infinity ... .infinity, 1),
  ("log", { Elementary.log($0) }, { log($0) }, 0 ... .infinity, 0.51),
  ("tanh", { Elementary.tanh($0) }, { tanh($0) }, -.infinity ... .infinity, 1.4),
  ("sigmoid", { Elementary.sigmoid($0) }, { 1 / (1 + exp(-$0)) }, -.infinity ... .infinity, 1.5),
  ("sin", { Elementary.sin($0) }, { sin($0) }, -0x1p20...0x1p20, 0.51),
  ("cos", { Elementary.cos($0) }, { cos($0) }, -0x1p20...0x1p20, 0.51),
  ("erf", { Elementary.erf($0) }, { erf($0) }, -.infinity ... .infinity, 0.51),
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
    #expect(Elementary.exp(-Float.infinity) == 0 && Elementary.exp(89 as Float) == .infinity)
    #expect(Elementary.log(-1 as Float).isNaN && Elementary.log(-0.0 as Float) == -.infinity)
    #expect(Elementary.sin(Float.infinity).isNaN && Elementary.cos(2e6 as Float).isNaN)
    for function in [Elementary.tanh, Elementary.erf, { Elementary.sin($0) }] as [(Float) -> Float] {
      #expect(function(-0.0).sign == .minus && function(0).sign == .plus && function(-0.0) == 0)
    }
  }

  @Test func powers() {
    var generator = Generator(seed: 4)
    for exponent: Float in [0.5, 2, 3, -1, 1.5, -2.5, 0.1, 7, -0.3333, 100] {
      for x in generator.uniform(count: 2000, from: -60, to: 60).map({ Float(Foundation.exp(Double($0))) }) {
        let exact = Foundation.pow(Double(x), Double(exponent))
        #expect(ulps(Elementary.pow(x, exponent), from: exact) <= 0.6, "\(x)^\(exponent)")
      }
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
        let (single, double) = (Elementary.pow(x, y), Elementary.pow(Double(x), Double(y)))
        #expect(bits([single]) == bits([Float(expected)]), "\(x)^\(y): \(single)")
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

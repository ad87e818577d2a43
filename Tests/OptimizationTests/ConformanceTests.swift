import Numerics
import Optimization
import Testing

/// PyTorch's own tests of clipping (test/test_nn.py), in both precisions.
struct ConformanceTests {
  static let orders: [Double] = [0.5, 1.5, 2, 4, .infinity]
  /// `assertEqual`'s relative tolerances for float32 and float64.
  static let single = 1.3e-6
  static let double = 1e-7

  // grads = torch.arange(1., 101).view(10, 10), torch.ones(10).div(1000)
  static let large = [(1...100).map(Double.init), Array(repeating: 0.001, count: 10)]

  /// test_clip_grad_norm: the returned norm, the norm after, and one constant ratio everywhere.
  @Test(arguments: orders)
  func clipGradNorm(_ order: Double) throws {
    var singles = Self.large.map { $0.map(Float.init) }
    let before = singles
    let norm = try GradientClipping.clipNorm(&singles, maxNorm: 2, normType: order)
    #expect(isClose(norm, computed(before, order), Self.single))
    #expect(isClose(computed(singles, order), 2, Self.single))
    #expect(constantRatio(singles, before, tolerance: Self.single) != nil)

    var doubles = Self.large
    let exact = try GradientClipping.clipNorm(&doubles, maxNorm: 2, normType: order)
    #expect(isClose(exact, computed(Self.large, order), Self.double))
    #expect(isClose(computed(doubles, order), 2, Self.double))
    #expect(constantRatio(doubles, Self.large, tolerance: Self.double) != nil)
  }

  /// The second half of test_clip_grad_norm: small gradients are left unchanged.
  @Test(arguments: orders)
  func smallGradientsAreUntouched(_ order: Double) throws {
    var generator = Generator(seed: 0)
    var drawn = Matrix(rows: 1, columns: 100)
    generator.fillUniform(&drawn)
    let before = [
      drawn.elements.map { $0 / 10000 }, [Float](repeating: 1, count: 10).map { $0 / 500 },
    ]
    var after = before
    let norm = try GradientClipping.clipNorm(&after, maxNorm: 2, normType: order)
    #expect(isClose(norm, computed(before, order), Self.single))
    #expect(after == before)
    #expect(constantRatio(after, before, tolerance: 0) == 1)
  }

  /// A check that never fails proves nothing: a clamp has no single ratio, and neither have rows scaled apart.
  @Test func constantRatioCanFail() {
    let before = Self.large.map { $0.map(Float.init) }
    var clamped = before
    GradientClipping.clipValue(&clamped, clipValue: 50)
    #expect(constantRatio(clamped, before, tolerance: Self.single) == nil)
    #expect(constantRatio([[1, 2], [3.00001]], [[1, 2], [3]], tolerance: Self.single) == nil)
    #expect(constantRatio([[2, 4], [.nan]], [[1, 2], [3]] as [[Float]], tolerance: Self.single) == nil)
  }

  /// test_clip_grad_value: 38 elements at the lower bound, 37 at the upper one, 25 between.
  @Test func clipGradValue() {
    var weights = [(0..<100).map { Float($0 - 50) / 5 }, [Float](repeating: 2, count: 10)]
    let before = weights
    GradientClipping.clipValue(&weights, clipValue: 2.5)
    #expect(weights[0].count { $0 == -2.5 } == 38)
    #expect(weights[0].count { $0 == 2.5 } == 37)
    #expect(zip(weights[0], before[0]).count { $0 == $1 } == 25)
    #expect(weights[1] == before[1])
  }

  // (only one element, another parameter in front, scalars, orders with a non-finite total, orders with a finite one)
  static let positive: [Double] = [0.1, 1, 2, 3.5, .infinity]
  static let negative: [Double] = [-0.1, -1, -2, -3.5]
  static let nonfinite: [(Bool, Bool, [Double], [Double], [Double])] = [
    (false, false, [.infinity, -.infinity], positive + negative, [0]),
    (false, true, [.infinity, -.infinity], positive, negative + [0]),
    (true, false, [.infinity, -.infinity], positive, negative + [0]),
    (true, true, [.infinity, -.infinity], positive, negative + [0]),
    (false, false, [.nan], positive + negative, [0]), (false, true, [.nan], positive + negative, [0]),
    (true, false, [.nan], positive + negative, [0]), (true, true, [.nan], positive + negative, [0]),
    (false, false, [2e22, -2e22], [], positive + negative + [0]),
    (false, true, [2e22, -2e22], [], positive + negative + [0]),
    (true, false, [2e22, -2e22], [], positive + negative + [0]),
    (true, true, [2e22, -2e22], [], positive + negative + [0]),
    (false, false, [2e200, -2e200], [3.5, 2, -2, -3.5], [.infinity, 1, 0.1, 0, -1, -0.1]),
    (false, true, [2e200, -2e200], [3.5, 2], negative + [.infinity, 1, 0.1, 0]),
    (true, false, [2e200, -2e200], [3.5, 2], negative + [.infinity, 1, 0.1, 0]),
    (true, true, [2e200, -2e200], [3.5, 2], negative + [.infinity, 1, 0.1, 0]),
  ]

  /// test_clip_grad_norm_error_if_nonfinite, which has to be in double precision: 2e22² overflows float32.
  @Test(arguments: nonfinite.indices)
  func errorIfNonfinite(_ row: Int) throws {
    let (onlyOne, hasPrefix, scalars, refused, accepted) = Self.nonfinite[row]
    for scalar in scalars {
      let gradient = (0..<10).map { onlyOne && $0 != 1 ? 0 : scalar }
      let gradients = (hasPrefix ? [[1.0]] : []) + [gradient]
      for order in refused {
        var strict = gradients
        let error = #expect(throws: GradientClipping.NonfiniteTotal.self, "\(scalar) of order \(order)") {
          try GradientClipping.clipNorm(&strict, maxNorm: 1, normType: order, errorIfNonfinite: true)
        }
        #expect(strict.map { $0.map(\.bitPattern) } == gradients.map { $0.map(\.bitPattern) })
        #expect(error?.message.hasPrefix("The total norm of order \(order) for gradients") == true)
        var lenient = gradients
        #expect(throws: Never.self) { try GradientClipping.clipNorm(&lenient, maxNorm: 1, normType: order) }
      }
      for order in accepted {
        for isStrict in [true, false] {
          var clipped = gradients
          #expect(throws: Never.self, "\(scalar) of order \(order)") {
            try GradientClipping.clipNorm(&clipped, maxNorm: 1, normType: order, errorIfNonfinite: isStrict)
          }
        }
      }
    }
  }

  /// A table of what else torch accepts.
  @Test func thresholdsThatTheLanguageRefuses() throws {
    for (maxNorm, expected) in [(0.0, [0, 0]), (-1, [-0.6, -0.8]), (.infinity, [3, 4])] as [(Double, [Float])] {
      var gradients: [[Float]] = [[3, 4]]
      #expect(try GradientClipping.clipNorm(&gradients, maxNorm: maxNorm) == 5)
      #expect(zip(gradients[0], expected).allSatisfy { isNear($0, $1) })
    }
    var gradients: [[Float]] = [[3, 4]]
    try GradientClipping.clipNorm(&gradients, maxNorm: .nan)
    #expect(gradients[0].allSatisfy { $0.isNaN })
    var none: [[Float]] = []
    #expect(try GradientClipping.clipNorm(&none, maxNorm: 1, errorIfNonfinite: true) == 0)
    var values: [[Float]] = [[3, -4, .nan, .infinity]]
    GradientClipping.clipValue(&values, clipValue: -1)
    #expect(bits(values[0]) == bits([-1, -1, .nan, -1]))
    GradientClipping.clipValue(&values, clipValue: .nan)
    #expect(values[0].allSatisfy { $0.isNaN })
  }
}

private func isClose(_ a: Double, _ b: Double, _ relative: Double) -> Bool { abs(a - b) <= relative * abs(b) }

/// The norm as PyTorch's test computes it: of all elements at once, here in double precision.
private func computed<Scalar: BinaryFloatingPoint>(_ gradients: [[Scalar]], _ order: Double) -> Double {
  let magnitudes = gradients.joined().map { Double($0.magnitude) }
  if order == .infinity { return magnitudes.max() ?? 0 }
  return Elementary.pow(magnitudes.reduce(0) { $0 + Elementary.pow($1, order) }, 1 / order)
}

/// The ratio of all elements to what they were, `nil` if there is no single one.
private func constantRatio<Scalar: BinaryFloatingPoint>(
  _ after: [[Scalar]], _ before: [[Scalar]], tolerance: Double
) -> Double? {
  let ratios = zip(after.joined(), before.joined()).map { Double($0) / Double($1) }
  guard let first = ratios.first, ratios.allSatisfy({ abs($0 - first) <= tolerance * abs(first) }) else { return nil }
  return first
}

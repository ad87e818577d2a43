import Testing

import Numerics

/// Serialized, because the selection is one for the process. Tests of other suites may run meanwhile: every selection
/// gives them the same bits.
@Suite(.serialized) struct KernelsTests {
  // Also each number of rows up to several blocks of the full width.
  private static let shapes =
    (1...40).map { ($0, 64, 5) } + [
      (1, 1, 1), (1, 1, 64), (1, 100, 10), (3, 2, 1), (2, 17, 5), (17, 33, 19), (8, 32, 64), (9, 31, 7), (13, 16, 8),
      (7, 48, 3), (5, 65, 11), (6, 9, 40), (64, 2, 33), (4, 0, 3), (0, 4, 3), (4, 5, 0),
    ]

  /// In order over k with one rounding each: the definition.
  private func product(_ a: Matrix, _ b: Matrix, from start: Matrix) -> Matrix {
    var c = start
    for i in 0..<a.rows {
      for j in 0..<b.columns {
        for k in 0..<a.columns {
          c.elements[i * c.columns + j].addProduct(a.elements[i * a.columns + k], b.elements[k * b.columns + j])
        }
      }
    }
    return c
  }

  private func withEachSelection(_ body: (String) -> Void) throws {
    let before = Kernels.active
    for name in Kernels.available {
      try Kernels.select(name)
      #expect(Kernels.active == name)
      body(name)
    }
    try Kernels.select(before)
  }

  @Test(arguments: [false, true])
  func productsHaveTheBitsOfTheDefinition(_ extraordinary: Bool) throws {
    let make = extraordinary ? Matrix.extraordinary : { Matrix.random($0, $1, seed: $2) }
    for (m, n, k) in Self.shapes {
      let (a, b, start) = (make(m, k, 1), make(k, n, 2), make(m, n, 3))
      let fresh = bits(product(a, b, from: Matrix(rows: m, columns: n)).elements)
      let added = bits(product(a, b, from: start).elements)
      var transposed = Matrix(rows: k, columns: m)
      transposed.setTranspose(of: a)
      try withEachSelection { name in
        var c = start
        c.setProduct(a, b)
        #expect(bits(c.elements) == fresh, "\(name) \(m)×\(n)×\(k)")
        c = start
        c.setProduct(a, b, accumulating: true)
        #expect(bits(c.elements) == added, "\(name) += \(m)×\(n)×\(k)")
        c.setProduct(transposing: transposed, b)
        #expect(bits(c.elements) == fresh, "\(name) transposed \(m)×\(n)×\(k)")
        c = start
        c.setProduct(transposing: transposed, b, accumulating: true)
        #expect(bits(c.elements) == added, "\(name) transposed += \(m)×\(n)×\(k)")
      }
    }
  }

  /// The software multiply-add is exact where rounding twice would show: half way, subnormal, overflowing.
  @Test func multiplyAddRoundsOnce() throws {
    var generator = Generator(seed: 12)
    var (x, y, z): ([Float], [Float], [Float]) = ([], [], [])
    for _ in 0..<20_000 {
      // few significant bits and close exponents make half-way cases frequent
      let words = (0..<3).map { _ in generator.next32() }
      let exponent = Int(generator.next32() % 60) - 30
      let base = Float(sign: .plus, exponent: exponent - (words[0] & 1 == 0 ? 0 : 110), significand: 1)
      x.append((1 + Float(words[0] >> 8 & 0xfff) * 0x1p-12) * base)
      y.append(1 + Float(words[1] >> 8 & 0xffff) * 0x1p-12 + 0x1p-23)
      z.append(
        Float(words[2] & 0xffff) * base * Float(sign: .plus, exponent: Int(words[2] >> 16 % 50) - 25, significand: 1))
    }
    x += extraordinaryValues
    y += extraordinaryValues.reversed()
    z += extraordinaryValues.map { -$0 }
    let expected = bits(zip(zip(x, y), z).map { $1.addingProduct($0.0, $0.1) })
    let single = { Matrix(rows: 1, columns: 1, elements: [$0]) }
    try withEachSelection { name in
      let sums = x.indices.map { index in
        var c = single(z[index])
        c.setProduct(single(x[index]), single(y[index]), accumulating: true)
        return c.elements[0]
      }
      #expect(bits(sums) == expected, "\(name)")
    }
  }

  /// Everything there is, over counts around every vector width, gives one digest whatever is selected.
  @Test func everyOperationHasTheSameBitsEverywhere() throws {
    var digests: [String: String] = [:]
    try withEachSelection { name in
      var digest = Digest()
      for count in [1, 3, 4, 7, 8, 15, 16, 17, 31, 33, 100, 1000] {
        let (x, y) = (Matrix.extraordinary(1, count, seed: 3), Matrix.extraordinary(1, count, seed: 4))
        for operation in operations {
          var out = y
          operation(&out, x, y)
          digest.combine(out)
        }
        for values in [x, Matrix.random(1, count, seed: 5)] { digest.combine(reductions(values)) }
        var generator = Generator(seed: 9)
        digest.combine(generator.normal(count: count, mean: 0.5, standardDeviation: 2))
      }
      for size in [1, 3, 7, 16, 33, 70] { combineStructured(size, into: &digest) }
      digests[name] = digest.text
    }
    #expect(digests.count == Kernels.available.count)
    #expect(Set(digests.values).count == 1, "\(digests)")
    // fixed, so that other processors and compilers are held to it
    #expect(digests.values.first == "e5474e3a5ddcadfb")
  }

  /// What works on more than elements side by side: products in every order, cells, pictures, optimizers.
  private func combineStructured(_ size: Int, into digest: inout Digest) {
    let (a, b) = (Matrix.random(size, size + 5, seed: 6), Matrix.random(size + 5, size + 2, seed: 7))
    let bias = Matrix.random(1, size + 2, seed: 8)
    var product = Matrix(rows: size, columns: size + 2)
    var packed = PackedMatrix(rows: size + 5, columns: size + 2)
    packed.pack(b)
    product.setProduct(a, packed, bias: bias)
    product.setProduct(a, b, accumulating: true)
    digest.combine(product)
    var narrow = Matrix(rows: size + 5, columns: 3)
    narrow.setProduct(transposing: a, Matrix.random(size, 3, seed: 9))
    digest.combine(narrow)
    var wide = Matrix(rows: size + 5, columns: size + 2)
    wide.setProduct(transposing: a, product)
    digest.combine(wide)
    var sums = bias
    sums.addColumnSums(of: wide)
    digest.combine(sums)
    combineCells(size, into: &digest)
    combinePictures(size, into: &digest)
    combineOptimizers(size, into: &digest)
  }

  private func combineCells(_ size: Int, into digest: inout Digest) {
    let rows = 2..<4
    let initial = Matrix(rows: 2, columns: size)
    var (memory, bounded, hidden) = (Matrix.random(4, size, seed: 1), Matrix(rows: 4, columns: size), initial)
    hidden.shape(rows: 4, columns: size)
    var gates = Matrix.extraordinary(4, 4 * size, seed: 2)
    LongShortTermMemory.forward(
      rows: rows, gates: &gates, memory: &memory, bounded: &bounded, hidden: &hidden, initial: initial)
    var carried = Matrix.random(2, size, seed: 3)
    var gradients = Matrix(rows: 4, columns: 4 * size)
    LongShortTermMemory.backward(
      rows: rows, upstream: Matrix.random(2, size, seed: 4), gates: gates, memory: memory, bounded: bounded,
      initial: initial, carried: &carried, gradients: &gradients, at: 2)
    for matrix in [gates, memory, bounded, hidden, carried, gradients] { digest.combine(matrix) }

    let fromHidden = Matrix.random(4, 3 * size, seed: 5)
    gates = Matrix.extraordinary(4, 3 * size, seed: 6)
    GatedRecurrence.forward(rows: rows, gates: &gates, fromHidden: fromHidden, hidden: &hidden, initial: initial)
    var (byInput, byHidden) = (Matrix(rows: 2, columns: 3 * size), Matrix(rows: 2, columns: 3 * size))
    GatedRecurrence.backward(
      rows: rows, upstream: Matrix.random(2, size, seed: 4), gates: gates, fromHidden: fromHidden, hidden: hidden,
      initial: initial,
      direct: &carried, byInput: &byInput, byHidden: &byHidden, at: 0)
    for matrix in [gates, hidden, byInput, byHidden] { digest.combine(matrix) }
  }

  private func combinePictures(_ size: Int, into digest: inout Digest) {
    let (side, batch) = (5, min(size, 20))
    var pictures = Matrix(rows: 3, columns: Matrix.framedPixels(side: side) * batch)
    pictures.setFramed(Matrix.extraordinary(3, side * side * batch, seed: 7), side: side)
    let weight = Matrix.random(size, 27, seed: 8)
    var offsets = [UInt32](repeating: 0, count: 9 * max(3, size))
    var out = Matrix(rows: size, columns: pictures.columns)
    out.setConvolution(pictures, weight: weight, bias: Matrix.random(1, size, seed: 9), side: side, offsets: &offsets)
    var gradient = Matrix.random(size, 27, seed: 10)
    var scratch = Matrix(rows: 3, columns: 1152)
    gradient.addWeightGradient(pictures, outputGradient: out, side: side, scratch: &scratch)
    var rotated = Matrix(rows: 3, columns: 9 * size)
    rotated.setRotated(weight)
    var back = pictures
    back.setConvolution(
      out, weight: rotated, bias: nil, side: side, offsets: &offsets, finish: .slope(.relu, outputs: pictures))
    var finished = Matrix(rows: size, columns: pictures.columns)
    finished.setConvolution(
      pictures, weight: weight, bias: nil, side: side, offsets: &offsets, finish: .function(.sigmoid))
    var pooled = Matrix(rows: size, columns: Matrix.framedPixels(side: 2) * batch)
    pooled.setPooled(out, side: side)
    for matrix in [out, gradient, back, finished, pooled] { digest.combine(matrix) }
  }

  private func combineOptimizers(_ size: Int, into digest: inout Digest) {
    let gradient = Matrix.extraordinary(1, size, seed: 1)
    var (w, m, v) = (Matrix.random(1, size, seed: 2), Matrix.random(1, size, seed: 3), Matrix.random(1, size, seed: 4))
    v.setReLU(of: m)
    let lengths = [
      w.updateSGD(
        gradient, buffer: &m, rate: 0.1, momentum: 0.9, share: 0.7, decay: 0.01, nesterov: true, isFirst: false),
      w.updateAdam(
        gradient, mean: &m, square: &v, meanShare: 0.1, squareKept: 0.999, squareShare: 0.001, size: -0.01, root: 0.3,
        epsilon: 1e-8, decay: 0.1, shrink: 0.99),
      w.updateRMSprop(gradient, square: &v, rate: 0.01, kept: 0.99, share: 0.01, epsilon: 1e-8),
      w.scaleAndMeasure(by: 0.3, order: 2),
      m.setSquaredErrorGradient(of: w, target: v, slope: 0.1),
    ]
    digest.combine(lengths)
    for matrix in [w, m, v] { digest.combine(matrix) }
  }

  private var operations: [(inout Matrix, Matrix, Matrix) -> Void] {
    [
      {
        $0.setTanh(of: $1); _ = $2
      },
      {
        $0.setSigmoid(of: $1); _ = $2
      },
      {
        $0.setReLU(of: $1); _ = $2
      },
      {
        $0.setGELU(of: $1); _ = $2
      },
      {
        $0.copy(from: $1); $0.applyExp(); _ = $2
      },
      {
        $0.elements = $1.elements.map { Elementary.log($0) }; _ = $2
      },
      {
        $0.elements = $1.elements.map { Elementary.sin($0) }; _ = $2
      },
      { $0.setTanhGradient(output: $1, upstream: $2) }, { $0.setSigmoidGradient(output: $1, upstream: $2) },
      { $0.setReLUGradient(output: $1, upstream: $2) }, { $0.setGELUGradient(input: $1, upstream: $2) },
      {
        $0.add($1); _ = $2
      },
      {
        $0.scale(by: 1.1); _ = ($1, $2)
      },
      {
        $0.scale(by: 1.1, adding: 0.7); _ = ($1, $2)
      },
    ]
  }

  private func reductions(_ x: Matrix) -> [Float] {
    [2, 1, 0, .infinity, -.infinity, 0.5, 3, -1].map { x.norm($0) } + [
      x.sum(), Float(x.countZeros()), Float(x.countNonfinite()), Float(x.countMagnitudes(above: 0.5)),
    ]
  }

  @Test func unknownAndUnsupportedNames() {
    let before = Kernels.active
    #expect(throws: KernelError.unknown("mmx")) { try Kernels.select("mmx") }
    #expect(KernelError.unknown("mmx").description.contains("known are sse2, avx2, avx512, neon, scalar"))
    for name in Kernels.known where !Kernels.available.contains(name) {
      #expect(throws: KernelError.unsupported(name)) { try Kernels.select(name) }
    }
    #expect(KernelError.unsupported("neon").description.hasPrefix("neon is not supported by this processor"))
    #expect(Kernels.active == before)
  }
}

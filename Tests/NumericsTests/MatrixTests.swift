import Foundation
import Testing

import Numerics
import SeededRandom

private func row(_ values: Float...) -> Matrix { Matrix(rows: 1, columns: values.count, elements: values) }

@Suite struct MatrixTests {
  @Test func product() {
    var c = Matrix(rows: 2, columns: 2)
    let a = Matrix(rows: 2, columns: 3, elements: [1, 2, 3, 4, 5, 6])
    let b = Matrix(rows: 3, columns: 2, elements: [7, 8, 9, 10, 11, 12])
    c.setProduct(a, b)
    #expect(c.elements == [58, 64, 139, 154])
    c.setProduct(a, b, accumulating: true)
    #expect(c.elements == [116, 128, 278, 308])
    var d = Matrix(rows: 3, columns: 3)
    d.setProduct(transposing: a, Matrix(rows: 2, columns: 3, elements: [1, 0, 0, 0, 1, 0]))
    #expect(d.elements == [1, 4, 0, 2, 5, 0, 3, 6, 0])
  }

  /// 0 + x would turn -0 into 0 before it is multiplied.
  @Test func productKeepsTheSignOfZero() {
    var c = row(-0.0)
    c.setProduct(row(-0.0), row(1), accumulating: true)
    #expect(c.elements[0].sign == .minus)
  }

  @Test func transpose() {
    let a = Matrix.random(19, 37, seed: 1)
    var transposed = Matrix(rows: 37, columns: 19)
    transposed.setTranspose(of: a)
    for i in 0..<19 { for j in 0..<37 { #expect(transposed.elements[j * 19 + i] == a.elements[i * 37 + j]) } }
  }

  @Test func rows() {
    var m = Matrix(rows: 2, columns: 3)
    var sums = row(1, 1, 1)
    sums.addColumnSums(of: Matrix(rows: 2, columns: 3, elements: [1, 2, 3, 4, 5, 6]))
    #expect(sums.elements == [6, 8, 10])
    m.gatherRows(of: Matrix(rows: 3, columns: 3, elements: [0, 0, 0, 1, 1, 1, 2, 2, 2]), at: [2, 1])
    #expect(m.elements == [2, 2, 2, 1, 1, 1])
  }

  /// Sixteen rows are added in order before they meet what is there: one after the other, the 1 would be lost.
  @Test func columnSumsKeepDigits() {
    var sums = row(1)
    sums.addColumnSums(of: Matrix(rows: 2, columns: 1, elements: [1e8, -1e8]))
    #expect(sums.elements == [1])
    let many = Matrix(rows: 1280, columns: 1, repeating: 0.1)
    sums = row(0)
    sums.addColumnSums(of: many)
    #expect((sums.elements[0] - 128).magnitude < 2e-4)
  }

  @Test func elementwise() {
    var m = row(1, 2, 3)
    m.add(row(1, 1, 1))
    #expect(m.elements == [2, 3, 4])
    m.scale(by: -3)
    #expect(m.elements == [-6, -9, -12])
    m.scale(by: 2, adding: 1)
    #expect(m.elements == [-11, -17, -23])
    m.copy(from: row(9, 8, 7))
    #expect(m.elements == [9, 8, 7])
    m.fill(.nan)
    #expect(m.countNonfinite() == 3)
  }

  @Test func scalingAndAddingRoundsOnce() {
    var m = row(1 + 0x1p-12)
    m.scale(by: 1 - 0x1p-12, adding: -1)
    #expect(m.elements == [-0x1p-24])
  }

  @Test func reductions() {
    let m = row(3, -4, 0, -0.0, .infinity, .nan)
    #expect(m.countZeros() == 2 && m.countNonfinite() == 2)
    #expect(m.countMagnitudes(above: 3) == 2 && m.countMagnitudes(above: -1) == 5)
    #expect(row(1, 2, 3).sum() == 6 && Matrix(rows: 0, columns: 3).sum() == 0)
    // float32 would lose the ones
    #expect(row(1e8, 1, 1, 1, 1, 1, 1, 1, 1, -1e8).sum() == 8)
  }

  @Test func activations() {
    let x = Matrix.random(7, 9, seed: 2, scale: 3)
    expect(x, { $0.setTanh(of: $1) }, tanh)
    expect(x, { $0.setSigmoid(of: $1) }) { 1 / (1 + exp(-$0)) }
    expect(x, { $0.setReLU(of: $1) }) { max($0, 0) }
    expect(x, { $0.setGELU(of: $1) }) { $0 / 2 * erfc(-$0 / 2.0.squareRoot()) }
  }

  private func expect(_ x: Matrix, _ ours: (inout Matrix, Matrix) -> Void, _ reference: (Double) -> Double) {
    var y = x
    ours(&y, x)
    for (value, argument) in zip(y.elements, x.elements) {
      let exact = reference(Double(argument))
      // 2 ulp
      #expect((Double(value) - exact).magnitude <= 2.4e-7 * exact.magnitude, "at \(argument)")
    }
  }

  @Test func gradientsArePyTorchsArithmetic() {
    let (y, upstream) = (Matrix.random(5, 7, seed: 3), Matrix.random(5, 7, seed: 4))
    var g = y
    g.setTanhGradient(output: y, upstream: upstream)
    #expect(g.elements == zip(y.elements, upstream.elements).map { $1 * (1 - $0 * $0) })
    g.setSigmoidGradient(output: y, upstream: upstream)
    #expect(g.elements == zip(y.elements, upstream.elements).map { $1 * (1 - $0) * $0 })
    g.setReLUGradient(output: y, upstream: upstream)
    #expect(g.elements == zip(y.elements, upstream.elements).map { $0 > 0 ? $1 : 0 })
    g.setGELUGradient(input: y, upstream: upstream)
    for (value, (x, up)) in zip(g.elements, zip(y.elements, upstream.elements)) {
      let x = Double(x)
      let slope = erfc(-x / 2.0.squareRoot()) / 2 + x * exp(-x * x / 2) / (2 * Double.pi).squareRoot()
      #expect((Double(value) - Double(up) * slope).magnitude <= 1e-6 * (Double(up) * slope).magnitude + 1e-7)
    }
  }

  /// NaN and -0 as in PyTorch: relu(-0) is -0, and threshold_backward lets a NaN state through.
  @Test func extraordinaryActivations() {
    var y = row(0, 0, 0, 0)
    y.setReLU(of: row(.nan, -0.0, -.infinity, .infinity))
    #expect(bits(y.elements) == bits([.nan, -0.0, 0, .infinity]))
    y.setReLUGradient(output: row(.nan, 0, -1, 1), upstream: row(5, 5, 5, .nan))
    #expect(bits(y.elements) == bits([5, 0, 0, .nan]))
    y.setGELU(of: row(.nan, .infinity, -.infinity, -20))
    #expect(bits(y.elements) == bits([.nan, .infinity, .nan, -0.0]))
    y.setTanhGradient(output: row(1, -1, 0, .nan), upstream: row(.infinity, 2, .infinity, 0))
    #expect(bits(y.elements) == bits([.nan, 0, .infinity, .nan]))
  }

  #if compiler(>=6.2)
    @Test func wrongShapesTrap() async {
      await #expect(processExitsWith: .failure) {
        var c = Matrix(rows: 2, columns: 2)
        c.setProduct(Matrix(rows: 2, columns: 3), Matrix(rows: 2, columns: 2))
      }
      await #expect(processExitsWith: .failure) {
        var c = Matrix(rows: 2, columns: 2)
        c.add(Matrix(rows: 1, columns: 4))
      }
      await #expect(processExitsWith: .failure) {
        var c = Matrix(rows: 1, columns: 2)
        c.gatherRows(of: Matrix(rows: 2, columns: 2), at: [2])
      }
    }
  #endif

  @Test(
    "Sums over very many rows stay near the true ones: a chain of as many roundings would not",
    arguments: [20_000, 300_000])
  func longSums(rows: Int) {
    var random = SplitMix(seed: 5)
    for (m, n) in [(3, 5), (9, 16), (2, 40)] {
      let a = (0..<rows * m).map { _ in Float.random(in: 0...1, using: &random) }
      let b = (0..<rows * n).map { _ in Float.random(in: 0.5...1, using: &random) }
      var product = Matrix(rows: m, columns: n)
      product.setProduct(
        transposing: Matrix(rows: rows, columns: m, elements: a), Matrix(rows: rows, columns: n, elements: b))
      var sums = Matrix(rows: 1, columns: n)
      sums.addColumnSums(of: Matrix(rows: rows, columns: n, elements: b))
      for j in 0..<n {
        var truth = 0.0
        for row in 0..<rows { truth += Double(b[row * n + j]) }
        #expect(abs(Double(sums.elements[j]) / truth - 1) < 1e-6, "\(rows) rows, column \(j)")
        for i in 0..<m {
          var truth = 0.0
          for row in 0..<rows { truth += Double(a[row * m + i]) * Double(b[row * n + j]) }
          #expect(abs(Double(product.elements[i * n + j]) / truth - 1) < 2e-6, "\(rows) rows, \(i), \(j)")
        }
      }
    }
  }
}

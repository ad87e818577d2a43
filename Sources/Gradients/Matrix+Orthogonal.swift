import Numerics

extension Matrix {
  /// `nn.init.orthogonal_(self, gain=gain)`: the Q of a normal matrix's QR decomposition, its columns signed like the
  /// diagonal of R so that Q is uniform over all rotations (Mezzadri 2007). A wide matrix is decomposed transposed.
  ///
  /// Householder reflections in double precision; LAPACK's in float32 agree within rounding.
  mutating func setOrthogonal(gain: Double, from generator: inout Generator) {
    let draw = generator.normal(count: count, mean: 0, standardDeviation: 1)
    let isWide = rows < columns
    let (tall, thin) = isWide ? (columns, rows) : (rows, columns)
    var columnsOfA = (0..<thin).map { column in
      (0..<tall).map { row in Double(isWide ? draw[column * columns + row] : draw[row * columns + column]) }
    }
    let q = Self.orthogonalize(&columnsOfA, length: tall)
    for column in 0..<thin {
      for row in 0..<tall {
        let value = Float(Float(q[column][row]) * Float(gain))
        elements[isWide ? column * columns + row : row * columns + column] = value
      }
    }
  }

  // Reflects the columns one by one onto R, then reflects the unit columns back, last reflection first. A reflection is zero
  // in front of its own row, and the unit column of an earlier row is zero where it is not.
  private static func orthogonalize(_ a: inout [[Double]], length: Int) -> [[Double]] {
    var reflections: [(v: [Double], squared: Double)] = []
    var signs: [Double] = []
    for column in a.indices {
      guard Effort.goesOn(half(column, of: a.count)) else { return a }
      var v = [Double](repeating: 0, count: length)
      for row in column..<length { v[row] = a[column][row] }
      let norm = dot(v, v, from: column).squareRoot()
      let diagonal = v[column] > 0 ? -norm : norm
      v[column] -= diagonal
      signs.append(diagonal < 0 ? -1 : 1)
      let squared = dot(v, v, from: column)
      reflections.append((v, squared))
      for other in column..<a.count { reflect(&a[other], v, squared, from: column) }
    }
    var q: [[Double]] = []
    for column in a.indices {
      guard Effort.goesOn(1 - half(a.count - column, of: a.count)) else { return a }
      q.append([Double](repeating: 0, count: length))
      q[column][column] = signs[column]
      for index in (0...column).reversed() {
        reflect(&q[column], reflections[index].v, reflections[index].squared, from: index)
      }
    }
    _ = Effort.goesOn(1)
    return q
  }

  // The share of the work that is done before a column: what is left shrinks with its square, and there are two halves.
  private static func half(_ column: Int, of count: Int) -> Double {
    let left = 1 - Double(column) / Double(max(1, count))
    return (1 - left * left * left) / 2
  }

  private static func dot(_ x: [Double], _ y: [Double], from start: Int) -> Double {
    x.withUnsafeBufferPointer { x in
      y.withUnsafeBufferPointer { y in
        var sum = 0.0
        for row in start..<x.count { sum += x[row] * y[row] }
        return sum
      }
    }
  }

  private static func reflect(_ x: inout [Double], _ v: [Double], _ squared: Double, from start: Int) {
    guard squared > 0 else { return }
    let factor = 2 * dot(x, v, from: start) / squared
    x.withUnsafeMutableBufferPointer { x in
      v.withUnsafeBufferPointer { v in
        for row in start..<x.count { x[row] -= factor * v[row] }
      }
    }
  }
}

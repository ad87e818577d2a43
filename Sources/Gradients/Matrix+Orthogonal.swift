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

  // Reflects the columns one by one onto R, then reflects the unit columns back, last reflection first.
  private static func orthogonalize(_ a: inout [[Double]], length: Int) -> [[Double]] {
    var reflections: [[Double]] = []
    var signs: [Double] = []
    for column in a.indices {
      var v = [Double](repeating: 0, count: length)
      for row in column..<length { v[row] = a[column][row] }
      let norm = dot(v, v).squareRoot()
      let diagonal = v[column] > 0 ? -norm : norm
      v[column] -= diagonal
      signs.append(diagonal < 0 ? -1 : 1)
      reflections.append(v)
      for other in column..<a.count { reflect(&a[other], v) }
    }
    return a.indices.map { column in
      var q = [Double](repeating: 0, count: length)
      q[column] = signs[column]
      for v in reflections.reversed() { reflect(&q, v) }
      return q
    }
  }

  private static func dot(_ x: [Double], _ y: [Double]) -> Double { zip(x, y).reduce(0) { $0 + $1.0 * $1.1 } }

  private static func reflect(_ x: inout [Double], _ v: [Double]) {
    let length = dot(v, v)
    guard length > 0 else { return }
    let factor = 2 * dot(x, v) / length
    for row in x.indices { x[row] -= factor * v[row] }
  }
}

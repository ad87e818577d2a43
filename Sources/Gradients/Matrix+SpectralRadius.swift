import Numerics

extension Matrix {
  /// The largest magnitude of an eigenvalue of a square matrix; NaN if an element is not finite.
  ///
  /// By Gelfand's formula, ρ(A) = lim ‖Aᵏ‖^(1/k), along k = 2ⁿ by repeated squaring in double precision: it needs no
  /// complex numbers and does not care whether the largest eigenvalue is one or a pair. After 40 squarings what is left of
  /// a matrix's constant is its 2⁻⁴⁰th power.
  public var spectralRadius: Double {
    precondition(rows == columns, "only a square matrix has eigenvalues")
    guard countNonfinite() == 0 else { return .nan }
    var power = elements.map(Double.init)
    var logarithm = 0.0
    var share = 1.0
    for turn in 0..<40 {
      let norm = power.reduce(0) { $0 + $1 * $1 }.squareRoot()
      guard norm > 0 else { return 0 }
      logarithm += share * Elementary.log(norm)
      power = Self.squared(power.map { $0 / norm }, rows, turn)
      share /= 2
    }
    _ = Effort.goesOn(1)
    return Elementary.exp(logarithm)
  }

  private static func squared(_ a: [Double], _ size: Int, _ turn: Int) -> [Double] {
    var product = [Double](repeating: 0, count: size * size)
    for row in 0..<size {
      guard Effort.goesOn((Double(turn) + Double(row) / Double(size)) / 40) else { return a }
      for inner in 0..<size {
        let factor = a[row * size + inner]
        for column in 0..<size { product[row * size + column] += factor * a[inner * size + column] }
      }
    }
    return product
  }
}

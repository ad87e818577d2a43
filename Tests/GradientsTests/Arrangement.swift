import Gradients
import Numerics

/// How a list of matrices, one for each time step or picture, becomes the one matrix that layers work on, and back.
enum Arrangement: Sendable, Equatable {
  /// One below the other: time steps of B × features.
  case below
  /// Pictures of channels × pixels, of this side: line by line, framed, each pixel of all pictures side by side.
  case pictures(side: Int)

  func joined(_ list: [Matrix]) -> Matrix {
    switch self {
    case .below:
      return Matrix(
        rows: list.reduce(0) { $0 + $1.rows }, columns: list[0].columns, elements: list.flatMap(\.elements))
    case .pictures(let side):
      var joined = Matrix(rows: list[0].rows, columns: side * (side + 2) * list.count)
      forEachPixel(list[0].rows, side, list.count) { picture, channel, pixel, index in
        joined.elements[index] = list[picture].elements[channel * side * side + pixel]
      }
      return joined
    }
  }

  /// The list of `count` matrices, and whether a frame holds anything but zeros.
  func split(_ matrix: Matrix, count: Int) -> (list: [Matrix], isFrameClean: Bool) {
    switch self {
    case .below:
      let size = matrix.count / count
      let list = (0..<count).map {
        Matrix(
          rows: matrix.rows / count, columns: matrix.columns,
          elements: Array(matrix.elements[($0 * size)..<(($0 + 1) * size)]))
      }
      return (list, true)
    case .pictures(let side):
      var list = Array(repeating: Matrix(rows: matrix.rows, columns: side * side), count: count)
      var rest = matrix.elements
      forEachPixel(matrix.rows, side, count) { picture, channel, pixel, index in
        list[picture].elements[channel * side * side + pixel] = matrix.elements[index]
        rest[index] = 0
      }
      return (list, rest.allSatisfy { $0 == 0 })
    }
  }

  private func forEachPixel(
    _ channels: Int, _ side: Int, _ batch: Int,
    _ body: (_ picture: Int, _ channel: Int, _ pixel: Int, _ index: Int) -> Void
  ) {
    for channel in 0..<channels {
      for line in 0..<side {
        for column in 0..<side {
          for picture in 0..<batch {
            let index = ((channel * side + line) * (side + 2) + column + 1) * batch + picture
            body(picture, channel, line * side + column, index)
          }
        }
      }
    }
  }
}

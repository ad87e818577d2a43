import Gradients
import Numerics

// Tasks on pictures. A batch is channels × side·(side+2)·B, framed, for each pixel its value in each picture.

/// `task shapes`: filled square, hollow square, cross, diagonal (classes 0 to 3) at a random position and of a random size;
/// `size` is at least 5.
///
///     k = torch.randint(0, 4, (rows,)); s = torch.randint(4, size, (rows,))           # class; side of the shape
///     t = torch.randint(0, 65536, (rows,)) % (size - s + 1)                           # its top
///     l = torch.randint(0, 65536, (rows,)) % (size - s + 1)                           # its left
///     r = torch.arange(size).view(1, size, 1) - t.view(-1, 1, 1); s = s.view(-1, 1, 1)
///     c = torch.arange(size).view(1, 1, size) - l.view(-1, 1, 1)
///     inside = (r >= 0) & (r < s) & (c >= 0) & (c < s)
///     filled = inside; hollow = inside & ((r == 0) | (r == s - 1) | (c == 0) | (c == s - 1))
///     cross = inside & ((r == s // 2) | (c == s // 2)); diagonal = inside & (r == c)
///     X = torch.stack([filled, hollow, cross, diagonal])[k, torch.arange(rows)].float().unsqueeze(1)
///     X = X + noise * torch.randn(rows, 1, size, size)                                # once
///     i = torch.randint(0, rows, (batch,)); loss = F.cross_entropy(model(X[i]), k[i]) # per step
public struct ShapesTask: Hashable, Sendable, BatchSource {
  /// Pictures to draw from.
  public var rows = 512
  /// The side of a picture, at least 5.
  public var size = 12
  /// Pictures of a batch, drawn with replacement.
  public var batchSize = 32
  /// The standard deviation of what is added to each pixel.
  public var noise = 0.1

  /// 512 pictures of 12 × 12, 32 at a time.
  public init() {}

  var interface: Interface { Interface(.pictures, inputs: 1, outputs: 4, side: size) }
  var loss: Loss { .crossEntropy }
  var storedValues: Double { Double(rows) * Double(size) * Double(size) }

  func prepare(_ generator: inout Generator) -> any PreparedTask {
    let shapes = drawShapes(&generator)
    let pixels = size * size
    var pictures = Matrix(rows: rows, columns: pixels, elements: generator.normal(count: rows * pixels))
    pictures.scale(by: Float(noise))
    for (row, shape) in shapes.enumerated() {
      for pixel in 0..<pixels where shape.covers(row: pixel / size, column: pixel % size) {
        pictures.elements[row * pixels + pixel] += 1
      }
    }
    return DrawnPictures(pictures: pictures, classes: .classes(shapes.map(\.kind)), size: size, batchSize: batchSize)
  }

  private func drawShapes(_ generator: inout Generator) -> [Shape] {
    let kinds = generator.integers(below: 4, count: rows)
    let sides = generator.integers(from: 4, to: size, count: rows)
    let tops = generator.integers(below: 65536, count: rows)
    let lefts = generator.integers(below: 65536, count: rows)
    return (0..<rows).map { row in
      let positions = size - sides[row] + 1
      return Shape(kind: kinds[row], side: sides[row], top: tops[row] % positions, left: lefts[row] % positions)
    }
  }
}

/// One shape in its picture.
private struct Shape {
  let kind: Int
  let side: Int
  let top: Int
  let left: Int

  func covers(row: Int, column: Int) -> Bool {
    let (r, c) = (row - top, column - left)
    guard 0..<side ~= r, 0..<side ~= c else { return false }
    switch kind {
    case 0: return true
    case 1: return r == 0 || r == side - 1 || c == 0 || c == side - 1
    case 2: return r == side / 2 || c == side / 2
    default: return r == c
    }
  }
}

/// `i = torch.randint(0, rows, (batch,))`, and those pictures with their classes.
private struct DrawnPictures: PreparedTask {
  let pictures: Matrix
  let classes: Targets
  let size: Int
  let batchSize: Int

  func draw(_ generator: inout Generator, into batch: inout Batch) {
    batch.draw(&generator, from: 0, to: pictures.rows, count: batchSize)
    batch.numbers.shape(rows: batchSize, columns: pictures.columns)
    batch.numbers.gatherRows(of: pictures, at: batch.draws)
    // pixels × pictures, as one channel
    batch.transposed.shape(rows: pictures.columns, columns: batchSize)
    batch.transposed.setTranspose(of: batch.numbers)
    batch.transposed.shape(rows: 1, columns: pictures.columns * batchSize)
    batch.inputs.shape(rows: 1, columns: Matrix.framedPixels(side: size) * batchSize)
    batch.inputs.setFramed(batch.transposed, side: size)
    batch.targets.gather(from: classes, at: batch.draws)
  }
}

import Numerics
import Optimization

/// Bytes that are read in parts: a file that may be larger than the memory.
public protocol ByteSource: Sendable {
  /// How many there are.
  var count: Int { get }
  /// Reads as many bytes as there is room for, from an offset on.
  /// - Throws: `DumpError` where they are not there any more.
  func read(at offset: Int, into bytes: UnsafeMutableRawBufferPointer) throws(DumpError)
}

/// Bytes in memory.
public struct MemoryBytes: ByteSource {
  private let bytes: [UInt8]

  /// These bytes.
  public init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// How many there are.
  public var count: Int { bytes.count }

  /// Copies as many bytes as there is room for, from an offset on.
  public func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws(DumpError) {
    guard offset + buffer.count <= bytes.count else { throw DumpError("the data is not all there") }
    bytes.withUnsafeBytes {
      buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[offset..<(offset + buffer.count)]))
    }
  }
}

/// The numbers of a gradient, row by row.
public enum GradientValues: Sendable {
  /// As they were written; float32 values are exact in double precision.
  case numbers([Double])
  /// Little-endian, from this offset on.
  case stored(any ByteSource, offset: Int, count: Int)

  /// How many there are.
  public var count: Int {
    switch self {
    case .numbers(let numbers): numbers.count
    case .stored(_, _, let count): count
    }
  }
}

extension GradientDump.Gradient {
  /// So many at a time: what a processor keeps near itself, and a whole number of 512 elements, see `NormSum`.
  private static let pieceLength = 1 << 18

  private func pieceLengths() -> some Sequence<(start: Int, count: Int)> {
    stride(from: 0, to: values.count, by: Self.pieceLength).lazy.map { [count = values.count] start in
      (start, min(Self.pieceLength, count - start))
    }
  }

  /// Calls `body` with the elements as float32, in their order and in pieces, which it may write to. Not for float64.
  func forEachPiece(_ body: (UnsafeMutableBufferPointer<Float>) throws -> Void) throws {
    let length = min(Self.pieceLength, values.count)
    let piece = UnsafeMutableBufferPointer<Float>.allocate(capacity: length)
    let raw = UnsafeMutableRawBufferPointer.allocate(byteCount: length * format.width, alignment: 64)
    defer {
      piece.deallocate()
      raw.deallocate()
    }
    for (start, count) in pieceLengths() {
      let part = UnsafeMutableBufferPointer(rebasing: piece[..<count])
      switch values {
      case .numbers(let numbers):
        for index in 0..<count { part.initializeElement(at: index, to: Float(numbers[start + index])) }
        format.round(part)
      case .stored(let source, let offset, _):
        let bytes = UnsafeMutableRawBufferPointer(rebasing: raw[..<(count * format.width)])
        try source.read(at: offset + start * format.width, into: bytes)
        format.read(UnsafeRawBufferPointer(bytes), into: part)
      }
      try body(part)
    }
  }

  /// The same of a float64 gradient.
  func forEachDoublePiece(_ body: (UnsafeMutableBufferPointer<Double>) throws -> Void) throws {
    let piece = UnsafeMutableBufferPointer<Double>.allocate(capacity: min(Self.pieceLength, values.count))
    defer { piece.deallocate() }
    for (start, count) in pieceLengths() {
      let part = UnsafeMutableBufferPointer(rebasing: piece[..<count])
      switch values {
      case .numbers(let numbers): _ = part.initialize(from: numbers[start..<(start + count)])
      case .stored(let source, let offset, _):
        try source.read(at: offset + 8 * start, into: UnsafeMutableRawBufferPointer(part))
      }
      try body(part)
    }
  }

  /// The norm, and what can be seen of the numbers. O(elements).
  func measured(order: Double, takesCensus: Bool) throws -> (norm: Double, census: NumberCensus) {
    var (sum, census) = (GradientNormSum(order: order, format: format), NumberCensus())
    if format == .float64 {
      try forEachDoublePiece { piece in
        sum.add(UnsafeBufferPointer(piece))
        if takesCensus { census.add(UnsafeBufferPointer(piece)) }
      }
    } else {
      try forEachPiece { piece in
        sum.add(UnsafeBufferPointer(piece))
        if takesCensus { census.add(UnsafeBufferPointer(piece)) }
      }
    }
    return (sum.norm, census)
  }

  /// All elements as float32. Not for float64.
  func singles() throws -> [Float] {
    var all: [Float] = []
    all.reserveCapacity(values.count)
    try forEachPiece { all += $0 }
    return all
  }
}

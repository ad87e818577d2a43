extension Array where Element == Float {
  /// Whether these are the numbers of another array, bit by bit: NaN is itself, and 0 is not −0. It stops soon behind the first
  /// that is not; O(n).
  public func hasSameBits(as other: [Float]) -> Bool {
    guard count == other.count else { return false }
    return withUnsafeBufferPointer { own in
      other.withUnsafeBufferPointer { other in
        if own.baseAddress == other.baseAddress { return true }
        var start = 0
        while start < own.count {
          // A block has no way out, so that it is done many at a time.
          let end = Swift.min(start + 256, own.count)
          var difference: UInt32 = 0
          for index in start..<end { difference |= own[index].bitPattern ^ other[index].bitPattern }
          if difference != 0 { return false }
          start = end
        }
        return true
      }
    }
  }
}

// Whole numbers as `torch.randint` draws them.
extension Generator {
  /// Numbers from 0 up to, not including `range`: `torch.randint(range, (count,))`.
  public mutating func integers(below range: Int, count: Int) -> [Int] {
    integers(from: 0, to: range, count: count)
  }

  /// Numbers from `low` up to, not including `high`: `torch.randint(low, high, (count,))`.
  public mutating func integers(from low: Int, to high: Int, count: Int) -> [Int] {
    var drawn: [Int] = []
    appendIntegers(from: low, to: high, count: count, to: &drawn)
    return drawn
  }

  /// The same behind what the list holds already, so that a list that is used again takes no memory.
  public mutating func appendIntegers(from low: Int, to high: Int, count: Int, to list: inout [Int]) {
    precondition(low < high, "there is no whole number from \(low) up to, not including \(high)")
    let range = UInt64(bitPattern: Int64(high &- low))
    list.reserveCapacity(list.count + count)
    // from 2^28 on PyTorch takes 64 bits, so that the remainder is nearly uniform
    guard range < 1 << 28 else {
      for _ in 0..<count { list.append(low &+ Int(truncatingIfNeeded: next64() % range)) }
      return
    }
    let narrow = UInt32(range)
    draw(count) { list.append(low &+ Int($1 % narrow)) }
  }
}

/// A list that grows at its end. Copies share all but the newest of its elements, so that a list that is remembered each time
/// that it has grown takes little more memory than one.
public struct Chunks<Element: Equatable & Sendable>: RandomAccessCollection, Equatable, Sendable {
  // Full ones, and at the end one that is not.
  private var chunks: [[Element]] = []
  /// How many elements there are.
  public private(set) var count = 0

  private static var length: Int { 64 }

  init(_ elements: [Element] = []) {
    for element in elements { append(element) }
  }

  /// The index of the first.
  public var startIndex: Int { 0 }
  /// The index behind the last.
  public var endIndex: Int { count }
  /// The element of an index; O(1).
  public subscript(index: Int) -> Element { chunks[index / Self.length][index % Self.length] }

  mutating func append(_ element: Element) {
    if count % Self.length == 0 { chunks.append([]) }
    chunks[chunks.count - 1].append(element)
    count += 1
  }

  /// Leaves out all but the first ones. O(chunks).
  mutating func keep(_ kept: Int) {
    chunks.removeLast(chunks.count - (kept + Self.length - 1) / Self.length)
    if kept % Self.length > 0 {
      chunks[chunks.count - 1].removeLast(chunks[chunks.count - 1].count - kept % Self.length)
    }
    count = kept
  }

  /// How many of the first ones are those of another. O(chunks) as long as they share them.
  func shared(with other: Self) -> Int {
    let whole = zip(chunks, other.chunks).prefix { $0 == $1 }.count
    guard whole < chunks.count, whole < other.chunks.count else { return Swift.min(count, other.count) }
    return whole * Self.length + zip(chunks[whole], other.chunks[whole]).prefix { $0 == $1 }.count
  }

  /// Shares with another list what is the same in both. O(elements).
  mutating func share(with other: Self) {
    for (index, (own, others)) in zip(chunks, other.chunks).enumerated() where own == others { chunks[index] = others }
  }
}

extension Chunks<Timeline.Entry> {
  /// The index of the first change at a position or behind it; O(log n).
  func firstIndex(from position: Position) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if self[middle].position < position { low = middle + 1 } else { high = middle }
    }
    return low
  }
}

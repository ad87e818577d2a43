import CKernels

/// PyTorch's CPU generator as a value: the Mersenne Twister MT19937 (Matsumoto, Nishimura 1998) and the normal draw
/// it keeps for the next call. Copying it copies its whole state.
///
/// The same seed and the same calls give PyTorch's numbers, bit for bit; see the extensions for what is drawn.
public struct Generator: Equatable, Sendable {
  static let stateCount = 624
  private static let distance = 397

  private var state: [UInt32]
  private var next: Int
  /// The second value of a Box-Muller pair, kept for the next single normal draw.
  var keptNormal: Double?

  /// The memory that its words take, in bytes.
  public static var bytes: Int { 4 * stateCount }

  /// The generator after `torch.manual_seed(seed)`, of which only the low 32 bits count.
  public init(seed: UInt64) {
    state = [UInt32](repeating: UInt32(truncatingIfNeeded: seed), count: Generator.stateCount)
    for index in 1..<Generator.stateCount {
      let last = state[index - 1]
      state[index] = 1_812_433_253 &* (last ^ last >> 30) &+ UInt32(index)
    }
    next = Generator.stateCount
  }

  /// Becomes a copy of another without taking memory, as long as nothing else shares its own.
  public mutating func assign(from other: Generator) {
    state.withUnsafeMutableBufferPointer { own in
      other.state.withUnsafeBufferPointer {
        own.baseAddress!.update(from: $0.baseAddress!, count: Generator.stateCount)
      }
    }
    next = other.next
    keptNormal = other.keptNormal
  }

  /// 32 random bits.
  public mutating func next32() -> UInt32 {
    if next == Generator.stateCount { renew() }
    let word = state[next]
    next += 1
    return Generator.temper(word)
  }

  /// 64 random bits; the first draw is the high word, as in PyTorch.
  public mutating func next64() -> UInt64 {
    let high = UInt64(next32())
    return high << 32 | UInt64(next32())
  }

  /// Everything that decides what is drawn next, for a digest.
  public var stateWords: [UInt64] {
    state.map(UInt64.init) + [UInt64(next), keptNormal == nil ? 0 : 1, keptNormal?.bitPattern ?? 0]
  }

  /// Calls the body with the next `count` 32-bit draws and their positions.
  mutating func draw(_ count: Int, _ body: (Int, UInt32) -> Void) {
    var position = 0
    while position < count {
      if next == Generator.stateCount { renew() }
      let length = min(count - position, Generator.stateCount - next)
      state.withUnsafeBufferPointer { state in
        for offset in 0..<length { body(position + offset, Generator.temper(state[next + offset])) }
      }
      next += length
      position += length
    }
  }

  private static func temper(_ word: UInt32) -> UInt32 {
    var y = word
    y ^= y >> 11
    y ^= y << 7 & 0x9d2c_5680
    y ^= y << 15 & 0xefc6_0000
    return y ^ y >> 18
  }

  // Three ranges, in which the indices of the words are known without asking: the first two are done several at a time.
  private mutating func renew() {
    let (count, distance) = (Generator.stateCount, Generator.distance)
    state.withUnsafeMutableBufferPointer { state in
      for index in 0..<(count - distance) {
        state[index] = Generator.twist(state[index], state[index + 1], state[index + distance])
      }
      for index in (count - distance)..<(count - 1) {
        state[index] = Generator.twist(state[index], state[index + 1], state[index + distance - count])
      }
      state[count - 1] = Generator.twist(state[count - 1], state[0], state[distance - 1])
    }
    next = 0
  }

  @inline(__always)
  private static func twist(_ word: UInt32, _ following: UInt32, _ distant: UInt32) -> UInt32 {
    let mixed = word & 0x8000_0000 | following & 0x7fff_ffff
    return distant ^ mixed >> 1 ^ (0 &- (mixed & 1)) & 0x9908_b0df
  }
}

/// A 64-bit digest of numbers in order, for comparing states: equal states have equal digests on every machine.
///
/// Every NaN counts as the same bits, because processors choose different ones; 0 and -0 differ. The number of values
/// counts too. It protects against accidents, not against attacks.
public struct Digest: Equatable, Sendable {
  /// The digest of everything combined so far.
  public var value: UInt64 { Digest.mix(first ^ Digest.mix(second)) }
  /// The digest as 16 hexadecimal digits.
  public var text: String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }

  // Two chains that take every other word, because one would wait for its own multiplication.
  private var first: UInt64 = 0x9e37_79b9_7f4a_7c15
  private var second: UInt64 = 0xd1b5_4a32_d192_ed03

  /// The digest of nothing.
  public init() {}

  /// Takes in one word.
  public mutating func combine(_ word: UInt64) {
    first = Digest.step(first, word)
    swap(&first, &second)
  }

  /// Takes in the number of values and their bits.
  public mutating func combine(_ floats: [Float]) {
    floats.withUnsafeBufferPointer { floats in
      combine(UInt64(floats.count))
      var (a, b) = (first, second)
      let pairs = floats.count / 2
      for pair in 0..<pairs {
        let word = Digest.bits(floats[2 * pair]) | Digest.bits(floats[2 * pair + 1]) << 32
        (a, b) = (b, Digest.step(a, word))
      }
      (first, second) = (a, b)
      if floats.count % 2 == 1 { combine(Digest.bits(floats[floats.count - 1])) }
    }
  }

  /// Takes in the shape and the elements.
  public mutating func combine(_ matrix: Matrix) {
    combine(UInt64(matrix.rows))
    combine(matrix.elements)
  }

  private static func bits(_ x: Float) -> UInt64 { UInt64(x.isNaN ? 0x7fc0_0000 : x.bitPattern) }

  /// Both lines are invertible, so no difference is lost. Folding the word first brings a difference in its high half,
  /// such as a sign, also into the low half: the product alone would keep the highest bit a single bit, which a change
  /// in the next word could cancel.
  private static func step(_ state: UInt64, _ word: UInt64) -> UInt64 {
    let spread = word &* 0xa24b_aed4_963e_e407
    return ((state << 29 | state >> 35) ^ spread ^ spread >> 32) &* 0x9fb2_1c65_1e98_df25
  }

  /// Spreads every bit over all (the finalizer of SplitMix64; Steele, Lea, Flood 2014).
  private static func mix(_ word: UInt64) -> UInt64 {
    var z = word
    z = (z ^ z >> 30) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ z >> 27) &* 0x94d0_49bb_1331_11eb
    return z ^ z >> 31
  }
}

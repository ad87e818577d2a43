import Testing

import Numerics

private func digest(_ values: [Float]) -> UInt64 {
  var digest = Digest()
  digest.combine(values)
  return digest.value
}

@Suite struct DigestTests {
  @Test func everyNaNIsTheSame() {
    let others: [UInt32] = [0xffc0_0000, 0x7fc0_0001, 0x7f80_0001, 0xffff_ffff]
    for other in others {
      for count in 1...4 {
        let ours = [Float](repeating: .nan, count: count)
        #expect(digest(ours) == digest([Float](repeating: Float(bitPattern: other), count: count)))
      }
    }
  }

  @Test func everyBitCounts() {
    let values = Matrix.random(1, 33, seed: 1).elements
    var seen: Set<UInt64> = [digest(values)]
    for index in values.indices {
      for bit in 0..<32 {
        var changed = values
        changed[index] = Float(bitPattern: values[index].bitPattern ^ 1 << UInt32(bit))
        seen.insert(digest(changed))
      }
    }
    #expect(seen.count == 33 * 32 + 1)
  }

  @Test func orderCountAndSignOfZeroMatter() {
    #expect(digest([1, 2]) != digest([2, 1]))
    #expect(digest([1, 2, 3, 4]) != digest([3, 4, 1, 2]))
    #expect(digest([1, 2, 3, 4, 5]) != digest([2, 1, 3, 4, 5]))
    #expect(digest([0]) != digest([-0.0]))
    #expect(Set((0...9).map { digest([Float](repeating: 0, count: $0)) }).count == 10)
  }

  @Test func shapeMatters() {
    var (flat, tall) = (Digest(), Digest())
    flat.combine(Matrix(rows: 1, columns: 6))
    tall.combine(Matrix(rows: 6, columns: 1))
    #expect(flat != tall && flat.value != tall.value)
  }

  @Test func textIsSixteenDigits() {
    var digest = Digest()
    for word in 0..<200 as Range<UInt64> {
      digest.combine(word)
      #expect(digest.text.count == 16 && UInt64(digest.text, radix: 16) == digest.value)
    }
  }

  /// Recorded, so that saved digests stay comparable.
  @Test func staysWhatItWas() {
    var digest = Digest()
    digest.combine(Matrix(rows: 2, columns: 2, elements: [1, -0.5, .infinity, 3]))
    digest.combine(7)
    #expect(digest.text == "d196a83b58855d89")
  }
}

import Testing

import Numerics

private struct Story: Decodable {
  struct Step: Decodable {
    let call: String
    let count: Int
    var low: Int?
    var high: Int?
    let digest: String
  }
  let seed: String
  let steps: [Step]
}

/// 64-bit FNV-1a over words, as 16 hexadecimal digits.
private func digest(_ words: some Sequence<UInt64>) -> String {
  let hash = words.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ $1) &* 0x100_0000_01b3 }
  let digits = String(hash, radix: 16)
  return String(repeating: "0", count: 16 - digits.count) + digits
}

private func words(_ floats: [Float]) -> [UInt64] {
  floats.map { UInt64(bitPattern: Int64(Int32(bitPattern: $0.bitPattern))) }
}

private func words(_ numbers: [Int]) -> [UInt64] { numbers.map { UInt64(bitPattern: Int64($0)) } }

/// The digest of what the step's call draws; `nil` for a call that is unknown.
private func drawn(_ generator: inout Generator, _ step: Story.Step) -> String? {
  switch step.call {
  case "uniform": return digest(words(generator.uniform(count: step.count)))
  case "normal": return digest(words(generator.normal(count: step.count)))
  case "integers":
    guard let low = step.low, let high = step.high else { return nil }
    return digest(words(generator.integers(from: low, to: high, count: step.count)))
  case "permutation":
    generator.skipPermutation(count: step.count)
    return step.digest
  default: return nil
  }
}

@Suite struct LargeDrawsTests {
  /// Up to a million numbers a call, around 16 (a block of normal draws) and 624 (a state of the generator), mixed.
  @Test func aMillionDrawsArePyTorchsBits() throws {
    let stories: [Story] = try Fixture.load("large-draws")
    #expect(stories.count == 5 && stories.allSatisfy { $0.steps.count == 64 })
    for story in stories {
      var generator = Generator(seed: try #require(UInt64(story.seed)))
      for (index, step) in story.steps.enumerated() {
        let same = drawn(&generator, step) == step.digest
        #expect(same, "seed \(story.seed), step \(index): \(step.call) of \(step.count)")
        // everything behind a wrong draw is wrong too
        if !same { break }
      }
    }
  }

  @Test func aWrongDigestIsNoticed() throws {
    let stories: [Story] = try Fixture.load("large-draws")
    let step = try #require(stories.first?.steps.first)
    var wrong = Generator(seed: 12345)
    #expect(drawn(&wrong, step) != step.digest)
  }
}

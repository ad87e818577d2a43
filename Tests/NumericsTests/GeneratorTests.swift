import Testing

import Numerics

private struct Story: Decodable {
  struct Step: Decodable {
    let call: String
    var count: Int?
    var low: Double?
    var high: Double?
    var mean: Double?
    var deviation: Double?
    var values: [Int]?
    var bits: String?
  }
  let seed: String
  let steps: [Step]
}

/// Makes the step's call and tells whether it gave what PyTorch gave.
private func agrees(_ generator: inout Generator, _ step: Story.Step) -> Bool {
  let count = step.count ?? 0
  switch step.call {
  case "uniform":
    guard let low = step.low, let high = step.high else {
      return bits(generator.uniform(count: count)) == bits(Fixture.floats(step.bits ?? ""))
    }
    return bits(generator.uniform(count: count, from: low, to: high)) == bits(Fixture.floats(step.bits ?? ""))
  case "normal":
    let drawn = generator.normal(count: count, mean: step.mean ?? 0, standardDeviation: step.deviation ?? 1)
    return bits(drawn) == bits(Fixture.floats(step.bits ?? ""))
  case "integers":
    return generator.integers(from: Int(step.low ?? 0), to: Int(step.high ?? 0), count: count) == step.values
  case "permutation":
    generator.skipPermutation(count: count)
    return step.values?.count == count
  case "word": return [Int(generator.next64() & (1 << 63 - 1))] == step.values
  default: return false
  }
}

@Suite struct GeneratorTests {
  @Test func drawsPyTorchsBits() throws {
    let stories: [Story] = try Fixture.load("generator")
    #expect(stories.count == 15)
    for story in stories {
      var generator = Generator(seed: try #require(UInt64(story.seed)))
      for (index, step) in story.steps.enumerated() {
        let same = agrees(&generator, step)
        #expect(same, "seed \(story.seed), step \(index): \(step.call) of \(step.count ?? 1)")
        // everything behind a wrong draw is wrong too
        if !same { break }
      }
    }
  }

  @Test func aWrongFixtureIsNoticed() {
    var generator = Generator(seed: 0)
    let step = Story.Step(call: "integers", count: 3, low: 0, high: 10, values: [1, 2, 3])
    #expect(!agrees(&generator, step))
  }

  @Test func aCopyDrawsTheSame() {
    var generator = Generator(seed: 5)
    _ = generator.normal(count: 1)
    var copy = generator
    #expect(copy == generator)
    let first = generator.normal(count: 700)
    #expect(copy != generator)
    #expect(copy.normal(count: 700) == first)
    #expect(copy == generator)
  }

  @Test func onlyTheLow32BitsOfTheSeedCount() {
    #expect(Generator(seed: 3) == Generator(seed: 1 << 32 + 3))
  }

  @Test func theKeptNormalIsPartOfTheState() {
    var one = Generator(seed: 1)
    var two = one
    _ = one.normal(count: 1)
    _ = two.next64()
    _ = two.next64()
    #expect(one.stateWords != two.stateWords)
    #expect(one != two)
  }

  @Test func theStateIsInItsWords() {
    var generator = Generator(seed: 1)
    let before = generator.stateWords
    _ = generator.next32()
    #expect(generator.stateWords != before)
    #expect(Generator(seed: 1).stateWords == before)
  }

  @Test func fillingAMatrixDrawsTheSame() {
    var (one, two) = (Generator(seed: 11), Generator(seed: 11))
    var matrix = Matrix(rows: 5, columns: 7)
    one.fillUniform(&matrix, from: -0.3, to: 0.3)
    #expect(matrix.elements == two.uniform(count: 35, from: -0.3, to: 0.3))
    one.fillNormal(&matrix, mean: 1, standardDeviation: 2)
    #expect(matrix.elements == two.normal(count: 35, mean: 1, standardDeviation: 2))
  }

  @Test func nothingDrawnChangesNothing() {
    var generator = Generator(seed: 2)
    #expect(generator.uniform(count: 0).isEmpty && generator.normal(count: 0).isEmpty)
    #expect(generator.integers(below: 5, count: 0).isEmpty)
    #expect(generator == Generator(seed: 2))
  }
}

import Analysis
import Foundation
import Optimization
import Testing
import Training

/// What happens in a series of numbers, and when it is told.
@Suite struct RunEventTests {
  /// The events of a series of total norms, with their steps.
  private func events(
    _ norms: [Float], order: (Int) -> Float = { _ in 2 }, maxNorm: (Int) -> Double? = { _ in nil }
  ) -> [(step: Int, event: RunEvent)] {
    var history = History(parameters: 1)
    var events = RunEvents()
    var found: [(Int, RunEvent)] = []
    for (index, norm) in norms.enumerated() {
      let step = index + 1
      var clipping = Clipping()
      clipping.isOn = maxNorm(step) != nil
      if let maxNorm = maxNorm(step) { clipping.rule = .norm(ClipNorm(maxNorm: maxNorm)) }
      let before = GradientNorms(perParameter: [norm], total: norm, order: order(step))
      let factor = Float(maxNorm(step).map { min(1, $0 / Double(norm)) } ?? 1)
      let after = GradientNorms(perParameter: [norm * factor], total: norm * factor, order: order(step))
      let record = StepRecord(
        step: step, loss: 1, before: before, outcome: ClipOutcome(factor: factor, clipped: factor < 1, after: after),
        nonfinite: norm.isFinite ? [] : [0], weightNorms: [1], updateRatios: [0], saturated: nil, learningRate: 1,
        clipping: clipping)
      history.append(record)
      found += events.find(record, history).map { (step, $0) }
    }
    return found
  }

  private func isSpike(_ event: RunEvent) -> Bool { if case .spike = event { true } else { false } }
  private func isOver(_ event: RunEvent) -> Bool { if case .spikeOver = event { true } else { false } }

  @Test("A jump is a spike, told once with its numbers, and over when the norm has been low for ten steps")
  func spike() {
    var norms = Array(repeating: Float(2), count: 60)
    (norms[30], norms[31]) = (90, 100)
    let found = events(norms)
    #expect(found.map(\.step) == [31, 42])
    #expect(found.first?.event == .spike(norm: 90, usual: RunEvent.Usual(norm: 2, steps: 30)))
    #expect(found.last?.event == .spikeOver(largest: 100, at: 32), "it was largest where it was largest")
  }

  @Test("A norm that climbs is no spike, and is not over while it climbs, though the median follows it")
  func climbing() {
    // As the tutorial: growth by a factor, then clipped, and still growing a little with every step.
    var norms = (0..<120).map { 20 * pow(1.1, Float($0)) }
    norms += (1...300).map { norms[119] + Float($0) }
    let found = events(norms)
    #expect(!found.contains { isSpike($0.event) || isOver($0.event) }, "\(found)")
    guard case .climbed(let norm, let usual)? = found.first?.event else {
      Issue.record("\(found)")
      return
    }
    let step = found[0].step
    #expect(norm == norms[step - 1] && norm > 10 * usual.norm && norms[step - 2] <= 10 * usual.norm * 1.1)
    #expect(usual.steps == min(100, step - 1))
    #expect(found.dropFirst().allSatisfy { if case .climbsOn = $0.event { true } else { false } }, "\(found)")
  }

  @Test("A norm that stays high is said to stay, once it has not grown for a hundred steps")
  func plateau() {
    let norms = Array(repeating: Float(2), count: 50) + [500] + Array(repeating: Float(400), count: 150)
    let found = events(norms)
    #expect(found.map(\.step) == [51, 151])
    #expect(found.last?.event == .staysHigh(largest: 500, at: 51))
  }

  @Test("Norms of another order are another quantity: no spike between them, and none that goes on")
  func orders() {
    let norms = Array(repeating: Float(2), count: 50) + Array(repeating: Float(60), count: 50)
    #expect(events(norms).contains { isSpike($0.event) })
    #expect(events(norms, order: { $0 <= 50 ? 2 : 1 }).isEmpty)
    var history = History(parameters: 1)
    for (index, norm) in norms.enumerated() {
      let norms = GradientNorms(perParameter: [norm], total: norm, order: index < 50 ? 2 : 1)
      history.append(
        StepRecord(
          step: index + 1, loss: 1, before: norms, outcome: .untouched(norms), nonfinite: [], weightNorms: [1],
          updateRatios: [0], saturated: nil, learningRate: 1, clipping: Clipping()))
    }
    #expect(Verdict.usual(history, upTo: 55, order: 1) == nil, "five are too few")
    #expect(Verdict.usual(history, upTo: 100, order: 1) == 60 && Verdict.usual(history, upTo: 50, order: 2) == 2)
  }

  @Test("Clipping begins and ends once, however many steps between were not clipped")
  func clipping() {
    let norms = (0..<100).map { Float((20..<60).contains($0) && $0 % 3 == 0 ? 9 : 0.5) }
    let found = events(norms, maxNorm: { _ in 1 }).filter { !isSpike($0.event) && !isOver($0.event) }
    #expect(found.map(\.step) == [22, 68])
    #expect(found.map(\.event) == [.clippingBegan, .clippingEnded(clipped: 13, first: 22, last: 58)])
    let off = events(norms, maxNorm: { $0 < 30 ? 1 : nil }).filter { !isSpike($0.event) && !isOver($0.event) }
    #expect(off.map(\.step) == [22, 30], "switched off it ends at once")
  }

  @Test("Infinity and NaN are told when they come, and when they have gone")
  func nonfinite() {
    let found = events([1, 1, .infinity, .infinity, .nan, .nan, 1, 1])
    #expect(
      found.map(\.event) == [
        .nonfinite(isNaN: false, parameters: [0]), .nonfinite(isNaN: true, parameters: [0]), .finiteAgain,
      ])
    #expect(found.map(\.step) == [3, 5, 7])
  }

  @Test("A trend compares the newest quarter with the oldest")
  func trends() {
    #expect(Trend((0..<100).map { _ in 1 }) == .calm)
    #expect(Trend((0..<100).map { pow(1.02, Float($0)) }) == .growing)
    #expect(Trend((0..<100).map { pow(0.98, Float($0)) }) == .vanishing)
    #expect(Trend((0..<100).map { $0 == 50 ? 1e6 : 1 }) == .calm, "one spike is no trend")
    #expect(Trend([1, 10, 100]) == .calm, "three steps are none, either")
    #expect(Trend([1, 1, .nan]) == .nonfinite && Trend([.infinity]) == .nonfinite && Trend([]) == .calm)
    #expect(Trend((0..<100).map { $0 < 50 ? 1 : 0 }) == .vanishing && Trend((0..<100).map { _ in 0 }) == .calm)
  }
}

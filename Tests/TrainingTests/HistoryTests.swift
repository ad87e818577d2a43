import AllocationCounter
import Optimization
import SeededRandom
import Testing
import Training

/// A history can be cut, shared and be sparse, and is bounded in bytes.
@Suite struct HistoryTests {
  private static let series: [Series] = [.loss, .total, .totalAfter, .norm(0), .norm(2)]

  /// A record with numbers of its own; a few are not finite, or zero, or a spike.
  private func record(_ step: Int, parameters: Int = 3, spike: Int? = nil) -> StepRecord {
    var random = SplitMix(seed: UInt64(step))
    func number() -> Float {
      switch Int.random(in: 0..<200, using: &random) {
      case 0: .nan
      case 1: .infinity
      case 2: 0
      default: Float.random(in: 0.1...1, using: &random)
      }
    }
    let norms = (0..<parameters).map { _ in number() }
    let total = step == spike ? 1e9 : number()
    var clipping = Clipping()
    (clipping.rule, clipping.isOn) = (.norm(ClipNorm(maxNorm: Double(1 + step / 50))), step % 150 < 100)
    return StepRecord(
      step: step, loss: number(), before: GradientNorms(perParameter: norms, total: total, order: 2),
      outcome: ClipOutcome(
        factor: 0.5, clipped: step % 3 == 0, skipsStep: step % 9 == 0,
        after: GradientNorms(perParameter: norms.map { $0 / 2 }, total: total / 2, order: 2)),
      nonfinite: (0..<parameters).filter { !norms[$0].isFinite }, weightNorms: (0..<parameters).map(Float.init),
      updateRatios: (0..<parameters).map { _ in number() }, saturated: step % 5 == 0 ? nil : 0.25,
      learningRate: 0.1 * Double(step), clipping: clipping)
  }

  private func history(_ steps: some Sequence<Int>, budget: Int = History.budget) -> History {
    var history = History(parameters: 3, budget: budget)
    for step in steps { history.append(record(step)) }
    return history
  }

  private func expectSame(_ one: History, _ other: History, _ comment: Comment) {
    #expect(one.count == other.count && one.lastStep == other.lastStep && one.firstKept == other.firstKept, comment)
    for series in Self.series {
      #expect(one.summary(of: series) == other.summary(of: series), comment)
      for width in [1, 3, 50, 1000] {
        let (a, b) = (one.columns(of: series, atMost: width), other.columns(of: series, atMost: width))
        #expect(a == b, comment)
      }
    }
    for step in [1, 2, 63, 64, 65, one.lastStep - 1, one.lastStep] where step > 0 {
      #expect(
        one[step: step].map { again in other[step: step]?.isSame(as: again) == true } ?? (other[step: step] == nil))
      #expect(one.duty(upTo: step) == other.duty(upTo: step), comment)
    }
    for index in [-1, 0, 1, 63, 64, one.count - 1, one.count] {
      #expect(one.clipping(ofRecord: index) == other.clipping(ofRecord: index), comment)
    }
  }

  @Test("What was recorded reads back, bit by bit", arguments: [1, 7, 8, 9, 30])
  func readsBack(parameters: Int) throws {
    var history = History(parameters: parameters)
    for step in 1...300 { history.append(record(step, parameters: parameters)) }
    for step in 1...300 {
      #expect(try #require(history[step: step]).isSame(as: record(step, parameters: parameters)), "step \(step)")
      #expect(history.clipping(ofRecord: step - 1) == record(step).clipping)
    }
    #expect(history[step: 0] == nil && history[step: 301] == nil)
    #expect(history.numbers().map(\.step) == Array(201...300))
    #expect(history.numbers(5, upTo: 100).map(\.step) == Array(96...100))
  }

  @Test("Cut and then recorded again is as if it had never been cut")
  func cut() {
    for length in [1, 64, 65, 200] {
      let whole = history(1...length)
      for step in Set([0, 1, 63, 64, 65, 128, 199, length, length + 5]) where step <= length + 5 {
        var branch = whole
        let last = branch.cut(after: step)
        #expect(last == min(step, length) && branch.lastStep == last)
        expectSame(branch, history(1..<(last + 1)), "\(length) cut after \(step)")
        for step in (last + 1)..<(length + 1) { branch.append(record(step)) }
        expectSame(branch, whole, "\(length) cut after \(step) and made again")
      }
      expectSame(whole, history(1...length), "a branch leaves what it came from alone")
    }
  }

  @Test("Where records are summarized, a cut forgets whole summaries, and says how far")
  func cutSummaries() {
    let whole = history(1...6000, budget: 200_000)
    let kept = whole.firstKept!
    #expect(kept > 1000)
    #expect(whole.clipping(ofRecord: 0) == record(whole.grain).clipping, "the last one in its summary")
    #expect(whole.clipping(ofRecord: kept + 500) == record(kept + 501).clipping)
    for step in [0, 1, 63, 500, kept - 1, kept, kept + 1, 5999] {
      var branch = whole
      let last = branch.cut(after: step)
      #expect(last <= step && last >= step - branch.grain - 64, "\(last) after \(step)")
      #expect(step < kept || last == step)
      for step in (last + 1)...6000 { branch.append(record(step)) }
      #expect(branch.count == whole.count)
      for series in Self.series {
        #expect(branch.summary(of: series) == whole.summary(of: series))
        // Both summarize by grains of the same length, wherever either still has more.
        let length = max(branch.grain, whole.grain)
        for first in stride(from: 0, to: 6000, by: length) {
          let steps = first..<min(first + length, 6000)
          #expect(fold(branch, series, steps) == fold(whole, series, steps), "\(series), \(steps)")
        }
      }
    }
  }

  // The extremes of what is recorded of some steps, from the finest that the history has.
  private func fold(_ history: History, _ series: Series, _ steps: Range<Int>) -> Stretch {
    let stretches = history.columns(of: series, atMost: history.count)
    var fold = Stretch()
    for index in steps { fold.join(stretches[index]) }
    return fold
  }

  @Test("A column of a plot is the fold of the records in it", arguments: [1, 100, 1024, 5000])
  func columns(count: Int) {
    let history = history(1...count)
    for width in [1, 2, 7, 100, 333, 5000] {
      for series in Self.series {
        let stretches = history.columns(of: series, atMost: width)
        let columns = min(width, count)
        #expect(stretches.count == columns, "all columns are filled, or each record has one")
        for (index, stretch) in stretches.enumerated() {
          var fold = Stretch()
          for step in 1...count where (step - 1) * columns / count == index {
            let record = record(step)
            let value =
              switch series {
              case .loss: record.loss
              case .total: record.before.total
              case .totalAfter: record.outcome.skipsStep ? 0 : record.outcome.after.total
              case .norm(let parameter): record.before.perParameter[parameter]
              }
            fold.add(value)
          }
          #expect(stretch == fold)
        }
      }
    }
  }

  @Test(
    "A spike is never lost, however long the run and however small the budget", arguments: [1, 700, 29_999, 49_990])
  func spike(at spike: Int) {
    for budget in [50_000, 1 << 20, History.budget] {
      var history = History(parameters: 3, budget: budget)
      for step in 1...50_000 { history.append(record(step, spike: spike)) }
      for width in [1, 80, 160, 1000] {
        let stretches = history.columns(of: .total, atMost: width)
        #expect(stretches.count == width)
        // Where only a summary is left, it is as wide as that.
        let spikes = stretches.indices.filter { stretches[$0].maximum == 1e9 }
        let wanted = (spike - 1) * width / 50_000
        #expect(spikes.contains { abs($0 - wanted) <= 1 })
        #expect(spikes.count <= history.grain * width / 50_000 + 2)
        if spike >= history.firstKept! { #expect(spikes == [wanted]) }
      }
    }
  }

  @Test("A part of a run has columns of its own: zooming in loses no spike", arguments: [1, 30_000, 49_990])
  func window(at spike: Int) {
    for budget in [50_000, History.budget] {
      var history = History(parameters: 3, budget: budget)
      for step in 1...50_000 { history.append(record(step, spike: spike)) }
      for records in [0..<50_000, max(0, spike - 900)..<min(50_000, spike + 50), spike - 1..<spike] {
        for width in [1, 80, 333] {
          let stretches = history.columns(of: .total, atMost: width, records: records)
          #expect(stretches.count == min(width, records.count))
          #expect(stretches.contains { $0.maximum == 1e9 }, "\(records), \(width)")
          #expect(stretches.allSatisfy { $0.hasFinite || $0.nans + $0.infinities > 0 }, "no holes")
        }
        #expect(history.summary(of: .total, records: records).maximum == 1e9)
      }
      if spike < 40_000 {
        #expect(history.columns(of: .total, atMost: 80, records: 49_000..<50_000).allSatisfy { $0.maximum < 1e9 })
      }
    }
  }

  @Test("A record has a step, also where steps are missing and where only summaries are left")
  func steps() {
    let sparse = history(stride(from: 500, through: 100_000, by: 500))
    for index in [0, 1, 63, 64, 199] { #expect(sparse.step(ofRecord: index) == 500 * (index + 1)) }
    let long = history(1...20_000, budget: 50_000)
    #expect(long.firstKept! > 1000)
    for index in [0, 1, 999, 10_000, 19_999] {
      #expect(long.step(ofRecord: index) == index + 1)
    }
  }

  @Test("The rule of each record is known, and whether any clipped, also where only summaries are left")
  func clippings() {
    var history = History(parameters: 3, budget: 50_000)
    for step in 1...40_000 {
      var record = record(step)
      record.clipping.isOn = step <= 20_000
      record.clipping.rule = .norm(ClipNorm(maxNorm: step <= 10_000 ? 1 : 2))
      history.append(record)
    }
    #expect(history.firstKept! > 30_000)
    for index in stride(from: 0, to: 40_000, by: 777) {
      let found = history.clipping(ofRecord: index)
      let edges = [10_000, 20_000].contains { abs($0 - index) <= history.grain }
      #expect(edges || found?.isOn == (index < 20_000) && found?.rule.maxNorm == (index < 10_000 ? 1 : 2), "\(index)")
    }
    #expect(history.hasClipping(in: 0..<40_000) && history.hasClipping(in: 100..<200))
    #expect(!history.hasClipping(in: 25_000..<40_000) && !history.hasClipping(in: 40_000..<50_000))
    let last = (39_901...40_000).map { record($0).before.total.bitPattern }
    #expect(history.lastValues(of: .total, 100).map(\.bitPattern) == last)
    #expect(self.history(1...5).lastValues(of: .loss, 100).count == 5)
  }

  @Test("Steps may be missing: a log that has every 500th is found by its steps")
  func sparse() {
    var history = history(stride(from: 500, through: 100_000, by: 500))
    #expect(history.count == 200 && history.lastStep == 100_000)
    for index in 0..<200 { #expect(history.clipping(ofRecord: index) == record(500 * (index + 1)).clipping) }
    #expect(history[step: 500]?.step == 500 && history[step: 501] == nil && history[step: 99_999] == nil)
    #expect(history.numbers(3, upTo: 2600).map(\.step) == [1500, 2000, 2500])
    #expect(history.cut(after: 2600) == 2500)
    expectSame(history, self.history(stride(from: 500, through: 2500, by: 500)), "cut between two")
  }

  @Test(
    "The bytes stay below the bound, whatever the number of parameters, and though max_norm is turned at each step",
    .enabled(if: allocation_counter_works()),
    arguments: [(4, 300_000), (42, 40_000), (2000, 2000)])
  func bytes(parameters: Int, steps: Int) {
    var record = record(1, parameters: parameters)
    let before = held_bytes()
    var history: History? = History(parameters: parameters)
    for step in 1...steps {
      record.step = step
      record.clipping.rule = .norm(ClipNorm(maxNorm: Double(step)))
      history!.append(record)
    }
    let bytes = held_bytes() - before
    #expect(bytes <= History.budget && bytes > History.budget / 3, "\(bytes) bytes, most of the budget")
    #expect(history!.numbers().count == History.window)
    history = nil
    #expect(abs(held_bytes() - before) < 1 << 16, "all of it was the history's")
  }

  @Test("What happened in a stretch is told of each stretch, also where only extremes are left")
  func incidents() {
    for (count, budget) in [(37, History.budget), (700, History.budget), (9000, 60_000)] {
      let history = self.history(1...count, budget: budget)
      for columns in [1, 7, 60, 5000] {
        let found = history.incidents(atMost: columns)
        #expect(found.count == min(columns, count))
        let exact = history.firstKept ?? 1
        for (index, incident) in found.enumerated() {
          let steps = (1...count).filter { ($0 - 1) * found.count / count == index }
          let isClipped = steps.contains { $0 % 3 == 0 }
          let isNonfinite = steps.contains { !record($0).before.total.isFinite }
          // A summary that reaches into a stretch says of all of it what was so in a part.
          if steps.contains(where: { $0 < exact }) {
            #expect(!isClipped || incident.isClipped)
            #expect(!isNonfinite || found.contains { $0.isNonfinite })
          } else {
            #expect(incident.isClipped == isClipped, "\(count), \(columns), \(index)")
            #expect(incident.isNonfinite == isNonfinite, "\(count), \(columns), \(index)")
          }
        }
      }
    }
    #expect(History(parameters: 3).incidents(atMost: 9).isEmpty)
  }
}

import Analysis
import Session
import Stories
import Testing
import Training

/// What analyses find, with the position that it is about.
@Suite struct FindingTests {
  private func finding(_ story: String) throws -> Finding? {
    let run = try #require(try Stage.told(story).workbench.run)
    return run.present.flatMap { Finding($0, run.history) }
  }

  @Test("The finding is about the last step, or about the open one once its norm is known")
  func positions() throws {
    #expect(try finding("\(small); restart") == nil)
    #expect(try finding("\(small); step 5")?.position == Position(step: 5))
    #expect(try finding("\(small); step 5; phase 3") == nil)
    #expect(try finding("\(small); step 5; phase 4")?.position == Position(step: 5, phases: 4))
  }

  @Test("Each verdict is found where it is so, and not where its reason is taken away")
  func verdicts() throws {
    let spike = "\(small); step 20; outlier scale=1000; step"
    #expect(try finding(spike)?.verdict == .exploding)
    #expect(try finding("\(small); step 20; outlier scale=1; step")?.verdict == .calm)
    #expect(
      try finding("\(small); step 5; outlier scale=1000; step")?.verdict == .calm, "too few steps to say what is usual")
    #expect(try finding("\(small); step 20; clip norm max_norm=0.01; outlier scale=1000; step")?.verdict == .clipped)
    #expect(try finding("\(small); step 20; outlier nan; step")?.verdict == .notANumber)
    #expect(try finding("\(explodingStory); until total_norm is inf")?.verdict == .infinite)
    // Inside the step, the norm is beside the same steps as behind it.
    #expect(try finding("\(small); step 20; outlier scale=1000; phase 4")?.verdict == .exploding)
  }

  @Test("Statistics are those of the last hundred steps")
  func statistics() throws {
    let history = try Stage.told("\(small); step 130; outlier nan; step").workbench.history
    let statistics = try #require(NormStatistics(history))
    let totals = (32...131).compactMap { history[step: $0]?.before.total }.filter(\.isFinite).sorted()
    #expect(statistics.lastStep == 131 && statistics.count == 100 && statistics.nonfinite == 1 && totals.count == 99)
    #expect(statistics.percentile(0) == totals[0] && statistics.percentile(1) == totals[98])
    #expect(statistics.percentile(0.5) == totals[49])
    #expect(NormStatistics(History(parameters: 4)) == nil)
    // Of two orders the last one's, and what was left out was not clipped.
    let mixed = try #require(NormStatistics(try Stage.told("\(small); step 20; norm_type 1; step 7").workbench.history))
    #expect(mixed.count == 7)
    let skips = try #require(
      NormStatistics(try Stage.told("\(small); clip skip max_norm=0.0001; step 6").workbench.history))
    #expect(skips.leftOut == 6 && skips.clipped == 0)
  }
}

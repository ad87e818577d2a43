import Gradients
import Testing
import Training

/// Going back in long runs: within a number of bytes, and with few steps to make again.
@Suite struct SnapshotStoreTests {
  private static var small: Settings {
    var (settings, net) = (Settings(), MultilayerPerceptron())
    net.hidden = [2]
    (settings.task, settings.model) = (.xor(XorTask()), .mlp(net))
    return settings
  }

  @Test(
    "Whatever the length, snapshots keep within their bytes, and between two are at most twice steps × bytes / budget")
  func bounds() throws {
    let settings = Self.small
    let budget = 200_000
    var run = Run(settings, memory: budget, stride: 1)
    var digests: [Int: String] = [:]
    for step in 1...6000 {
      _ = try run.makeStep()
      if step % 531 == 0 { digests[step] = run.experiment.digest.text }
    }
    #expect(run.snapshotBytes <= budget)
    // A snapshot is of some 3 kB: so many steps may be between two.
    let most = 2 * 6000 * 3500 / budget + 1
    var step = 17
    for _ in 0..<60 {
      step = (step * 7919 + 13) % 6001
      let before = run.madeAgain
      let isThere = run.travel(to: Place(branch: run.branch.id, position: Position(step: step)))
      #expect(isThere && run.madeAgain - before <= most, "step \(step): \(run.madeAgain - before) of \(most)")
      #expect(run.snapshotBytes <= budget)
    }
    for (step, digest) in digests {
      _ = run.travel(to: Place(branch: run.branch.id, position: Position(step: step)))
      #expect(run.experiment.digest.text == digest)
    }
  }

  @Test("Back and back again makes hardly any step again, however far the snapshots are apart")
  func held() throws {
    let settings = Self.small
    var run = Run(settings, memory: 400_000, stride: 1)
    for _ in 0..<5000 { _ = try run.makeStep() }
    _ = run.travel(to: Place(branch: run.branch.id, position: Position(step: 900)))
    let before = run.madeAgain
    for step in (500..<900).reversed() {
      _ = run.travel(to: Place(branch: run.branch.id, position: Position(step: step)))
    }
    #expect(run.madeAgain - before < 4 * 400, "\(run.madeAgain - before)")
  }
}

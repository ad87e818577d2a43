import AllocationCounter
import Gradients
import Numerics
import Optimization
import Testing
import Training

/// A step takes memory once: at the first one. What it needs is used again at all others, as long as nobody keeps a copy.
@Suite(.enabled(if: allocation_counter_works()))
struct AllocationTests {
  @Test("No step after the first takes memory", arguments: Row.plain)
  func steps(_ row: Row) throws {
    var experiment = Experiment(row.settings)
    // Twice: lists that grow do so by doubling. What an optimizer remembers begins with the first step that is not left out.
    for _ in 0..<2 { try experiment.makeStep() }
    while try experiment.makeStep().outcome.skipsStep, experiment.step < 50 {}
    let first = experiment.step
    let before = allocation_count()
    for _ in 0..<4 { try experiment.makeStep() }
    #expect(allocation_count() - before == 0)
    #expect(experiment.step == first + 4)
  }

  @Test("The counter sees a list of a thousand numbers, and a copy that is written to")
  func counts() throws {
    let before = allocation_count()
    var list = [Float](repeating: 1, count: 1000)
    let between = allocation_count()
    #expect(between > before)
    let copy = list
    list[0] = 2
    #expect(allocation_count() > between)
    #expect(copy[0] == 1)

    var experiment = Experiment(Row.all[0].settings)
    for _ in 0..<2 { try experiment.makeStep() }
    let kept = experiment
    let shared = allocation_count()
    try experiment.makeStep()
    #expect(allocation_count() > shared)
    #expect(kept.step == 2)
  }
}

extension Experiment {
  @discardableResult
  fileprivate mutating func makeStep() throws -> StepRecord {
    while true { if let record = try advance() { return record } }
  }
}

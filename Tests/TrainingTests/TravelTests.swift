import Gradients
import Numerics
import Optimization
import SeededRandom
import Testing
import Training

/// The state at a position is the same however one got there: straight on, back, across branches, and whatever snapshots
/// there are.
@Suite struct TravelTests {
  private func expectSame(_ run: Run, _ note: String) throws {
    // Without snapshots: from nothing, by its settings and its changes, step after step.
    let again = try #require(Run(following: run.timeline.straight(to: run.position), memory: 0))
    #expect(run.experiment.snapshot == again.experiment.snapshot, "\(note)")
    #expect(run.experiment.digest == again.experiment.digest && run.settings == again.settings, "\(note)")
    #expect(run.position == again.position && run.present?.isSame(as: again.present) ?? true, "\(note)")
    #expect((run.present == nil) == (again.present == nil), "\(note)")
    for (one, other) in zip(try #require(run.gradients), again.experiment.network.parameters.gradients) {
      #expect(one.elements.elementsEqual(other.elements) { $0.bitPattern == $1.bitPattern }, "\(note): gradients")
    }
    #expect(run.known.lastStep == again.history.lastStep && run.known.duty() == again.history.duty(), "\(note)")
  }

  @Test(
    "A walk in both directions, over branches, undone changes and open steps, is always where the straight way leads",
    arguments: Row.all, [1, 7, .max] as [Int])
  func walks(_ row: Row, stride: Int) throws {
    for seed in 1...3 as ClosedRange<UInt64> {
      var random = SplitMix(seed: seed)
      var run = Run(row.settings, stride: stride)
      var outlines: [Run.Outline] = []
      for turn in 0..<60 {
        let note = "\(row), stride \(stride), seed \(seed), turn \(turn)"
        switch Int.random(in: 0..<10, using: &random) {
        case 0, 1: for _ in 0..<Int.random(in: 1...9, using: &random) { _ = try run.advance() }
        case 2, 3:
          for _ in 0..<Int.random(in: 1...3, using: &random) { while try run.advance() == nil {} }
        case 4, 5:
          outlines.append(run.outline)
          _ = try? run.apply(RunTests.change(&random, of: row.settings))
        case 6, 7:
          let branch = run.branches.randomElement(using: &random)!
          let step = Int.random(in: 0...branch.end.step, using: &random)
          let phases = step == branch.end.step ? branch.end.phases : 5
          let position = Position(step: step, phases: Int.random(in: 0...phases, using: &random))
          let isThere = run.travel(to: Place(branch: branch.id, position: position))
          #expect(isThere)
          #expect(run.position == position && run.branch.id == branch.id, "\(note)")
        case 8: _ = run.travel(to: Place(branch: run.branch.id, position: run.position.stepsBack(1)))
        default:
          guard let outline = outlines.popLast() else { continue }
          let (before, ways) = (run.outline, run.branches.map(\.timeline))
          let isBack = run.restore(outline)
          #expect(isBack, "\(note)")
          #expect(run.position == outline.position, "\(note)")
          for (name, timeline) in outline.ways {
            #expect(run.branches.contains { $0.name == name && $0.timeline.extends(timeline) }, "\(note)")
          }
          for way in ways { #expect(run.branches.contains { $0.timeline.covers(way) }, "\(note): a future is lost") }
          try expectSame(run, note)
          if .random(using: &random) {
            _ = run.restore(before)
            #expect(run.outline == before, "\(note): redo after undo is where it was")
          }
        }
        try expectSame(run, note)
        #expect(Set(run.branches.map(\.name)).count == run.branches.count, "\(note)")
      }
      #expect(run.branches.count > 1)
    }
  }

  @Test(
    "Where a history keeps only extremes, a place is what it was all the same: its numbers, what is found there, and a branch from it"
  )
  func summarized() throws {
    // Eight hundred parameters: a record is so large that a history keeps some thousand.
    var (settings, net) = (Settings(), MultilayerPerceptron())
    net.hidden = Array(repeating: 1, count: 400)
    (settings.task, settings.model) = (.xor(XorTask()), .mlp(net))
    (settings.clipping.rule, settings.clipping.isOn) = (.norm(ClipNorm(maxNorm: 0.3)), true)
    var run = Run(settings)
    var records: [StepRecord] = []
    for step in 1...2600 {
      let record = try run.makeStep()
      if step <= 700 { records.append(record) }
    }
    #expect((run.history.firstKept ?? 0) > 701, "\(run.history.firstKept ?? 0)")
    for step in [700, 333, 50, 334] {
      let isThere = run.travel(to: Place(branch: run.branch.id, position: Position(step: step)))
      #expect(isThere)
      try expectSame(run, "step \(step)")
      #expect(run.present?.isSame(as: Present(records[step - 1])) == true)
    }
    // Walking on from there, too.
    for _ in 0..<3 { _ = try run.makeStep() }
    try expectSame(run, "walked to 337")
    // At the end of one that keeps only extremes a new step is known as any other.
    var other = run
    _ = try other.apply(.maxNorm(0.2))
    for _ in 0..<2600 { _ = try other.makeStep() }
    let isThere = other.travel(to: Place(branch: run.branch.id, position: run.end))
    let new = try other.makeStep()
    #expect(isThere && other.known.last?.isSame(as: new) == true && other.present?.isSame(as: Present(new)) == true)
    let looked = run.records(of: run.branch, 100..<140) { $0.isSame(as: records[$0.step - 1]) }
    #expect(looked)
    // A change there makes steps again: whoever stops that has changed nothing.
    let (before, inForce) = (run.outline, run.settings)
    let isStopped = Effort.$current.withValue(Effort { _ in false }) { (try? run.apply(.maxNorm(0.1))) == nil }
    #expect(isStopped && run.outline == before && run.settings == inForce)
    _ = try run.apply(.maxNorm(0.1))
    #expect(run.branch.name == "b1" && run.history.lastStep == 337)
    for _ in 0..<5 { _ = try run.makeStep() }
    try expectSame(run, "a branch of it")
  }
}

extension Present {
  fileprivate func isSame(as other: Present?) -> Bool {
    guard let other else { return false }
    func bits(_ values: [Float]?) -> [UInt32]? { values?.map(\.bitPattern) }
    return position == other.position && phase == other.phase && loss?.bitPattern == other.loss?.bitPattern
      && bits(before?.perParameter) == bits(other.before?.perParameter) && nonfinite == other.nonfinite
      && bits(outcome?.after.perParameter) == bits(other.outcome?.after.perParameter)
      && outcome?.factor.bitPattern == other.outcome?.factor.bitPattern && clipping == other.clipping
      && bits(updateRatios) == bits(other.updateRatios)
  }
}

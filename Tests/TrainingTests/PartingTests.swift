import Gradients
import Optimization
import Testing
import Training

/// Where a twin parts from its run is found where it happens, though most steps are not compared.
@Suite struct PartingTests {
  private static func made(_ settings: Settings, _ steps: Int) throws -> Run {
    var run = Run(settings)
    for _ in 0..<steps { _ = try run.makeStep() }
    return run
  }

  @Test("Run and twin part at the step where their states differ first, with every rule that one of them lacks")
  func atThatStep() throws {
    var found: [Int?] = []
    for row in Row.plain {
      for isAlone in [true, false] {
        let companion = Companion(isAlone: isAlone)
        var run = try Self.made(row.settings, 3)
        if let largest = run.history.lastValues(of: .total).max(), run.settings.clipping.rule.maxNorm != nil {
          _ = try run.apply(.maxNorm(Double(largest)))
        }
        var twin = try Twin(of: run, id: 1, difference: "clip off", changes: [.clipping(isOn: false)])
        var first: Int?
        for _ in 0..<12 {
          _ = try twin.step(&run, companion)
          if first == nil, run.experiment.digest != twin.run.experiment.digest { first = run.position.step }
          #expect(twin.parted(from: run) == first, "\(row)")
        }
        found.append(first)
      }
    }
    #expect(found.contains(nil) && found.contains(4) && found.contains { $0.map { $0 > 4 } ?? false })
  }

  @Test(
    "What only the run was told tells them apart: the learning rate, an outlier, how many batches",
    arguments: [
      Change.learningRate(0.05), .outlier(.scale(30)), .accumulation(2),
    ])
  func toldTheRun(_ change: Change) throws {
    let companion = Companion()
    var run = try Self.made(Self.regression(), 3)
    var twin = try Twin(of: run, id: 1, difference: "clip off", changes: [.clipping(isOn: false)])
    for _ in 0..<3 { _ = try twin.step(&run, companion) }
    #expect(twin.parted(from: run) == nil)
    _ = try run.apply(change)
    for _ in 0..<3 { _ = try twin.step(&run, companion) }
    #expect(twin.parted(from: run) == 7)
  }

  @Test("Other batches tell them apart, also where all that is in force is the same again")
  func otherBatches() throws {
    // Nothing moves at first, so that they are equal although they draw other batches.
    var settings = Self.regression()
    settings.optimizer.learningRate = 0
    let companion = Companion()
    var run = try Self.made(settings, 3)
    var twin = try Twin(of: run, id: 1, difference: "", changes: [])
    _ = try twin.step(&run, companion)
    _ = try run.apply(.accumulation(2))
    _ = try twin.step(&run, companion)
    _ = try run.apply(.accumulation(1))
    _ = try twin.step(&run, companion)
    #expect(twin.parted(from: run) == nil)
    for _ in 0..<2 {
      (run, twin) = try #require(twin.swapped(with: run, id: 2))
      _ = try run.apply(.learningRate(0.1))
    }
    _ = try twin.step(&run, companion)
    #expect(twin.parted(from: run) == 7)
  }

  @Test("Batches that an open step has drawn tell them apart, too")
  func openStep() throws {
    let companion = Companion()
    var run = try Self.made(Self.regression(), 3)
    var twin = try Twin(of: run, id: 1, difference: "clip off", changes: [.clipping(isOn: false)])
    for _ in 0..<2 { _ = try twin.step(&run, companion) }
    _ = try run.apply(.accumulation(2))
    for _ in 0..<2 {
      _ = try run.advance()
      let isThere = twin.follow(run)
      #expect(isThere)
    }
    _ = try run.apply(.accumulation(1))
    _ = try twin.step(&run, companion)
    #expect(run.position == Position(step: 6) && twin.parted(from: run) == 6)
  }

  @Test("A change of the run's that comes again inside a step tells them apart in that step")
  func insideAStep() throws {
    let companion = Companion()
    var run = try Self.made(Self.regression(), 3)
    for _ in 0..<3 { _ = try run.advance() }
    _ = try run.apply(.learningRate(0.05))
    _ = try run.makeStep()
    _ = run.travel(to: Place(branch: run.branch.id, position: Position(step: 2)))
    var twin = try Twin(of: run, id: 1, difference: "clip off", changes: [.clipping(isOn: false)])
    for step in 3...4 {
      _ = try twin.step(&run, companion)
      #expect(twin.parted(from: run) == (step == 4 ? 4 : nil))
    }
  }

  @Test("Who changes places in the past takes with him what comes on his branch, and back again nothing is new")
  func swappedInThePast() throws {
    let companion = Companion()
    var run = Run(Self.regression())
    var twin = try Twin(of: run, id: 1, difference: "clip off", changes: [.clipping(isOn: false)])
    for step in 1...6 {
      if step == 4 { _ = try run.apply(.learningRate(0.05)) }
      _ = try twin.step(&run, companion)
    }
    let end = (run.experiment.digest, twin.run.experiment.digest)
    _ = run.travel(to: Place(branch: run.branch.id, position: Position(step: 2)))
    let isThere = twin.follow(run)
    #expect(isThere)
    (run, twin) = try #require(twin.swapped(with: run, id: 2))
    for _ in 3...6 { _ = try twin.step(&run, companion) }
    #expect(run.experiment.digest == end.1 && twin.run.experiment.digest == end.0)
    #expect(twin.parted(from: run) == 4 && (twin.distance(from: run) ?? 0) > 0)
    (run, twin) = try #require(twin.swapped(with: run, id: 3))
    #expect(run.branches.map(\.name) == ["main", "b1"] && run.branch.name == "main")
    #expect(run.experiment.digest == end.0 && twin.run.experiment.digest == end.1)
    #expect(twin.parted(from: run) == 4)
  }

  // Clipped by nothing that it meets.
  private static func regression() -> Settings {
    var settings = Settings()
    (settings.model, settings.task) = (.simplenet(SimpleNet()), .regression(RegressionTask()))
    settings.clipping.rule = .norm(ClipNorm(maxNorm: 1e6))
    settings.clipping.isOn = true
    return settings
  }
}

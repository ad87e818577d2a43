import Gradients
import Optimization
import SeededRandom
import Testing
import Training

/// A second run beside the first is what a run by itself with its difference would be.
@Suite struct TwinTests {
  private func made(_ settings: Settings, _ steps: Int) throws -> Run {
    var run = Run(settings)
    for _ in 0..<steps { _ = try run.makeStep() }
    return run
  }

  @Test("A twin without a difference is equal for ever, on one core and on two", arguments: Row.all, [true, false])
  func equal(_ row: Row, isAlone: Bool) throws {
    let companion = Companion(isAlone: isAlone)
    var run = try made(row.settings, 3)
    var twin = try Twin(of: run, id: 1, difference: "", changes: [])
    for _ in 0..<12 { _ = try twin.step(&run, companion) }
    let (one, other) = (run.experiment.snapshot, twin.run.experiment.snapshot)
    #expect(one == other && twin.parted(from: run) == nil && twin.distance(from: run) == 0)
  }

  @Test("A twin with a difference is a run by itself with that change", arguments: Row.all)
  func different(_ row: Row) throws {
    let companion = Companion()
    let change = Change.learningRate(0.037)
    var run = try made(row.settings, 4)
    var alone = try made(row.settings, 4)
    _ = try alone.apply(change)
    var twin = try Twin(of: run, id: 1, difference: "lr 0.037", changes: [change])
    for step in 5...14 {
      let record = try twin.step(&run, companion)
      _ = try alone.makeStep()
      let isSame = twin.run.experiment.snapshot == alone.experiment.snapshot
      #expect(record.step == step && isSame)
    }
    let again = try made(row.settings, 14)
    #expect(run.experiment.snapshot == again.experiment.snapshot, "the run is what it is without a twin")
    if row.description == Row.all[0].description { #expect(twin.parted(from: run) == 5) }
  }

  @Test("A twin with another set-up has begun at 0, with the run's own changes but for those that were replaced")
  func setUp() throws {
    var settings = Row.all[0].settings
    settings.clipping.isOn = false
    var run = try made(settings, 3)
    _ = try run.apply(.rule(.norm(ClipNorm())))
    _ = try run.apply(.learningRate(0.02))
    for _ in 0..<4 { _ = try run.makeStep() }
    var other = settings
    other.optimizer = .adam(Adam())
    let twin = try #require(
      Twin(
        of: run, id: 1, difference: "optimizer adam", settings: other, changes: [],
        replaced: { if case .learningRate = $0 { true } else { false } }))
    var alone = try made(other, 3)
    _ = try alone.apply(.rule(.norm(ClipNorm())))
    for _ in 0..<4 { _ = try alone.makeStep() }
    #expect(twin.run.experiment.snapshot == alone.experiment.snapshot)
    #expect(twin.parted(from: run) == 1)
  }

  @Test("Walking goes with both; before its beginning the twin is the run, and a branch that left earlier has none")
  func walking() throws {
    let companion = Companion()
    var settings = Row.all[0].settings
    settings.clipping.isOn = false
    var run = try made(settings, 6)
    var twin = try Twin(of: run, id: 1, difference: "lr 0.2", changes: [.learningRate(0.2)])
    var digests: [Int: (own: String, other: String)] = [:]
    for _ in 0..<6 {
      _ = try twin.step(&run, companion)
      digests[run.position.step] = (run.experiment.digest.text, twin.run.experiment.digest.text)
    }
    for step in [9, 7, 12, 8] {
      _ = run.travel(to: Place(branch: run.branch.id, position: Position(step: step)))
      let isThere = twin.follow(run)
      #expect(isThere && run.experiment.digest.text == digests[step]?.own)
      #expect(twin.run.experiment.digest.text == digests[step]?.other)
    }
    _ = run.travel(to: Place(branch: run.branch.id, position: Position(step: 4)))
    _ = twin.follow(run)
    let (isBefore, distance) = (twin.isBefore(run.position), twin.distance(from: run))
    #expect(isBefore && distance == 0 && twin.parted(from: run) == nil)
    while run.position.step < 12 { _ = try twin.step(&run, companion) }
    #expect(twin.run.experiment.digest.text == digests[12]?.other)
    _ = run.travel(to: Place(branch: run.branch.id, position: Position(step: 4)))
    _ = try run.apply(.learningRate(0.7))
    let belongs = twin.belongs(to: run.branch)
    #expect(!belongs)
  }

  @Test("Swapped twice is where it was, and nothing of either is lost")
  func swapping() throws {
    let companion = Companion()
    var run = try made(Row.all[0].settings, 5)
    var twin = try Twin(of: run, id: 1, difference: "lr 0.2", changes: [.learningRate(0.2)])
    for _ in 0..<5 { _ = try twin.step(&run, companion) }
    let (own, other) = (run.experiment.snapshot, twin.run.experiment.snapshot)
    (run, twin) = try #require(twin.swapped(with: run, id: 2))
    #expect(run.experiment.snapshot == other && twin.run.experiment.snapshot == own && twin.isSwapped)
    #expect(run.branches.map(\.name) == ["main", "b1"] && run.branch.name == "b1")
    _ = try twin.step(&run, companion)
    #expect(run.position.step == 11 && twin.run.position.step == 11)
    let way = run.branches[0]
    _ = run.travel(to: Place(branch: way.id, position: way.end))
    #expect(run.experiment.snapshot == own)
  }

  @Test("Where they have changed places, what is behind is as near as it was before")
  func swappedIsNear() throws {
    let companion = Companion()
    var run = Run(Row.all[0].settings, stride: 7)
    for _ in 0..<5 { _ = try run.makeStep() }
    var twin = try Twin(of: run, id: 1, difference: "lr 0.2", changes: [.learningRate(0.2)])
    for _ in 0..<300 { _ = try twin.step(&run, companion) }
    (run, twin) = try #require(twin.swapped(with: run, id: 2))
    let before = (run.madeAgain, twin.run.madeAgain)
    let isThere = run.travel(to: Place(branch: run.branch.id, position: run.position.stepsBack(1)))
    #expect(isThere && twin.follow(run) && run.madeAgain - before.0 < 7 && twin.run.madeAgain - before.1 < 7)
  }

  @Test(
    "Whoever sleeps is woken: the run's thread beside a twin that takes long, the twin's beside such a run",
    .timeLimit(.minutes(3)))
  func sleepers() throws {
    let companion = Companion()
    var net = MultilayerPerceptron()
    var (small, large) = (Settings(), Settings())
    small.task = .regression(RegressionTask())
    large.task = small.task
    net.hidden = [4]
    small.model = .mlp(net)
    net.hidden = [384, 384]
    large.model = .mlp(net)
    var run = try made(small, 1)
    var twin = try #require(
      Twin(of: run, id: 1, difference: "model", settings: large, changes: [], replaced: { _ in false }))
    for number in 2...4 {
      for _ in 0..<12 { _ = try twin.step(&run, companion) }
      #expect(run.position == twin.run.position)
      (run, twin) = try #require(twin.swapped(with: run, id: number, runID: number, number: number))
    }
    #expect(run.position == Position(step: 37))
    #expect(twin.run.experiment.digest == (try made(small, 37)).experiment.digest)
  }

  @Test("The distance is the norm of what they differ by, over the norm of the run's parameters")
  func distance() throws {
    let companion = Companion()
    var run = try made(Row.all[0].settings, 3)
    var twin = try Twin(of: run, id: 1, difference: "lr 0.3", changes: [.learningRate(0.3)])
    for _ in 0..<4 { _ = try twin.step(&run, companion) }
    func numbers(_ run: Run) -> [Double] {
      run.experiment.network.parameters.values.flatMap { $0.elements.map(Double.init) }
    }
    let (own, other) = (numbers(run), numbers(twin.run))
    let apart = zip(own, other).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    let length = own.reduce(0) { $0 + $1 * $1 }
    let expected = apart.squareRoot() / length.squareRoot()
    let distance = try #require(twin.distance(from: run))
    #expect(abs(distance - expected) <= 1e-12 * expected && expected > 0)
  }
}

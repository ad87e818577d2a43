import Language
import Numerics
import SeededRandom
import Session
import Stories
import Testing
import Training

/// The laws of time over every lesson, under every kind of kernels: with snapshots at every step, at every seventh and never,
/// and with the twin on one core and on two. Under the slower kernels, of which one takes a minute for the pictures, it is the
/// lessons' first steps.
@Suite(.serialized) struct LawTests {
  private static let folder = "../../../scenarios"
  static let lessons = FixtureFolder.names(in: folder, suffix: ".scenario")

  @Test func thereAreLessons() { #expect(Self.lessons.count >= 9) }

  /// Where a lesson's experiment ends, and what is true of it whatever snapshots there are.
  private struct Straight {
    let way: Timeline
    let places: [(position: Position, snapshot: Snapshot)]
    let end: Snapshot
    let changed: Snapshot

    init(_ way: Timeline, _ random: inout SplitMix) throws {
      self.way = way
      places = try (0..<2).map { _ in
        let position = Position(
          step: Int.random(in: 0..<way.end.step, using: &random), phases: Int.random(in: 0...5, using: &random))
        let run = try #require(Run(following: way.straight(to: position), memory: 0))
        return (position, run.experiment.snapshot)
      }
      var run = try #require(Run(following: way, memory: 0))
      end = run.experiment.snapshot
      _ = try run.apply(LawTests.change)
      for _ in 0..<LawTests.steps { _ = try? run.makeStep() }
      changed = run.experiment.snapshot
    }
  }

  private static let change = Change.learningRate(0.0123)
  private static let steps = 4

  @Test(arguments: lessons, Kernels.available)
  func laws(_ name: String, kernels: String) throws {
    let before = Kernels.active
    try Kernels.select(kernels)
    defer { try? Kernels.select(before) }
    let text = try FixtureFolder.text("\(Self.folder)/\(name).scenario")
    var stage = Stage(
      scenario: try Scenario(text, path: "\(name).scenario"), files: FixtureFolder.files(Self.folder),
      waitsForViewer: false)
    let most = kernels == Kernels.available.last ? Int.max : 40
    while stage.isBusy, stage.workbench.position.step < most { _ = stage.advance() }
    let run = try #require(stage.workbench.run)
    var random = SplitMix(seed: 7)
    let straight = try Straight(run.timeline.straight(to: run.position), &random)
    let isTold = run.experiment.snapshot == straight.end
    #expect(isTold, "told is straight")
    for stride in [1, 7, .max] as [Int] {
      var walked = try #require(Run(following: straight.way, memory: Run.snapshotMemory, stride: stride))
      let note = "\(name), \(kernels), stride \(stride)"
      for place in straight.places {
        try expect(&walked, at: place.position, place.snapshot, "\(note), \(place.position)")
      }
      try branchAndReturn(&walked, straight, note)
      for isAlone in [true, false] {
        try twins(walked, straight, Companion(isAlone: isAlone), "\(note), alone: \(isAlone)")
      }
    }
  }

  private func expect(_ run: inout Run, at position: Position, _ snapshot: Snapshot, _ note: String) throws {
    let isThere = run.travel(to: Place(branch: run.branch.id, position: position))
    let isSame = run.experiment.snapshot == snapshot
    #expect(isThere && isSame, "\(note)")
  }

  // A branch from the past; taken back, and given again; and the old end is where it was.
  private func branchAndReturn(_ run: inout Run, _ straight: Straight, _ note: String) throws {
    let (position, snapshot) = straight.places[0]
    let main = run.branch.id
    try expect(&run, at: position, snapshot, note)
    let before = run.outline
    _ = try run.apply(Self.change)
    for _ in 0..<Self.steps { _ = try? run.makeStep() }
    let (after, there) = (run.outline, run.experiment.snapshot)
    #expect(run.branch.id != main && run.position.step > position.step, "\(note): a branch")
    let (isUndone, undone) = (run.restore(before), run.experiment.snapshot == snapshot)
    #expect(isUndone && undone && run.branch.id == main, "\(note): undo")
    let (isRedone, redone) = (run.restore(after), run.experiment.snapshot == there)
    #expect(isRedone && redone, "\(note): redo")
    let isBack = run.travel(to: Place(branch: main, position: straight.way.end))
    let isEnd = run.experiment.snapshot == straight.end
    #expect(isBack && isEnd, "\(note): the old end")
  }

  private func twins(_ begun: Run, _ straight: Straight, _ companion: Companion, _ note: String) throws {
    var run = begun
    var same = try Twin(of: run, id: 1, difference: "", changes: [])
    for _ in 0..<Self.steps { _ = try? same.step(&run, companion) }
    let isSame = run.experiment.snapshot == same.run.experiment.snapshot
    #expect(isSame && same.parted(from: run) == nil && run.position > straight.way.end, "\(note): equal")
    var other = begun
    var different = try Twin(of: other, id: 2, difference: "lr 0.0123", changes: [Self.change])
    for _ in 0..<Self.steps { _ = try? different.step(&other, companion) }
    let isAlone = different.run.experiment.snapshot == straight.changed
    let isRun = other.experiment.snapshot == run.experiment.snapshot
    #expect(isAlone && isRun, "\(note): a run by itself")
  }
}

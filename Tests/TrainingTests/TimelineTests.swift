import SeededRandom
import Testing
import Training

/// The changes of a timeline, against a plain list of them.
@Suite struct TimelineTests {
  private struct Change: Equatable {
    let position: Position
    let rate: Double
  }

  private func list(_ timeline: Timeline) -> [Change] {
    timeline.changes.map { entry in
      guard case .learningRate(let rate) = entry.change else { return Change(position: entry.position, rate: .nan) }
      return Change(position: entry.position, rate: rate)
    }
  }

  @Test(
    "Hundreds of changes, on many branches: each way has its own in their order, and parts where they differ",
    arguments: 1...6 as ClosedRange<UInt64>)
  func changes(seed: UInt64) throws {
    var random = SplitMix(seed: seed)
    var run = Run(Row.all[0].settings)
    var lists: [Int: [Change]] = [:]
    for turn in 1...700 {
      let place = run.place
      switch Int.random(in: 0..<100, using: &random) {
      case 0..<4: _ = try run.advance()
      case 4:
        let branch = run.branches.randomElement(using: &random)!
        let step = Int.random(in: 0...branch.end.step, using: &random)
        let isThere = run.travel(to: Place(branch: branch.id, position: Position(step: step)))
        #expect(isThere)
      default:
        let rate = Double(turn) / 10_000
        let before = (lists[place.branch] ?? []).filter { $0.position <= place.position }
        let hasChanged = try run.apply(.learningRate(rate))
        #expect(hasChanged)
        lists[run.branch.id] = before + [Change(position: place.position, rate: rate)]
      }
    }
    #expect(run.branches.count > 3 && run.branches.contains { $0.timeline.changes.count > 200 })
    for one in run.branches {
      #expect(list(one.timeline) == lists[one.id] ?? [], "seed \(seed), \(one.name)")
      for other in run.branches {
        let (first, second) = (lists[one.id] ?? [], lists[other.id] ?? [])
        let same = zip(first, second).prefix { $0 == $1 }.count
        let parting = [first.dropFirst(same).first, second.dropFirst(same).first].compactMap { $0?.position }.min()
        #expect(one.timeline.parting(from: other.timeline) == parting, "seed \(seed), \(one.name) and \(other.name)")
      }
      let middle = Position(step: one.end.step / 2)
      let half = list(one.timeline.straight(to: middle))
      #expect(half == (lists[one.id] ?? []).filter { $0.position <= middle }, "seed \(seed), \(one.name)")
    }
  }
}

import Training

// What walking through time costs: a step of a run that keeps snapshots, one that keeps none, one with a twin beside it, and
// going to any step of a long run.

extension Family {
  static let run = Family(
    name: "run", usage: "/snapshots|bare|twin/MODEL/TASK",
    summary: "one whole step of a run: with snapshots to go back to, without, or with a twin on another core"
  ) { name, parts in
    let kinds = ["snapshots", "bare", "twin"]
    guard let kind = parts.first, kinds.contains(kind) else {
      throw NameError(name: name, reason: "a run is one of \(kinds.joined(separator: ", "))")
    }
    let settings = try makeExperiment(name, Array(parts.dropFirst())).settings
    var run = kind == "bare" ? Run(settings, stride: .max) : Run(settings)
    guard kind == "twin" else {
      return Benchmark(name: name) { times in
        for _ in 0..<times { _ = try? run.makeStep() }
      }
    }
    // One whose numbers stay as those of the run: what has exploded takes longer.
    let rate = settings.optimizer.learningRate / 2
    var twin = try Twin(of: run, id: 1, difference: "lr \(rate)", changes: [.learningRate(rate)])
    let companion = Companion()
    return Benchmark(name: name) { times in
      for _ in 0..<times { _ = try? twin.step(&run, companion) }
    }
  }

  static let goto = Family(
    name: "goto", usage: "/STEPS/MODEL/TASK", summary: "going to a step of a run of so many, here and there"
  ) { name, parts in
    guard let steps = parts.first.flatMap({ Int($0) }), steps > 0 else {
      throw NameError(name: name, reason: "goto has a number of steps, as in goto/1000000/simplenet/sum")
    }
    var run = Run(try makeExperiment(name, Array(parts.dropFirst())).settings)
    for _ in 0..<steps { _ = try? run.makeStep() }
    // Each place once in a while, none near the one before.
    var step = 0
    return Benchmark(name: name) { times in
      for _ in 0..<times {
        step = (step + 618_034 * steps / 1_000_003 + 1) % (steps + 1)
        _ = run.travel(to: Place(branch: run.branch.id, position: Position(step: step)))
      }
    }
  }
}

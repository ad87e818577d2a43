import Numerics
import Testing
import Training

/// Every NaN in memory is the canonical one, whatever the processor makes of an invalid operation.
struct CanonicalNaNTests {
  /// Diverges with each network, task, optimizer and rule: infinite parameters, differences of infinities, infinity times 0.
  @Test(arguments: Row.all)
  func diverging(_ row: Row) throws {
    for rule in [true, false] {
      var settings = row.settings
      settings.clipping.isOn = rule
      var experiment = Experiment(settings)
      for rate in [1e30, 1e38, 1e38, 1, 1] {
        try experiment.apply(.learningRate(rate))
        try experiment.steps(1)
        experiment.expectCanonical()
      }
    }
  }

  @Test(arguments: Row.all.filter { $0.settings.task.hasNumericTargets })
  func fromATarget(_ row: Row) throws {
    var experiment = Experiment(row.settings)
    try experiment.apply(.outlier(.nan))
    try experiment.steps(1)
    experiment.expectCanonical()
    #expect(experiment.numbers.contains { $0.isNaN }, "otherwise this looks at nothing")
  }

  /// What the two above look for is there to be found.
  @Test func divergenceReachesNaN() throws {
    var found = 0
    for row in Row.all {
      var experiment = Experiment(row.settings)
      try experiment.apply(.clipping(isOn: false))
      try experiment.apply(.learningRate(1e38))
      try experiment.steps(4)
      found += experiment.numbers.contains { $0.isNaN } ? 1 : 0
    }
    #expect(found >= Row.all.count / 2, "\(found)")
  }
}

extension Experiment {
  fileprivate var numbers: [Float] {
    (network.parameters.values + network.parameters.gradients).flatMap(\.elements)
  }

  fileprivate func expectCanonical(_ location: SourceLocation = #_sourceLocation) {
    let strange = numbers.filter { $0.isNaN && $0.bitPattern != 0x7FC0_0000 }
    #expect(
      strange.isEmpty, "\(strange.count) others: \(strange.prefix(3).map(\.bitPattern))", sourceLocation: location)
  }
}

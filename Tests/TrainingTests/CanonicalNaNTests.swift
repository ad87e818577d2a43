import Numerics
import Testing
import Training

/// Every NaN in memory is the canonical one, whatever the processor makes of an invalid operation.
struct CanonicalNaNTests {
  /// Diverges with each network, task, optimizer and rule: infinite parameters, differences of infinities, infinity times 0.
  @Test(arguments: AllocationTests.cases)
  func diverging(_ row: AllocationTests.Row) throws {
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

  @Test(arguments: AllocationTests.cases.filter { $0.settings.task.hasNumericTargets })
  func fromATarget(_ row: AllocationTests.Row) throws {
    var experiment = Experiment(row.settings)
    try experiment.apply(.outlier(.nan))
    try experiment.steps(1)
    experiment.expectCanonical()
    #expect(experiment.numbers.contains { $0.isNaN }, "otherwise this looks at nothing")
  }

  /// What the two above look for is there to be found.
  @Test func divergenceReachesNaN() throws {
    var found = 0
    for row in AllocationTests.cases {
      var experiment = Experiment(row.settings)
      try experiment.apply(.clipping(isOn: false))
      try experiment.apply(.learningRate(1e38))
      try experiment.steps(4)
      found += experiment.numbers.contains { $0.isNaN } ? 1 : 0
    }
    #expect(found >= AllocationTests.cases.count / 2, "\(found)")
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

import Testing

/// Judges times. Others may take the processor away from the program, but nobody makes it faster than it is: so what was
/// too slow is done again, and the best of a few counts.
enum Pace {
  /// How many times as long as usual everything may take.
  static let slowness = Sanitizer.isOn ? 10.0 : 1

  /// Does something until it takes less than a number of seconds, at most `attempts` times, and expects that it did.
  /// - Parameter seconds: does it, and returns how long it took.
  static func expect(
    under limit: Double, attempts: Int = 4, location: SourceLocation = #_sourceLocation,
    _ seconds: () throws -> Double
  ) rethrows {
    var times: [Double] = []
    while times.count < attempts, times.last ?? .infinity >= limit * slowness { times.append(try seconds()) }
    #expect(times.last ?? .infinity < limit * slowness, "each took too long: \(times) s", sourceLocation: location)
  }

  /// How many seconds something takes.
  static func seconds(_ action: () throws -> Void) rethrows -> Double {
    try ContinuousClock().measure(action) / .seconds(1)
  }
}

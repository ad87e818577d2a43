import Foundation

/// What was measured at some time, as ratios to the yardstick, by the kernels in use: each kind of processor has its
/// own.
struct Recorded: Codable {
  /// Kernels → benchmark → its median time divided by the yardstick's.
  var ratios: [String: [String: Double]] = [:]

  init() {}

  init(from path: String) throws {
    do {
      let data = try Data(contentsOf: URL(fileURLWithPath: path))
      ratios = try JSONDecoder().decode([String: [String: Double]].self, from: data)
    } catch {
      throw UsageError(text: "\(path) is not a record of ratios; scripts/bench --record writes one anew")
    }
  }

  func write(to path: String) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    // Four digits: more would be noise.
    let rounded = ratios.mapValues { $0.mapValues { Double(String(format: "%.4g", $0)) ?? $0 } }
    try (try encoder.encode(rounded) + Data("\n".utf8)).write(to: URL(fileURLWithPath: path))
  }
}

/// A measurement beside what was recorded of it.
struct Comparison {
  let name: String
  let recorded: Double
  /// The ratio now, the smallest of all times that it was measured.
  var now: Double

  var change: Double { now / recorded - 1 }

  /// Compares, and measures again, three times at most, what seems to have become slower: a disturbance passes, a loss stays.
  static func make(
    _ measurements: [Measurement], with recorded: [String: Double], tolerance: Double, _ meter: Meter
  ) throws -> [Comparison] {
    var all = measurements.compactMap { measurement in
      recorded[measurement.benchmark.name].map {
        Comparison(name: measurement.benchmark.name, recorded: $0, now: measurement.median.ratio)
      }
    }
    for _ in 0..<3 {
      let slower = all.indices.filter { all[$0].change > tolerance }
      if slower.isEmpty { break }
      for (place, again) in zip(slower, try meter.measure(slower.map { all[$0].name })) {
        all[place].now = min(all[place].now, again.median.ratio)
      }
    }
    return all
  }
}

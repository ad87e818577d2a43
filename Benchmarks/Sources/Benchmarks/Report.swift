import Foundation
import Numerics

/// How measurements are shown.
enum Report {
  static func line(_ measurement: Measurement) -> String {
    let benchmark = measurement.benchmark
    let rate = benchmark.work.map { String(format: "  %.4g %@", $0.amount / measurement.seconds / 1e9, $0.rate) } ?? ""
    return pad(benchmark.name, 68) + time(measurement.seconds)
      + String(format: "  ratio %.4g", measurement.median.ratio) + rate
  }

  /// A line of JSON; times in microseconds.
  static func json(_ measurement: Measurement) -> String {
    var fields = [
      "\"name\":\"\(measurement.benchmark.name)\"", "\"kernels\":\"\(Kernels.active)\"",
      String(format: "\"wall_us\":%.6g", measurement.median.wall * 1e6),
      String(format: "\"processor_us\":%.6g", measurement.median.processor * 1e6),
      String(format: "\"ratio\":%.6g", measurement.median.ratio),
    ]
    if let work = measurement.benchmark.work {
      fields.append(String(format: "\"rate\":%.6g", work.amount / measurement.seconds / 1e9))
      fields.append("\"unit\":\"\(work.rate)\"")
    }
    return "{" + fields.joined(separator: ",") + "}"
  }

  static func line(_ comparison: Comparison, tolerance: Double) -> String {
    pad(comparison.name, 68) + String(format: "%9.4g  was %9.4g  ", comparison.now, comparison.recorded)
      + String(format: "%+.0f %%", comparison.change * 100) + (comparison.change > tolerance ? "  slower" : "")
  }

  private static func time(_ seconds: Double) -> String {
    switch seconds {
    case ..<1e-6: String(format: "%9.1f ns", seconds * 1e9)
    case ..<1e-2: String(format: "%9.1f µs", seconds * 1e6)
    default: String(format: "%9.1f ms", seconds * 1e3)
    }
  }

  private static func pad(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(1, width - text.count))
  }
}

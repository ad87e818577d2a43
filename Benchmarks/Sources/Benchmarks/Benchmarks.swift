import Foundation
import Numerics

/// Measures clipscope's parts in this process. Status: 0 · 1 something became slower · 2 wrong usage.
@main
enum Benchmarks {
  static func main() {
    do {
      try run(Options(Array(CommandLine.arguments.dropFirst())))
    } catch let error as UsageError {
      stop(error.text)
    } catch let error as NameError {
      stop(error.message)
    } catch let error as KernelError {
      stop(error.description)
    } catch {
      stop(error.localizedDescription)
    }
  }

  private static func stop(_ reason: String) -> Never {
    FileHandle.standardError.write(Data("benchmarks: \(reason)\n".utf8))
    exit(2)
  }

  private static func run(_ options: Options) throws {
    if let kernels = options.kernels { try Kernels.select(kernels) }
    let meter = Meter(rounds: options.rounds, seconds: options.seconds)
    switch options.mode {
    case .list: try Standard.matching(options.words).forEach { print($0) }
    case .grammar: Family.grammar.forEach { print($0) }
    case .serve: try serve()
    case .bytes: try measureBytes(options.words)
    case .measure:
      for measurement in try meter.measure(Standard.matching(options.words)) {
        print(options.printsJSON ? Report.json(measurement) : Report.line(measurement))
      }
    case .record(let path): try record(options, meter, path)
    case .compare(let path): try compare(options, meter, path)
    }
  }

  /// Answers one line after the other, so that another program can take turns with this one.
  private static func serve() throws {
    var made: [String: (benchmark: Benchmark, count: Int, seconds: Double)] = [:]
    while let line = readLine() {
      let words = line.split(separator: " ").map(String.init)
      guard words.count == 2, let seconds = Double(words[1]), seconds > 0 else {
        throw UsageError(text: "a line is a name and a number of seconds, not \"\(line)\"")
      }
      let meter = Meter(rounds: 1, seconds: seconds)
      if made[words[0]]?.seconds != seconds {
        let benchmark = try Family.benchmark(words[0])
        made[words[0]] = (benchmark, meter.repetitions(of: benchmark), seconds)
      }
      guard let (benchmark, count, _) = made[words[0]] else { continue }
      print(Report.json(Measurement(benchmark: benchmark, samples: [meter.sample(benchmark, count)])))
      fflush(nil)
    }
  }

  private static func measureBytes(_ words: [String]) throws {
    let all = try (words.isEmpty ? Bytes.names : words).map(Bytes.measure)
    all.forEach { print($0.line) }
    let over = all.filter { $0.bytes > $0.bound }
    print(over.isEmpty ? "all \(all.count) within their bounds" : "\(over.count) of \(all.count) are over their bounds")
    if !over.isEmpty { exit(1) }
  }

  private static func record(_ options: Options, _ meter: Meter, _ path: String) throws {
    var recorded = FileManager.default.fileExists(atPath: path) ? try Recorded(from: path) : Recorded()
    // As many samples as --compare takes where it doubts.
    let measurements = try Meter(rounds: 3 * meter.rounds, seconds: meter.seconds).measure(
      Standard.matching(options.words))
    // A whole recording takes the place of the last one; a part of it changes only its own names.
    var ratios = options.words.isEmpty ? [:] : recorded.ratios[Kernels.active] ?? [:]
    for measurement in measurements {
      print(Report.line(measurement))
      ratios[measurement.benchmark.name] = measurement.median.ratio
    }
    recorded.ratios[Kernels.active] = ratios
    try recorded.write(to: path)
    print("recorded \(measurements.count) benchmarks with \(Kernels.active) in \(path)")
  }

  private static func compare(_ options: Options, _ meter: Meter, _ path: String) throws {
    guard let recorded = try Recorded(from: path).ratios[Kernels.active] else {
      throw UsageError(text: "\(path) has nothing of \(Kernels.active) kernels; scripts/bench --record adds them")
    }
    let names = try Standard.matching(options.words)
    let measurements = try meter.measure(names)
    let all = try Comparison.make(measurements, with: recorded, tolerance: options.tolerance, meter)
    all.forEach { print(Report.line($0, tolerance: options.tolerance)) }
    for name in names where recorded[name] == nil { print("\(name): not recorded yet") }
    let slower = all.filter { $0.change > options.tolerance }
    let percent = String(format: "%.0f %%", options.tolerance * 100)
    guard slower.isEmpty else {
      print("\(slower.count) of \(all.count) are slower than recorded by more than \(percent):")
      for one in slower { print("  \(one.name): \(String(format: "%.2f", one.now / one.recorded)) times the time") }
      exit(1)
    }
    print("none of \(all.count) is slower than recorded by more than \(percent)")
  }
}

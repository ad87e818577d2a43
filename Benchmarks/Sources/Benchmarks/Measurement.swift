import CMachine

/// What one sample found, for one repetition.
struct Sample {
  /// Time that passed, in seconds.
  var wall: Double
  /// Processor time of this thread, in seconds.
  var processor: Double
  /// Processor time, divided by the yardstick's.
  var ratio: Double
}

/// All samples of one benchmark.
struct Measurement {
  let benchmark: Benchmark
  var samples: [Sample] = []

  /// The median of each number by itself.
  var median: Sample {
    Sample(
      wall: Self.median(samples.map(\.wall)), processor: Self.median(samples.map(\.processor)),
      ratio: Self.median(samples.map(\.ratio)))
  }

  /// The time that counts: the processor's, because others may use the machine, too.
  var seconds: Double { median.processor }

  static func median(_ values: [Double]) -> Double {
    let sorted = values.sorted()
    let middle = sorted.count / 2
    return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
  }
}

/// Measures benchmarks in turn, a sample of each in every round, so that what disturbs the machine for a while disturbs
/// one sample of each and no median.
struct Meter {
  /// Samples of each benchmark.
  let rounds: Int
  /// The least time of a sample, in seconds.
  let seconds: Double

  private let yardstick = Yardstick()

  init(rounds: Int, seconds: Double) {
    self.rounds = rounds
    self.seconds = seconds
  }

  /// - Parameter names: each is made when its turn first comes.
  func measure(_ names: [String]) throws -> [Measurement] {
    var results = try names.map { Measurement(benchmark: try Family.benchmark($0)) }
    let counts = results.map { repetitions(of: $0.benchmark) }
    for _ in 0..<rounds {
      for place in results.indices { results[place].samples.append(sample(results[place].benchmark, counts[place])) }
    }
    return results
  }

  /// How many repetitions last long enough; finding it is also the warming up.
  func repetitions(of benchmark: Benchmark) -> Int {
    benchmark.run(1)
    var count = 1
    while true {
      let start = machine_time()
      benchmark.run(count)
      let time = machine_time() - start
      if time >= seconds / 2 { return max(1, Int(Double(count) * seconds / time)) }
      count *= 2
    }
  }

  /// One sample of so many repetitions, right after its yardstick.
  func sample(_ benchmark: Benchmark, _ count: Int) -> Sample {
    let unit = yardstick.measure(benchmark.yardstick)
    let (wallStart, start) = (machine_time(), machine_thread_time())
    benchmark.run(count)
    let processor = (machine_thread_time() - start) / Double(count)
    let wall = (machine_time() - wallStart) / Double(count)
    return Sample(wall: wall, processor: processor, ratio: processor / unit)
  }
}

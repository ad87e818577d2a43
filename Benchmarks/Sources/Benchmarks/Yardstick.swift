import CMachine
import Numerics

/// Fixed work that is measured right before each sample: a time divided by the time of this work depends on the
/// program, and much less on how fast or how busy the machine is at the moment.
final class Yardstick {
  enum Kind: String, Codable {
    /// Multiply-adds in the vector registers and a chain of integer multiplications, about as long as each other.
    case arithmetic
    /// Reading 40 MB, as clipping ten gradients of 2^20 elements does.
    case memory
  }

  private let kernels = Kernels.active
  private lazy var data = [Float](repeating: 1, count: 10 << 20)

  /// Processor time of the work, in seconds.
  func measure(_ kind: Kind) -> Double {
    let start = machine_thread_time()
    switch kind {
    case .arithmetic:
      Machine.keep(machine_multiply_add(kernels, 400_000))
      Machine.keep(machine_integers(400_000))
    case .memory:
      data.withUnsafeBufferPointer { Machine.keep(machine_read(kernels, $0.count, $0.baseAddress)) }
    }
    return machine_thread_time() - start
  }
}

/// What this machine can do at most.
enum Machine {
  /// Takes a result, so that the compiler cannot leave out what leads to it.
  @inline(never) static func keep<Result>(_ result: Result) {}
}

extension Family {
  static let machine = Family(
    name: "machine", usage: "/peak, /read/SIZE, /update/SIZE",
    summary: "the multiply-adds one core can do; reading memory; reading and writing it"
  ) { name, parts in
    let kernels = Kernels.active
    if parts == ["peak"] {
      let rounds = 1000
      let work = Double(rounds * machine_operations(kernels))
      return Benchmark(name: name, work: (work, "GFLOP/s")) { times in
        for _ in 0..<times { Machine.keep(machine_multiply_add(kernels, rounds)) }
      }
    }
    guard parts.count == 2, ["read", "update"].contains(parts[0]) else {
      throw NameError(name: name, reason: "what a machine does is peak, read or update")
    }
    let count = try Size(parts[1], in: name).total / 64 * 64
    let reads = parts[0] == "read"
    var data = [Float](repeating: 1, count: count)
    return Benchmark(name: name, yardstick: .memory, work: (Double((reads ? 4 : 8) * count), "GB/s")) { times in
      data.withUnsafeMutableBufferPointer { data in
        for _ in 0..<times {
          if reads {
            Machine.keep(machine_read(kernels, count, data.baseAddress))
          } else {
            machine_update(kernels, count, data.baseAddress)
          }
        }
      }
    }
  }
}

import CMachine
import Optimization
import Training

/// What states take, in bytes of the heap, beside the bound that each has.
struct Bytes {
  let name: String
  let bytes: Int
  let bound: Int

  var line: String {
    let form = name + String(repeating: " ", count: max(1, 68 - name.count))
    return form + "\(bytes) bytes, bound \(bound)" + (bytes > bound ? "  OVER" : "")
  }

  /// All that are measured when no name is given.
  static let names =
    [
      "simplenet/sum", "simplenet,hidden=1000/regression", "mlp,hidden=64x20/sine", "mlp,hidden=3x100/xor",
      "rnn/adding", "rnn,hidden=2,layers=30/adding,length=5", "lstm/parity", "gru/copy", "cnn/shapes",
    ].flatMap { network in ["sgd", "adam"].map { "bytes/snapshot/\($0)/\(network)" } }
    + ["bytes/history/1000000/4", "bytes/history/100000/2000"]

  /// Measures what a name says: `bytes/snapshot/OPTIMIZER/MODEL/TASK` or `bytes/history/STEPS/PARAMETERS`.
  static func measure(_ name: String) throws -> Bytes {
    let parts = name.split(separator: "/").map(String.init)
    switch (parts.dropFirst().first, parts.count) {
    case ("snapshot", 5): return try snapshot(name, parts)
    case ("history", 4):
      guard let steps = Int(parts[2]), let parameters = Int(parts[3]), steps > 0, parameters > 0 else { break }
      return history(name, steps: steps, parameters: parameters)
    default: break
    }
    throw NameError(name: name, reason: "bytes are of a snapshot or of a history")
  }

  // 1.1 × (parameters + optimizer state) + generator + 1 kB.
  private static func snapshot(_ name: String, _ parts: [String]) throws -> Bytes {
    var experiment = try Family.makeExperiment(name, Array(parts[3...]), optimizer: parts[2])
    experiment.makeSteps(2)
    let numbers = experiment.network.parameters.values.reduce(0) { $0 + $1.count } * (parts[2] == "adam" ? 3 : 1)
    var snapshots: [Snapshot] = []
    snapshots.reserveCapacity(8)
    let before = machine_heap_bytes()
    for _ in 0..<8 {
      snapshots.append(experiment.snapshot)
      // From here on the generator's words are the snapshot's own.
      experiment.makeSteps(1)
    }
    let bytes = (Int(machine_heap_bytes()) - Int(before)) / 8 + MemoryLayout<Snapshot>.size
    return Bytes(name: name, bytes: bytes, bound: numbers * 4 * 11 / 10 + 2500 + 1024)
  }

  // Of a step with so many parameters, made so many times.
  private static func history(_ name: String, steps: Int, parameters: Int) -> Bytes {
    let record = StepRecord.example(parameters: parameters)
    let before = machine_heap_bytes()
    var history = History(parameters: parameters)
    for step in 1...steps {
      var next = record
      next.step = step
      history.append(next)
    }
    let bytes = Int(machine_heap_bytes()) - Int(before)
    precondition(history.count == steps)
    return Bytes(name: name, bytes: bytes, bound: History.budget)
  }
}

extension StepRecord {
  fileprivate static func example(parameters: Int) -> StepRecord {
    let numbers = (0..<parameters).map(Float.init)
    let norms = GradientNorms(perParameter: numbers, total: 5, order: 2)
    return StepRecord(
      step: 1, loss: 1, before: norms, outcome: .untouched(norms), nonfinite: [], weightNorms: numbers,
      updateRatios: numbers, saturated: 0.5, learningRate: 0.1, clipping: Clipping())
  }
}

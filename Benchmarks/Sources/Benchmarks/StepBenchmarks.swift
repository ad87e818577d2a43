import Foundation
import Language
import Screen
import Session
import Training

// Whole steps: draw the batch, forward, backward, a norm for each parameter, clip norm 1, SGD with lr 0.01.

extension Family {
  static let step = Family(
    name: "step", usage: "/MODEL/TASK",
    summary: "one whole step; the words of the language with a comma for each blank: step/rnn,hidden=64/adding,batch=32"
  ) { name, parts in
    var experiment = try makeExperiment(name, parts)
    return Benchmark(name: name) { times in experiment.makeSteps(times) }
  }

  static let beside = Family(
    name: "beside", usage: "/step/MODEL/TASK", summary: "one whole step while a second experiment runs on another core"
  ) { name, parts in
    guard parts.first == "step" else { throw NameError(name: name, reason: "beside is followed by a step") }
    var experiment = try makeExperiment(name, Array(parts.dropFirst()))
    let other = experiment
    return Benchmark(name: name) { times in
      let neighbour = Neighbour(other)
      experiment.makeSteps(times)
      neighbour.stop()
    }
  }

  static let frame = Family(
    name: "frame", usage: "/WIDTHxHEIGHT", summary: "the scene of a stage after 300 steps, and its frame"
  ) { name, parts in
    let sides = parts.first?.split(separator: "x").compactMap { Int($0) } ?? []
    guard parts.count == 1, sides.count == 2, sides.allSatisfy({ (1...1000).contains($0) }) else {
      throw NameError(name: name, reason: "a frame has a size, such as 80x24")
    }
    let lines = "task adding length=5 batch=2; model rnn hidden=4; clip norm max_norm=1; step 300"
    let scenario = try Scenario(utf8: Array(lines.utf8), path: "frame")
    var stage = Stage(scenario: scenario, files: NoFiles(), waitsForViewer: false)
    while stage.isBusy { _ = stage.advance() }
    let size = GridSize(columns: sides[0], rows: sides[1])
    return Benchmark(name: name) { times in
      for _ in 0..<times { _ = render(Scene(stage), ViewState(), size: size) }
    }
  }

  static func makeExperiment(_ name: String, _ parts: [String], optimizer: String = "sgd") throws -> Experiment {
    guard parts.count == 2 else { throw NameError(name: name, reason: "a step has a model and a task") }
    var workbench = Workbench(files: NoFiles())
    let setup = ["model " + words(parts[0]), "task " + words(parts[1])]
    for line in setup + ["seed 0", "optimizer \(optimizer) lr=0.01", "clip norm max_norm=1"] {
      do {
        for command in try Parser.commands(in: line) { _ = try workbench.apply(command, from: .viewer) }
      } catch {
        throw NameError(name: name, reason: "\"\(line)\" is not understood")
      }
    }
    guard workbench.settings.problem == nil else {
      throw NameError(name: name, reason: "this model cannot learn this task")
    }
    return Experiment(workbench.settings)
  }

  /// Commas stand for blanks, but not in `hidden=64,32`.
  private static func words(_ part: String) -> String {
    part.split(separator: ",").reduce("") { text, word in
      text + (text.isEmpty ? "" : word.contains("=") ? " " : ",") + word
    }
  }
}

extension Experiment {
  /// Makes steps; they cannot fail, because the rule does not refuse any norm.
  mutating func makeSteps(_ count: Int) {
    let last = step + count
    while step < last { _ = try? advance() }
  }
}

/// An experiment that runs on a thread of its own until it is told to stop.
private final class Neighbour: @unchecked Sendable {
  private let lock = NSCondition()
  // Guarded by the lock.
  private var isStopping = false
  private var hasStarted = false
  private var hasStopped = false

  init(_ experiment: Experiment) {
    let thread = Thread {
      var experiment = experiment
      repeat { experiment.makeSteps(1) } while self.goesOn()
    }
    thread.stackSize = 8 << 20
    thread.start()
    wait { hasStarted }
  }

  /// Returns when the other experiment has ended.
  func stop() {
    lock.withLock { isStopping = true }
    wait { hasStopped }
  }

  private func goesOn() -> Bool {
    lock.withLock {
      hasStarted = true
      hasStopped = isStopping
      lock.broadcast()
      return !isStopping
    }
  }

  private func wait(until condition: () -> Bool) {
    lock.lock()
    while !condition() { lock.wait() }
    lock.unlock()
  }
}

/// Benchmarks read no files.
struct NoFiles: FileSource {
  func bytes(of path: String, relativeTo folder: String) throws(FileError) -> [UInt8] {
    throw FileError(path: path, reason: "benchmarks read no files")
  }
}

import Formats
import Foundation
import Language
import Session
import Testing
import Training

/// Whole runs, step by step, against what the reference in scripts/parity recorded from torch.
struct TraceFixtureTests {
  static let names = FixtureFolder.names(in: "traces", suffix: ".scenario")

  /// Twenty to thirty steps of calm experiments: every step adds a rounding or two.
  static let tolerance = 1e-5

  @Test func thereAreTraces() {
    #expect(Self.names.count > 25)
  }

  @Test(arguments: names)
  func followsTorch(_ name: String) throws {
    let text = try FixtureFolder.text("traces/\(name).jsonl")
    let expected = try text.split(separator: "\n").map { try TraceLine($0) }.filter { $0.step != nil }
    let found = try play(name)
    #expect(found.count == expected.count)
    for (number, (step, torch)) in zip(found, expected).enumerated() {
      let failures = step.differences(from: torch, tolerance: Self.tolerance)
      #expect(failures == [], "line \(number + 1)")
      // Infinities of either sign meet in an order that torch does not promise: what comes after is NaN or infinity.
      if torch.hasNonfiniteNorm || !failures.isEmpty { break }
    }
  }

  /// Steps and phases, on the screen and without one, go the same way: here by phases alone.
  @Test func phasesMakeTheSameBits() throws {
    let whole = try play("accumulate")
    let walked = try play("accumulate") { $0.replacing("step 20", with: "phase 120") }
    #expect(whole.count == 20)
    #expect(whole.map(\.digest) == walked.map(\.digest))
    #expect(whole.map(\.loss) == walked.map(\.loss))
  }

  /// What `save` writes leads to the same bits: outliers, failed steps, rules with a memory and all.
  @Test(arguments: names)
  func savedScriptLeadsToTheSameBits(_ name: String) throws {
    let lines = try FixtureFolder.text("traces/\(name).scenario")
    guard !lines.contains("restart") else { return }
    let (saved, digest) = try end(of: lines + "save again.scenario\n", name)
    let script = try #require(saved)
    let (_, replayed) = try end(of: script, name)
    #expect(replayed == digest)
  }

  private func play(_ name: String, change: (String) -> String = { $0 }) throws -> [TraceLine] {
    var lines: [TraceLine] = []
    var stage = try stage(of: change(try FixtureFolder.text("traces/\(name).scenario")), name)
    while stage.isBusy {
      for effect in stage.advance() {
        guard case .stepped(let record, _) = effect, let run = stage.workbench.run else { continue }
        lines.append(try TraceLine(Substring(TraceText.line(record, run))))
      }
    }
    return lines
  }

  private func end(of text: String, _ name: String) throws -> (saved: String?, digest: String?) {
    var stage = try stage(of: text, name)
    var saved: String?
    while stage.isBusy {
      for effect in stage.advance() {
        if case .write(.save(_, let contents), _) = effect { saved = contents }
      }
    }
    return (saved, stage.workbench.experiment?.digest.text)
  }

  private func stage(of text: String, _ name: String) throws -> Stage {
    let scenario = try Scenario(utf8: Array(text.utf8), path: "\(name).scenario")
    return Stage(scenario: scenario, files: FixtureFolder.files("traces"), waitsForViewer: false)
  }
}

/// One line of a trace: what is compared of it.
struct TraceLine: Sendable {
  var step: Int?
  var task: String?
  var loss: Double
  var digest: String?
  private var numbers: [String: Double]
  private var norms: [String: Double]
  private var nonfinite: [String]

  init(_ text: Substring) throws {
    let object = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any] ?? [:]
    step = object["step"] as? Int
    digest = object["digest"] as? String
    loss = Self.number(object["loss"])
    numbers = Dictionary(
      uniqueKeysWithValues: ["total_norm", "total_norm_after", "factor", "clipped", "lr"].map {
        ($0, Self.number(object[$0]))
      })
    norms = [:]
    for key in ["norms", "norms_after"] {
      for (name, value) in object[key] as? [String: Any] ?? [:] { norms["\(key) \(name)"] = Self.number(value) }
    }
    nonfinite = object["nonfinite"] as? [String] ?? []
  }

  var hasNonfiniteNorm: Bool { !(numbers["total_norm"] ?? 0).isFinite }

  /// The numbers that are further apart than the tolerance. A loss near 0, and a norm far below the total one, are the
  /// remainders of a cancellation: they are compared relative to 1 and to a tenth of the total norm.
  func differences(from torch: TraceLine, tolerance: Double) -> [String] {
    var failures: [String] = []
    func compare(_ what: String, _ found: Double, expected: Double, floor: Double) {
      if found == expected || (found.isNaN && expected.isNaN) { return }
      let size = max(abs(found), abs(expected), floor)
      if !(abs(found - expected) <= tolerance * size) { failures.append("\(what): \(found), not \(expected)") }
    }
    compare("loss", loss, expected: torch.loss, floor: 1)
    for (name, expected) in torch.numbers { compare(name, numbers[name] ?? .nan, expected: expected, floor: 0) }
    let total = torch.numbers["total_norm"] ?? 0
    for (name, expected) in torch.norms {
      compare(name, norms[name] ?? .nan, expected: expected, floor: total.isFinite ? 0.1 * total : 0)
    }
    if nonfinite.sorted() != torch.nonfinite.sorted() { failures.append("nonfinite: \(nonfinite)") }
    return failures
  }

  private static func number(_ value: Any?) -> Double {
    if let text = value as? String { return Double(text) ?? .nan }
    return value as? Double ?? .nan
  }
}

/// Tests/TrainingTests/Fixtures, found from this file.
enum FixtureFolder {
  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("TrainingTests/Fixtures")

  static func text(_ path: String) throws -> String {
    try String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)
  }

  static func names(in folder: String, suffix: String) -> [String] {
    let all = (try? FileManager.default.contentsOfDirectory(atPath: root.appendingPathComponent(folder).path)) ?? []
    return all.filter { $0.hasSuffix(suffix) }.map { String($0.dropLast(suffix.count)) }.sorted()
  }

  static func files(_ folder: String) -> any FileSource { Files(folder: root.appendingPathComponent(folder)) }

  private struct Files: FileSource {
    let folder: URL

    func bytes(of path: String, relativeTo: String) throws(FileError) -> [UInt8] {
      guard let data = try? Data(contentsOf: folder.appendingPathComponent(path)) else {
        throw FileError(path: path, reason: "is missing")
      }
      return Array(data)
    }
  }
}

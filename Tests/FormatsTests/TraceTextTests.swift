import Formats
import Foundation
import Language
import Session
import Stories
import Testing
import Training

/// The trace, letter by letter.
@Suite struct TraceTextTests {
  private func lines(_ story: String) throws -> (header: String, steps: [(StepRecord, String)]) {
    var stage = Stage(scenario: try Scenario(story), files: MemoryFiles(), waitsForViewer: false)
    var header = ""
    var steps: [(StepRecord, String)] = []
    while stage.isBusy {
      for effect in stage.advance() {
        guard let run = stage.workbench.run else { continue }
        if case .began = effect { header = TraceText.header(run) }
        if case .stepped(let record, _) = effect { steps.append((record, TraceText.line(record, run))) }
      }
    }
    return (header, steps)
  }

  @Test("The header")
  func header() throws {
    let (header, _) = try lines("seed 7; task adding length=5 batch=2; model rnn hidden=3; optimizer sgd lr=0.02; step")
    let kernels = try #require(header.firstMatch(of: /"kernels":"([a-z0-9]+)"/)?.1)
    #expect(
      header == """
        {"trace":"clipscope","version":1,"seed":7,"model":"rnn hidden=3 layers=1 nonlinearity=tanh",\
        "task":"adding length=5 batch=2","init":"default",\
        "optimizer":"sgd lr=0.02 momentum=0 dampening=0 nesterov=no weight_decay=0","kernels":"\(kernels)",\
        "parameters":[{"name":"rnn.weight_ih_l0","shape":[3,2]},{"name":"rnn.weight_hh_l0","shape":[3,3]},\
        {"name":"rnn.bias_ih_l0","shape":[3]},{"name":"rnn.bias_hh_l0","shape":[3]},\
        {"name":"fc.weight","shape":[1,3]},{"name":"fc.bias","shape":[1]}]}
        """)
  }

  @Test(
    "The keys of a step, in their order",
    arguments: [
      ("clip off", #""clip":"off","lr""#),
      ("clip norm max_norm=0.25 norm_type=inf", #""clip":"norm","max_norm":0.25,"norm_type":"inf","lr""#),
      ("clip norm", #""clip":"norm","max_norm":1,"norm_type":2,"lr""#),
      ("clip value clip_value=0.5", #""clip":"value","clip_value":0.5,"lr""#),
    ])
  func keys(rule: String, clip: String) throws {
    let (_, steps) = try lines("\(small); \(rule); step")
    let line = try #require(steps.first?.1)
    #expect(line.contains(clip))
    let keys = line.matches(of: /"([a-z_]+)":/).map { String($0.1) }
    let options = clip.matches(of: /"([a-z_]+)":/).map { String($0.1) }
    #expect(
      keys.filter { !$0.contains("fc") } == ["step", "loss", "total_norm", "factor", "total_norm_after", "clipped"]
        + options + ["lr", "norms", "norms_after", "nonfinite", "digest"])
    #expect(!line.contains(" ") && !line.contains("\n"))
    #expect(try JSONSerialization.jsonObject(with: Data(line.utf8)) is [String: Any])
  }

  @Test("Numbers read back to the same float32; nan, inf and -inf are strings")
  func numbers() throws {
    let (_, steps) = try lines(
      """
      \(explodingStory); clip norm max_norm=1e30; until total_norm is inf
      clip off; until total_norm is nan; clip norm max_norm=2; step
      """)
    var kinds: Set<String> = []
    for (record, line) in steps {
      for (key, value) in [
        ("loss", record.loss), ("total_norm", record.before.total), ("factor", record.outcome.factor),
        ("total_norm_after", record.outcome.after.total),
      ] {
        let pattern = try Regex("\"\(key)\":([^,]+),")
        let match = try #require(line.firstMatch(of: pattern)?.output[1].substring)
        if value.isFinite {
          #expect(Float(match).map { $0.bitPattern } == value.bitPattern, "\(key) \(match) at step \(record.step)")
        } else {
          #expect(match == (value.isNaN ? "\"nan\"" : value < 0 ? "\"-inf\"" : "\"inf\""))
        }
        kinds.insert(value.isNaN ? "nan" : value.isInfinite ? "inf" : "finite")
      }
      #expect(try JSONSerialization.jsonObject(with: Data(line.utf8)) is [String: Any])
    }
    #expect(kinds == ["nan", "inf", "finite"], "the story has all kinds of numbers in it")
    let bad = try #require(steps.last)
    #expect(bad.1.contains(#""nonfinite":["fc1.weight","fc1.bias","fc2.weight","fc2.bias"]"#))
    #expect(bad.1.contains(#""clipped":0"#), "a factor of NaN is not clipping")
  }

  @Test("Names from the user are JSON strings, whatever is in them")
  func hostileNames() throws {
    for name in ["a\"b", "a\\b", "a\u{1B}[31mb", "a\nb", "a\u{9B}b", "ü 語 👩‍👩‍👧", "\u{7F}"] {
      let files = MemoryFiles(files: [name: "\(name.filter { !$0.isNewline && $0 != "\"" }),y\n1,2\n2,3\n"])
      var stage = Stage(files: files)
      stage.enter(Command.setUp(.seed(1)).text)
      let quoted = "\"" + name.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
      stage.enter("task csv \(quoted) target=y; step")
      let run = try #require(stage.workbench.run, "\(stage.errors)")
      let header = TraceText.header(run)
      #expect(header.unicodeScalars.allSatisfy { $0.value >= 0x20 && !(0x7F..<0xA0).contains($0.value) })
      let object = try JSONSerialization.jsonObject(with: Data(header.utf8)) as? [String: Any]
      #expect(
        (object?["task"] as? String)?.contains(name.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")) == true
          || name.first == "a" || (object?["task"] as? String)?.contains(name) == true)
    }
  }
}

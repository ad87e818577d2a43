import Foundation
import Testing

/// The three standard streams, closed, full, broken or of no use: no trap, and the status that is documented.
@Suite struct StreamTests {
  /// The subcommands, with the status that each has where all is well.
  static let faces: [(line: String, status: Int32)] = [
    ("run s --trace t.jsonl", 0), ("run s --trace -", 0), ("run failing", 1), ("run wrong", 2), ("frame s", 0),
    ("export torch s", 0), ("clip g", 0), ("clip bad", 2), ("version", 0), ("--help", 0), ("repl", 0), ("--plain s", 0),
    ("nonsense", 2), ("s", 2),
  ]

  @Test("Closed, full and broken streams", arguments: ["", "<&-", "</dev/null"])
  func table(input: String) throws {
    let folder = try Folder()
    try folder.write("task sum; model simplenet hidden=2; step 3", to: "s")
    try folder.write("step; expect loss < 0", to: "failing")
    try folder.write("stpe", to: "wrong")
    try folder.write("{\"gradients\":[{\"name\":\"a\",\"shape\":[1],\"values\":[3]}]}\n", to: "g")
    try folder.write("{\"gradients\":[],\"rule\":\"nrom\"}\n", to: "bad")
    for (face, usual) in Self.faces {
      for output in ["", ">&-", ">/dev/full", "| :"] {
        for error in ["", "2>&-", "2>/dev/full"] {
          let program = "'\(BuiltProgram.clipscope)' \(face)"
          let line =
            output == "| :"
            ? "{ \(program) \(input) \(error); echo $? >status; } \(output); sync; :"
            : "\(program) \(input) \(output) \(error); echo $? >status"
          _ = try Folder.shell("set +o pipefail; rm -f status t.jsonl; \(line)", in: folder)
          let status = Int32(folder.read("status")?.trimmingCharacters(in: .whitespacesAndNewlines) ?? "") ?? -1
          let place = "\(face) \(input) \(output) \(error): \(status)"
          // Who reads standard output may have gone before or after the last line: both are an end.
          let prints = !["run wrong", "nonsense", "s"].contains(face)
          let expected: Set<Int32> =
            switch output {
            case ">/dev/full" where prints && usual != 1: [2]
            case ">/dev/full" where prints: [1, 2]
            case "| :" where prints: [usual, 2]
            default: [usual]
            }
          #expect(expected.contains(status), "\(place)")
          // Nothing that was meant for a stream is in a file that got its number.
          if face.contains("t.jsonl"), let trace = folder.read("t.jsonl") {
            #expect(trace.split(separator: "\n").allSatisfy { $0.hasPrefix("{") && $0.hasSuffix("}") }, "\(place)")
          }
        }
      }
    }
  }

  @Test("clip answers each line before the next one is asked, and keeps its answers when a line is no text")
  func clip() throws {
    let folder = try Folder()
    let line = "{\"gradients\":[{\"name\":\"a\",\"shape\":[1],\"values\":[3]}]}"
    // The second line is only written once the first is answered.
    let talk = """
      mkfifo in out; '\(BuiltProgram.clipscope)' clip <in >out & exec 3>in 4<out
      echo '\(line)' >&3; read -t 30 first <&4; echo '\(line)' >&3; read -t 30 second <&4; exec 3>&-; wait; echo "$first"; echo "$second"
      """
    let outcome = try Folder.shell(talk, in: folder)
    #expect(
      outcome.output.split(separator: "\n").map { $0.prefix(14) } == ["{\"total_norm\":", "{\"total_norm\":"],
      "\(outcome)")
    for bad in ["\\377", "\\000"] {
      let shell = "printf '%s\\n\(bad)\\n%s\\n' '\(line)' '\(line)'"
      for input in ["\(shell) | '\(BuiltProgram.clipscope)' clip", "\(shell) >f; '\(BuiltProgram.clipscope)' clip f"] {
        let outcome = try Folder.shell(input, in: folder)
        #expect(outcome.status == 2 && outcome.output.hasPrefix("{\"total_norm\":3,"), "\(input): \(outcome)")
      }
    }
  }

  @Test("An error of a rule, and an expectation of a frame that does not hold, are no success")
  func statuses() throws {
    let folder = try Folder()
    let line = "{\"gradients\":[{\"name\":\"a\",\"shape\":[1],\"values\":[\"nan\"]}],\"error_if_nonfinite\":true}\n"
    for wrong in [line, "{\"gradients\":[],\"rule\":\"nrom\"}\n", "{\"gradients\":[],\"maxnorm\":1}\n"] {
      let outcome = try folder.clipscope(["clip"], input: wrong)
      #expect(outcome.status == 2 && outcome.output.hasPrefix("{\"error\":"), "\(outcome)")
    }
    for scenario in [
      "step; expect loss < 0", "step; expect loss < 0; step 3",
      "model simplenet hidden=2; optimizer sgd lr=1e30; clip norm error_if_nonfinite=yes; step 9",
    ] {
      try folder.write(scenario, to: "s")
      let outcome = try folder.clipscope(["frame", "s"])
      #expect(outcome.status == 1 && outcome.output.contains("total norm") && !outcome.error.isEmpty, "\(outcome)")
    }
  }
}

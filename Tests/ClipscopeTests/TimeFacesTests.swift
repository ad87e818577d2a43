import Foundation
import Testing

/// Going back, branches and twins in what the program writes and prints.
@Suite struct TimeFacesTests {
  private static let small = "model rnn hidden=3\ntask adding length=4 batch=2\noptimizer sgd lr=0.1\n"

  private func trace(_ lines: String) throws -> [[String: Any]] {
    let folder = try Folder()
    try folder.write(Self.small + lines, to: "s")
    let outcome = try folder.clipscope(["run", "s", "--trace", "t"])
    #expect(outcome.status == 0, "\(outcome)")
    return try (folder.read("t") ?? "").split(separator: "\n").map {
      try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
    }
  }

  @Test("A travel is a line of the trace; what is only walked again is not written again; branches have their names")
  func trace() throws {
    let lines = try trace("step 6\nback 2\nstep 2\nback 3\nlr 0.2\nstep 2\nundo\n").dropFirst()
    #expect(lines.compactMap { $0["step"] as? Int } == [1, 2, 3, 4, 5, 6, 4, 5])
    let jumps = lines.compactMap { $0["jump"] as? [String: String] }
    #expect(
      jumps == [
        ["from": "6", "to": "4", "branch": "main"], ["from": "6", "to": "3", "branch": "main"],
        ["from": "b1:5", "to": "main:3", "branch": "main"],
      ])
    #expect(lines.compactMap { $0["branch"] as? String } == ["b1", "b1"])
  }

  @Test("With a twin a step has its numbers and how far it is")
  func twin() throws {
    let lines = try trace("step\ntwin \"lr 0.3\"\nstep 2\ntwin end\nstep\n").dropFirst()
    #expect(lines.map { $0["twin"] == nil } == [true, false, false, true])
    let twin = try #require(Array(lines)[2]["twin"] as? [String: Any])
    #expect(Set(twin.keys) == ["loss", "total_norm", "total_norm_after", "factor", "digest"])
    let alone = Array(try trace("step\nlr 0.3\nstep 2\n").dropFirst())[2]
    #expect(twin["digest"] as? String == alone["digest"] as? String)
    for key in ["loss", "total_norm", "total_norm_after", "factor"] {
      #expect(twin[key] as? Double == alone[key] as? Double)
    }
    #expect(try #require(Array(lines)[2]["distance"] as? Double) > 0)
  }

  @Test("--plain says where a travel led, and what comes again")
  func plain() throws {
    let outcome = try Folder().clipscope(
      ["--plain"], input: Self.small + "3n\nlr 0.2\n2n\n4b\n3n\nu\n")
    #expect(outcome.output.contains("At 1, in the past: the end is 5.\n"), "\(outcome.output)")
    #expect(
      outcome.output.contains("As before: lr 0.2.\n")
        && outcome.output.contains("Undone: lr 0.2, given at 3; at main:3"))
  }

  @Test("Who goes back and forth unwatched without end is stopped as who makes steps without end")
  func bounded() throws {
    let folder = try Folder()
    let ways = String(repeating: "goto start\ngoto 50%\n", count: 2000)
    try folder.write(Self.small + "step 90\n" + ways, to: "endless")
    let held = try folder.clipscope(["run", "endless", "--max-steps", "100", "--quiet"])
    #expect(
      held.status == 1 && held.error.contains("made 100 steps, the most that one may make unwatched"), "\(held)")
    // Twins that begin at 0 again and again, too, and steps that are made again for a gradient.
    for line in ["twin \"optimizer adam\"", "goto 50\nprint rnn.weight_hh_l0.grad\ngoto 90"] {
      try folder.write(Self.small + "step 90\n" + String(repeating: line + "\n", count: 400), to: "again")
      let again = try folder.clipscope(["run", "again", "--max-steps", "1000", "--quiet"])
      #expect(again.status == 1 && again.error.contains("made 1000 steps"), "\(line)\n\(again)")
    }
    // It is what is made again that counts, not the commands.
    try folder.write(Self.small + "step 90\n" + String(repeating: "goto end\n", count: 4000), to: "still")
    let still = try folder.clipscope(["run", "still", "--max-steps", "100", "--quiet"])
    #expect(still.status == 0, "\(still)")
  }

  // Two sizes of each: what is measured is what the one takes more than the other.
  @Test(
    "Many changes, branches and experiments take little more memory than few",
    arguments: [
      (small + "step\n", "lr up\nlr down\n", 4000), (small + "step 20\n", "back\nlr up\nback\nlr down\nstep 2\n", 450),
      ("task xor\nmodel mlp hidden=2x256\n", "step\nrestart\n", 90),
    ])
  func memory(begin: String, lines: String, count: Int) throws {
    guard !Sanitizer.isOn else { return }
    let folder = try Folder()
    func peak(_ count: Int) throws -> Int {
      try folder.write(begin + String(repeating: lines, count: count), to: "s\(count)")
      let outcome = try #require(try folder.peakMemory("run s\(count) --quiet"))
      #expect(outcome.status == 0)
      return outcome.peak
    }
    let (few, many) = (try peak(3), try peak(count))
    #expect(many - few < 32_000, "\(few) kB, \(many) kB")
  }
}

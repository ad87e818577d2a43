import Foundation
import SeededRandom
import Testing

extension EndToEnd {
  /// What is done on the screen is kept, whatever becomes of the program.
  @Suite(.serialized)
  struct SessionFileTests {
    private static let experiment = "model rnn hidden=8\ntask adding length=8 batch=8\noptimizer sgd lr=0.1"

    private func sessions(in folder: TemporaryFolder) -> [String] {
      let place = folder.path + "/state/clipscope/sessions"
      let names = (try? FileManager.default.contentsOfDirectory(atPath: place)) ?? []
      return names.sorted().map { place + "/" + $0 }
    }

    private func scope(_ folder: TemporaryFolder, _ options: [String] = []) throws -> Scope {
      let file = try folder.write(Self.experiment + "\n", to: "small.scenario")
      return try Scope(
        file: file, folder: folder, options: ["--speed", "300"] + options, columns: 160, rows: 30,
        environment: ["XDG_STATE_HOME": folder.path + "/state"])
    }

    // The digest of the last place of a session, and that of the place which its scenario leads to; `start` where there is none,
    // because the experiment was taken back, too.
    private func ends(of session: String) throws -> (kept: String, played: String, status: Int32) {
      let text = try String(contentsOfFile: session, encoding: .utf8)
      let kept = text.matches(of: /# at (?:\S+ digest )?([0-9a-f]{16}|start)/).last.map { String($0.1) } ?? ""
      let outcome = try Folder().clipscope(["run", session])
      let played = outcome.output.matches(of: /step (\d+) · digest ([0-9a-f]{16})/).last.map { match in
        kept == "start" && match.1 == "0" ? "start" : String(match.2)
      }
      return (kept, played ?? "", outcome.status)
    }

    // KILLS says how many.
    @Test("Killed at any moment, a session is a scenario that leads to the digest of its last line")
    func killed() throws {
      var random = SplitMix(seed: 20)
      let keys = [
        "n", "5n", " ", "b", "3b", "c", "+", "-", ">", "u", "\u{12}", "t", "r", "{", "}", ".", ",", "m", ")",
        ":goto 50%\r", ":twin swap\r",
      ]
      let rounds = ProcessInfo.processInfo.environment["KILLS"].flatMap { Int($0) } ?? 12
      for round in 0..<rounds {
        let folder = try TemporaryFolder()
        let scope = try scope(folder)
        try scope.send("9n")
        try scope.waitFor("nine steps") { $0.header.contains("‖ idle  step 9 ") }
        var typed: [String] = []
        for _ in 0..<Int.random(in: 3...25, using: &random) {
          typed.append(keys.randomElement(using: &random)!)
          try scope.send(typed.last!)
          // Whole frames pace it: some keys come while steps are made, some when nothing is.
          if Bool.random(using: &random) { try scope.waitFor("a frame") { _ in true } }
        }
        kill(scope.terminal.process, SIGKILL)
        _ = try scope.terminal.waitForEnd()
        let files = sessions(in: folder)
        #expect(files.count == 1, "\(files)")
        guard let file = files.first else { continue }
        let mode = try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int
        #expect(mode == 0o600)
        let (kept, played, status) = try ends(of: file)
        let text = try String(contentsOfFile: file, encoding: .utf8)
        #expect(status == 0 && kept == played && !kept.isEmpty, "round \(round), \(typed)\n\(text)")
      }
    }

    @Test("While it trains, a session that is killed has lost no more than a second", arguments: ["", "t", "4b"])
    func age(before: String) throws {
      let folder = try TemporaryFolder()
      let scope = try scope(folder)
      try scope.send("9n")
      try scope.waitFor("nine steps") { $0.header.contains("‖ idle  step 9 ") }
      try scope.send(before + ":run\r")
      let age = Duration.seconds(1) * Pace.slowness
      var seen: (step: Int, time: ContinuousClock.Instant)?
      try scope.waitFor("a second of steps") { frame in
        guard let step = frame.header.firstMatch(of: /step (\d+)/).flatMap({ Int($0.1) }), step > 12 else {
          return false
        }
        let first = seen ?? (step, .now)
        seen = first
        return .now - first.time > age
      }
      kill(scope.terminal.process, SIGKILL)
      _ = try scope.terminal.waitForEnd()
      let file = try #require(sessions(in: folder).first)
      let text = try String(contentsOfFile: file, encoding: .utf8)
      let kept = text.matches(of: /# at (?:x1:)?(?:main:)?(\d+)/).last.flatMap { Int($0.1) } ?? 0
      #expect(kept >= seen?.step ?? .max, "\(text)")
      let (digest, played, status) = try ends(of: file)
      #expect(status == 0 && digest == played && !digest.isEmpty)
    }

    @Test("--resume opens the last session where it was, digest and all, and goes on with it")
    func resumed() throws {
      let folder = try TemporaryFolder()
      let first = try scope(folder)
      try first.send("9nc5n2b")
      try first.waitFor("the past") { $0.header.contains("◂ past, end 14") }
      let digest = try #require(first.screen.text.split(separator: "\n").first?.split(separator: " ").last)
      try first.send("q")
      #expect(try first.terminal.waitForEnd() == .exited(0))
      let environment = ["XDG_STATE_HOME": folder.path + "/state"]
      let again = try Scope(
        running: [BuiltProgram.clipscope, "--resume"], in: folder, environment: environment)
      try again.waitFor("the same place") { $0.header.contains("◂ past, end 14") && $0.header.contains(digest) }
      try again.send("u")
      try again.waitFor("the undo") { $0.contains("undone: clip on, given at 9") }
      try again.send("q")
      #expect(try again.terminal.waitForEnd() == .exited(0))
      let list = try Folder().clipscope(["sessions"], environment: environment)
      #expect(list.status == 0 && list.output.split(separator: "\n").count == 2, "\(list.output)")
      #expect(list.output.contains("at x1:main:9 digest"), "\(list.output)")
    }

    @Test("What cannot be gone on with says why: another version, no session, a text that has changed, none at all")
    func refused() throws {
      let folder = try TemporaryFolder()
      let environment = ["XDG_STATE_HOME": folder.path + "/state"]
      func resume(_ text: String?) throws -> Outcome {
        let file = try text.map { [try folder.write($0, to: "s.scenario")] } ?? []
        return try Folder().clipscope(["--resume"] + file, environment: environment)
      }
      let text = try folder.write("abcabcabcabcabcabcabc", to: "t.txt")
      let reads = "# reads 0123456789abcdef \(text)\ntask text file=\(text) length=4\nmodel rnn\n"
      for (session, words) in [
        ("step 5\n", "is no session of clipscope's"), ("# clipscope session, version 7\nstep 5\n", "version 7"),
        ("# clipscope session, version 1\n\(reads)", "t.txt has changed"),
        (
          "# clipscope session, version 1\nstep 5  # at x1:main:5 digest 0123456789abcdef\n",
          "does not lead to where it was"
        ),
        (nil, "there is no session to resume"),
      ] {
        let outcome = try resume(session)
        #expect(outcome.status == 2 && outcome.error.contains(words), "\(outcome.error)")
      }
    }

    @Test(
      "A folder that cannot be written costs a line in the log and nothing else; --no-session keeps none; twenty are kept"
    )
    func folders() throws {
      let folder = try TemporaryFolder()
      _ = try folder.write("a file in the way", to: "state")
      let barred = try scope(folder)
      try barred.send("n")
      try barred.waitFor("a step") { $0.header.contains("step 1 ") && $0.contains("the session is not kept any more") }
      try barred.send("q")
      #expect(try barred.terminal.waitForEnd() == .exited(0))

      let idle = try TemporaryFolder()
      let looked = try self.scope(idle)
      try looked.send("q")
      #expect(try looked.terminal.waitForEnd() == .exited(0) && sessions(in: idle).isEmpty, "nothing was done")

      let none = try TemporaryFolder()
      let scope = try scope(none, ["--no-session"])
      try scope.send("n")
      try scope.waitFor("a step") { $0.header.contains("step 1 ") }
      try scope.send("q")
      #expect(try scope.terminal.waitForEnd() == .exited(0) && sessions(in: none).isEmpty)

      let many = try TemporaryFolder()
      let place = many.path + "/state/clipscope/sessions"
      try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
      for number in 10..<40 {
        _ = try many.write("# clipscope session, version 1\n", to: "state/clipscope/sessions/\(number).scenario")
      }
      let last = try self.scope(many)
      try last.send("nq")
      #expect(try last.terminal.waitForEnd() == .exited(0) && sessions(in: many).count == 20)
    }
  }
}

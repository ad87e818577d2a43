import Foundation
import Language
import Testing

/// The built program, run as anybody runs it, with pipes and files.
@Suite struct CommandLineTests {
  static let good = "seed 1; task regression rows=32 batch=4; model simplenet hidden=8\nstep 5\nexpect step == 5\n"

  // MARK: clip

  @Test("Each flag of clip with a value or a switch is an option of some rule")
  func clipFlags() throws {
    let folder = try Folder()
    let flags = try folder.clipscope(["clip", "--help"]).output.matches(of: /--([a-z]+_[a-z_]+)/).map { String($0.1) }
    let names = Set(Variants.clippingRules.flatMap { $0.standardValues.map(\.name) })
    #expect(flags.count >= 4 && names.isSuperset(of: flags), "\(flags)")
    try folder.write(#"{"gradients":[{"name":"w","shape":[2],"values":[3,"inf"]}]}"#, to: "g")
    for (flag, part) in [
      (["--max_norm", "nan"], #""values":["nan","nan"]"#), (["--norm-type", "0"], #""total_norm":1,"#),
      (["--rule", "value", "--clip-value=2"], #""values":[2,2]"#), (["--error-if-nonfinite"], "is non-finite"),
    ] {
      let outcome = try folder.clipscope(["clip", "g"] + flag)
      // A rule that refuses is no success.
      #expect(outcome.status == (part == "is non-finite" ? 2 : 0) && outcome.output.contains(part), "\(outcome)")
    }
  }

  // MARK: run

  @Test(
    "The status of a run tells how it ended",
    arguments: [
      (good, 0, "s: 1 expectation held · step 5 · digest ", ""),
      ("step; expect loss > 1e30\n", 1, "", "line 1: expected loss > 1e30, but loss is "),
      ("expect loss > 0", 1, "", "line 1: loss has not been measured yet; make a step first"),
      (
        "task regression; optimizer sgd lr=1e30; clip norm error_if_nonfinite=yes; step 50", 1, "",
        "was not made (error_if_nonfinite)"
      ),
      ("step 2; quit; expect loss > 1e30", 0, "s: 0 expectations held · step 2", ""),
      ("stpe\nmax_norm 0\n", 2, "", "s:1:1: there is no command stpe"),
      ("max_norm 0", 2, "", "    max_norm 0\n             ^\n1 error"),
      ("task adding; model mlp; step", 2, "", "choose model rnn"),
      ("model mlp hidden=1000000000", 2, "", "the limit is 4 GB"),
      ("", 2, "", "s: has no commands"), ("# nothing\n", 2, "", "s: has no commands"),
      ("run", 2, "", "write run N or until CONDITION"),
      ("task csv none.csv target=y", 2, "", "none.csv does not exist; check the name"),
    ])
  func statuses(text: String, status: Int32, output: String, error: String) throws {
    let folder = try Folder()
    try folder.write(text, to: "s")
    let outcome = try folder.clipscope(["run", "s"])
    #expect(outcome.status == status, "\(outcome)")
    #expect(outcome.output.contains(output) || output.isEmpty, "\(outcome)")
    #expect(outcome.error.contains(error) || error.isEmpty, "\(outcome)")
    #expect(outcome.error.isEmpty == (status == 0))
    #expect(folder.names == ["s"], "nothing is left behind")
    let quiet = try folder.clipscope(["run", "--quiet", "s"])
    #expect(quiet.status == status)
    #expect(quiet.output.isEmpty)
  }

  @Test("Files that are no scenario: status 2 and one clear message")
  func wrongFiles() throws {
    let folder = try Folder()
    try folder.write([0x7F, 0x45, 0x4C, 0x46, 0, 0xFF], to: "binary")
    try FileManager.default.createDirectory(atPath: folder.path + "/folder", withIntermediateDirectories: false)
    #expect(mkfifo(folder.path + "/fifo", 0o644) == 0)
    try folder.write("step", to: "secret")
    #expect(chmod(folder.path + "/secret", 0) == 0)
    #expect(symlink("loop", folder.path + "/loop") == 0)
    var rows = [
      ("gone", "gone does not exist"), ("binary", "binary: is not a text in UTF-8"),
      ("folder", "folder is a folder; name a file"),
      ("fifo", "fifo is not an ordinary file"), ("/dev/zero", "/dev/zero is not an ordinary file"),
      ("loop", "loop is a symbolic link"),
      ("", "\"\" does not exist"), ("\u{1B}[2Jx", "␛[2Jx does not exist"),
    ]
    if geteuid() != 0 { rows.append(("secret", "secret cannot be opened: permission denied")) }
    for (name, message) in rows {
      for command in [["run"], ["frame"], []] {
        let outcome = try folder.clipscope(command + [name])
        #expect(outcome.status == 2, "\(command) \(name): \(outcome)")
        #expect(outcome.error.contains(message), "\(command) \(name): \(outcome)")
        #expect(outcome.output.isEmpty)
        #expect(!(outcome.error.contains("\u{1B}")))
      }
    }
  }

  @Test("--seed and --set replace the scenario's own lines; options stand before or after FILE")
  func replacing() throws {
    let folder = try Folder()
    try folder.write(Self.good, to: "s")
    try folder.write(Self.good.replacing("seed 1", with: "seed 7").replacing("hidden=8", with: "hidden=9"), to: "t")
    func digest(_ outcome: Outcome) -> String? {
      outcome.output.firstMatch(of: /digest ([0-9a-f]{16})\n/).map { String($0.1) }
    }
    let expected = try folder.clipscope(["run", "t"])
    #expect(digest(expected) != nil)
    let set = ["--seed", "7", "--set", "model simplenet hidden=9"]
    for arguments in [
      ["run", "s"] + set, ["run"] + set + ["s"], ["run", "--seed=7", "s", "--set", "model simplenet hidden=9"],
    ] {
      let outcome = try folder.clipscope(arguments)
      #expect(outcome.status == 0)
      #expect(digest(outcome) == digest(expected))
    }
    let own = try folder.clipscope(["run", "s"])
    #expect(digest(own) != digest(expected))
    let mended = try folder.clipscope(["run", "s", "--set", "expect step == 4"])
    #expect(mended.status == 1)
    for arguments in [
      ["--seed", "x"], ["--seed", "-1"], ["--seed", "9223372036854775808"], ["--set", "frobnicate"],
      ["--set", "step \""],
      ["--set", "model rnn"], ["--set"],
    ] {
      let outcome = try folder.clipscope(["run", "s"] + arguments)
      #expect(outcome.status == 2, "\(arguments)")
      #expect(!outcome.error.isEmpty && outcome.output.isEmpty)
    }
  }

  @Test("The trace is whole: a header, a line a step, in a file or on standard output")
  func trace() throws {
    let folder = try Folder()
    try folder.write(Self.good + "restart; step 2", to: "s")
    let toFile = try folder.clipscope(["run", "s", "--trace", "t.jsonl"])
    #expect(toFile.status == 0)
    let lines = try #require(folder.read("t.jsonl")).split(separator: "\n", omittingEmptySubsequences: false)
    #expect(
      lines.map { $0.prefix(8) } == [
        "{\"trace\"", "{\"step\":", "{\"step\":", "{\"step\":", "{\"step\":", "{\"step\":", "{\"trace\"", "{\"step\":",
        "{\"step\":", "",
      ])
    #expect(lines[1] == lines[7], "restart is the same experiment again")
    #expect(folder.names == ["s", "t.jsonl"])
    let toOutput = try folder.clipscope(["run", "--quiet", "--trace", "-", "s"])
    #expect(toOutput.output == folder.read("t.jsonl"))
    let again = try folder.clipscope(["run", "s", "--trace", "t.jsonl"])
    #expect(again.status == 0, "the user named the file, so it may be replaced")
    #expect(folder.read("t.jsonl") == toOutput.output)
    for path in ["none/t.jsonl", "/", ".", "/dev/full"] {
      let outcome = try folder.clipscope(["run", "s", "--trace", path])
      #expect(outcome.status == 2, "\(path): \(outcome)")
      #expect(outcome.error.contains(path))
    }
    #expect(folder.names == ["s", "t.jsonl"])
    #expect(symlink("t.jsonl", folder.path + "/link") == 0)
    try folder.write("old", to: "t.jsonl")
    #expect(try folder.clipscope(["run", "s", "--trace", "link"]).status == 0)
    #expect(folder.read("t.jsonl") == toOutput.output, "a link is written through, not replaced")
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: folder.path + "/link") == "t.jsonl")
  }

  @Test("A trace has one header for each experiment, the one that it is of, wherever in a line it was asked for")
  func headers() throws {
    let header = #"{"trace":"clipscope","version":1,"seed":"#
    for (line, heads) in [
      ("trace t; step 2", ["0", "1", "2"]), ("step; trace t; step", ["0", "2"]),
      ("step; trace t; seed 5; step", ["0", "5", "1"]), ("trace t; restart; seed 5; step", ["0", "5", "1"]),
      ("step; trace t; restart; step", ["0", "0", "1"]), ("seed 5; trace t; seed 6", ["6"]),
    ] {
      let folder = try Folder()
      #expect(try folder.clipscope(["repl"], input: line).status == 0)
      let found = try #require(folder.read("t")).split(separator: "\n").map { line -> String in
        let rest = line.replacing(header, with: "").replacing(#"{"step":"#, with: "")
        return String(rest.prefix { $0.isNumber })
      }
      #expect(found == heads, "\(line)")
    }
  }

  @Test("A file that could not be written is a command that failed: it may be expected")
  func failedFile() throws {
    let folder = try Folder()
    for name in ["old.scenario", "old.jsonl", "old.py"] { try folder.write("mine", to: name) }
    for line in ["save old.scenario", "trace old.jsonl", "export torch old.py", "step; save old.scenario"] {
      let typed = try folder.clipscope(["repl"], input: "\(line); expect error; lr 0.5\n")
      #expect(typed.status == 0 && typed.output.contains("held: the command before: it failed"), "\(line): \(typed)")
      try folder.write("\(line)\nexpect error\nstep\n", to: "s")
      for output in [[], ["--output", "."]] {
        let played = try folder.clipscope(["run", "s"] + output)
        #expect(played.status == 0 && played.output.contains("held"), "\(line): \(played)")
      }
    }
    for name in ["old.scenario", "old.jsonl", "old.py"] { #expect(folder.read(name) == "mine") }
    #expect(try folder.clipscope(["repl"], input: "save old.py; step; norms\n").status != 0)
  }

  @Test("A run that fails keeps its trace up to there; wrong usage leaves none")
  func failedTrace() throws {
    let folder = try Folder()
    try folder.write("step 3; expect loss > 1e30; step 1", to: "s")
    #expect(try folder.clipscope(["run", "s", "--trace", "t"]).status == 1)
    #expect(folder.read("t")?.split(separator: "\n").count == 5)
    try folder.write("stpe", to: "w")
    #expect(try folder.clipscope(["run", "w", "--trace", "u"]).status == 2)
    #expect(folder.names == ["s", "t", "w"])
  }

  @Test("Kernels by name: nonsense and what the processor lacks are status 2; all that it has give the same bits")
  func kernels() throws {
    let folder = try Folder()
    try folder.write(Self.good, to: "s")
    let nonsense = try folder.clipscope(["run", "s", "--kernels", "nonsense"])
    #expect(nonsense.status == 2 && nonsense.error.contains("nonsense"))
    let version = try folder.clipscope(["version"])
    #expect(version.status == 0)
    let available = try #require(version.output.firstMatch(of: /this processor has ([a-z0-9, ]+)/)?.1).split(
      separator: ", "
    ).map(String.init)
    var outputs: Set<String> = []
    for name in ["portable", "sse2", "avx2", "avx512", "neon"] + available {
      let outcome = try folder.clipscope(["run", "s", "--kernels", name])
      if available.contains(name) {
        #expect(outcome.status == 0, "\(name)")
        outputs.insert(outcome.output)
      } else {
        #expect(outcome.status == 2, "\(name)")
        #expect(outcome.output.isEmpty && outcome.error.contains(name))
      }
    }
    #expect(outputs.count == 1, "same scenario, same bits")
  }
}

extension Folder {
  /// A folder within another's, for running in.
  static func at(_ folder: Folder, _ name: String) throws -> Inner {
    Inner(folder: folder, path: folder.path + "/" + name)
  }

  /// A folder that another one owns.
  struct Inner {
    let folder: Folder
    let path: String

    func clipscope(_ arguments: [String]) throws -> Outcome { try folder.clipscope(arguments, in: path) }
  }
}

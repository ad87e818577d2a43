import Foundation
import Testing

/// A scenario from somebody else: what it may write, and where.
@Suite struct StrangerTests {
  @Test("A scenario writes nowhere unless the user says where, also through a key or a line that it binds")
  func unasked() throws {
    for line in ["save new.scenario", "trace new.jsonl", "export torch new.py"] {
      let folder = try Folder()
      try folder.write("step 2; \(line); step 3", to: "s")
      let outcome = try folder.clipscope(["run", "s"])
      #expect(outcome.status == 1, "\(outcome)")
      #expect(outcome.error.contains("writes only where you say: --output DIR"), "\(outcome)")
      #expect(folder.names == ["s"])
      // The key is the viewer's, the words are not.
      try folder.write("bind n \"\(line); step\"; bind x \"bind n '' \"", to: "b")
      try folder.write("bind n \"\(line); step\"", to: "b")
      let plain = try folder.clipscope(["--plain", "b"], input: "n\nx\n")
      #expect(plain.error.contains("writes only where you say: --output DIR"), "\(plain)")
      #expect(folder.names == ["b", "s"])
      // What the viewer types goes where he says.
      #expect(try folder.clipscope(["--plain", "b"], input: "\(line)\n").status == 0)
      #expect(folder.names.count == 3)
    }
  }

  @Test(
    "Below --output it is real paths, no link, no hidden file, our own endings, and never a file that is there",
    arguments: [
      ("save", ".scenario"), ("trace", ".jsonl"), ("export torch", ".py"),
    ])
  func within(command: String, ending: String) throws {
    let folder = try Folder()
    try FileManager.default.createDirectory(atPath: folder.path + "/out/sub", withIntermediateDirectories: true)
    try FileManager.default.createDirectory(atPath: folder.path + "/home", withIntermediateDirectories: true)
    for (link, target) in [("out/up", ".."), ("out/to", "../home"), ("out/leaf\(ending)", "../home/leaf")] {
      #expect(symlink(target, folder.path + "/" + link) == 0)
    }
    try folder.write("mine", to: "out/old\(ending)")
    let before = folder.names
    for path in [
      "up/new", "to/new", "sub/../../new", "../new", "/tmp/clipscope-never", ".new", "sub/.new", ".hidden/new", "leaf",
      "old",
      "gone/new", "sub/", "up/home/new", "",
    ] {
      let written = path.hasSuffix("/") || path.isEmpty ? path : path + ending
      try folder.write("step 2; \(command) \"\(written)\"; step 3", to: "s")
      let outcome = try folder.clipscope(["run", "s", "--output", "out"])
      #expect(outcome.status == 1 || outcome.status == 2, "\(path): \(outcome)")
      #expect(folder.names == (before + ["s"]).sorted(), "\(path)")
    }
    // A dot with a mark on it is a dot to the file system, and what cannot be seen is no part of a name.
    for sly in [
      ".\u{301}new", "sub/.\u{FE0F}new", "a\u{200D}b", "a\u{3164}b", "a\u{2800}b", "a\u{A0}b", "a\u{202E}b", "a\nb",
      "a\u{7}b",
    ] {
      try folder.write("step 2; \(command) \"\(sly)\(ending)\"; step 3", to: "s")
      let outcome = try folder.clipscope(["run", "s", "--output", "out"])
      #expect(outcome.status == 2, "\(sly.debugDescription): \(outcome)")
      #expect(folder.names == (before + ["s"]).sorted(), "\(sly.debugDescription)")
    }
    for wrong in ["new", "new.sh", "new\(ending).txt", "authorized_keys", ending] {
      try folder.write("\(command) \(wrong)", to: "s")
      let outcome = try folder.clipscope(["run", "s", "--output", "out"])
      #expect(outcome.status == 2 && outcome.error.contains("a name that ends in \(ending)"), "\(wrong): \(outcome)")
    }
    #expect(folder.read("out/old\(ending)") == "mine")
    for name in ["sub/new", "./sub/./other", "plain", "übung 2_b-c+d", "勾配"] {
      try folder.write("step 2; \(command) \"\(name)\(ending)\"; step 3", to: "s")
      let outcome = try folder.clipscope(["run", "s", "--output", "out"])
      #expect(outcome.status == 0, "\(name): \(outcome)")
      #expect(folder.read("out/\(name)\(ending)")?.isEmpty == false)
    }
  }

  @Test("A folder that is made for it, and a scenario that is elsewhere")
  func place() throws {
    let folder = try Folder()
    try folder.write("step 2; save new.scenario; trace new.jsonl; step 3", to: "lessons/s")
    #expect(try folder.clipscope(["run", "lessons/s", "--output", "fresh"]).status == 0)
    #expect(folder.names == ["fresh", "fresh/new.jsonl", "fresh/new.scenario", "lessons", "lessons/s"])
    #expect(folder.read("fresh/new.jsonl")?.split(separator: "\n").count == 4, "a header and the steps from there on")
    #expect(try folder.clipscope(["run", "fresh/new.scenario"]).output.contains("step 2"))
    #expect(try folder.clipscope(["run", "lessons/s", "--output", "lessons/s"]).error.contains("is no folder"))
  }

  @Test("All files of scenarios together keep within --output-limit, and what was written stays")
  func limit() throws {
    let folder = try Folder()
    try folder.write("trace a.jsonl; trace b.jsonl; step 200; save c.scenario; step 5", to: "s")
    let outcome = try folder.clipscope(["run", "s", "--output", "out", "--output-limit", "20kB"])
    #expect(outcome.status == 1 && outcome.error.contains("20kB (--output-limit) in 1000 files"), "\(outcome)")
    let bytes = ["a.jsonl", "b.jsonl"].map { folder.read("out/" + $0) ?? "" }
    #expect(bytes.allSatisfy { $0.isEmpty || $0.hasSuffix("}\n") }, "whole lines")
    #expect((10_000...20_000).contains(bytes.reduce(0) { $0 + $1.utf8.count }))
    // Empty files take room, too.
    try folder.write((0..<1100).map { "save f\($0).scenario\n" }.joined(), to: "m")
    let many = try folder.clipscope(["run", "m", "--output", "many"])
    #expect(many.status == 1 && folder.names.count { $0.hasPrefix("many/") } == 1000, "\(many.error.prefix(300))")
    for wrong in ["", "much", "-1", "1 PB", "99999999999999999999"] {
      #expect(try folder.clipscope(["run", "s", "--output-limit", wrong]).status == 2, "\(wrong)")
    }
  }

  @Test("The keys to leave and to type stay the viewer's; the viewer may bind them")
  func keys() throws {
    let folder = try Folder()
    for key in ["q", "escape", "ctrl-c", ":"] {
      for line in ["bind \(key) step", "bind x \"bind \(key) step\""] {
        try folder.write("step; \(line)", to: "s")
        let outcome = try folder.clipscope(["run", "s"])
        #expect(outcome.status == 2 && outcome.error.contains("a scenario cannot bind"), "\(line): \(outcome)")
      }
      #expect(try folder.clipscope(["repl"], input: "bind \(key) step\n").status == 0, "\(key)")
    }
  }

  @Test("lesson and again are the viewer's, also through a key; the viewer may bind them")
  func lessons() throws {
    let folder = try Folder()
    for line in ["lesson next", "again", "step; lesson tutorial"] {
      for bound in ["bind w \"\(line)\"", "bind v \"bind w \\\"\(line)\\\"\""] {
        try folder.write("step; \(bound)", to: "s")
        let outcome = try folder.clipscope(["run", "s"])
        #expect(outcome.status == 2 && outcome.error.contains("a scenario plays no other"), "\(bound): \(outcome)")
      }
      #expect(try folder.clipscope(["repl"], input: "bind w \"\(line)\"\n").status == 0)
    }
  }

  @Test("A folder that is not there is no question: nothing is written where nobody sees it")
  func missingFolder() throws {
    let scope = try Scope("task sum; model simplenet; pause c; save \"Xtmp/evil.scenario\"; say \"behind\"") {
      $0.header.contains("◆ press c")
    }
    try scope.press("c")
    let frame = try scope.waitFor("the refusal") { $0.header.contains("‖ held") && $0.footer.contains("q quit") }
    let text = frame.lines.map { $0.trimmingCharacters(in: ["│", " "]) }.joined().replacing(" ", with: "")
    #expect(text.contains("Xtmp/evil.scenariodoesnotexist"), "\(frame.lines)")
    #expect(scope.folder.files == [Scope.scenario])
  }

  @Test("A million bytes of commands take a small multiple of memory")
  func bomb() throws {
    guard !Sanitizer.isOn else { return }
    let folder = try Folder()
    let line = String(repeating: "stop;", count: 12_800) + "\n"
    try folder.write(String(repeating: line, count: 15), to: "s")
    let outcome = try Folder.shell("ulimit -v 900000; '\(BuiltProgram.clipscope)' run s", in: folder)
    #expect(outcome.status == 0, "\(outcome)")
  }

  @Test("Where nobody watches, a scenario makes so many steps and no more, and says so")
  func steps() throws {
    let folder = try Folder()
    try folder.write(
      "task sum; model simplenet hidden=2; until loss < -1 max 2000; step 9000000; say \"behind\"", to: "s")
    let outcome = try folder.clipscope(["run", "s", "--max-steps", "3000"])
    #expect(outcome.status == 1 && outcome.output.contains("step 3000"), "\(outcome)")
    #expect(outcome.error.contains("has made 3000 steps, the most that one may make unwatched; --max-steps N"))
    #expect(!outcome.output.contains("behind"))
    let plain = try folder.clipscope(["--plain", "s", "--max-steps", "3000"])
    #expect(plain.status == 1 && plain.error.contains("the most that one may make unwatched"), "\(plain.error)")
    // Who types makes as many as he likes.
    #expect(try folder.clipscope(["repl", "--max-steps", "5"], input: "step 50\n").status == 0)
  }
}

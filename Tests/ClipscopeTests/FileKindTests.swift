import Foundation
import Testing

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Files that are not what they seem, and places that take nothing: each gets its answer, soon, and with little memory.
@Suite(.serialized) struct FileKindTests {
  /// The ways in which a file is read, with the scenario that leads to it; `nil` for the scenario itself.
  static let readers: [(arguments: [String], scenario: String?)] = [
    (["run", "FILE"], nil), (["frame", "FILE"], nil), (["clip", "FILE"], nil),
    (["run", "s"], "task csv FILE target=y; model simplenet; step"), (["run", "s"], "task text FILE; model rnn; step"),
  ]

  /// Runs the program in a folder with a bound on its memory, in kB.
  private func clipscope(
    _ arguments: [String], in folder: Folder, kilobytes: Int = 1_500_000, redirection: String = ""
  ) throws -> Outcome {
    // A sanitizer's own tables are larger than any bound.
    let bound = Sanitizer.isOn ? "unlimited" : "\(kilobytes)"
    let script = "cd \"$0\"; ulimit -v \(bound); \"$@\" >.out 2>.err \(redirection); echo status $?."
    let outcome = try PseudoTerminal("/bin/sh", ["-c", script, folder.path, BuiltProgram.clipscope] + arguments)
    try outcome.waitForEnd()
    let status = outcome.text.firstMatch(of: /status (\d+)\./).flatMap { Int32($0.1) } ?? -1
    defer { for name in [".out", ".err"] { unlink(folder.path + "/" + name) } }
    return Outcome(status: status, output: folder.read(".out") ?? "", error: folder.read(".err") ?? "")
  }

  /// Every reader of a file of this name, in a folder that has it.
  private func expectAnswer(_ message: String, for name: String, in folder: Folder) throws {
    for reader in Self.readers {
      if let scenario = reader.scenario { try folder.write(scenario.replacing("FILE", with: name), to: "s") }
      let arguments = reader.arguments.map { $0.replacing("FILE", with: name) }
      try Pace.expect(under: 10) {
        var outcome = Outcome(status: -1, output: "", error: "")
        let seconds = try Pace.seconds { outcome = try clipscope(arguments, in: folder) }
        #expect(outcome.status == 2, "\(reader): \(outcome)")
        #expect(outcome.error.contains(message), "\(reader): \(outcome)")
        #expect(outcome.output.isEmpty, "\(reader)")
        return seconds
      }
    }
  }

  @Test func aFileOfAGigabyte() throws {
    let folder = try Folder()
    try folder.write("", to: "giant")
    #expect(truncate(folder.path + "/giant", 1 << 30) == 0)
    for reader in Self.readers where reader.arguments[0] != "clip" {
      if let scenario = reader.scenario { try folder.write(scenario.replacing("FILE", with: "giant"), to: "s") }
      // Its size is known before it is read: hardly any memory is needed to refuse it.
      let outcome = try clipscope(
        reader.arguments.map { $0.replacing("FILE", with: "giant") }, in: folder, kilobytes: 400_000)
      #expect(outcome.status == 2, "\(outcome)")
      let most = reader.scenario == nil ? 1 : 64
      #expect(outcome.error.contains("giant is larger than \(most) MB; take a part of it"), "\(outcome)")
    }
    // Gradients of a real model may be that large: read whole, and once.
    let clip = try clipscope(["clip", "giant"], in: folder)
    #expect(clip.status == 2)
    #expect(clip.error.contains("giant is neither a safetensors file nor JSON lines"), "\(clip)")
  }

  @Test func whatIsNoFile() throws {
    let folder = try Folder()
    #expect(mkfifo(folder.path + "/fifo", 0o644) == 0)
    try expectAnswer("fifo is not an ordinary file; name a file", for: "fifo", in: folder)
    // The same with somebody at the other end who never stops.
    let writer = Process()
    writer.executableURL = URL(fileURLWithPath: "/bin/sh")
    writer.arguments = ["-c", "exec yes step >\"$0\"", folder.path + "/fifo"]
    try writer.run()
    defer { writer.terminate() }
    try expectAnswer("fifo is not an ordinary file; name a file", for: "fifo", in: folder)
    try FileManager.default.createDirectory(atPath: folder.path + "/sub", withIntermediateDirectories: false)
    try expectAnswer("sub is a folder; name a file", for: "sub", in: folder)
    #expect(symlink("loop", folder.path + "/loop") == 0)
    try expectAnswer("loop is a symbolic link that leads to itself", for: "loop", in: folder)
    try expectAnswer("/dev/zero is not an ordinary file; name a file", for: "/dev/zero", in: folder)
  }

  @Test(arguments: ["repl", "clip", "--plain"]) func inputThatNeverEnds(command: String) throws {
    let folder = try Folder()
    let zeros = try clipscope([command], in: folder, redirection: "</dev/zero")
    #expect(zeros.status == 2)
    #expect(zeros.error.contains("standard input has a zero byte: this is no text"), "\(zeros)")
    // One line without an end, as long as the program is there to read it.
    #expect(mkfifo(folder.path + "/fifo", 0o644) == 0)
    let writer = Process()
    writer.executableURL = URL(fileURLWithPath: "/bin/sh")
    writer.arguments = ["-c", "exec tr '\\0' x </dev/zero >\"$0\"", folder.path + "/fifo"]
    try writer.run()
    defer { writer.terminate() }
    let line = try clipscope([command], in: folder, redirection: "<fifo")
    #expect(line.status == 2)
    #expect(line.error.contains("standard input has a line of more than"), "\(line)")
  }

  @Test func aFileThatChangesWhileItIsRead() throws {
    let folder = try Folder()
    let rows = "x,y\n" + (0..<200_000).map { "\($0),\($0 % 7)\n" }.joined()
    try folder.write(rows, to: "d.csv")
    try folder.write("task csv d.csv target=y; model simplenet; step", to: "s")
    let writer = Process()
    writer.executableURL = URL(fileURLWithPath: "/bin/sh")
    writer.arguments = [
      "-c", "cp d.csv e; while :; do head -c 9999 e >d.csv; cat e >>d.csv; printf '1,\"' >>d.csv; : >d.csv; done",
    ]
    writer.currentDirectoryURL = URL(fileURLWithPath: folder.path)
    try writer.run()
    defer { writer.terminate() }
    for _ in 0..<20 {
      let outcome = try clipscope(["run", "s"], in: folder)
      #expect(outcome.status == 0 || outcome.status == 2 && outcome.error.contains("d.csv"), "\(outcome)")
    }
  }

  @Test func standardOutputThatTakesNothing() throws {
    let folder = try Folder()
    try folder.write("step 3", to: "s")
    try folder.write("{\"gradients\":[{\"name\":\"a\",\"shape\":[1],\"values\":[3]}]}\n", to: "g")
    for command in [
      "run s", "frame s", "frame s --format svg", "export torch s", "clip g", "version", "repl <s",
      "run s --quiet --trace -",
    ] {
      let outcome = try PseudoTerminal(
        "/bin/sh",
        [
          "-c", "cd \"$1\"; \"$2\" \(command) 2>&1 >/dev/full; echo status $?.", "sh", folder.path,
          BuiltProgram.clipscope,
        ])
      try outcome.waitForEnd()
      #expect(
        outcome.text.contains("standard output could not be written: the disk is full"), "\(command): \(outcome.text)")
      #expect(outcome.text.contains("status 2."), "\(command): \(outcome.text)")
    }
  }

  // MARK: Disks

  /// A small disk of its own, where that is allowed.
  private final class Disk {
    let folder: Folder
    var path: String { folder.path + "/disk" }

    init(_ size: String) throws {
      folder = try Folder()
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
      guard Self.run(["mount", "-t", "tmpfs", "-o", "size=\(size)", "tmpfs", path]) else {
        throw CocoaError(.fileWriteUnknown)
      }
    }

    deinit { _ = Self.run(["umount", path]) }

    func makeReadOnly() -> Bool { Self.run(["mount", "-o", "remount,ro", path]) }

    static func run(_ words: [String]) -> Bool {
      let process = Process()
      process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
      process.arguments = words
      process.standardError = FileHandle.nullDevice
      guard (try? process.run()) != nil else { return false }
      process.waitUntilExit()
      return process.terminationStatus == 0
    }
  }

  /// Whether this user may mount: in a container of its own, mostly.
  static let canMount = (try? Disk("16k")) != nil

  @Test(.enabled(if: canMount, "a disk to fill needs the right to mount one")) func aFullDisk() throws {
    let disk = try Disk("64k")
    let inside = Folder.Inner(folder: disk.folder, path: disk.path)
    try disk.folder.write(
      "task sum; step 2000; save saved.scenario; trace traced.jsonl; step 2000", to: "disk/s")
    let trace = try inside.clipscope(["run", "s", "--trace", "t.jsonl", "--quiet", "--output", "."])
    #expect(trace.status == 2, "\(trace)")
    #expect(trace.error.contains("t.jsonl could not be written: the disk is full"), "\(trace)")
    // What there was room for is there, in whole lines, and the message says how much.
    let kept = try #require(disk.folder.read("disk/t.jsonl"))
    #expect(kept.hasSuffix("}\n") && kept.split(separator: "\n").count > 20, "\(kept.count)")
    #expect(trace.error.contains("what was written until then is there (\(kept.utf8.count) bytes)"), "\(trace)")
    #expect(disk.folder.names.filter { $0.contains("clipscope-") } == [], "nothing is left beside it")
    for name in ["saved.scenario", "t.jsonl"] { unlink(disk.path + "/" + name) }
    // A trace that the scenario itself asks for.
    let own = try inside.clipscope(["run", "s", "--output", "."])
    #expect(own.status == 1, "\(own)")
    #expect(own.error.contains("traced.jsonl could not be written: the disk is full"), "\(own)")
    #expect(disk.folder.names.sorted() == ["disk", "disk/s", "disk/saved.scenario", "disk/traced.jsonl"])
    #expect(disk.folder.read("disk/traced.jsonl")?.hasSuffix("}\n") == true)
  }

  @Test(.enabled(if: canMount || geteuid() != 0, "root writes everywhere but on a read-only disk"))
  func aReadOnlyFolder() throws {
    if Self.canMount {
      let disk = try Disk("64k")
      try writeScenarios(disk.folder, "disk")
      #expect(disk.makeReadOnly())
      try expectRefusal("the folder is read-only", in: disk.folder, at: disk.path)
    } else {
      let folder = try Folder()
      try writeScenarios(folder, "locked")
      #expect(chmod(folder.path + "/locked", 0o555) == 0)
      defer { chmod(folder.path + "/locked", 0o755) }
      try expectRefusal("permission denied", in: folder, at: folder.path + "/locked")
    }
  }

  private func writeScenarios(_ folder: Folder, _ place: String) throws {
    try folder.write("step 2; save saved.scenario", to: place + "/s")
    try folder.write("step 2; trace traced.jsonl; step", to: place + "/t")
  }

  private func expectRefusal(_ reason: String, in folder: Folder, at place: String) throws {
    let inside = Folder.Inner(folder: folder, path: place)
    for (arguments, status) in [
      (["run", "s", "--output", "."], 1), (["run", "t", "--output", "."], 1), (["run", "s", "--trace", "x"], 2),
    ] {
      let outcome = try inside.clipscope(arguments)
      #expect(outcome.status == Int32(status), "\(arguments): \(outcome)")
      #expect(outcome.error.contains(reason), "\(arguments): \(outcome)")
    }
  }
}

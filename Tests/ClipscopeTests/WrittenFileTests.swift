import Foundation
import Testing

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// What was written stays, whatever goes wrong later.
@Suite(.serialized) struct WrittenFileTests {
  // About a millisecond a step: its trace stays small while a busy machine looks at it.
  private static let endless = "task regression rows=400 batch=400; model mlp hidden=100x4; step 900000000"

  /// Starts a run that goes on until it is stopped.
  private func start(_ folder: Folder, _ arguments: [String]) throws -> Process {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: BuiltProgram.clipscope)
    process.arguments = arguments
    process.currentDirectoryURL = URL(fileURLWithPath: folder.path)
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle(forWritingAtPath: folder.path + "/err")
    try process.run()
    return process
  }

  /// Waits until `tail` has seen so many steps in a file that grows.
  private func follow(_ folder: Folder, _ trace: String, steps: Int) throws {
    let tail = try PseudoTerminal("/usr/bin/env", ["tail", "-n", "+1", "-F", folder.path + "/" + trace])
    try tail.wait(for: "steps in \(trace)") { tail.text.components(separatedBy: "{\"step\":").count > steps }
  }

  /// Sends a signal and waits for the end, not for ever: one that does not hear it is killed.
  private func end(_ process: Process, by signal: Int32) throws {
    kill(process.processIdentifier, signal)
    defer { kill(process.processIdentifier, SIGKILL) }
    let watch = try PseudoTerminal(
      "/usr/bin/env", ["tail", "--pid=\(process.processIdentifier)", "-f", "/dev/null"])
    _ = try watch.waitForEnd()
    process.waitUntilExit()
  }

  private func steps(in text: String?) -> [Int] {
    (text ?? "").split(separator: "\n").compactMap { line in
      line.hasPrefix("{\"step\":") ? Int(line.dropFirst(8).prefix { $0.isNumber }) : nil
    }
  }

  @Test(
    "A trace can be followed while it grows, and a signal leaves it whole up to the last step",
    arguments: [
      SIGINT, SIGTERM, SIGHUP,
    ])
  func signals(signal: Int32) throws {
    let folder = try Folder()
    for name in ["err", "old.jsonl"] { try folder.write(name == "err" ? "" : "an older trace\n", to: name) }
    try folder.write(Self.endless, to: "s")
    for trace in ["t.jsonl", "old.jsonl"] {
      let process = try start(folder, ["run", "s", "--max-steps", "900000000", "--trace", trace])
      try follow(folder, trace, steps: 20)
      #expect(process.isRunning)
      try end(process, by: signal)
      #expect(process.terminationStatus == 128 + signal && process.terminationReason == .exit)
      let text = try #require(folder.read(trace))
      let made = steps(in: text)
      #expect(text.hasSuffix("}\n") && made == Array(1...made.count), "no step is missing and none is cut")
    }
    #expect(folder.names == ["err", "old.jsonl", "s", "t.jsonl"], "nothing is left beside them")
  }

  @Test("Killed in the middle, what it holds is whole lines")
  func killed() throws {
    let folder = try Folder()
    try folder.write("", to: "err")
    try folder.write(Self.endless, to: "s")
    let process = try start(folder, ["run", "s", "--max-steps", "900000000", "--trace", "t.jsonl"])
    try follow(folder, "t.jsonl", steps: 20)
    try end(process, by: SIGKILL)
    let text = try #require(folder.read("t.jsonl"))
    #expect(text.hasSuffix("}\n") && steps(in: text) == Array(1...steps(in: text).count))
  }

  @Test("The mode of a file that is replaced is kept, a link is written through, and long names have room")
  func replaced() throws {
    let folder = try Folder()
    try folder.write("step 3", to: "s")
    let long = String(repeating: "x", count: 255)
    for (name, mode) in [("t", mode_t(0o600)), (long, 0o640)] {
      try folder.write("old", to: name)
      #expect(chmod(folder.path + "/" + name, mode) == 0)
      #expect(try folder.clipscope(["run", "s", "--trace", name]).status == 0)
      var status = stat()
      #expect(stat(folder.path + "/" + name, &status) == 0 && status.st_mode & 0o777 == mode)
      #expect(steps(in: folder.read(name)) == [1, 2, 3])
    }
    // What another run has left beside is no obstacle.
    for left in [".clipscope-AAAAAA", "t.1.part"] { try folder.write("", to: left) }
    #expect(try folder.clipscope(["run", "s", "--trace", "t"]).status == 0)
  }

  @Test("A file that the run reads is not replaced, under whatever name")
  func itself() throws {
    let folder = try Folder()
    try folder.write("task csv d.csv target=y; model simplenet; step", to: "s")
    try folder.write("x,y\n1,2\n2,3\n4,9\n", to: "d.csv")
    #expect(symlink("s", folder.path + "/linked") == 0 && link(folder.path + "/d.csv", folder.path + "/hard") == 0)
    for trace in ["s", "./s", "linked", "d.csv", "hard", "/proc/self/cwd/s", "/proc/self/cwd/d.csv"] {
      let outcome = try folder.clipscope(["run", "s", "--trace", trace])
      #expect(outcome.status == 2 && outcome.error.contains("is read by this very run"), "\(trace): \(outcome)")
    }
    #expect(folder.read("s")?.hasPrefix("task csv") == true && folder.read("d.csv")?.hasPrefix("x,y") == true)
  }

  @Test("Where nothing was written nothing is left beside what is there")
  func nothingLeft() throws {
    let folder = try Folder()
    for name in ["s", "old"] { try folder.write("step 2", to: name) }
    let outcome = try folder.clipscope(["run", "s", "--trace", "old", "--output", "no/no"])
    #expect(outcome.status == 2 && folder.names == ["old", "s"] && folder.read("old") == "step 2", "\(outcome)")
  }

  @Test("A folder that went, and a file that may not grow, are told with message and status")
  func gone() throws {
    let folder = try Folder()
    try folder.write("", to: "err")
    try folder.write(Self.endless, to: "s")
    try FileManager.default.createDirectory(atPath: folder.path + "/sub", withIntermediateDirectories: false)
    let process = try start(folder, ["run", "s", "--max-steps", "900000000", "--trace", "sub/t"])
    try follow(folder, "sub/t", steps: 10)
    try FileManager.default.removeItem(atPath: folder.path + "/sub")
    try end(process, by: SIGTERM)
    #expect(process.terminationStatus == 128 + SIGTERM)
    #expect(folder.read("err")?.contains("sub/t was deleted while it was written, or its folder was") == true)
    try folder.write("task sum; model simplenet hidden=3; step 3000", to: "s")
    let limited = try Folder.shell("ulimit -f 64; '\(BuiltProgram.clipscope)' run s --trace t", in: folder)
    #expect(limited.status == 2 && limited.error.contains("t could not be written: it would be larger"), "\(limited)")
    #expect(folder.read("t")?.hasSuffix("}\n") == true && steps(in: folder.read("t")).count > 50)
  }

  @Test("A recording can be read while it grows")
  func recording() throws {
    let scope = try Scope(options: ["--record", "live.cast"])
    try scope.send("n")
    try scope.waitFor("a step") { $0.header.contains("step 1 ") }
    kill(scope.terminal.process, SIGKILL)
    _ = try scope.terminal.waitForEnd()
    let text = try #require(scope.folder.content(of: "live.cast"))
    #expect(text.hasPrefix("{\"version\":2") && text.hasSuffix("]\n"))
  }
}

extension Folder {
  /// Runs a line of the shell here.
  static func shell(_ line: String, in folder: Folder) throws -> Outcome {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/bash")
    process.arguments = ["-c", line]
    process.currentDirectoryURL = URL(fileURLWithPath: folder.path)
    let names = ["out", "err"].map { "\(folder.path).\($0)" }
    for name in names { _ = FileManager.default.createFile(atPath: name, contents: Data()) }
    defer { names.forEach { try? FileManager.default.removeItem(atPath: $0) } }
    process.standardOutput = FileHandle(forWritingAtPath: names[0])
    process.standardError = FileHandle(forWritingAtPath: names[1])
    process.standardInput = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    let texts = names.map { String(decoding: FileManager.default.contents(atPath: $0) ?? Data(), as: UTF8.self) }
    let status = process.terminationReason == .exit ? process.terminationStatus : 128 + process.terminationStatus
    return Outcome(status: status, output: texts[0], error: texts[1])
  }

  /// Runs clipscope here.
  /// - Returns: its status, and the most memory that it ever had, in kB, as the system counts it; `nil` where that was not told.
  func peakMemory(_ arguments: String) throws -> (status: Int, peak: Int)? {
    let measure =
      "import resource, subprocess, sys; status = subprocess.call(sys.argv[1:]);"
      + " print(status, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    let outcome = try Folder.shell("python3 -c '\(measure)' '\(BuiltProgram.clipscope)' \(arguments)", in: self)
    let words = outcome.output.split(separator: "\n").last?.split(separator: " ").compactMap { Int($0) } ?? []
    return words.count == 2 ? (words[0], words[1]) : nil
  }
}

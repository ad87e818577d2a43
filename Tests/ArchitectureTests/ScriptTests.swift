import Foundation
import Testing

@Suite("The scripts") struct ScriptTests {
  @Test(
    "without a toolchain each says in one line what to do",
    arguments: ["run", "test", "format", "fuzz", "sanitize", "bench", "accuracy", "neon"])
  func noToolchain(script: String) throws {
    // A path with nothing on it but what the script needs before it looks for Swift.
    let folder = FileManager.default.temporaryDirectory.appending(path: "clipscope-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    for tool in ["/usr/bin/dirname", "/usr/bin/env"] {
      let link = folder.appending(path: URL(fileURLWithPath: tool).lastPathComponent)
      try FileManager.default.createSymbolicLink(at: link, withDestinationURL: URL(fileURLWithPath: tool))
    }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/bash")
    process.arguments = [projectRoot.appending(path: "scripts/\(script)").path]
    process.environment = ["PATH": folder.path]
    let errors = Pipe()
    process.standardError = errors
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    let said = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationStatus == 2)
    #expect(said.hasPrefix("clipscope: there is no Swift toolchain: install Swift"), "\(said)")
    #expect(said.split(separator: "\n").count == 1, "\(said)")
  }
}

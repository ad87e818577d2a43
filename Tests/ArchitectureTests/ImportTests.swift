import Foundation
import Testing

/// The root of the project, seen from this file.
let projectRoot = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  .deletingLastPathComponent()

/// The one way through the targets: what each may import of the others.
private let allowed: [String: Set<String>] = [
  "Numerics": ["CKernels"],
  "Gradients": ["Numerics"],
  "Optimization": ["Numerics"],
  "Training": ["Gradients", "Optimization", "Numerics", "CProcess"],
  "Analysis": ["Training", "Optimization"],
  "Language": ["Training", "Optimization", "Gradients"],
  "Formats": ["Language", "Training", "Optimization", "Gradients", "Numerics"],
  "TorchExport": ["Formats", "Language", "Training", "Optimization", "Gradients"],
  "Session": ["TorchExport", "Formats", "Language", "Analysis", "Training", "Optimization", "Gradients", "Numerics"],
  "Screen": ["Session", "Language", "Analysis", "Training", "Optimization"],
  "clipscope": [
    "Screen", "Session", "Formats", "Language", "Training", "Optimization", "Gradients", "Numerics", "CTerminal",
    "CProcess", "ArgumentParser", "SystemPackage",
  ],
]

/// What the platform gives, and who may use it: the numbers need nothing, and only the program touches the system.
private let platform: [String: Set<String>] = [
  "Numerics": [], "Gradients": [], "Optimization": [], "Training": [], "Analysis": [],
  "Language": [], "Formats": ["Foundation"], "TorchExport": [], "Session": [], "Screen": ["Foundation"],
  "clipscope": ["Foundation", "Glibc", "Darwin", "Musl"],
]

private func swiftFiles(in folder: String) throws -> [URL] {
  let root = projectRoot.appending(path: folder)
  let all = FileManager.default.enumerator(at: root, includingPropertiesForKeys: nil)
  return (all?.compactMap { $0 as? URL } ?? []).filter { $0.pathExtension == "swift" }
}

@Suite("The house") struct ImportTests {
  @Test("a target imports only what stands to its left", arguments: allowed.keys.sorted())
  func imports(target: String) throws {
    let files = try swiftFiles(in: "Sources/" + target)
    #expect(!files.isEmpty)
    let permitted = allowed[target]!.union(platform[target]!)
    for file in files {
      for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n") {
        let words = line.split(separator: " ")
        guard words.first == "import" else { continue }
        #expect(permitted.contains(String(words[1])), "\(file.lastPathComponent) imports \(words[1])")
      }
    }
  }

  @Test("every target of the table exists, and there are no others")
  func targets() throws {
    let folders = try FileManager.default.contentsOfDirectory(atPath: projectRoot.appending(path: "Sources").path)
    #expect(Set(folders) == Set(allowed.keys).union(["CKernels", "CProcess", "CTerminal"]))
  }

  @Test("curses is touched by terminal files alone")
  func curses() throws {
    for file in try swiftFiles(in: "Sources/clipscope") {
      let text = try String(contentsOf: file, encoding: .utf8)
      let isTerminal = file.lastPathComponent.hasPrefix("Terminal")
      // The trainer protects its thread against a stack overflow, which is the guard's business, not curses'.
      let isTrainer = file.lastPathComponent == "Trainer.swift"
      #expect(!text.contains("import CTerminal") || isTerminal || isTrainer, "\(file.lastPathComponent)")
      #expect(!text.contains("painter_") || isTerminal, "\(file.lastPathComponent)")
    }
  }

  @Test("no file is longer than a room should be")
  func lengths() throws {
    for file in try swiftFiles(in: "Sources") + swiftFiles(in: "Tests") {
      let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n", omittingEmptySubsequences: false)
      #expect(lines.count <= 450, "\(file.lastPathComponent) has \(lines.count) lines")
    }
  }

  @Test("the numbers call no libm")
  func libm() throws {
    for folder in ["Numerics", "Gradients", "Optimization", "Training"] {
      for file in try swiftFiles(in: "Sources/" + folder) {
        let text = try String(contentsOf: file, encoding: .utf8)
        for name in ["Foundation.", "Glibc.", "import Foundation", "import Glibc"] {
          #expect(!text.contains(name), "\(file.lastPathComponent) has \(name)")
        }
      }
    }
  }
}

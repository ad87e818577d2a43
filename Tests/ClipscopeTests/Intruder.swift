import Foundation

/// A library that acts inside the program; see intruder.c.
enum Intruder {
  /// Its path, `nil` where it cannot be made.
  static let path: String? = {
    #if os(Linux)
      let source = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("intruder.c")
      let library = FileManager.default.temporaryDirectory.appendingPathComponent("clipscope-intruder-\(getpid()).so")
      let compiler = Process()
      compiler.executableURL = URL(fileURLWithPath: "/usr/bin/env")
      compiler.arguments = ["clang", "-shared", "-fPIC", "-O1", "-o", library.path, source.path]
      guard (try? compiler.run()) != nil else { return nil }
      compiler.waitUntilExit()
      return compiler.terminationStatus == 0 ? library.path : nil
    #else
      return nil
    #endif
  }()

  /// The environment of a program that it is in.
  static func environment(_ action: String, log: String? = nil) -> [String: String] {
    var variables = ["LD_PRELOAD": path ?? "", "INTRUDER": action]
    variables["INTRUDER_LOG"] = log
    return variables
  }
}

import Foundation

/// The sanitizer that scripts/sanitize has built everything with, if any.
enum Sanitizer {
  private static let variables = ProcessInfo.processInfo.environment

  /// Whether there is one: memory is then mostly its own, and time is several times as long.
  static let isOn = variables["CLIPSCOPE_SANITIZER"] != nil

  /// Whether signals wait until a thread calls the system: in a loop that never does they do not arrive.
  static let defersSignals = variables["CLIPSCOPE_SANITIZER"] == "thread"

  /// What the program under test must know of it, above all where reports go: tests give it an environment of its own.
  static let environment = variables.filter { ["ASAN_OPTIONS", "TSAN_OPTIONS"].contains($0.key) }
}

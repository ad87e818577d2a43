import Foundation

/// A value that threads share: only behind the lock can it be reached. NSCondition is pthread's, which the thread sanitizer
/// understands.
final class Monitor<Value>: @unchecked Sendable {
  private let condition = NSCondition()
  private var value: Value

  init(_ value: Value) { self.value = value }

  /// Looks at the value or changes it; whoever waits looks again.
  func withLock<Result>(_ body: (inout Value) -> Result) -> Result {
    condition.lock()
    defer {
      condition.broadcast()
      condition.unlock()
    }
    return body(&value)
  }

  /// What to do about the value now.
  enum Decision<Result> {
    case done(Result)
    /// Look again when it has changed, or at this time.
    case wait(until: Date?)
  }

  /// Waits until a decision about the value has been made.
  func wait<Result>(_ decide: (inout Value) -> Decision<Result>) -> Result {
    condition.lock()
    defer { condition.unlock() }
    while true {
      switch decide(&value) {
      case .done(let result): return result
      case .wait(let date?): _ = condition.wait(until: date)
      case .wait(nil): condition.wait()
      }
    }
  }
}

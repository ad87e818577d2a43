import CProcess

/// A second thread, for the steps of a twin. Where there is none the same is done one after the other, with the same numbers.
public final class Companion: Sendable {
  // Only ever used by the thread that owns the run.
  private nonisolated(unsafe) let thread: OpaquePointer?

  /// A companion.
  /// - Parameter isAlone: whether to do without a second thread.
  public init(isAlone: Bool = false) { thread = isAlone ? nil : companion_create() }

  deinit { if let thread { companion_destroy(thread) } }

  private struct Work {
    let run: UnsafeMutablePointer<Run>
    var outcome = Result<StepRecord, StepError>.failure(.stopped)

    mutating func perform() { outcome = Companion.step(&run.pointee) }
  }

  private static func step(_ run: inout Run) -> Result<StepRecord, StepError> {
    do throws(StepError) { return .success(try run.makeStep()) } catch { return .failure(error) }
  }

  /// Makes a step of two runs at the same time.
  /// - Returns: what each has measured, or why it was refused.
  func step(
    _ run: inout Run, _ other: inout Run
  ) -> (own: Result<StepRecord, StepError>, other: Result<StepRecord, StepError>) {
    withUnsafeMutablePointer(to: &other) { other in
      var work = Work(run: other)
      return withUnsafeMutablePointer(to: &work) { work in
        if let thread {
          companion_begin(thread, { $0!.assumingMemoryBound(to: Work.self).pointee.perform() }, work)
        }
        let own = Self.step(&run)
        if let thread { companion_wait(thread) } else { work.pointee.perform() }
        return (own, work.pointee.outcome)
      }
    }
  }
}

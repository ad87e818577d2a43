import CProcess

/// A second thread, for the steps of a twin. Where there is none the same is done one after the other, with the same numbers.
///
/// All that the two threads have to tell each other of a step is that it is to be made, and that it was: what one has written last
/// takes the other a hundred times as long to read as what is its own, and the step of a small network is hardly longer than some
/// dozens of these. So nothing that they write may stand side by side in memory either.
public final class Companion: Sendable {
  // Only ever used by the thread that owns the run; `work` also by the other, from `companion_begin` to `companion_finish`.
  private nonisolated(unsafe) let thread: OpaquePointer?
  private nonisolated(unsafe) let work = Companion.makeWork()

  /// What has become of a step of the other run.
  enum Outcome: Sendable {
    /// It was made: by the same rules as the first run's from end to end or not, and clipping has left its gradients as they were or
    /// not.
    case made(hasSameRules: Bool, isUntouched: Bool)
    case refused(StepError)
  }

  // The work of the second thread.
  private struct Work {
    // Written when they change, which is hardly ever.
    var run: UnsafeMutablePointer<Run>?
    var rules: Experiment.Rules?
    var refusal: StepError?

    // Makes a step, and forgets its record on the thread that has made it.
    // - Returns: 0 where it was refused, or else 1, 2 more with the same rules, 4 more with untouched gradients.
    mutating func perform() -> Int32 {
      do throws(StepError) {
        let (hasSameRules, changes) = (run!.pointee.experiment.rules == rules, run!.pointee.changesMade)
        let isUntouched = try run!.pointee.makeStep().outcome.isUntouched
        return 1 + (hasSameRules && run!.pointee.changesMade == changes ? 2 : 0) + (isUntouched ? 4 : 0)
      } catch {
        refusal = error
        return 0
      }
    }
  }

  // Apart from what else is in memory.
  private static func makeWork() -> UnsafeMutablePointer<Work> {
    let apart = Int(companion_apart)
    let bytes = (MemoryLayout<Work>.size + apart - 1) / apart * apart
    let work = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: apart)
    return work.initializeMemory(as: Work.self, to: Work())
  }

  /// A companion.
  /// - Parameter isAlone: whether to do without a second thread.
  public init(isAlone: Bool = false) {
    thread = isAlone ? nil : companion_create()
  }

  deinit {
    if let thread { companion_destroy(thread) }
    work.deinitialize(count: 1)
    work.deallocate()
  }

  /// Makes a step of two runs at the same time.
  /// - Parameter isFirst: whether the other run was made or moved by this thread since the step before.
  /// - Returns: what the first has measured, or why it was refused, and what has become of the other's step.
  func step(
    _ run: inout Run, _ other: inout Run, isFirst: Bool
  ) -> (own: Result<StepRecord, StepError>, other: Outcome) {
    // As long as somebody else has them, the companion's thread makes copies of the arrays that it writes to: they stand where
    // memory was taken by that thread, apart from all of this one.
    let held = isFirst ? other : nil
    defer { withExtendedLifetime(held) {} }
    return withUnsafeMutablePointer(to: &other) { other in
      if work.pointee.run != other { work.pointee.run = other }
      if work.pointee.rules != run.experiment.rules { work.pointee.rules = run.experiment.rules }
      if let thread {
        companion_begin(thread, { $0!.assumingMemoryBound(to: Work.self).pointee.perform() }, work)
      }
      // In the past changes come again inside of steps.
      let changes = run.changesMade
      let own: Result<StepRecord, StepError>
      do throws(StepError) { own = .success(try run.makeStep()) } catch { own = .failure(error) }
      let answer = thread.map { companion_finish($0, isFirst ? 0 : 1) } ?? work.pointee.perform()
      guard answer > 0 else { return (own, .refused(work.pointee.refusal!)) }
      return (own, .made(hasSameRules: answer & 2 > 0 && run.changesMade == changes, isUntouched: answer & 4 > 0))
    }
  }
}

import Analysis
import Training

extension Workbench {
  /// How the open step stands, as far as it has come, or else the last one; `nil` where no norm is known.
  public var verdict: Verdict? {
    if let open = experiment?.open {
      return open.before.map {
        Verdict(
          total: $0.total, clipped: open.outcome?.clipped ?? false, usual: Verdict.usual(history, skipping: 0))
      }
    }
    return history.last.map {
      Verdict(total: $0.before.total, clipped: $0.outcome.clipped, usual: Verdict.usual(history, skipping: 1))
    }
  }
}

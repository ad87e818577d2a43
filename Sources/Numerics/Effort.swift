/// Work that may take long: it tells how far it has come, and hears whether it should stop.
///
/// What was stopped is left unfinished, and whoever has stopped it does not use it.
public final class Effort: Sendable {
  /// Who wants to hear of the work that this thread does.
  @TaskLocal public static var current: Effort?

  private let report: @Sendable (Double) -> Bool

  /// - Parameter report: hears the share that is done, often, 1 at the end; whether to go on.
  public init(report: @escaping @Sendable (Double) -> Bool) { self.report = report }

  /// Tells how far it is.
  /// - Returns: whether to go on.
  package static func goesOn(_ share: Double) -> Bool { current?.report(share) ?? true }
}

/// Work that may take long: it tells how far it has come, and hears whether it should stop.
///
/// What was stopped is left unfinished, and whoever has stopped it does not use it.
public final class Effort: Sendable {
  /// Who wants to hear of the work that this thread does.
  @TaskLocal public static var current: Effort?

  private let report: @Sendable (Double) -> Bool

  /// - Parameter report: hears the share that is done, often, 1 at the end; whether to go on.
  public init(report: @escaping @Sendable (Double) -> Bool) { self.report = report }

  /// From so many multiplications on, work is worth asking about: some milliseconds.
  package static let long = 1 << 28

  /// Does a part of the work, which counts its own share from 0 to 1.
  package static func part(_ from: Double, _ to: Double, _ body: () -> Void) {
    guard let whole = current else { return body() }
    let part = Effort { share in whole.report(min(from + min(share, 1) * (to - from), 0.999)) }
    $current.withValue(part, operation: body)
  }

  /// Does the next of so many pieces of the work.
  /// - Returns: what it returned; `nil` where it was not begun because the work is to stop.
  package static func share<Value>(of done: Int, in all: Int, _ body: () -> Value) -> Value? {
    guard current != nil else { return body() }
    let size = 1 / Double(max(1, all))
    let share = min(Double(done) * size, 0.999)
    guard goesOn(share) else { return nil }
    var value: Value?
    part(share, share + size) { value = body() }
    return value
  }

  /// Tells how far it is.
  /// - Returns: whether to go on.
  package static func goesOn(_ share: Double) -> Bool { current?.report(share) ?? true }
}

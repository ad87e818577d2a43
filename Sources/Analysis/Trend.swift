import Training

/// Where the norm of a parameter's gradient has gone over the last steps.
public enum Trend: String, CaseIterable, Hashable, Sendable {
  /// Neither of these.
  case calm
  /// The median of the newest quarter of the last `History.window` norms is at least three times that of the oldest.
  case growing
  /// It is at most a third of it.
  case vanishing
  /// The last norm is NaN or infinite.
  case nonfinite

  private static let factor: Float = 3
  // Of fewer steps there is no telling.
  private static let fewest = 8

  /// The trend of one norm after another.
  public init(_ norms: [Float]) {
    guard norms.last?.isFinite ?? true else {
      self = .nonfinite
      return
    }
    let quarter = norms.count / 4
    let old = Self.median(norms.prefix(quarter))
    let new = Self.median(norms.suffix(quarter))
    guard norms.count >= Self.fewest, let old, let new else {
      self = .calm
      return
    }
    self = new >= Self.factor * old && new > 0 ? .growing : new <= old / Self.factor && old > 0 ? .vanishing : .calm
  }

  /// The trend of a parameter's norm up to the last step. O(window).
  public init(_ history: History, parameter: Int) {
    // Norms of different orders are different quantities.
    let orders = history.numbers().map(\.order)
    let length = orders.reversed().prefix { $0 == orders.last }.count
    self.init(history.lastValues(of: .norm(parameter), length))
  }

  private static func median(_ norms: ArraySlice<Float>) -> Float? {
    let finite = norms.filter(\.isFinite).sorted()
    return finite.isEmpty ? nil : finite[finite.count / 2]
  }
}

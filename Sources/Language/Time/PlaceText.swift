import Training

/// A position as it is written: `[xN:][BRANCH:]STEP[:PHASE]`, as in `412`, `412:clip`, `b1:end`, `x2:main:50%`.
public struct PlaceText: Hashable, Sendable {
  /// Which step.
  public enum Point: Hashable, Sendable {
    /// After so many updates; `start` is 0.
    case step(Int)
    /// The last position ever reached on the branch.
    case end
    /// So many percent of the steps to the end.
    case share(Double)
  }

  /// Which of the experiments, `nil` for that of now.
  public var experiment: Int?
  /// The name of the branch; `nil` for that of now, or the one that another experiment was left on.
  public var branch: String?
  /// Which step.
  public var point: Point
  /// The last phase that was made of the step behind it, `nil` between steps.
  public var phase: Phase?

  /// A position.
  public init(experiment: Int? = nil, branch: String? = nil, _ position: Position) {
    (self.experiment, self.branch, point) = (experiment, branch, .step(position.step))
    phase = position.phases > 0 ? Phase.allCases[position.phases - 1] : nil
  }

  /// As it is written.
  public var text: String {
    let step =
      switch point {
      case .step(let step): String(step)
      case .end: "end"
      case .share(let percent): NumberText.of(percent) + "%"
      }
    return [experiment.map { "x\($0)" }, branch, step, phase?.rawValue].compactMap(\.self).joined(separator: ":")
  }

  /// The phases that a position may be inside a step after: behind the last one it is between two steps.
  static let phases = Phase.allCases.dropLast().map(\.rawValue)

  private static let words: Set<String> =
    Set(["start", "end", "next", "previous", "first", "last", "max", "min", "mark", "back", "all"])
    .union(Phase.allCases.map(\.rawValue)).union(RunEventKind.allCases.map(\.rawValue))

  /// Whether a branch or a mark may be called so: letters, digits, `-` and `_`, a letter first, no word of a position.
  static func isName(_ text: String) -> Bool {
    guard let first = text.first, first.isLetter, text.count <= 40, !words.contains(text) else { return false }
    return experiment(text) == nil && text.allSatisfy { $0.isLetter || $0.isNumber || "-_".contains($0) }
  }

  private static func experiment(_ text: String) -> Int? {
    guard let match = text.wholeMatch(of: /x([1-9][0-9]{0,8})/) else { return nil }
    return Int(match.1)
  }

  private static func point(_ text: String) -> Point? {
    if text == "start" { return .step(0) }
    if text == "end" { return .end }
    if text.hasSuffix("%") {
      guard let percent = NumberText.parse(String(text.dropLast())), (0...100).contains(percent) else { return nil }
      return .share(percent)
    }
    guard text.wholeMatch(of: /[0-9]{1,15}/) != nil else { return nil }
    return Int(text).map(Point.step)
  }

  /// The position of a text, `nil` if it is none.
  public init?(_ text: String) {
    var parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)[...]
    if parts.count > 1, let number = parts.first.flatMap(Self.experiment) {
      experiment = number
      parts.removeFirst()
    }
    if parts.count > 1, let name = parts.first, Self.isName(name) {
      branch = name
      parts.removeFirst()
    }
    guard let point = parts.popFirst().flatMap(Self.point) else { return nil }
    self.point = point
    if let phase = parts.popFirst() {
      guard Self.phases.contains(phase) else { return nil }
      self.phase = Phase(rawValue: phase)
    }
    guard parts.isEmpty else { return nil }
  }
}

/// What may be looked for in a run.
public enum RunEventKind: String, CaseIterable, Hashable, Sendable {
  /// A step in which the rule changed a gradient.
  case clipped
  /// A step in which it changed none.
  case unclipped
  /// A step whose total norm is NaN or infinite.
  case nonfinite
  /// A norm above 10 times the median of the up to 100 norms of the same order before it.
  case spike
  /// A change that was made.
  case change
  /// A place with a name.
  case mark
}

/// A scenario that lies among the lessons.
public struct Lesson: Hashable, Sendable {
  /// What `lesson` calls it: the file without its ending.
  public let name: String
  /// What it shows, in one sentence.
  public let title: String
  /// Its place among the lessons, `nil` where it says none.
  public let number: Int?

  /// A lesson by its name and its first line, `# Lesson 3: What it shows.`; a comment without a number is a title, too.
  public init(name: String, firstLine: String) {
    self.name = name
    let comment = firstLine.hasPrefix("#") ? firstLine.drop { $0 == "#" || $0 == " " } : ""
    guard let match = comment.firstMatch(of: /^Lesson ([0-9]{1,3}): */) else {
      (title, number) = (String(comment), nil)
      return
    }
    (title, number) = (String(comment[match.range.upperBound...]), Int(match.1))
  }

  /// In the order to take them: by their numbers, those without one behind them by their names.
  public static func inOrder(_ lessons: [Lesson]) -> [Lesson] {
    lessons.sorted { ($0.number ?? .max, $0.name) < ($1.number ?? .max, $1.name) }
  }
}

/// Where `lesson` finds the lessons.
public protocol LessonSource: Sendable {
  /// The lessons, in the order to take them.
  var lessons: [Lesson] { get }
  /// The scenario of a lesson, checked as a whole.
  /// - Throws: what is wrong with it.
  func scenario(of lesson: Lesson) throws(CommandError.Problem) -> Scenario
}

/// No lessons.
public struct NoLessons: LessonSource {
  /// None.
  public init() {}
  /// None.
  public var lessons: [Lesson] { [] }
  /// - Throws: that there is none.
  public func scenario(of lesson: Lesson) throws(CommandError.Problem) -> Scenario {
    throw .noLesson("there are no lessons here")
  }
}

import Gradients
import Training

/// Why a command was refused, and where in its line. A refused command has changed nothing.
public struct CommandError: Error, Hashable, Sendable {
  /// What is wrong.
  public let problem: Problem
  /// Where it begins, in characters from 1.
  public var column: Int
  /// How many characters it covers, at least 1.
  public var length: Int

  /// A problem with so many characters of the line, from a column on.
  public init(_ problem: Problem, column: Int, length: Int) {
    self.problem = problem
    self.column = column
    self.length = max(1, length)
  }

  /// A problem with a word.
  init(_ problem: Problem, at word: Word) {
    self.init(problem, column: word.column, length: word.length)
  }

  /// The kinds of problems; how each is said stands in `Problem.message`.
  public enum Problem: Error, Hashable, Sendable {
    case openQuote
    case longLine(Int)
    case unknownCommand(String, known: [String])
    case unknown(what: String, String, known: [String])
    case unknownTopic(String, known: [String])
    case missing(expected: String)
    case unexpected(String)
    case twice(option: String)
    case notANumber(String, expected: String)
    case outOfRange(name: String, String, expected: String)
    case refusedThreshold(name: String, String)
    case unfit(model: DataKind, task: DataKind)
    case needsRecurrence
    case pooledAway(side: Int, pools: Int)
    case tooLarge(bytes: Double, limit: Int)
    case noNumericTargets(Loss)
    /// There are as many branches as there may be.
    case tooManyBranches(limit: Int)
    case ruleLacks(option: String, rule: String)
    case unknownParameter(String, known: [String])
    case notYet(String)
    case notRecorded(String)
    case onDemandOnly(String)
    case endless
    case nestedLine(String)
    case data(DataError)
    case file(FileError)
    case step(NonfiniteStep)
    case nothingToCompare(Int)
    /// Work that the viewer has stopped.
    case stopped
    /// What only a viewer may give.
    case viewersOnly
    /// A key that no scenario may bind.
    case viewersKey(Key)
    /// No lesson of this name, or none to play again; what to do instead.
    case noLesson(String)
    /// No such position, branch or mark; what to do instead.
    case noPlace(String)
    /// A command that makes no twin, and why.
    case noTwin(String, String)
    /// Something about a twin where there is none, or none to be compared with.
    case withoutTwin(String)
  }
}

/// A file that could not be read or written: which one, and why.
public struct FileError: Error, Hashable, Sendable {
  /// The path as the user wrote it.
  public let path: String
  /// Why, and what to do, as the rest of a sentence that begins with the path.
  public let reason: String

  /// An error about `path`.
  public init(path: String, reason: String) {
    self.path = path
    self.reason = reason
  }
}

extension CommandError.Problem {
  /// What keeps settings from making an experiment, as a command's problem.
  public init(_ problem: SettingsProblem) {
    switch problem {
    case .unfit(let model, let task): self = .unfit(model: model, task: task)
    case .needsRecurrence: self = .needsRecurrence
    case .pooledAway(let side, let pools): self = .pooledAway(side: side, pools: pools)
    case .tooLarge(let bytes, let limit): self = .tooLarge(bytes: bytes, limit: limit)
    }
  }

  /// What keeps an experiment from being changed, as a command's problem.
  public init(_ problem: ChangeProblem) {
    switch problem {
    case .ruleLacks(let option, let rule): self = .ruleLacks(option: option, rule: SettingsText.name(of: rule))
    case .noNumericTargets(let loss): self = .noNumericTargets(loss)
    case .tooManyBranches(let limit): self = .tooManyBranches(limit: limit)
    case .stopped: self = .stopped
    case .tooLarge(let bytes, let limit): self = .tooLarge(bytes: bytes, limit: limit)
    }
  }

  /// Why a step was not made.
  public init(_ error: StepError) {
    switch error {
    case .nonfinite(let step): self = .step(step)
    case .stopped: self = .stopped
    }
  }
}

import Language
import Training

/// What a command or a step has to tell the world. Neither workbench nor stage writes anything or shows anything.
public enum Effect: Sendable {
  /// This experiment begins at step 0.
  indirect case began(Run)
  /// A change took effect.
  case changed(Change, at: Position)
  /// A change that was made before came again on the way through the past.
  case repeated(Change)
  /// A change in the past has begun a branch, of this name; what came after stays on the other.
  case branched(String, from: String)
  /// Another place was gone to.
  case jumped(Jump)
  /// A step was completed: a new one, or one that was made before.
  case stepped(StepRecord, isNew: Bool)
  /// A phase was made that completed no step.
  case phased
  /// Something to know, in one line.
  case note(String)
  /// What was asked for, line by line.
  case output([String])
  /// A scenario's words.
  case said(String)
  /// A scenario waits for the viewer: for this key, or for space or Enter.
  case paused(Key?)
  /// A step was refused; the experiment is where it was before it.
  case failed(CommandError.Problem)
  /// An expectation, whether it holds, and what was found.
  case expected(Expectation, holds: Bool, found: String)
  /// A file to write, of the experiment as it stands.
  case write(FileRequest, by: FileRight)
  /// Something that is not the experiment's.
  case view(ViewCommand)
}

/// A file that a command wants to be written, at a path seen from the current folder.
public enum FileRequest: Hashable, Sendable {
  /// A file of these contents.
  case save(path: String, contents: String)
  /// A trace of the steps from now on.
  case trace(path: String)

  /// Where.
  public var path: String {
    switch self {
    case .save(let path, _), .trace(let path): path
    }
  }

  /// The same, elsewhere.
  func at(_ path: String) -> FileRequest {
    switch self {
    case .save(_, let contents): .save(path: path, contents: contents)
    case .trace: .trace(path: path)
    }
  }
}

/// By what right a file is written.
public enum FileRight: Hashable, Sendable {
  /// The viewer has said so and where: his own affair.
  case viewer
  /// A scenario has asked, and the viewer has said yes to this very path.
  case answer
  /// A scenario's words alone: only below the folder that the viewer gave for it, at this path within.
  case scenario(within: String)
}

/// What the workbench is busy with.
public enum Activity: Hashable, Sendable {
  /// Nothing.
  case idle
  /// So many steps are left to make.
  case stepping(left: Int)
  /// So many phases are left to make.
  case phasing(left: Int)
  /// Steps without end.
  case running
  /// Steps until the condition holds, at most so many more.
  case until(Condition, left: Int, of: Int)
}

/// A way through time that was gone in one go.
public struct Jump: Hashable, Sendable {
  /// Where it began.
  public let from: PlaceText
  /// Where it led.
  public let to: PlaceText
  /// The branch that it led to.
  public let branch: String
  /// What asked for it, without its arguments: `back`, `goto`.
  let verb: String
  /// What there is to say of it.
  let words: String

  /// Where it began, as a trace has it: with the experiment only where it led to another, with the branch where it was another.
  public var traceFrom: PlaceText { shortened(from, besides: to) }
  /// Where it led, as a trace has it.
  public var traceTo: PlaceText { shortened(to, besides: from) }

  private func shortened(_ place: PlaceText, besides other: PlaceText) -> PlaceText {
    var short = place
    if place.experiment == other.experiment {
      short.experiment = nil
      if place.branch == other.branch { short.branch = nil }
    }
    return short
  }
}

import Gradients
import Optimization
import Training

extension Settings {
  /// Sets what a set-up command says. Files are read here, so that they are checked at once.
  /// - Throws: what is wrong with a file, or that the experiment would be too large; what is set then is not to be used.
  package mutating func setUp(
    _ command: SetUpCommand, files: any FileSource, folder: String
  ) throws(CommandError.Problem) {
    switch command {
    case .seed(let seed): self.seed = seed
    case .model(let model): self.model = model
    case .initialization(let initialization): self.initialization = initialization
    case .optimizer(let optimizer): self.optimizer = optimizer
    case .task(let task): self.task = try Self.load(task, files, folder)
    case .restart: return
    }
    if case .tooLarge(let bytes, let limit) = problem { throw .tooLarge(bytes: bytes, limit: limit) }
  }

  private static func load(
    _ task: TaskSettings, _ files: any FileSource, _ folder: String
  ) throws(CommandError.Problem) -> TaskSettings {
    do {
      switch task {
      case .text(var text):
        let bytes = try load(text.file, for: .text, files, folder)
        text.location = PathText.join(folder, text.file)
        text.text = try EncodedText(utf8: bytes, file: VisibleText.of(text.file))
        try text.text.check(length: text.length, file: VisibleText.of(text.file))
        return .text(text)
      case .csv(var csv):
        let bytes = try load(csv.file, for: .table, files, folder)
        csv.location = PathText.join(folder, csv.file)
        try csv.read(bytes, file: VisibleText.of(csv.file))
        return .csv(csv)
      default:
        return task
      }
    } catch let error as FileError {
      throw .file(error)
    } catch let error as DataError {
      throw .data(error)
    } catch {
      preconditionFailure("reading a task's file throws nothing else")
    }
  }

  private static func load(
    _ file: String, for purpose: FileKind.Purpose, _ files: any FileSource, _ folder: String
  ) throws(FileError) -> [UInt8] {
    let bytes = try files.bytes(of: file, relativeTo: folder)
    if let kind = FileKind.of(bytes, for: purpose) { throw FileError(path: file, reason: kind.refusal(purpose)) }
    return bytes
  }

  /// Makes the change of a command that is given while the experiment runs.
  /// - Returns: what it came to.
  package mutating func change(_ command: ChangeCommand) throws(CommandError.Problem) -> Change {
    let change = try command.resolved(from: self)
    do throws(ChangeProblem) { try apply(change) } catch { throw .init(error) }
    return change
  }

  /// The settings as commands, one for each, in the order in which help lists them.
  package var commands: [Command] {
    let setUp: [SetUpCommand] = [
      .seed(seed), .task(task), .model(model), .initialization(initialization), .optimizer(optimizer),
    ]
    let changes: [ChangeCommand] =
      [.clip(.rule(clipping.rule))] + (clipping.isOn ? [] : [.clip(.off)])
      + (accumulation == 1 ? [] : [.accumulate(accumulation)])
    return setUp.map(Command.setUp) + changes.map(Command.change)
  }
}

extension TaskSettings {
  /// The task with its file as it is seen from `folder`.
  package func seen(from folder: String) -> TaskSettings {
    switch self {
    case .text(var task):
      task.file = PathText.seen(task.location, from: folder)
      return .text(task)
    case .csv(var task):
      task.file = PathText.seen(task.location, from: folder)
      return .csv(task)
    default: return self
    }
  }
}

extension ChangeCommand {
  /// What the command comes to, from settings as they are.
  package func resolved(from settings: Settings) throws(CommandError.Problem) -> Change {
    switch self {
    case .clip(.rule(let rule)): return .rule(rule)
    case .clip(.off): return .clipping(isOn: false)
    case .clip(.on): return .clipping(isOn: true)
    case .maxNorm(let turn):
      let rule = settings.clipping.rule
      guard let maxNorm = rule.maxNorm else { throw .init(.ruleLacks(option: "max_norm", rule)) }
      return .maxNorm(turn.applied(to: maxNorm))
    case .normType(let order): return .normType(order.applied(to: settings.clipping.normOrder))
    case .learningRate(let turn): return .learningRate(turn.applied(to: settings.optimizer.learningRate))
    case .accumulate(let count): return .accumulation(count)
    case .outlier(let outlier): return .outlier(outlier)
    }
  }
}

extension Change {
  /// The command that makes this change wherever it is given.
  package var command: Command {
    switch self {
    case .rule(let rule): .change(.clip(.rule(rule)))
    case .clipping(let isOn): .change(.clip(isOn ? .on : .off))
    case .maxNorm(let maxNorm): .change(.maxNorm(.to(maxNorm)))
    case .normType(let order): .change(.normType(.to(order)))
    case .learningRate(let rate): .change(.learningRate(.to(rate)))
    case .accumulation(let count): .change(.accumulate(count))
    case .outlier(let outlier): .change(.outlier(outlier))
    }
  }
}

/// How settings are named on the screen and in a trace.
public enum SettingsText {
  /// `rnn hidden=64 layers=1 nonlinearity=tanh`.
  public static func of(_ model: Model) -> String { Variants.models.text(model) }
  /// `adding length=50 batch=32`.
  public static func of(_ task: TaskSettings) -> String { Variants.tasks.text(task) }
  /// `default`, `radius=1.6`.
  public static func of(_ initialization: Initialization) -> String {
    InitializationText.write(initialization)
  }
  /// `sgd lr=0.02 momentum=0 …`.
  public static func of(_ optimizer: Optimizer) -> String { Variants.optimizers.text(optimizer) }
  /// `norm max_norm=1 norm_type=2 error_if_nonfinite=no`.
  public static func of(_ rule: ClippingRule) -> String { Variants.clippingRules.text(rule) }
  /// `norm`, `value`.
  public static func name(of rule: ClippingRule) -> String { String(of(rule).prefix { $0 != " " }) }
}

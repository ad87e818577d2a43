import Gradients
import Optimization
import Training

extension Settings {
  /// Takes over what a set-up command says. Files are read here, so that they are checked at once.
  package mutating func setUp(
    _ command: Command, files: any FileSource, folder: String
  ) throws(CommandError.Problem) {
    switch command {
    case .seed(let seed): self.seed = seed
    case .model(let model): self.model = model
    case .initialization(let initialization): self.initialization = initialization
    case .optimizer(let optimizer): self.optimizer = optimizer
    case .task(let task): self.task = try Self.load(task, files, folder)
    default: preconditionFailure("\(command) sets nothing up")
    }
  }

  private static func load(
    _ task: TaskSettings, _ files: any FileSource, _ folder: String
  ) throws(CommandError.Problem) -> TaskSettings {
    do {
      switch task {
      case .text(var text):
        let bytes = try files.bytes(of: text.file, relativeTo: folder)
        text.location = PathText.join(folder, text.file)
        text.text = try EncodedText(utf8: bytes, file: VisibleText.of(text.file))
        try text.text.check(length: text.length, file: VisibleText.of(text.file))
        return .text(text)
      case .csv(var csv):
        let bytes = try files.bytes(of: csv.file, relativeTo: folder)
        csv.location = PathText.join(folder, csv.file)
        let table = try Table(utf8: bytes, file: VisibleText.of(csv.file))
        csv.data = try StandardizedTable(table, target: csv.target, file: VisibleText.of(csv.file))
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

  /// Takes over what a command changes while the experiment runs.
  package mutating func change(_ command: Command) throws(CommandError.Problem) {
    switch command {
    case .clip(.off): clipping.isOn = false
    case .clip(.on): clipping.isOn = true
    case .clip(.rule(let rule)): (clipping.rule, clipping.isOn) = (rule, true)
    case .maxNorm(let turn):
      guard let maxNorm = clipping.rule.maxNorm else { throw clipping.rule.lacks("max_norm") }
      clipping.rule.maxNorm = turn.applied(to: maxNorm)
    case .normType(let order):
      guard case .norm(var rule) = clipping.rule else { throw clipping.rule.lacks("norm_type") }
      rule.normType = order.applied(to: rule.normType)
      clipping.rule = .norm(rule)
    case .learningRate(let turn): optimizer.learningRate = turn.applied(to: optimizer.learningRate)
    case .accumulate(let count):
      var next = self
      next.accumulation = count
      if let problem = next.problem, case .tooLarge = problem { throw .init(problem) }
      self = next
    default: preconditionFailure("\(command) changes nothing while it runs")
    }
  }

  /// The command that leads to these settings from anywhere: `max_norm up` as the value it led to.
  package func absolute(_ command: Command) -> Command {
    switch command {
    case .maxNorm: .maxNorm(.to(clipping.rule.maxNorm ?? 1))
    case .normType: .normType(.to(clipping.normOrder))
    case .learningRate: .learningRate(.to(optimizer.learningRate))
    default: command
    }
  }

  /// The settings as commands, one for each, in the order in which help lists them.
  package var commands: [Command] {
    [.seed(seed), .task(task), .model(model), .initialization(initialization), .optimizer(optimizer)]
      + (clipping.isOn ? [.clip(.rule(clipping.rule))] : [.clip(.rule(clipping.rule)), .clip(.off)])
      + (accumulation == 1 ? [] : [.accumulate(accumulation)])
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

extension ClippingRule {
  fileprivate func lacks(_ option: String) -> CommandError.Problem {
    .ruleLacks(option: option, rule: SettingsText.name(of: self))
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

import ArgumentParser
import Formats
import Language

/// `clipscope clip [FILE]`: what a rule would do to gradients that were dumped from a real model.
struct ClipCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "clip",
    abstract: "Answers what a clipping rule does to gradients: JSON lines, or safetensors.",
    discussion: """
      A line:   {"gradients":[{"name":"fc1.weight","shape":[2],"values":[3,4]}],"rule":"norm","max_norm":1}
      answers:  {"total_norm":5,"factor":0.19999996,"total_norm_after":…,"gradients":[…]}  or  {"error":"…"}
      On a terminal, or with --summary, the answer is a table. A line may name the "dtype": float16, bfloat16, float32, float64. An index of several safetensors files, model.safetensors.index.json, is read with them.
      Without a rule it is norm, without a max_norm it is 1. Options are defaults for lines that do not name them. Whatever torch takes is taken, also max_norm 0 or NaN.
      """)

  @Argument(
    help: ArgumentHelp(
      "JSON lines, a safetensors file or an index of some; standard input without it, or for -.", valueName: "file"))
  var file: String?

  @ArgumentParser.Option(
    help: ArgumentHelp("\(Self.rules.dropLast().joined(separator: ", ")) or \(Self.rules.last!).", valueName: "name"))
  var rule: String?

  private static let rules = Variants.clippingRules.map(\.name)

  @ArgumentParser.Option(
    name: [.customLong("max-norm"), .customLong("max_norm")], parsing: .unconditional,
    help: ArgumentHelp("The largest norm.", valueName: "x"))
  var maxNorm: Double?

  @ArgumentParser.Option(
    name: [.customLong("norm-type"), .customLong("norm_type")], parsing: .unconditional,
    help: ArgumentHelp("The order of the norm.", valueName: "p"))
  var normType: Double?

  @ArgumentParser.Option(
    name: [.customLong("clip-value"), .customLong("clip_value")], parsing: .unconditional,
    help: ArgumentHelp("The largest magnitude.", valueName: "x"))
  var clipValue: Double?

  @Flag(
    name: [.customLong("error-if-nonfinite"), .customLong("error_if_nonfinite")],
    help: "Refuse a norm that is NaN or infinite.")
  var errorIfNonfinite = false

  func validate() throws {
    if summary, values { throw ValidationError("--summary and --values exclude each other") }
    guard let rule, !Self.rules.contains(rule) else { return }
    let problem = CommandError.Problem.unknown(what: "rule", rule, known: Self.rules)
    throw ValidationError("--rule: \(problem.message)")
  }

  @Flag(help: "A table of norms, parameter by parameter, in place of values; a terminal gets it anyway.")
  var summary = false

  @Flag(help: "The values as JSON, also on a terminal.")
  var values = false

  func run() throws {
    var given: [String: OptionValue] = errorIfNonfinite ? ["error_if_nonfinite": .flag(true)] : [:]
    for (name, number) in [("max_norm", maxNorm), ("norm_type", normType), ("clip_value", clipValue)] {
      given[name] = number.map { .number($0) }
    }
    let isTerminal = TerminalSystem.isTerminal(1)
    var answers = ClipAnswers(
      options: RuleOptions(rule: rule, values: given),
      width: isTerminal ? TerminalSystem.size(of: 1)?.columns ?? 80 : nil, isTable: summary || isTerminal && !values)
    if let file, file != "-" { try answers.answer(file: file) } else { try answers.answerInput() }
    if answers.isWrong { throw Failure.usage([]) }
  }
}

import ArgumentParser
import Formats
import Language

/// `clipscope clip [FILE]`: what a rule would do to gradients that were dumped from a real model.
struct ClipCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "clip",
    abstract: "Answers what a clipping rule does to gradients: JSON lines, or a safetensors file.",
    discussion: """
      A line:   {"gradients":[{"name":"fc1.weight","shape":[2],"values":[3,4]}],"rule":"norm","max_norm":1}
      answers:  {"total_norm":5,"factor":0.19999996,"total_norm_after":…,"gradients":[…]}  or  {"error":"…"}
      Without a rule it is norm, without a max_norm it is 1. Options are defaults for lines that do not name them. Whatever torch takes is taken, also max_norm 0 or NaN.
      """)

  @Argument(help: ArgumentHelp("JSON lines or a safetensors file; standard input without it.", valueName: "file"))
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
    guard let rule, !Self.rules.contains(rule) else { return }
    let problem = CommandError.Problem.unknown(what: "rule", rule, known: Self.rules)
    throw ValidationError("--rule: \(problem.message)")
  }

  func run() throws {
    var values: [String: OptionValue] = errorIfNonfinite ? ["error_if_nonfinite": .flag(true)] : [:]
    for (name, number) in [("max_norm", maxNorm), ("norm_type", normType), ("clip_value", clipValue)] {
      values[name] = number.map { .number($0) }
    }
    let options = RuleOptions(rule: rule, values: values)
    let isWrong =
      if let file, file != "-" { try answerFile(file, options) } else {
        try answerLines(InputLines(longest: DiskFiles.limit), options)
      }
    if isWrong { throw Failure.usage([]) }
  }

  // Whether anything could not be read.
  private func answerFile(_ path: String, _ options: RuleOptions) throws(FileError) -> Bool {
    let bytes = try DiskFiles().bytes(of: path, relativeTo: "", limit: 2 << 30)
    guard Safetensors.looksLike(bytes) || path.hasSuffix(".safetensors") || Safetensors.isPointer(bytes) else {
      let refusal = FileError(path: path, reason: "is neither a safetensors file nor JSON lines in UTF-8")
      return try answerLines(InputLines(bytes, orElse: refusal), options)
    }
    do throws(DumpError) {
      var clipper = DumpClipper()
      print(try clipper.answer(try Safetensors.read(bytes, options: options)))
      return false
    } catch {
      throw FileError(path: path, reason: "cannot be used: \(error.message)")
    }
  }

  private func answerLines(_ lines: consuming InputLines, _ options: RuleOptions) throws(FileError) -> Bool {
    var clipper = DumpClipper()
    var isWrong = false
    while let line = try lines.next() {
      if line.allSatisfy(\.isWhitespace) { continue }
      do throws(DumpError) {
        print(try clipper.answer(try GradientDump(json: line, defaults: options)))
      } catch {
        isWrong = true
        print(DumpClipper.error("line \(lines.number): \(error.message)"))
      }
      // Whoever feeds it line by line has the answer before the next question.
      try StandardOutput.flush()
    }
    return isWrong
  }
}

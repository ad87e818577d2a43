import Language
import Testing

/// What Tab offers, and that it leads to lines that the parser takes.
@Suite struct CompletionTests {
  static let parameters = ["fc1.weight", "fc1.bias"]

  @Test(
    "What Tab offers",
    arguments: [
      ("mod", ["model"]), ("model r", ["rnn"]), ("model ", ["cnn", "gru", "lstm", "mlp", "rnn", "simplenet"]),
      ("model rnn h", ["hidden="]), ("model rnn hidden=3 ", ["layers=", "nonlinearity="]),
      ("model rnn nonlinearity=", ["nonlinearity=relu", "nonlinearity=tanh"]),
      ("model rnn nonlinearity=r", ["nonlinearity=relu"]),
      ("clip o", ["off", "on"]), ("clip norm error_if_nonfinite=y", ["error_if_nonfinite=yes"]),
      ("optimizer s", ["sgd"]),
      ("init r", ["radius="]), ("init x", ["xavier"]), ("task a", ["adding"]), ("max_norm ", ["down", "up"]),
      ("norm_type n", ["next"]), ("step 5; sta", ["stats"]), ("print fc1.b", ["fc1.bias", "fc1.bias.grad"]),
      ("print weight(", ["weight(fc1.bias)", "weight(fc1.weight)"]), ("until los", ["loss"]), ("expect er", ["error"]),
      ("until loss ", ["!=", "<", "<=", "==", ">", ">=", "is"]),
      ("expect loss is ", ["finite", "inf", "nan", "nonfinite"]),
      ("expect loss < 1 ", ["always", "at", "within"]), ("until loss < 1 ", ["max"]), ("help cl", ["clip", "close"]),
      ("find fc1.w", ["fc1.weight"]),
      ("scroll page", ["pagedown", "pageup"]), ("panel ", ["next", "previous"]), ("pause sp", ["space"]),
      ("frobnicate ", []), ("model frobnicate ", []), ("step ", ["back"]),
      ("goto max total_norm_", ["total_norm_after"]),
      ("goto next no", ["nonfinite"]), ("twin ", ["end", "swap"]), ("zzz", []), ("quit", []), ("say \"a; st", []),
      ("say \"a; b\"; sta", ["stats"]), ("say \"\\\"; st", []),
    ] as [(String, [String])])
  func candidates(line: String, offered: [String]) {
    #expect(Completion.candidates(for: line, parameters: Self.parameters) == offered)
  }

  @Test("On an empty line every command is offered")
  func everything() {
    #expect(Completion.candidates(for: "", parameters: []) == CommandTable.rows.map(\.name).sorted())
    #expect(Completion.candidates(for: "step; ", parameters: []).count == CommandTable.rows.count)
  }

  @Test("Whatever has been typed, completing is safe, and begins with what was typed")
  func prefixes() {
    for line in ParserTests.canonical {
      for length in 0...line.count {
        let typed = String(line.prefix(length))
        let last = typed.split(separator: " ", omittingEmptySubsequences: false).last.map(String.init) ?? ""
        for candidate in Completion.candidates(for: typed, parameters: Self.parameters) {
          #expect(candidate.hasPrefix(last) && candidate != last, "\(typed)")
        }
      }
    }
  }
}

import Language
import Testing

/// One line of test for each wording: where it is, how long, and what it says.
@Suite struct ParserErrorTests {
  struct Row: CustomTestStringConvertible {
    let line: String
    let column: Int
    let length: Int
    let message: String
    init(_ line: String, _ column: Int, _ length: Int, _ message: String) {
      (self.line, self.column, self.length, self.message) = (line, column, length, message)
    }
    var testDescription: String { line }
  }

  static let rows = [
    Row("say \"open", 5, 5, "this quote is never closed"),
    Row("stpe 5", 1, 4, "there is no command stpe; did you mean step?; type help for all commands"),
    Row("  xyzzy", 3, 5, "there is no command xyzzy; type help for all commands"),
    Row("\"step\"", 1, 6, "there is no command step; did you mean step?; type help for all commands"),
    Row(
      "step; help clop", 12, 4,
      "clop is no command and no word of the screen; did you mean clip?; type help for all of them"),
    Row("model rn", 7, 2, "rn is no model; did you mean rnn?; there are simplenet, mlp, rnn, lstm, gru, cnn"),
    Row("model", 7, 1, "a model (simplenet, mlp, rnn, lstm, gru, cnn) is missing here"),
    Row(
      "model rnn hiden=3", 11, 5,
      "hiden is no option here; did you mean hidden?; there are hidden, layers, nonlinearity"),
    Row("model rnn hidden=3 hidden=4", 20, 6, "hidden is given twice"),
    Row("model rnn hidden=", 11, 6, "a value for hidden is missing here"),
    Row("model rnn 64", 11, 2, "64 is too much here"),
    Row("model rnn =64", 11, 3, "=64 is too much here"),
    Row("model rnn hidden=0", 18, 1, "hidden cannot be 0: it must be a whole number, 1 or more"),
    Row("model rnn hidden=-3", 18, 2, "hidden cannot be -3: it must be a whole number, 1 or more"),
    Row("model rnn hidden=1.5", 18, 3, "1.5 is not a whole number, 1 or more"),
    Row("model rnn hidden=1e3", 18, 3, "1e3 is not a whole number, 1 or more"),
    Row(
      "model rnn hidden=99999999999999999999", 18, 20,
      "hidden cannot be 99999999999999999999: it must be a whole number, 1 or more"),
    Row("model rnn layers=1001", 18, 4, "layers cannot be 1001: it must be a whole number from 1 to 1000"),
    Row(
      "model rnn nonlinearity=gelu", 24, 4, "gelu is no value of nonlinearity; did you mean relu?; there are tanh, relu"
    ),
    Row("model mlp hidden=0x3", 18, 3, "hidden cannot be 0x3: it must be 1 to 1000 layers of at least 1"),
    Row("model mlp hidden=3x1001", 18, 6, "hidden cannot be 3x1001: it must be 1 to 1000 layers of at least 1"),
    Row("model mlp hidden=3,,4", 18, 4, "3,,4 is not widths like 64x10 (ten layers of 64) or 64,32,16"),
    Row("seed", 6, 1, "a seed is missing here"),
    Row("seed -1", 6, 2, "seed cannot be -1: it must be a whole number from 0 to 9223372036854775807"),
    Row(
      "seed 9223372036854775808", 6, 19,
      "seed cannot be 9223372036854775808: it must be a whole number from 0 to 9223372036854775807"),
    Row("init", 6, 1, "an init (default, gain=G, radius=R, orthogonal=G, identity, xavier, kaiming) is missing here"),
    Row(
      "init xavir", 6, 5,
      "xavir is no init; did you mean xavier?; there are default, gain=G, radius=R, orthogonal=G, identity, xavier, kaiming"
    ),
    Row("init radius=-1", 13, 2, "radius cannot be -1: it must be a finite number, 0 or more"),
    Row("init gain=xhe", 11, 3, "x is not a finite number, 0 or more"),
    Row("task adding length=1", 20, 1, "length cannot be 1: it must be a whole number, 2 or more"),
    Row("task csv", 10, 1, "a CSV file is missing here"),
    Row("task xor batch=3", 10, 5, "batch is no option here; there are none"),
    Row("task csv target=y", 10, 8, "a CSV file is missing here"),
    Row("task text length=5", 11, 8, "a text file is missing here"),
    Row("task csv d.csv batch=3", 24, 1, "target=COLUMN, the column to predict, is missing here"),
    Row("optimizer sgd lr=0", 18, 1, "lr cannot be 0: it must be a finite number above 0"),
    Row("optimizer sgd lr=1e39", 18, 4, "lr cannot be 1e39: it must be a finite number above 0"),
    Row("optimizer sgd lr=fast", 18, 4, "fast is not a finite number above 0"),
    Row("optimizer adam beta1=1", 22, 1, "beta1 cannot be 1: it must be a number from 0 to below 1"),
    Row("optimizer sgd dampening=inf", 25, 3, "dampening cannot be inf: it must be a finite number"),
    Row(
      "optimizer sgd nesterov=yes", 15, 12,
      "nesterov cannot be yes: it must be no, unless momentum is above 0 and dampening is 0"),
    Row("optimizer sgd nesterov=maybe", 24, 5, "maybe is no value of nesterov; there are yes, no"),
    Row(
      "clip nrom", 6, 4,
      "nrom is no rule; did you mean norm?; there are norm, value, per-parameter, agc, autoclip, zclip, skip, off, on"),
    Row("max_norm", 10, 1, "a number, up or down is missing here"),
    Row(
      "max_norm 0", 10, 1,
      "max_norm cannot be 0: it must be a finite number above 0 (PyTorch would take it and set every gradient to zero)"),
    Row(
      "max_norm -1", 10, 2,
      "max_norm cannot be -1: it must be a finite number above 0 (PyTorch would take it and turn every gradient around)"
    ),
    Row(
      "clip norm max_norm=nan", 20, 3,
      "max_norm cannot be nan: it must be a finite number above 0 (PyTorch would take it and make every gradient NaN)"),
    Row(
      "clip value clip_value=inf", 23, 3,
      "clip_value cannot be inf: it must be a finite number above 0 (to measure without clipping, write clip off)"),
    Row("norm_type nan", 11, 3, "norm_type cannot be nan: it must be a number such as 2, 1 or 0.5, or inf"),
    Row("norm_type two", 11, 3, "two is not a number such as 2, 1 or 0.5, or inf"),
    Row("step 0", 6, 1, "the number of steps cannot be 0: it must be a whole number, 1 or more"),
    Row("phase x", 7, 1, "x is not a whole number, 1 or more"),
    Row("step 5 6", 8, 1, "6 is too much here"),
    Row("stop now", 6, 3, "now is too much here"),
    Row("until", 7, 1, "a condition such as loss < 0.1 or total_norm is nan is missing here"),
    Row(
      "until los < 1", 7, 3,
      "los is no measured number; did you mean loss?; there are loss, total_norm, total_norm_after, factor, duty, clipped, "
        + "nonfinite, lr, max_norm, step, saturated, dead, distance, parted, norm(P), norm_after(P), weight(P), update_ratio(P), "
        + "radius(P), twin.NUMBER"
    ),
    Row("until loss<1", 7, 6, "loss<1 is not a measured number; put blanks around the comparison, as in loss < 0.1"),
    Row("until loss", 12, 1, "a comparison (< <= > >= == !=) or is is missing here"),
    Row("until loss = 1", 12, 1, "= is no comparison; did you mean ==?; there are <, <=, >, >=, ==, !=, is"),
    Row("until loss < nan", 14, 3, "nan is not something to compare with; write is nan"),
    Row("until loss < x", 14, 1, "x is not a number"),
    Row("until loss is big", 15, 3, "big is no kind of number; there are nan, inf, finite, nonfinite"),
    Row("until loss < 1 max", 20, 1, "a number of steps is missing here"),
    Row("expect loss < 1 on", 17, 2, "on is no span; there are at, within, always"),
    Row("expect loss < 1 at 0", 20, 1, "the step cannot be 0: it must be a whole number, 1 or more"),
    Row("print", 7, 1, "a parameter, PARAM.grad or a measured number is missing here"),
    Row(
      "pause spcae", 7, 5,
      "spcae is no key; did you mean space?; there are space, enter, tab, backtab, escape, backspace, delete, insert, up, "
        + "down, left, right, home, end, pageup, pagedown"),
    Row(
      "bind c \"clip onn\"", 8, 10,
      "the line in quotes is no command line: onn is no rule; did you mean on?; there are norm, value, per-parameter, agc, autoclip, zclip, skip, off, on"
    ),
    Row(
      "scroll sideways", 8, 8,
      "sideways is no way to scroll; there are up, down, pageup, pagedown, first, last"),
    Row("speed 0", 7, 1, "speed cannot be 0: it must be a finite number above 0"),
    Row("save", 6, 1, "a file is missing here"),
    Row("stats \u{1B}[31m", 7, 5, "␛[31m is too much here"),
  ]

  @Test("Each mistake has its column and its words", arguments: rows)
  func wording(row: Row) throws {
    let error = try #require(throws: CommandError.self) { try Parser.commands(in: row.line) }
    #expect(error.message == row.message)
    #expect([error.column, error.length] == [row.column, row.length])
  }

  @Test("All mistakes of a line are found, and what is right is none")
  func allOfALine() throws {
    let line = "step 0; norms; frobnicate; max_norm -1"
    let error = try #require(throws: ScenarioError.self) { try Scenario(line) }
    #expect(error.entries.map(\.error.column) == [6, 16, 37])
    #expect(throws: error.entries[0].error) { try Parser.commands(in: line) }
  }

  @Test("All mistakes of a scenario are reported at once, each with its line and a caret")
  func allOfAScenario() throws {
    let text = "seed 0\nmodle rnn\n\n  max_norm 0 # never\nsay \"x\nstep\tx; stop 1"
    let error = try #require(throws: ScenarioError.self) { try Scenario(text, path: "a/b.scenario") }
    #expect(
      error.report == [
        "a/b.scenario:2:1: there is no command modle; did you mean model?; type help for all commands",
        "    modle rnn", "    ^~~~~",
        "a/b.scenario:4:12: max_norm cannot be 0: it must be a finite number above 0 (PyTorch would take it and set every "
          + "gradient to zero)",
        "      max_norm 0 # never", "               ^",
        "a/b.scenario:5:5: this quote is never closed", "    say \"x", "        ^~",
        "a/b.scenario:6:6: x is not a whole number, 1 or more", "    step␉x; stop 1", "         ^",
        "a/b.scenario:6:14: 1 is too much here", "    step␉x; stop 1", "                 ^",
        "5 errors",
      ])
  }

  @Test("Of a line of any length only what is around the mistake is shown")
  func longLines() throws {
    for lead in [0, 10, 59, 60, 61, 500, 20_000] {
      let line = String(repeating: " ", count: lead) + "frobnicate" + String(repeating: " x", count: 300)
      let error = try #require(throws: CommandError.self) { try Parser.commands(in: line) }
      let lines = error.caret(under: line)
      #expect(lines.allSatisfy { $0.count <= 190 })
      let offset = try #require(lines[1].firstIndex(of: "^")).utf16Offset(in: lines[1])
      #expect(lines[0].dropFirst(offset).hasPrefix("frobnicate"), "lead \(lead)")
    }
  }

  @Test(
    "Files that are no scenario say what they are",
    arguments: [
      ([0xFF, 0xFE, 0x41], "x: is a text in UTF-16: name a scenario, lines of commands in UTF-8"),
      ([0x73, 0x00], "x: is not a text in UTF-8, so it cannot be a scenario"),
      ([], "x: has no commands; a scenario is one command a line (see help)"),
      (Array("# only words\n\n".utf8), "x: has no commands; a scenario is one command a line (see help)"),
    ] as [([UInt8], String)])
  func noScenario(bytes: [UInt8], report: String) throws {
    let error = try #require(throws: ScenarioError.self) { try Scenario(utf8: bytes, path: "x") }
    #expect(error.report == [report])
  }

  @Test("Line ends of any editor, and a byte order mark")
  func lineEnds() throws {
    for text in ["seed 1\nstep 2\n", "seed 1\r\nstep 2\r\n", "\u{FEFF}seed 1\nstep 2"] {
      let scenario = try Scenario(text)
      #expect(scenario.steps.map(\.parsed.command.text) == ["seed 1", "step 2"])
      #expect(scenario.steps.map(\.line) == [1, 2])
    }
  }
}

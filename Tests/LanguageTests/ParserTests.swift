import Language
import Testing

/// What is written is what is read: every command, every variant, every option, at values that are not the usual ones.
@Suite struct ParserTests {
  /// For each form of each command one line as `Command.text` writes it, so that the battery knows both directions.
  static let canonical: [String] =
    ["seed 0", "seed 9223372036854775807"]
    + ["none", "tanh", "relu", "sigmoid", "gelu"].flatMap {
      ["model simplenet hidden=1 activation=\($0)", "model mlp hidden=64,32,16 activation=\($0)"]
    }
    + ["64x10", "7", "1x1000", "8x2", "3,3,4"].map { "model mlp hidden=\($0) activation=tanh" }
    + ["tanh", "relu"].map { "model rnn hidden=12345 layers=1000 nonlinearity=\($0)" }
    + ["default", "identity", "xavier", "kaiming", "gain=0", "gain=1.5he", "gain=1e-8", "radius=1.6", "orthogonal=0.5"]
    .map { "init \($0)" }
    + [
      "task sum batch=3", "task regression rows=7 batch=5 noise=0 scale=1e-30",
      "task sine rows=1 batch=1000000000000000",
      "task adding length=2 batch=1", "task temporal-order length=10 batch=9", "task text book.txt length=1 batch=2",
      "task text \"my book; #1=2.txt\" length=9 batch=2", "task text \"a\\\"b\\\\c d\" length=9 batch=2",
      "task csv data.csv target=y batch=8", "task csv \"d =.csv\" target=\"a = b;c#\" batch=8",
      "task csv d.csv target=\"\\\"\" batch=8",
      "optimizer sgd lr=0.3 momentum=0.9 dampening=-1.5 nesterov=no weight_decay=1e-30",
      "optimizer sgd lr=1e-30 momentum=1e-8 dampening=0 nesterov=yes weight_decay=0",
      "optimizer adam lr=1e30 beta1=0 beta2=0.9999 eps=0 weight_decay=2",
    ]
    + ["2", "inf", "1", "0.5", "0", "-inf", "-3.25", "1e30"].flatMap {
      ["norm_type \($0)", "clip norm max_norm=0.3 norm_type=\($0) error_if_nonfinite=yes"]
    }
    + [
      "clip norm max_norm=1e30 norm_type=2 error_if_nonfinite=no", "clip value clip_value=1e-30", "clip off", "clip on",
    ]
    + ["max_norm", "lr"].flatMap { name in ["up", "down", "0.1", "1e-30", "3.0000000000000004"].map { "\(name) \($0)" }
    }
    + [
      "clip per-parameter max_norm=0.3", "clip agc clipping=0.02 eps=0.0001", "clip autoclip percentile=10",
      "clip zclip alpha=0.97 threshold=2.5 warmup=25", "clip skip max_norm=9", "accumulate 4", "outlier scale=-100",
      "outlier nan", "model lstm hidden=3 layers=2 forget=1", "model lstm hidden=3 layers=1",
      "model gru hidden=3 layers=1 update=-2", "model cnn depth=3 channels=2 activation=tanh pool=0 head=flatten",
      "task xor", "task copy length=3 delay=2 symbols=4 batch=5", "task parity length=9 batch=2",
      "task shapes rows=8 size=7 batch=3 noise=0", "optimizer adamw lr=0.1 beta1=0.9 beta2=0.5 eps=1e-8 weight_decay=0",
      "optimizer rmsprop lr=0.01 alpha=0.9 eps=1e-8",
    ]
    + ["norm_type next", "step", "step 1000000000000000", "phase", "phase 7", "run", "run 1", "stop", "restart"]
    + ["back", "back 12", "phase back", "phase back 3", "undo", "undo 2", "redo", "redo 3", "mark", "mark boom-1"]
    + [
      "0", "412", "412:clip", "b1:end", "x2:main:50%", "x3:7:zero", "end", "+3", "-12", "mark boom", "next",
      "last spike",
    ]
    .map { "goto \($0)" }
    + ["previous clipped", "first change", "max total_norm", "min norm(fc1.weight)", "max twin.loss"].map {
      "goto \($0)"
    }
    + ["branch plain", "when", "branches", "marks", "twin", "twin swap", "twin end", "twin \"clip off; lr 0.1\""]
    + ["twin \"optimizer adam\"", "save all run.scenario", "save \"all\"", "prompt \"goto \""]
    + numbers.flatMap { number in comparisons.map { "until \(number) \($0)" } }
    + ["until loss < 0.1 max 1", "until loss is nan max 9999"]
    + numbers.map { "expect \($0) >= -1e-8" }
    + ["", " at 1", " within 40", " always"].flatMap {
      ["expect loss is finite\($0)", "expect total_norm != inf\($0)"]
    }
    + [
      "expect error", "norms", "stats", "print fc1.weight", "print fc1.weight.grad", "print \"a b;c\"",
      "print \"#.grad\"",
    ]
    + numbers.map { "print \($0)" }
    + [
      "say \"\"", "say \"a \\\"b\\\" \\\\ # ; = ü 語\"", "pause", "pause c", "pause space", "pause \"#\"", "pause \";\"",
      "pause \"\\\"\"", "pause ctrl-l", "pause alt-b", "pause \"=\"", "save run.scenario", "export torch run.py",
      "export torch \"a b\"", "save \"a b\"",
      "trace t.jsonl",
      "trace -", "help", "help clip", "quit", "bind c \"clip on\" \"clip off\"", "bind \";\" \"step 2; norms\"",
      "bind x \"say \\\"hi\\\"\"", "bind f5 \"\"".replacing("f5", with: "home"), "speed up", "speed down", "speed 0.5",
      "find", "find weight", "find \"a b\"", "find \"\"", "prompt", "redraw", "suspend", "close", "panel next",
      "panel previous", "open", "zoom in", "zoom out", "zoom all", "lessons", "lesson tutorial", "lesson next",
      "lesson \"a b\"", "lesson \"next\"", "again", "help factor", "help \"share of norm²\"",
    ]
    + ["up", "down", "pageup", "pagedown", "first", "last"].map { "scroll \($0)" }

  static let numbers =
    [
      "loss", "total_norm", "total_norm_after", "factor", "duty", "clipped", "nonfinite", "lr", "max_norm", "step",
      "saturated", "dead",
    ] + ["norm", "norm_after", "weight", "update_ratio", "radius"].map { "\($0)(fc1.weight)" } + ["\"norm(a b)\""]
  static let comparisons =
    ["<", "<=", ">", ">=", "==", "!="].map { "\($0) 0.25" } + ["nan", "inf", "finite", "nonfinite"].map { "is \($0)" }

  @Test("What is written reads back as it was", arguments: canonical)
  func roundTrip(line: String) throws {
    let parsed = try Parser.commands(in: line)
    #expect(parsed.count == 1)
    #expect(parsed.first?.command.text == line)
    #expect(try Parser.commands(in: parsed[0].command.text).map(\.command) == parsed.map(\.command))
  }

  @Test("The battery leaves out no command")
  func everyRowIsThere() {
    let battery = Set(Self.canonical.map { $0.prefix { $0 != " " } })
    for row in CommandTable.rows { #expect(battery.contains(row.name[...]), "\(row.name)") }
  }

  @Test("Every example of the table is a line, and its text reads back to it")
  func examples() throws {
    for row in CommandTable.rows {
      let command = try #require(try Parser.commands(in: row.example).first?.command, "\(row.example)")
      #expect(try Parser.commands(in: command.text).map(\.command) == [command], "\(row.example)")
      #expect(command.text.hasPrefix(row.name))
    }
  }

  @Test(
    "Defaults are what the language says",
    arguments: [
      ("model simplenet", "model simplenet hidden=100 activation=none"),
      ("model mlp", "model mlp hidden=64x10 activation=tanh"),
      ("model rnn", "model rnn hidden=64 layers=1 nonlinearity=tanh"),
      ("optimizer sgd", "optimizer sgd lr=0.01 momentum=0 dampening=0 nesterov=no weight_decay=0"),
      ("optimizer adam", "optimizer adam lr=0.001 beta1=0.9 beta2=0.999 eps=1e-8 weight_decay=0"),
      ("clip norm", "clip norm max_norm=1 norm_type=2 error_if_nonfinite=no"),
      ("clip value", "clip value clip_value=1"),
      ("until loss < 1 max 10000", "until loss < 1"), ("step 1", "step"), ("lr 1.0", "lr 1"), ("lr 1E-3", "lr 0.001"),
    ])
  func defaults(line: String, text: String) throws {
    #expect(try Parser.commands(in: line).map(\.command.text) == [text])
  }

  @Test(
    "Blanks, comments, quotes and semicolons",
    arguments: [
      ("", []), ("   \t ", []), ("# step", []), (";;; ;", []), ("step # 5", ["step"]), ("step#5", ["step"]),
      ("  step   5  ", ["step 5"]), ("step;norms", ["step", "norms"]), ("step 5;;norms;", ["step 5", "norms"]),
      ("say \"a;b#c\" ; stats", ["say \"a;b#c\"", "stats"]), ("\tstep\t2", ["step 2"]), ("step\r", ["step"]),
      ("say \"\u{301}\"; step", ["say \"\u{301}\"", "step"]), ("say hello", ["say \"hello\""]),
      ("say he\"l l\"o", ["say \"hel lo\""]), ("say a=b", ["say \"a=b\""]),
      ("task csv \"my data.csv\" target=\"a b\"", ["task csv \"my data.csv\" target=\"a b\" batch=32"]),
    ] as [(String, [String])])
  func lexing(line: String, texts: [String]) throws {
    #expect(try Parser.commands(in: line).map(\.command.text) == texts)
  }

  @Test("A command that nobody wrote reads back, too: hostile names in every place")
  func hostileWords() throws {
    for word in [
      "", " ", "a b", "\"", "\\", "\\\"", "#", ";", "=", "a=b", "\t", "\u{1B}[31m", "é", "\"\u{301}", "a\\\u{301}b",
      " \u{301}=\u{301}", "👩‍👩‍👧", "\u{202E}x",
    ] {
      let commands: [Command] = [
        .words(.say(word)), .files(.save(word)), .files(.exportTorch(word)), .files(.trace(word)), .view(.find(word)),
        .look(.print(.values("p" + word))), .look(.print(.gradient("p" + word))),
        .look(.print(.quantity(.ofParameter(.norm, "p" + word)))),
      ]
      for command in commands {
        #expect(try Parser.commands(in: command.text).map(\.command) == [command], "\(command.text.debugDescription)")
      }
    }
  }
}

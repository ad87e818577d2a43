import Language
import Screen
import Session
import Testing

/// The same for what is typed: bytes into keys, keys into lines, lines into a session.
@Suite(.serialized) struct SessionFuzzTests {
  static let keys = [
    ":step 5\r", "\u{1B}[A\u{1B}OB\u{1B}[5~", "\u{1B}[200~step 1\rquit\u{1B}[201~", "10n+-c ", "é€😀",
    "\u{1B}]11;rgb:0\u{7}",
    "\u{1B}b\u{1B}d\u{17}\u{19}\u{B}", "\u{12}st\u{7}", ":ma\t u\t\r", "\u{1B}[M !!\u{1B}[<0;1;2M",
  ]
  static let words = [
    "\u{1B}", "\u{1B}[", "\u{1B}O", "~", ";", "1", "A", "\u{7F}", "\u{9}", "\r", "\u{1B}[200~", "\u{1B}[201~", "a", "語",
  ]

  @Test func keyDecoder() {
    Fuzz.run("keys", from: Self.keys, words: Self.words) { bytes in
      let whole = Self.inputs(bytes, portion: .max)
      if whole != Self.inputs(bytes, portion: 1) { return "other keys when it comes byte by byte" }
      var decoder = KeyDecoder()
      _ = decoder.feed(bytes)
      decoder.reset()
      return decoder.feed([0x71]) == [.key(.character("q"))] ? nil : "it does not come back"
    }
  }

  private static func inputs(_ bytes: [UInt8], portion: Int) -> [KeyDecoder.Input] {
    var decoder = KeyDecoder()
    var inputs: [KeyDecoder.Input] = []
    var rest = bytes[...]
    while !rest.isEmpty {
      inputs += decoder.feed(rest.prefix(portion))
      rest = rest.dropFirst(min(portion, rest.count))
    }
    return inputs + decoder.flush()
  }

  @Test func lineEditor() {
    var editor = LineEditor()
    Fuzz.run("editor", from: Self.keys, words: Self.words) { bytes in
      for input in Self.inputs(bytes, portion: .max) {
        switch input {
        case .key(let key):
          let outcome = editor.feed(key) { Completion.candidates(for: $0, parameters: ["fc1.weight"]) }
          if case .submitted(let line) = outcome { _ = try? Parser.commands(in: line) }
        case .paste(let text): editor.insert(paste: text)
        case .mouse: break
        }
      }
      let length = editor.text.count
      guard (0...length).contains(editor.cursor), length <= LineEditor.longestLine,
        editor.text.utf8.count <= LineEditor.mostBytes,
        editor.history.count <= LineEditor.longestHistory
      else { return "cursor \(editor.cursor) in \(length) characters, \(editor.history.count) lines" }
      return nil
    }
  }

  /// Lines into a small experiment, which is drawn now and then.
  @Test func session() {
    let lines = [
      "task regression rows=8 batch=2; model simplenet hidden=2; step 2", "phase 3; clip norm max_norm=0.1; step",
      "restart",
      "outlier nan; step; norms; stats", "until loss < 0 max 3", "bind c \"step\"; norm_type next; accumulate 2; phase",
      "expect loss > 0 within 2; expect error", "clip zclip; lr up; max_norm 3; clip off; clip on",
      "print fc1.weight.grad; undo",
      "task xor; model mlp hidden=3x2; init gain=0; step 3",
      "task adding length=3 batch=2; model rnn hidden=2; phase 5",
      "run 3; stop; run 2", "optimizer adam lr=1e30; step 3",
      "clip norm error_if_nonfinite=yes; outlier scale=1e38; step 4",
    ]
    var stage = Self.fresh()
    var count = 0
    Fuzz.run("session", from: lines, words: ReaderFuzzTests.words, share: 4) { bytes in
      let line = String(decoding: bytes, as: UTF8.self)
      guard Self.isSmall(line) else { return nil }
      _ = stage.type(line)
      var turns = 0
      while stage.isBusy, turns < 30 {
        _ = stage.advance()
        turns += 1
      }
      if stage.isBusy { _ = stage.type("stop") }
      count += 1
      if count % 20 == 0 {
        _ = render(Scene(stage), ViewState(), size: GridSize(columns: count % 161, rows: count % 49))
      }
      if count % 100 == 0 || stage.hasQuit { stage = Self.fresh() }
      return nil
    }
  }

  private static func fresh() -> Stage {
    var stage = Stage(files: NoFiles())
    _ = stage.type("task regression rows=8 batch=2; model simplenet hidden=2")
    return stage
  }

  // What asks for a large experiment gets one, and that takes its time: here only small numbers are of interest.
  private static func isSmall(_ line: String) -> Bool {
    let numbers = line.split { !$0.isASCII || !$0.isNumber }
    return numbers.allSatisfy { $0.count <= 1 } && !line.contains("cnn") && !line.contains("shapes")
  }

  private struct NoFiles: FileSource {
    func bytes(of path: String, relativeTo folder: String) throws(FileError) -> [UInt8] {
      throw FileError(path: path, reason: "does not exist")
    }
  }
}

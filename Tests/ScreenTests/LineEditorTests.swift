import Language
import Screen
import SeededRandom
import Testing

@Suite struct LineEditorTests {
  /// Presses keys by their names; the line is written with `|` for the cursor.
  private static func press(_ keys: String, in editor: inout LineEditor) {
    for name in keys.split(separator: " ") { _ = editor.feed(Key(name: String(name))!) }
  }

  private static func editor(_ picture: String, history: [String] = []) -> LineEditor {
    let parts = picture.split(separator: "|", omittingEmptySubsequences: false)
    var editor = LineEditor(text: String(parts[0] + parts[1]), history: history)
    for _ in 0..<parts[1].count { _ = editor.feed(.named(.left)) }
    return editor
  }

  private static func picture(_ editor: LineEditor) -> String {
    editor.text.prefix(editor.cursor) + "|" + editor.text.dropFirst(editor.cursor)
  }

  /// A line, keys, the line they make of it.
  static let table: [(before: String, keys: String, after: String)] = [
    ("|", "a b space c", "ab c|"), ("st|p", "e", "ste|p"),
    ("step|", "ctrl-a", "|step"), ("step|", "home", "|step"), ("|step", "ctrl-e", "step|"), ("|step", "end", "step|"),
    ("st|ep", "ctrl-b", "s|tep"), ("st|ep", "left", "s|tep"), ("|step", "left", "|step"),
    ("st|ep", "ctrl-f", "ste|p"), ("st|ep", "right", "ste|p"), ("step|", "right", "step|"),
    ("st|ep", "backspace", "s|ep"), ("st|ep", "ctrl-h", "s|ep"), ("|step", "backspace", "|step"),
    ("st|ep", "delete", "st|p"), ("st|ep", "ctrl-d", "st|p"), ("step|", "delete", "step|"), ("a|", "ctrl-d", "a|"),
    ("clip norm max_norm=1|", "alt-b", "clip norm max_norm=|1"),
    ("clip norm max_norm|", "alt-b alt-b", "clip |norm max_norm"),
    ("clip| norm", "alt-f", "clip norm|"), ("|clip norm", "alt-f", "clip| norm"),
    ("|a b c", "alt-f alt-f alt-f alt-f", "a b c|"),
    ("clip |norm off", "alt-d", "clip | off"), ("clip| norm off", "alt-d", "clip| off"),
    ("clip max_norm=1 |", "ctrl-w", "clip |"), ("clip max_norm=1|", "ctrl-w", "clip |"), ("|clip", "ctrl-w", "|clip"),
    ("clip| norm", "ctrl-k", "clip|"), ("clip |norm", "ctrl-u", "|norm"),
    ("clip |norm", "ctrl-u ctrl-e ctrl-y", "normclip |"),
    ("a b c|", "ctrl-w ctrl-w ctrl-y", "a b c|"), ("|a b c", "alt-d alt-d ctrl-y", "a b| c"),
    ("a b c|", "ctrl-w ctrl-a ctrl-k ctrl-y ctrl-y", "a b a b |"), ("ab|", "ctrl-y", "ab|"),
    ("sp|", "ctrl-t", "ps|"), ("s|tep", "ctrl-t", "ts|ep"), ("|step", "ctrl-t", "|step"), ("s|", "ctrl-t", "s|"),
    ("|", "ctrl-t", "|"), ("lr 0.1|", "ctrl-c", "|"), ("ab|", "pageup insert ctrl-o alt-x", "ab|"),
    ("e\u{301}|", "left", "|e\u{301}"), ("a👩‍🔬b|", "left backspace", "a|b"), ("😀|", "backspace", "|"),
  ]

  @Test(arguments: table)
  func everyKeyDoesWhatItDoesInEmacs(before: String, keys: String, after: String) {
    var editor = Self.editor(before)
    Self.press(keys, in: &editor)
    #expect(Self.picture(editor) == after)
  }

  // MARK: Ways out

  @Test func enterSubmitsAndEmptiesTheLine() {
    for key in [Key.named(.enter), .control("j"), .control("m")] {
      var editor = Self.editor("step| 5")
      #expect(editor.feed(key) == .submitted("step 5"))
      #expect(Self.picture(editor) == "|")
      #expect(editor.history == ["step 5"])
    }
  }

  @Test func theWaysToLeave() {
    var editor = LineEditor()
    #expect(editor.feed(.control("d")) == .cancelled)
    #expect(editor.feed(.control("c")) == .cancelled)
    #expect(editor.feed(.named(.escape)) == .cancelled)
    editor = LineEditor(text: "step")
    #expect(editor.feed(.control("c")) == .editing)
    #expect(editor.text.isEmpty)
    editor = LineEditor(text: "step")
    #expect(editor.feed(.named(.escape)) == .cancelled)
    #expect(editor.text.isEmpty)
    #expect(editor.history.isEmpty)
  }

  // MARK: History

  private static let lines = ["seed 0", "step 5", "clip off", "step 7"]

  @Test(arguments: [
    ("|", "up", "step 7|"), ("|", "up up", "clip off|"), ("|", "up up up up up", "seed 0|"), ("|", "up down", "|"),
    ("|", "ctrl-p ctrl-p ctrl-n", "step 7|"), ("|", "down", "|"), ("st|", "up", "step 7|"), ("st|", "up up", "step 5|"),
    ("st|", "up up up", "step 5|"), ("st|", "up up down down", "st|"), ("x|", "up", "x|"),
    ("|", "up backspace up", "step 7|"), ("step 7|", "up", "step 7|"),
  ])
  func upAndDownKeepThePrefix(before: String, keys: String, after: String) {
    var editor = Self.editor(before, history: Self.lines)
    Self.press(keys, in: &editor)
    #expect(Self.picture(editor) == after)
  }

  @Test func linesAreRememberedOnce() {
    var editor = LineEditor()
    for line in ["step", "step", "  ", "", "run", "step"] {
      editor.insert(paste: line)
      #expect(editor.feed(.named(.enter)) == .submitted(line))
    }
    #expect(editor.history == ["step", "run", "step"])
  }

  @Test func theHistoryIsBounded() {
    var editor = LineEditor()
    for number in 0..<1100 {
      editor.insert(paste: "step \(number)")
      _ = editor.feed(.named(.enter))
    }
    #expect(editor.history.count == LineEditor.longestHistory)
    #expect(editor.history.first == "step 100")
    #expect(LineEditor(history: editor.history + ["run"]).history.first == "step 101")
  }

  @Test func theHistoryIsBoundedInBytes() {
    var editor = LineEditor()
    let count = LineEditor.mostHistoryBytes / LineEditor.longestLine
    for number in 0..<(3 * count) {
      editor.insert(paste: "\(number) " + String(repeating: "x", count: LineEditor.longestLine - 10))
      _ = editor.feed(.named(.enter))
    }
    #expect(editor.history.count == count)
    #expect(editor.history.last?.hasPrefix("\(3 * count - 1) ") == true)
  }

  @Test func searchingGoesBackThroughTheHistory() {
    var editor = LineEditor(text: "draft", history: Self.lines)
    Self.press("ctrl-r", in: &editor)
    #expect(Self.picture(editor) == "draft|")
    Self.press("s t e", in: &editor)
    #expect(Self.picture(editor) == "|step 7")
    Self.press("ctrl-r", in: &editor)
    #expect(editor.text == "step 5")
    Self.press("ctrl-r", in: &editor)
    #expect(editor.text == "step 5", "there is none further back")
    Self.press("ctrl-g", in: &editor)
    #expect(Self.picture(editor) == "draft|")
    Self.press("ctrl-r o f f escape", in: &editor)
    #expect(Self.picture(editor) == "clip |off")
    Self.press("ctrl-r s p backspace t", in: &editor)
    #expect(editor.text == "step 7")
    #expect(editor.feed(.named(.enter)) == .submitted("step 7"))
  }

  // MARK: Completion

  private static let words = ["clip", "clip_value", "step", "stats", "lr=", "lr=0.1", "max_norm"]

  private static func tab(_ before: String, _ candidates: [String]) -> (LineEditor.Outcome, String) {
    var editor = editor(before)
    let outcome = editor.feed(.named(.tab)) { _ in candidates }
    return (outcome, picture(editor))
  }

  @Test func oneCandidateIsPutIn() {
    #expect(Self.tab("ma|", ["max_norm"]) == (.editing, "max_norm |"))
    #expect(Self.tab("sgd l|", ["lr="]) == (.editing, "sgd lr=|"))
    #expect(Self.tab("export torch sc|", ["scenarios/"]) == (.editing, "export torch scenarios/|"))
    #expect(Self.tab("ma| 1", ["max_norm"]) == (.editing, "max_norm| 1"))
    #expect(Self.tab("step;ma|", ["max_norm"]) == (.editing, "step;max_norm |"))
    #expect(Self.tab("step|", ["step"]) == (.editing, "step |"))
  }

  @Test func severalCandidatesAreListed() {
    #expect(Self.tab("s|", ["step", "stats"]) == (.candidates(["step", "stats"]), "st|"))
    #expect(Self.tab("st|", ["step", "stats"]) == (.candidates(["step", "stats"]), "st|"))
    #expect(Self.tab("|", ["clip", "step"]) == (.candidates(["clip", "step"]), "|"))
    #expect(Self.tab("clip|", ["clip", "clip_value"]) == (.candidates(["clip", "clip_value"]), "clip|"))
  }

  @Test func whatDoesNotFitIsNotPutIn() {
    #expect(Self.tab("x|", ["step"]) == (.editing, "x|"))
    #expect(Self.tab("x|", []) == (.editing, "x|"))
  }

  @Test func completionSeesTheLineUpToTheCursor() {
    var editor = Self.editor("clip no|rm")
    var seen: [String] = []
    _ = editor.feed(.named(.tab)) { line in
      seen.append(line)
      return []
    }
    #expect(seen == ["clip no"])
  }

  // MARK: Pastes

  @Test(arguments: [
    ("step 5", "step 5"), ("step 5\n", "step 5"), ("seed 1\nstep 5", "seed 1; step 5"),
    ("seed 1\n\n\n  \nstep 5\n", "seed 1; step 5"), ("seed 1 # one\nstep 5", "seed 1; step 5"),
    ("say \"# no\"\nstep", "say \"# no\"; step"), ("# all", "# all"), ("a\tb\u{1B}[31m\u{7}", "a b[31m"),
    ("a\r\nb\rc", "a; b; c"), ("\n\n", ""), (" ", " "),
  ])
  func aPasteBecomesOneLine(paste: String, line: String) {
    var editor = Self.editor("<|>")
    editor.insert(paste: paste)
    #expect(Self.picture(editor) == "<\(line)|>")
    #expect(editor.history.isEmpty)
  }

  @Test func aLineIsBounded() {
    var editor = LineEditor(text: "ab")
    editor.insert(paste: String(repeating: "x", count: 2 * LineEditor.longestLine))
    #expect(editor.text.count == LineEditor.longestLine)
    _ = editor.feed(.character("y"))
    #expect(editor.text.count == LineEditor.longestLine)
  }

  // MARK: Anything

  @Test func randomKeysNeverTrap() {
    for seed in UInt64(1)...3 {
      var generator = SplitMix(seed: seed)
      var editor = LineEditor(history: Self.lines)
      for _ in 0..<100_000 {
        switch Int.random(in: 0..<40, using: &generator) {
        case 0: editor.insert(paste: ["a\nb", "\u{301}", "🇩", "\r", "#"].randomElement(using: &generator)!)
        default: _ = editor.feed(Self.randomKey(&generator)) { _ in Self.words }
        }
        guard (0...editor.text.count).contains(editor.cursor) else {
          Issue.record("seed \(seed): cursor \(editor.cursor) in \(editor.text.debugDescription)")
          return
        }
      }
      #expect(editor.history.count <= LineEditor.longestHistory)
    }
  }

  private static func randomKey(_ generator: inout SplitMix) -> Key {
    let characters: [Character] = ["a", "s", "t", "_", ";", "=", "é", "\u{301}", "🇩", "🇪", "\u{200D}", "👩", "\"", "#"]
    let letters = Array("abcdefghijklmnopqrstuvwxyz")
    switch Int.random(in: 0..<8, using: &generator) {
    case 0...2: return .character(characters.randomElement(using: &generator)!)
    case 3...4: return .control(letters.randomElement(using: &generator)!)
    case 5: return .alt(letters.randomElement(using: &generator)!)
    default: return .named(Key.Name.allCases.randomElement(using: &generator)!)
    }
  }
}

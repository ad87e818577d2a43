import Language
import Screen
import SeededRandom
import Testing

@Suite struct KeyDecoderTests {
  private static func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

  private static func decode(_ bytes: [UInt8], _ decoder: KeyDecoder = KeyDecoder()) -> [KeyDecoder.Input] {
    var decoder = decoder
    return decoder.feed(bytes) + decoder.flush()
  }

  /// What is typed, and the names of the keys that come of it.
  static let table: [(sent: String, keys: String)] = [
    ("a", "a"), ("é", "é"), ("€", "€"), ("😀", "😀"), (" ", "space"), (":", ":"),
    ("\r", "enter"), ("\n", "enter"), ("\t", "tab"), ("\u{7F}", "backspace"), ("\u{8}", "backspace"),
    ("\u{1}", "ctrl-a"), ("\u{C}", "ctrl-l"), ("\u{13}", "ctrl-s"), ("\u{1A}", "ctrl-z"), ("\u{1F}", "ctrl-_"),
    ("\u{1B}b", "alt-b"), ("\u{1B}é", "alt-é"), ("\u{1B}\u{7F}", "ctrl-w"),
    ("\u{1B}[A", "up"), ("\u{1B}[B", "down"), ("\u{1B}[C", "right"), ("\u{1B}[D", "left"),
    ("\u{1B}OA", "up"), ("\u{1B}OB", "down"), ("\u{1B}OC", "right"), ("\u{1B}OD", "left"),
    ("\u{1B}[H", "home"), ("\u{1B}OH", "home"), ("\u{1B}[1~", "home"), ("\u{1B}[7~", "home"),
    ("\u{1B}[F", "end"), ("\u{1B}OF", "end"), ("\u{1B}[4~", "end"), ("\u{1B}[8~", "end"),
    ("\u{1B}[2~", "insert"), ("\u{1B}[3~", "delete"), ("\u{1B}[5~", "pageup"), ("\u{1B}[6~", "pagedown"),
    ("\u{1B}[Z", "backtab"), ("\u{1B}[1;2A", "up"), ("\u{1B}[1;5A", "up"), ("\u{1B}[3;5~", "delete"),
    ("\u{1B}[1;5D", "alt-b"), ("\u{1B}[1;3C", "alt-f"), ("\u{1B}\u{1B}[D", "alt-b"), ("\u{1B}O5C", "alt-f"),
    ("\u{1B}Op", "0"), ("\u{1B}Oy", "9"), ("\u{1B}Ok", "+"), ("\u{1B}OM", "enter"),
  ]

  /// Sequences that mean nothing here and must not act as keys.
  static let unknown = [
    "\u{1B}OP", "\u{1B}[[A", "\u{1B}[15~", "\u{1B}[24;2~", "\u{1B}[I", "\u{1B}[O", "\u{1B}[?1;2c", "\u{1B}[12;40R",
    "\u{1B}[<0;33;7m", "\u{1B}[M !q", "\u{1B}[27;5;9~", "\u{1B}[113;5u", "\u{1B}[?2026;2$y",
    "\u{1B}]11;rgb:0000/qqqq/0000\u{7}", "\u{1B}]10;quit\u{1B}\\", "\u{1B}P1+r436f=q\u{1B}\\", "\u{1B}_q\u{1B}\\",
    "\u{1B}[201~",
  ]

  @Test(arguments: table)
  func everyKeyIsKnown(sent: String, keys: String) {
    #expect(Self.decode(Self.bytes(sent)) == [.key(Key(name: keys)!)])
  }

  @Test(arguments: unknown)
  func anUnknownSequenceIsSwallowedWhole(sent: String) {
    #expect(Self.decode(Self.bytes(sent) + Self.bytes("x")) == [.key(.character("x"))])
  }

  @Test func theMouseIsReadAndItsOtherReportsAreSwallowed() {
    for (sent, action) in [("0", MouseEvent.Action.press), ("64", .wheelUp), ("65", .wheelDown), ("4", .press)] {
      let found = Self.decode(Self.bytes("\u{1B}[<\(sent);33;7M"))
      #expect(found == [.mouse(MouseEvent(action, column: 32, row: 6))])
    }
    for sent in ["[<0;33;7m", "[<2;33;7M", "[<32;33;7M", "[<0;0;7M", "[<0;33M", "[<;;M", "[<0;99999999999999999999;1M"]
    {
      #expect(Self.decode(Self.bytes("\u{1B}\(sent)x")) == [.key(.character("x"))], "\(sent)")
    }
  }

  @Test func everySequenceMayComeInTwoPortions() {
    for sent in Self.table.map(\.sent) + Self.unknown + ["\u{1B}[200~one\rtwo\u{1B}[201~"] {
      let bytes = Self.bytes(sent)
      let whole = Self.decode(bytes + Self.bytes("x"))
      for cut in 0...bytes.count {
        var decoder = KeyDecoder()
        let portions = decoder.feed(bytes[..<cut]) + decoder.feed(bytes[cut...]) + decoder.feed(Self.bytes("x"))
        #expect(portions == whole, "\(sent.debugDescription) cut at \(cut)")
        #expect(decoder.patience == nil)
      }
    }
  }

  @Test func escapeWaitsForAMomentOnly() {
    var decoder = KeyDecoder()
    #expect(decoder.patience == nil)
    #expect(decoder.feed([0x1B]).isEmpty)
    #expect(decoder.patience == 25)
    #expect(decoder.flush() == [.key(.named(.escape))])
    #expect(decoder.patience == nil)
    #expect(Self.decode(Self.bytes("\u{1B}\u{1B}")) == [.key(.named(.escape)), .key(.named(.escape))])
    #expect(Self.decode(Self.bytes("\u{1B}[")) == [.key(.alt("["))])
    #expect(Self.decode(Self.bytes("\u{1B}O")) == [.key(.alt("O"))])
    #expect(Self.decode(Self.bytes("\u{1B}\r")) == [.key(.named(.escape)), .key(.named(.enter))])
  }

  @Test func aBeginningWithoutAnEndIsDroppedAndTheNextKeyIsNot() {
    for beginning in ["\u{1B}[1", "\u{1B}[1;5", "\u{1B}]11;rgb", "\u{1B}[M ", "\u{1B}\u{1B}["] {
      var decoder = KeyDecoder()
      #expect(decoder.feed(Self.bytes(beginning)).isEmpty)
      #expect(decoder.patience == 500)
      #expect(decoder.flush().isEmpty)
      #expect(decoder.feed(Self.bytes("q")) == [.key(.character("q"))])
    }
  }

  @Test func aBrokenSequenceEndsWhereTheNextBegins() {
    #expect(Self.decode(Self.bytes("\u{1B}[1;\u{1B}[A")) == [.key(.named(.up))])
    #expect(Self.decode(Self.bytes("\u{1B}[1\u{C}")) == [.key(.control("l"))])
  }

  static let invalid: [[UInt8]] = [
    [0x80], [0xBF], [0xC0, 0xAF], [0xC1], [0xC3], [0xE2, 0x82], [0xE0, 0x80, 0xAF], [0xED, 0xA0, 0x80], [0xF0, 0x9F],
    [0xF0, 0x80, 0x80, 0xAF], [0xF4, 0x90, 0x80, 0x80], [0xF5], [0xFF, 0xFE], [0xE2, 0x28], [0xC2, 0x9B],
  ]

  @Test(arguments: invalid)
  func invalidUTF8LosesNoKeyBehindIt(bytes: [UInt8]) {
    let follower: [(sent: String, key: Key)] = [
      ("q", .character("q")), ("é", .character("é")), ("\u{1B}[A", .named(.up)),
    ]
    for (sent, key) in follower {
      let inputs = Self.decode(bytes + Self.bytes(sent))
      #expect(inputs.last == .key(key))
      // In [0xE2, 0x28] the second byte is a key of its own.
      #expect(inputs.count == (bytes.last == 0x28 ? 2 : 1))
    }
  }

  @Test func aPasteIsText() {
    let paste = Self.decode(Self.bytes("a\u{1B}[200~quit\r\nstep 1\r\u{3}\u{1B}[A\u{1B}[20\u{1B}[201~b"))
    #expect(
      paste == [
        .key(.character("a")), .paste("quit\nstep 1\n\u{3}\u{1B}[A\u{1B}[20"), .key(.character("b")),
      ])
  }

  @Test func halfAPasteIsNeverKeys() {
    var decoder = KeyDecoder()
    #expect(decoder.feed(Self.bytes("\u{1B}[200~quit\r")).isEmpty)
    #expect(decoder.patience == nil)
    #expect(decoder.flush().isEmpty)
    #expect(decoder.feed(Self.bytes("q")).isEmpty)
    decoder.reset()
    #expect(decoder.feed(Self.bytes("q")) == [.key(.character("q"))])
  }

  @Test func aPasteIsBounded() {
    var decoder = KeyDecoder()
    let text = [UInt8](repeating: 0x61, count: KeyDecoder.longestPaste + 10)
    let inputs = decoder.feed(Self.bytes("\u{1B}[200~") + text + Self.bytes("\u{1B}[201~"))
    #expect(inputs == [.paste(String(repeating: "a", count: KeyDecoder.longestPaste))])
  }

  @Test func theTerminalsOwnKeysComeFirst() {
    let own: [[UInt8]: Key?] = [
      Self.bytes("\u{1B}A"): .named(.up), Self.bytes("\u{1B}[3$"): .named(.delete), Self.bytes("\u{1B}[L"): nil,
      Self.bytes("\u{B}"): .named(.up), []: .named(.down),
    ]
    let decoder = KeyDecoder(sequences: own)
    #expect(Self.decode(Self.bytes("\u{1B}A"), decoder) == [.key(.named(.up))])
    #expect(Self.decode(Self.bytes("\u{1B}[3$q"), decoder) == [.key(.named(.delete)), .key(.character("q"))])
    #expect(Self.decode(Self.bytes("\u{1B}[Lq"), decoder) == [.key(.character("q"))])
    #expect(Self.decode(Self.bytes("\u{1B}[3~"), decoder) == [.key(.named(.delete))])
    #expect(Self.decode(Self.bytes("\u{B}"), decoder) == [.key(.control("k"))])
  }

  @Test func randomBytesNeverTrap() {
    for seed in UInt64(1)...4 {
      var generator = SplitMix(seed: seed)
      var decoder = KeyDecoder()
      let likely: [UInt8] = Self.bytes("\u{1B}\u{1B}[[O;~0129$A]\\\u{7}é€😀qM")
      for _ in 0..<20_000 {
        let byte =
          Bool.random(using: &generator)
          ? likely.randomElement(using: &generator)! : UInt8.random(in: 0...255, using: &generator)
        _ = decoder.feed([byte])
        if Int.random(in: 0..<20, using: &generator) == 0 { _ = decoder.flush() }
      }
      decoder.reset()
      #expect(decoder.feed(Self.bytes("q")) == [.key(.character("q"))], "seed \(seed)")
    }
  }
}

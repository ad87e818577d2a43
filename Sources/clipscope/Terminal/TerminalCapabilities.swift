import CTerminal
import Language
import Screen

/// The strings that take the terminal over and give it back, and those its keys send.
enum TerminalCapabilities {
  private static let beginSynchronized = "\u{1B}[?2026h"
  private static let endSynchronized = "\u{1B}[?2026l"

  /// Brackets around a frame that the terminal shows in one go.
  static let frameBrackets = (begin: Array(beginSynchronized.utf8), end: Array(endSynchronized.utf8))

  /// A string of terminfo for this terminal, empty if it has none.
  static func string(_ name: String) -> String {
    withBuffer { painter_capability(name, $0, $1) }
  }

  private static func string(_ name: String, first: Int, second: Int) -> String {
    withBuffer { painter_capability_with(name, Int32(first), Int32(second), $0, $1) }
  }

  private static func withBuffer(_ fill: (UnsafeMutablePointer<CChar>, Int) -> Int) -> String {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { buffer in
      guard let base = buffer.baseAddress else { return "" }
      let length = fill(base, buffer.count)
      return String(decoding: buffer[..<length].map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
  }

  /// Private modes are for terminals whose language is ECMA-48; others would print them.
  private static var speaksECMA48: Bool { string("cup").hasPrefix("\u{1B}[") }

  /// The alternate screen, all of it, with cursor keys as terminfo describes them, pastes in brackets, and reports of the
  /// mouse if they are wanted.
  static func start(rows: Int, usesMouse: Bool) -> String {
    let screen = string("smcup") + string("csr", first: 0, second: max(0, rows - 1)) + string("sgr0") + string("smkx")
    guard speaksECMA48 else { return screen }
    return screen + "\u{1B}[?2004h" + (usesMouse ? "\u{1B}[?1000h\u{1B}[?1006h" : "")
  }

  /// Ends an escape sequence that was cut off, and its colours.
  static var recovery: String { (speaksECMA48 ? "\u{18}" : "") + string("sgr0") }

  /// What undoes everything that the program may have switched on. It also goes out after a crash, so it takes back
  /// modes of which nobody knows whether they are set.
  static func undo(synchronizedOutput: Bool) -> String {
    var undo = ""
    if speaksECMA48 {
      if synchronizedOutput { undo += endSynchronized }
      undo += "\u{1B}[?2004l\u{1B}[?1000l\u{1B}[?1006l\u{1B}[?1004l"
    }
    undo += string("sgr0") + string("rmkx") + string("cnorm")
    // Without a second screen the shell goes on below ours: row 998 is the last one everywhere.
    let leave = string("rmcup")
    return undo + (leave.isEmpty ? string("cup", first: 998, second: 0) + "\r\n" : leave)
  }

  private static let keys: [(capability: String, key: Key?)] = [
    ("kcuu1", .named(.up)), ("kcud1", .named(.down)), ("kcuf1", .named(.right)), ("kcub1", .named(.left)),
    ("khome", .named(.home)), ("kend", .named(.end)), ("kpp", .named(.pageup)), ("knp", .named(.pagedown)),
    ("kdch1", .named(.delete)), ("kich1", .named(.insert)), ("kcbt", .named(.backtab)), ("kbs", .named(.backspace)),
    ("kent", .named(.enter)), ("kHOM", .named(.home)), ("kEND", .named(.end)), ("kDC", .named(.delete)),
    ("kIC", .named(.insert)), ("kLFT", .named(.left)), ("kRIT", .named(.right)), ("kri", .named(.up)),
    ("kind", .named(.down)), ("kPRV", .named(.pageup)), ("kNXT", .named(.pagedown)),
  ]

  /// What terminfo says the keys of this terminal send. Function keys are in it to be known and ignored.
  static var keySequences: [[UInt8]: Key?] {
    var sequences: [[UInt8]: Key?] = [:]
    for number in 1...24 { sequences.updateValue(nil, forKey: Array(string("kf\(number)").utf8)) }
    for (capability, key) in keys { sequences.updateValue(key, forKey: Array(string(capability).utf8)) }
    return sequences
  }
}

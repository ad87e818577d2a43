import Language

/// The grammar of what terminals send for keys: control characters, UTF-8, and the escape sequences of ECMA-48 with
/// the liberties that xterm, rxvt and the Linux console take.
enum KeySequence {
  /// What closes a bracketed paste.
  static let endOfPaste: [UInt8] = Array("\u{1B}[201~".utf8)

  private static let finalBytes: ClosedRange<UInt8> = 0x40...0x7E

  // MARK: Characters

  /// A key that is not a sequence: a control character or one scalar of UTF-8.
  static func character(_ bytes: [UInt8]) -> Parsed {
    if bytes[0] < 0x20 || bytes[0] == ASCII.delete { return .key(control(bytes[0]), length: 1) }
    switch scalar(bytes) {
    case .incomplete: return .incomplete
    case .invalid(let length): return .key(nil, length: length)
    case .scalar(" ", _): return .key(.named(.space), length: 1)
    case .scalar(let scalar, let length):
      let isControl = (0x80...0x9F).contains(scalar.value)
      return .key(isControl ? nil : .character(Character(scalar)), length: length)
    }
  }

  private static func control(_ byte: UInt8) -> Key {
    switch byte {
    case 0x08, ASCII.delete: .named(.backspace)
    case 0x09: .named(.tab)
    case 0x0A, 0x0D: .named(.enter)
    case ASCII.escape: .named(.escape)
    case 0x01...0x1A: .control(Character(Unicode.Scalar(byte + 0x60)))
    default: .control(Character(Unicode.Scalar(byte + 0x40)))
    }
  }

  private enum Decoded {
    case incomplete
    case invalid(length: Int)
    case scalar(Unicode.Scalar, length: Int)
  }

  // A byte that cannot continue a scalar is not a part of it: it is read afresh, so that no key is lost.
  private static func scalar(_ bytes: [UInt8]) -> Decoded {
    guard let length = scalarLength(bytes[0]) else { return .invalid(length: 1) }
    for index in 1..<max(length, 1) {
      if index == bytes.count { return .incomplete }
      if !continues(bytes, at: index) { return .invalid(length: index) }
    }
    var value = length == 1 ? UInt32(bytes[0]) : UInt32(bytes[0]) & (0xFF >> UInt32(length + 1))
    for byte in bytes[1..<length] { value = value << 6 | UInt32(byte & 0x3F) }
    guard let scalar = Unicode.Scalar(value) else { return .invalid(length: length) }
    return .scalar(scalar, length: length)
  }

  private static func scalarLength(_ lead: UInt8) -> Int? {
    switch lead {
    case 0x00...0x7F: 1
    case 0xC2...0xDF: 2
    case 0xE0...0xEF: 3
    case 0xF0...0xF4: 4
    default: nil
    }
  }

  // The second byte has narrower bounds after some leads: no overlong forms, surrogates or values past U+10FFFF.
  private static func continues(_ bytes: [UInt8], at index: Int) -> Bool {
    let bounds: ClosedRange<UInt8>
    switch (index, bytes[0]) {
    case (1, 0xE0): bounds = 0xA0...0xBF
    case (1, 0xED): bounds = 0x80...0x9F
    case (1, 0xF0): bounds = 0x90...0xBF
    case (1, 0xF4): bounds = 0x80...0x8F
    default: bounds = 0x80...0xBF
    }
    return bounds.contains(bytes[index])
  }

  // MARK: Escape sequences

  /// Something that begins with Escape.
  static func escape(_ bytes: [UInt8]) -> Parsed {
    guard bytes.count > 1 else { return .incomplete }
    switch bytes[1] {
    case ASCII.escape: return doubleEscape(bytes)
    case UInt8(ascii: "["): return controlSequence(bytes)
    case UInt8(ascii: "O"): return singleShift(bytes)
    case UInt8(ascii: "]"), UInt8(ascii: "P"), UInt8(ascii: "X"), UInt8(ascii: "^"), UInt8(ascii: "_"):
      return controlString(bytes)
    case 0x00..<0x20: return .key(.named(.escape), length: 1)
    // Alt and backspace deletes a word, and so does Control and w.
    case ASCII.delete: return .key(.control("w"), length: 2)
    default: return alt(bytes)
    }
  }

  private static func alt(_ bytes: [UInt8]) -> Parsed {
    switch scalar(Array(bytes[1...])) {
    case .incomplete: return .incomplete
    case .invalid(let length): return .key(.named(.escape), length: 1 + length)
    case .scalar(let scalar, let length): return .key(.alt(Character(scalar)), length: 1 + length)
    }
  }

  // rxvt puts one more Escape before the sequence of a key that is pressed with Alt.
  private static func doubleEscape(_ bytes: [UInt8]) -> Parsed {
    guard bytes.count > 2 else { return .incomplete }
    guard bytes[2] == UInt8(ascii: "[") || bytes[2] == UInt8(ascii: "O") else {
      return .key(.named(.escape), length: 1)
    }
    switch escape(Array(bytes[1...])) {
    case .incomplete: return .incomplete
    case .key(let key, let length): return .key(key.map(withModifier), length: length + 1)
    case .mouse(let mouse, let length): return .mouse(mouse, length: length + 1)
    case .beginPaste: return .key(.named(.escape), length: 1)
    }
  }

  // ESC O, perhaps a modifier, and a letter: cursor keys of the application mode, and the keypad's digits.
  private static func singleShift(_ bytes: [UInt8]) -> Parsed {
    for (index, byte) in bytes.enumerated().dropFirst(2) {
      if (0x30...0x39).contains(byte) { continue }
      guard finalBytes.contains(byte) else { return .key(nil, length: index) }
      let key = cursorKey(byte) ?? keypadKey(byte)
      return .key(index > 2 ? key.map(withModifier) : key, length: index + 1)
    }
    return .incomplete
  }

  private static func controlSequence(_ bytes: [UInt8]) -> Parsed {
    guard bytes.count > 2 else { return .incomplete }
    // The Linux console's function keys have one more letter.
    if bytes[2] == UInt8(ascii: "[") { return bytes.count > 3 ? .key(nil, length: 4) : .incomplete }
    // An old mouse report: three bytes that may be anything.
    if bytes[2] == UInt8(ascii: "M") { return bytes.count > 5 ? .key(nil, length: 6) : .incomplete }
    for (index, byte) in bytes.enumerated().dropFirst(2) {
      if (0x20...0x3F).contains(byte) { continue }
      // A byte that belongs to no sequence begins something of its own.
      guard finalBytes.contains(byte) else { return .key(nil, length: index) }
      return controlKey(parameters: bytes[2..<index], final: byte, length: index + 1)
    }
    return .incomplete
  }

  private static func controlKey(parameters: ArraySlice<UInt8>, final: UInt8, length: Int) -> Parsed {
    if parameters.first == UInt8(ascii: "<") {
      return mouse(parameters.dropFirst(), final: final, length: length)
    }
    let fields = parameters.split(separator: UInt8(ascii: ";"), omittingEmptySubsequences: false)
    let numbers = fields.map { Int(String(decoding: $0, as: UTF8.self)) }
    // Private markers and intermediate bytes are no numbers: such a sequence is not a key.
    guard parameters.isEmpty || (numbers.count <= 2 && !numbers.contains(nil)) else { return .key(nil, length: length) }
    let first = numbers.first.flatMap { $0 }
    if final == UInt8(ascii: "~"), first == 200 { return .beginPaste(length: length) }
    let key: Key?
    if final == UInt8(ascii: "~") {
      key = first.flatMap(editingKey)
    } else {
      key = first ?? 1 == 1 ? cursorKey(final) : nil
    }
    // The second number counts the modifiers from 1; 2 is Shift alone, which changes nothing here.
    let isModified = numbers.count == 2 && (numbers[1] ?? 1) > 2
    return .key(isModified ? key.map(withModifier) : key, length: length)
  }

  // A report of mode 1006: button, column and row from 1; M for a press, m for a release, which says nothing here.
  private static func mouse(_ parameters: ArraySlice<UInt8>, final: UInt8, length: Int) -> Parsed {
    let numbers = parameters.split(separator: UInt8(ascii: ";")).compactMap { Int(String(decoding: $0, as: UTF8.self)) }
    guard final == UInt8(ascii: "M"), numbers.count == 3, numbers[1] > 0, numbers[2] > 0 else {
      return .key(nil, length: length)
    }
    let actions: [Int: MouseEvent.Action] = [0: .press, 64: .wheelUp, 65: .wheelDown]
    // 4, 8 and 16 are Shift, Alt and Control.
    guard let action = actions[numbers[0] & ~28] else { return .key(nil, length: length) }
    return .mouse(MouseEvent(action, column: numbers[1] - 1, row: numbers[2] - 1), length: length)
  }

  // Answers of the terminal to questions that a program before this one asked: up to BEL, or Escape and backslash.
  private static func controlString(_ bytes: [UInt8]) -> Parsed {
    for (index, byte) in bytes.enumerated().dropFirst(2) {
      if byte == ASCII.bell { return .key(nil, length: index + 1) }
      if byte == UInt8(ascii: "\\"), bytes[index - 1] == ASCII.escape, index > 2 {
        return .key(nil, length: index + 1)
      }
    }
    return .incomplete
  }

  // MARK: Tables

  private static func cursorKey(_ final: UInt8) -> Key? {
    switch final {
    case UInt8(ascii: "A"): .named(.up)
    case UInt8(ascii: "B"): .named(.down)
    case UInt8(ascii: "C"): .named(.right)
    case UInt8(ascii: "D"): .named(.left)
    case UInt8(ascii: "H"): .named(.home)
    case UInt8(ascii: "F"): .named(.end)
    case UInt8(ascii: "Z"): .named(.backtab)
    // rxvt's cursor keys with Shift.
    case UInt8(ascii: "a"): .named(.up)
    case UInt8(ascii: "b"): .named(.down)
    case UInt8(ascii: "c"): .named(.right)
    case UInt8(ascii: "d"): .named(.left)
    default: nil
    }
  }

  private static func editingKey(_ number: Int) -> Key? {
    switch number {
    case 1, 7: .named(.home)
    case 2: .named(.insert)
    case 3: .named(.delete)
    case 4, 8: .named(.end)
    case 5: .named(.pageup)
    case 6: .named(.pagedown)
    default: nil
    }
  }

  // The number keys of a keypad in application mode: "j" is "*", and so on up to "y", which is "9".
  private static func keypadKey(_ final: UInt8) -> Key? {
    switch final {
    case UInt8(ascii: "M"): .named(.enter)
    case UInt8(ascii: "I"): .named(.tab)
    case UInt8(ascii: "X"): .character("=")
    case UInt8(ascii: "j")...UInt8(ascii: "y"): .character(Character(Unicode.Scalar(final - 0x40)))
    default: nil
    }
  }

  // Left and right with Alt or Control go by words, as Alt and b or f do; with the others a modifier says nothing.
  private static func withModifier(_ key: Key) -> Key {
    switch key {
    case .named(.left): .alt("b")
    case .named(.right): .alt("f")
    default: key
    }
  }
}

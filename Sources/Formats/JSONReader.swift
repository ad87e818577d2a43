/// Reads JSON from left to right, once, and keeps nothing of it: whoever reads says what is expected next.
///
/// It is read as Python's `json` reads it: numbers beyond a double are infinite or 0, the last of several equal names counts,
/// and `NaN`, `Infinity` and `-Infinity` are numbers. Strictly it is read as Rust's `serde_json` reads it, which refuses these.
struct JSONReader {
  /// What stood where something else was expected.
  enum Problem: Error {
    /// These bytes are no JSON.
    case syntax
    /// It is JSON, and something else than this.
    case type(expected: String, path: String)
  }

  private let bytes: UnsafeBufferPointer<UInt8>
  private let isStrict: Bool
  private var index = 0
  private var depth = 0
  // Where the reader is: names and numbers of elements.
  private var path: [String] = []

  /// As deep as the reference reader of safetensors goes.
  private static let mostDepth = 127

  /// Reads these bytes, which have to outlive it.
  /// - Parameter isStrict: whether numbers are finite, and text is whole.
  init(_ bytes: UnsafeBufferPointer<UInt8>, isStrict: Bool) { (self.bytes, self.isStrict) = (bytes, isStrict) }

  // MARK: Values

  /// An object: `field` reads the value behind each name.
  mutating func readObject(_ field: (inout JSONReader, String) throws(Problem) -> Void) throws(Problem) {
    guard peek() == UInt8(ascii: "{") else { throw mismatch("an object") }
    try enter()
    if !take("}") {
      repeat {
        guard peek() == UInt8(ascii: "\"") else { throw .syntax }
        let name = try readString()
        guard take(":") else { throw .syntax }
        path.append(path.isEmpty ? name : "." + name)
        try field(&self, name)
        path.removeLast()
      } while take(",")
      guard take("}") else { throw .syntax }
    }
    depth -= 1
  }

  /// A list: `element` reads each of its elements.
  mutating func readList(_ element: (inout JSONReader) throws(Problem) -> Void) throws(Problem) {
    guard peek() == UInt8(ascii: "[") else { throw mismatch("a list") }
    try enter()
    if !take("]") {
      var number = 0
      repeat {
        path.append("[\(number)]")
        try element(&self)
        path.removeLast()
        number += 1
      } while take(",")
      guard take("]") else { throw .syntax }
    }
    depth -= 1
  }

  /// A list of numbers; the strings that stand for what JSON has no numbers for are numbers, too.
  mutating func readNumbers() throws(Problem) -> [Double] {
    var numbers: [Double] = []
    // The path of an element is only needed where something is wrong with it.
    guard peek() == UInt8(ascii: "[") else { throw mismatch("a list") }
    try enter()
    if !take("]") {
      repeat {
        guard let number = try numberIfPresent() else {
          path.append("[\(numbers.count)]")
          throw mismatch("a number, or \"nan\", \"inf\", \"-inf\"")
        }
        numbers.append(number)
      } while take(",")
      guard take("]") else { throw .syntax }
    }
    depth -= 1
    return numbers
  }

  /// A number, or a string that stands for one.
  mutating func readNumber() throws(Problem) -> Double {
    guard let number = try numberIfPresent() else { throw mismatch("a number, or \"nan\", \"inf\", \"-inf\"") }
    return number
  }

  /// A whole number, written without point and exponent.
  mutating func readWhole() throws(Problem) -> Int {
    let start = position
    guard let digits = try numberToken(), let value = Int(Substring(decoding: digits, as: UTF8.self)),
      !(isStrict && digits[0] == UInt8(ascii: "-"))
    else {
      index = start
      throw mismatch("a whole number")
    }
    return value
  }

  /// True or false.
  mutating func readFlag() throws(Problem) -> Bool {
    if take(word: "true") { return true }
    if take(word: "false") { return false }
    throw mismatch("true or false")
  }

  /// A text.
  mutating func readText() throws(Problem) -> String {
    guard peek() == UInt8(ascii: "\"") else { throw mismatch("a text") }
    return try readString()
  }

  /// Whether `null` stands here; it is passed over.
  mutating func takeNull() -> Bool { take(word: "null") }

  /// Whatever stands here.
  mutating func skipValue() throws(Problem) {
    switch peek() {
    case UInt8(ascii: "{"): try readObject { reader, _ throws(Problem) in try reader.skipValue() }
    case UInt8(ascii: "["): try readList { reader throws(Problem) in try reader.skipValue() }
    case UInt8(ascii: "\""): _ = try readString()
    default:
      if take(word: "true") || take(word: "false") || take(word: "null") { return }
      guard try numberIfPresent() != nil else { throw .syntax }
    }
  }

  /// Whether everything was read, be it in the middle of a value.
  var isAtEnd: Bool { position == bytes.count }

  /// Nothing follows.
  mutating func end() throws(Problem) { guard peek() == nil else { throw .syntax } }

  // MARK: Parts

  private mutating func enter() throws(Problem) {
    guard depth < Self.mostDepth else { throw .syntax }
    (depth, index) = (depth + 1, index + 1)
  }

  // Of what is JSON and not what is expected; what is none is no JSON.
  private mutating func mismatch(_ expected: String) -> Problem {
    var rest = self
    do { try rest.skipValue() } catch { return .syntax }
    return .type(expected: expected, path: path.joined())
  }

  // Where the next value begins.
  private var position: Int {
    var next = index
    while next < bytes.count, bytes[next] == 32 || (9...10).contains(bytes[next]) || bytes[next] == 13 { next += 1 }
    return next
  }

  private mutating func peek() -> UInt8? {
    index = position
    return index < bytes.count ? bytes[index] : nil
  }

  private mutating func take(_ sign: Unicode.Scalar) -> Bool {
    guard peek() == UInt8(ascii: sign) else { return false }
    index += 1
    return true
  }

  private mutating func take(word: StaticString) -> Bool {
    let start = position
    guard start + word.utf8CodeUnitCount <= bytes.count else { return false }
    for offset in 0..<word.utf8CodeUnitCount where bytes[start + offset] != word.utf8Start[offset] { return false }
    index = start + word.utf8CodeUnitCount
    return true
  }

  private mutating func numberIfPresent() throws(Problem) -> Double? {
    switch peek() {
    case UInt8(ascii: "\"") where !isStrict:
      let start = index
      switch try readString() {
      case "nan": return .nan
      case "inf": return .infinity
      case "-inf": return -.infinity
      default:
        index = start
        return nil
      }
    case UInt8(ascii: "N") where !isStrict: return take(word: "NaN") ? .nan : nil
    case UInt8(ascii: "I") where !isStrict: return take(word: "Infinity") ? .infinity : nil
    case UInt8(ascii: "-") where !isStrict && take(word: "-Infinity"): return -.infinity
    default:
      guard let token = try numberToken() else { return nil }
      let number = Self.number(token)
      if isStrict, !number.isFinite { throw .syntax }
      return number
    }
  }

  // Up to 15 digits and a power of ten up to 10^22 are exact, and so is one product or quotient of them once it is rounded
  // (Clinger 1990); the rest is the library's.
  private static func number(_ token: UnsafeBufferPointer<UInt8>) -> Double {
    var (digits, count, exponent, isFraction) = (0, 0, 0, false)
    var index = token[0] == UInt8(ascii: "-") ? 1 : 0
    while index < token.count, count < 16 {
      let byte = token[index]
      if isDigit(byte) {
        digits = 10 * digits + Int(byte - 48)
        count += digits > 0 ? 1 : 0
        exponent -= isFraction ? 1 : 0
      } else if byte == UInt8(ascii: ".") {
        isFraction = true
      } else {
        break
      }
      index += 1
    }
    if index < token.count, count < 16, let written = Int(Substring(decoding: token[(index + 1)...], as: UTF8.self)) {
      (exponent, index) = (exponent + max(-9999, min(written, 9999)), token.count)
    }
    guard index == token.count, count < 16, (-22...22).contains(exponent) else {
      return Double(Substring(decoding: token, as: UTF8.self)) ?? .nan
    }
    let size = exponent < 0 ? Double(digits) / powersOfTen[-exponent] : Double(digits) * powersOfTen[exponent]
    return token[0] == UInt8(ascii: "-") ? -size : size
  }

  private static let powersOfTen: [Double] = [
    1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20,
    1e21, 1e22,
  ]

  // The digits of a number, as the grammar has them; `nil` where none begins.
  private mutating func numberToken() throws(Problem) -> UnsafeBufferPointer<UInt8>? {
    guard let first = peek(), first == UInt8(ascii: "-") || Self.isDigit(first) else { return nil }
    let start = index
    func digits(_ reader: inout JSONReader) throws(Problem) {
      let begin = reader.index
      while reader.index < reader.bytes.count, Self.isDigit(reader.bytes[reader.index]) { reader.index += 1 }
      guard reader.index > begin else { throw .syntax }
    }
    func next(_ signs: StaticString) -> Bool {
      index < bytes.count && (0..<signs.utf8CodeUnitCount).contains { bytes[index] == signs.utf8Start[$0] }
    }
    if first == UInt8(ascii: "-") { index += 1 }
    if next("0") { index += 1 } else { try digits(&self) }
    if next(".") {
      index += 1
      try digits(&self)
    }
    if next("eE") {
      index += 1
      if next("+-") { index += 1 }
      try digits(&self)
    }
    return UnsafeBufferPointer(rebasing: bytes[start..<index])
  }

  private static func isDigit(_ byte: UInt8) -> Bool { byte >= 48 && byte <= 57 }

  private mutating func readString() throws(Problem) -> String {
    index += 1
    let start = index
    while index < bytes.count, bytes[index] != UInt8(ascii: "\""), bytes[index] != UInt8(ascii: "\\") {
      guard bytes[index] >= 32 else { throw .syntax }
      index += 1
    }
    guard index < bytes.count else { throw .syntax }
    if bytes[index] == UInt8(ascii: "\"") {
      defer { index += 1 }
      return try text(bytes[start..<index])
    }
    var unescaped = Array(bytes[start..<index])
    while index < bytes.count, bytes[index] != UInt8(ascii: "\"") {
      guard bytes[index] >= 32 else { throw .syntax }
      if bytes[index] == UInt8(ascii: "\\") {
        try readEscape(into: &unescaped)
      } else {
        unescaped.append(bytes[index])
        index += 1
      }
    }
    guard index < bytes.count else { throw .syntax }
    index += 1
    return try text(unescaped[...])
  }

  private func text(_ bytes: some Collection<UInt8>) throws(Problem) -> String {
    guard let text = String(validating: bytes, as: UTF8.self) else { throw .syntax }
    return text
  }

  private mutating func readEscape(into text: inout [UInt8]) throws(Problem) {
    guard index + 1 < bytes.count else { throw .syntax }
    let sign = bytes[index + 1]
    index += 2
    switch sign {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(sign)
    case UInt8(ascii: "b"): text.append(8)
    case UInt8(ascii: "f"): text.append(12)
    case UInt8(ascii: "n"): text.append(10)
    case UInt8(ascii: "r"): text.append(13)
    case UInt8(ascii: "t"): text.append(9)
    case UInt8(ascii: "u"):
      var units = [try readUnit()]
      let hasSecond =
        UTF16.isLeadSurrogate(units[0]) && index + 1 < bytes.count && bytes[index] == UInt8(ascii: "\\")
        && bytes[index + 1] == UInt8(ascii: "u")
      if hasSecond {
        let start = index
        index += 2
        let second = try readUnit()
        if UTF16.isTrailSurrogate(second) { units.append(second) } else { index = start }
      }
      let isLone = units.count == 1 && (UTF16.isLeadSurrogate(units[0]) || UTF16.isTrailSurrogate(units[0]))
      if isLone, isStrict { throw .syntax }
      text += String(decoding: units, as: UTF16.self).utf8
    default: throw .syntax
    }
  }

  private mutating func readUnit() throws(Problem) -> UInt16 {
    guard index + 4 <= bytes.count else { throw .syntax }
    var unit: UInt16 = 0
    for offset in 0..<4 {
      guard let digit = Character(UnicodeScalar(bytes[index + offset])).hexDigitValue, bytes[index + offset] < 128
      else {
        throw .syntax
      }
      unit = unit << 4 | UInt16(digit)
    }
    index += 4
    return unit
  }
}

/// A number that has shortest digits: a float32 or a double.
public protocol WrittenNumber: BinaryFloatingPoint, LosslessStringConvertible {}
extension Float: WrittenNumber {}
extension Double: WrittenNumber {}

/// Numbers as the language writes and reads them.
public enum NumberText {
  /// The shortest digits that read back to the same number: `0.02`, `1`, `1e-8`; `nan`, `inf`, `-inf`.
  public static func of(_ value: some WrittenNumber) -> String {
    var bytes: [UInt8] = []
    append(value, to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Writes them behind what is there already.
  package static func append(_ value: some WrittenNumber, to bytes: inout [UInt8]) {
    // Swift writes 1.0, 1e-08 and 1e+20 where the language writes 1, 1e-8 and 1e20.
    var text = value.description
    text.withUTF8 { text in
      guard let sign = text.firstIndex(of: UInt8(ascii: "e")) else { return bytes += text.whole }
      bytes += UnsafeBufferPointer(rebasing: text[..<sign]).whole
      bytes.append(UInt8(ascii: "e"))
      if text[sign + 1] == UInt8(ascii: "-") { bytes.append(UInt8(ascii: "-")) }
      bytes += text[(sign + 2)...].drop { $0 == UInt8(ascii: "0") }
    }
  }

  /// A number of the language: digits with a point or an exponent, or `inf`. Nothing else that Swift would read.
  public static func parse(_ text: String) -> Double? {
    if text == "inf" || text == "-inf" || text == "nan" { return Double(text) }
    guard text.utf8.allSatisfy({ ($0 >= 48 && $0 <= 57) || "+-.eE".utf8.contains($0) }) else { return nil }
    return Double(text)
  }

  /// Three significant digits, for people: `37.2`, `0.0075`, `4.77e4`.
  public static func short(_ value: Double) -> String {
    guard value.isFinite else { return of(value) }
    guard value != 0 else { return "0" }
    let magnitude = value.magnitude
    if magnitude >= 0.001, magnitude < 10_000 {
      let decimals = magnitude >= 1000 ? 0 : magnitude >= 100 ? 0 : magnitude >= 10 ? 1 : magnitude >= 1 ? 2 : 3
      return trimmed(fixed(value, decimals: magnitude < 0.1 ? 4 : decimals))
    }
    var exponent = 0
    var scaled = magnitude
    while scaled >= 10 { (scaled, exponent) = (scaled / 10, exponent + 1) }
    while scaled < 1 { (scaled, exponent) = (scaled * 10, exponent - 1) }
    var digits = fixed(scaled, decimals: 2)
    if digits == "10.00" { (digits, exponent) = ("1.00", exponent + 1) }
    return (value < 0 ? "-" : "") + trimmed(digits) + "e\(exponent)"
  }

  /// The same of a float32.
  public static func short(_ value: Float) -> String { short(Double(value)) }

  // Digits with a fixed number of decimals, by way of an integer: no locale can touch it.
  private static func fixed(_ value: Double, decimals: Int) -> String {
    let factor = [1.0, 10, 100, 1000, 10_000][decimals]
    let whole = Int((value.magnitude * factor).rounded())
    var digits = String(whole)
    if decimals > 0 {
      digits = String(repeating: "0", count: max(0, decimals + 1 - digits.count)) + digits
      digits.insert(".", at: digits.index(digits.endIndex, offsetBy: -decimals))
    }
    return (value < 0 && whole != 0 ? "-" : "") + digits
  }

  private static func trimmed(_ digits: String) -> String {
    guard digits.contains(".") else { return digits }
    var short = Substring(digits)
    while short.utf8.last == UInt8(ascii: "0") { short.removeLast() }
    if short.utf8.last == UInt8(ascii: ".") { short.removeLast() }
    return String(short)
  }
}

extension UnsafeBufferPointer<UInt8> {
  // Digits without a fraction of 0.
  fileprivate var whole: Slice<Self> {
    let isWhole = count > 2 && self[count - 1] == UInt8(ascii: "0") && self[count - 2] == UInt8(ascii: ".")
    return isWhole ? dropLast(2) : self[...]
  }
}

/// The values that a key walks through: ten a decade, near a factor of 10^(1/10) each.
public enum Ladder {
  private static let rungs = ["1", "1.25", "1.6", "2", "2.5", "3.2", "4", "5", "6.3", "8"]

  /// The next value above, at most 1e30.
  public static func up(from value: Double) -> Double { neighbours(of: value).above }
  /// The next value below, at least 1e-30.
  public static func down(from value: Double) -> Double { neighbours(of: value).below }

  private static func neighbours(of value: Double) -> (below: Double, above: Double) {
    let all = (-30..<30).flatMap { decade in rungs.map { Double("\($0)e\(decade)")! } } + [1e30]
    let below = all.last { $0 < value } ?? all[0]
    let above = all.first { $0 > value } ?? all[all.count - 1]
    return (below, above)
  }
}

import Language

/// JSON as clipscope writes it: numbers in the fewest digits that read back to the same bits, text that no terminal obeys.
///
///     JSON.object([("max_norm", .number(-0.0)), ("norms", .array([.number(Float.nan)]))]).text
///     // {"max_norm":-0.0,"norms":["nan"]}
package enum JSON: Sendable {
  /// A text.
  case string(String)
  /// A number, as its digits.
  case digits(String)
  /// True or false.
  case flag(Bool)
  /// A list.
  case array([JSON])
  /// Names with their values, in this order.
  case object([(String, JSON)])

  /// A float32. JSON has no words for NaN and the infinities, so the strings "nan", "inf" and "-inf" stand for them.
  package static func number(_ value: Float) -> JSON { digits(of: value) }
  /// A double, likewise.
  package static func number(_ value: Double) -> JSON { digits(of: value) }
  /// A whole number.
  package static func number(_ value: some BinaryInteger) -> JSON { .digits(String(value)) }

  private static func digits<Scalar: WrittenNumber>(of value: Scalar) -> JSON {
    var bytes: [UInt8] = []
    append(value, to: &bytes)
    return .digits(String(decoding: bytes, as: UTF8.self))
  }

  /// Writes a number behind what is there already.
  package static func append<Scalar: WrittenNumber>(_ value: Scalar, to bytes: inout [UInt8]) {
    // A reader that takes -0 for a whole number would lose its sign.
    if value == 0, value.sign == .minus { return bytes += "-0.0".utf8 }
    if !value.isFinite { bytes.append(UInt8(ascii: "\"")) }
    NumberText.append(value.isNaN ? .nan : value, to: &bytes)
    if !value.isFinite { bytes.append(UInt8(ascii: "\"")) }
  }

  /// It as text, without a blank or a line break.
  package var text: String {
    switch self {
    case .string(let text): Self.quoted(text)
    case .digits(let digits): digits
    case .flag(let flag): flag ? "true" : "false"
    case .array(let elements): "[" + elements.map(\.text).joined(separator: ",") + "]"
    case .object(let fields):
      "{" + fields.map { "\(Self.quoted($0)):\($1.text)" }.joined(separator: ",") + "}"
    }
  }

  private static func quoted(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\": quoted += "\\\(scalar)"
      // Control characters, also the second set of them, which JSON would let through to a terminal.
      case "\0"..<" ", "\u{7F}"..<"\u{A0}":
        let digits = String(scalar.value, radix: 16)
        quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: quoted.unicodeScalars.append(scalar)
      }
    }
    return quoted + "\""
  }
}

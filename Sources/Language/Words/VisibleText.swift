/// Text from files and from users, made safe to show: a terminal never gets a control character out of it.
public enum VisibleText {
  /// The text with control characters as pictures (`␛`), and those that turn or hide text as `�`.
  public static func of(_ text: String) -> String {
    // Nearly all of it is harmless, and there is a lot of it in every frame.
    if text.utf8.allSatisfy({ (0x20..<0x7F).contains($0) }) { return text }
    var visible = String.UnicodeScalarView()
    for scalar in text.unicodeScalars { visible.append(substitute(scalar)) }
    return String(visible)
  }

  private static func substitute(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
    switch scalar.value {
    case 0..<0x20: Unicode.Scalar(0x2400 + scalar.value)!
    case 0x7F: "\u{2421}"
    // C1 controls, line separators, and the marks that turn the direction of text or are invisible.
    case 0x80..<0xA0, 0x2028, 0x2029: "\u{FFFD}"
    default: scalar.properties.generalCategory == .format ? "\u{FFFD}" : scalar
    }
  }
}

/// A colour as red, green and blue, 0 to 255 each.
public struct RGB: Hashable, Sendable {
  /// Red.
  public let red: UInt8
  /// Green.
  public let green: UInt8
  /// Blue.
  public let blue: UInt8

  /// The colour of a number such as `0xE69F00`.
  public init(_ hex: UInt32) {
    red = UInt8(truncatingIfNeeded: hex >> 16)
    green = UInt8(truncatingIfNeeded: hex >> 8)
    blue = UInt8(truncatingIfNeeded: hex)
  }

  /// The six digits that SVG and CSS write behind `#`.
  public var hex: String {
    [red, green, blue].map { byte in
      let digits = String(byte, radix: 16)
      return digits.count == 1 ? "0" + digits : digits
    }.joined()
  }
}

/// The colours of the inks at each depth. `nil` is the terminal's own foreground.
///
/// The hues are Okabe and Ito's (2008), which people with any of the common colour blindnesses tell apart;
/// the backgrounds are always the terminal's own, so that light and dark themes both work.
public enum Palette {
  /// The colour of an ink where 24 bits are to be had.
  public static func rgb(_ ink: Ink) -> RGB? {
    switch ink {
    case .plain: nil
    case .muted: RGB(0x8A8A8A)
    case .accent: RGB(0x56B4E9)
    case .before: RGB(0xE69F00)
    case .after: RGB(0x56B4E9)
    case .limit: RGB(0xCC79A7)
    case .loss: RGB(0x009E73)
    case .good: RGB(0x009E73)
    case .warning: RGB(0xE69F00)
    case .danger: RGB(0xD55E00)
    }
  }

  /// The number of the ink in a palette of `depth` colours, `nil` for the terminal's own foreground.
  public static func index(_ ink: Ink, depth: ColorDepth) -> Int? {
    switch depth {
    case .none: nil
    case .eight: eight(ink)
    case .sixteen: sixteen(ink)
    case .palette256, .truecolor: palette256(ink)
    }
  }

  private static func eight(_ ink: Ink) -> Int? {
    switch ink {
    case .plain, .muted: nil
    case .accent, .after: 6
    case .before, .warning: 3
    case .limit: 5
    case .loss, .good: 2
    case .danger: 1
    }
  }

  private static func sixteen(_ ink: Ink) -> Int? {
    switch ink {
    case .muted: 8
    case .danger: 9
    default: eight(ink)
    }
  }

  private static func palette256(_ ink: Ink) -> Int? {
    switch ink {
    case .plain: nil
    case .muted: 245
    case .accent, .after: 74
    case .before, .warning: 178
    case .limit: 175
    case .loss, .good: 36
    case .danger: 166
    }
  }
}

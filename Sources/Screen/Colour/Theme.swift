/// The sets of colours, each for one kind of background, which is always the terminal's own.
///
/// The hues are Okabe and Ito's (2008), which people with any of the common colour blindnesses tell apart, made darker for
/// a light background; those of high contrast are as far from the background as hues allow, for projectors that wash out.
public enum Theme: String, CaseIterable, Hashable, Sendable {
  /// For a dark background.
  case dark
  /// For a light background.
  case light
  /// High contrast on a dark background.
  case contrast
  /// High contrast on a light background.
  case contrastLight = "contrast-light"

  /// The theme of a background that a terminal told by `COLORFGBG` ("15;0", or "0;default;15"): the last number is the
  /// background's, and 7 and 9 to 15 are light. `nil` where it says nothing.
  public init?(colorsOfTerminal text: String) {
    guard let last = text.split(separator: ";").last, let number = Int(last), (0...15).contains(number) else {
      return nil
    }
    self = number == 7 || number > 8 ? .light : .dark
  }

  /// A colour in 24 bits, in xterm's palette of 256, and among 16; of 8 it is the same without the brightness.
  struct Color {
    let rgb: RGB
    let of256: Int
    let of16: Int?

    init(_ rgb: UInt32, _ of256: Int, _ of16: Int?) {
      (self.rgb, self.of256, self.of16) = (RGB(rgb), of256, of16)
    }
  }

  /// The colour of an ink, `nil` for the terminal's own foreground.
  func color(_ ink: Ink) -> Color? {
    switch self {
    case .dark: Self.dark(ink)
    case .light: Self.light(ink)
    case .contrast: Self.contrast(ink)
    case .contrastLight: Self.contrastLight(ink)
    }
  }

  private static func dark(_ ink: Ink) -> Color? {
    switch ink {
    case .plain: nil
    case .muted: Color(0x8A8A8A, 245, 8)
    case .accent, .after: Color(0x56B4E9, 74, 6)
    case .before, .warning: Color(0xE69F00, 178, 3)
    case .limit: Color(0xCC79A7, 175, 5)
    case .loss, .good: Color(0x009E73, 36, 2)
    case .danger: Color(0xD55E00, 166, 9)
    }
  }

  // Yellow cannot be read on white at 16 colours, so that red stands for norms before clipping there.
  private static func light(_ ink: Ink) -> Color? {
    switch ink {
    case .plain: nil
    case .muted: Color(0x6B6B6B, 242, 8)
    case .accent, .after: Color(0x0072B2, 25, 4)
    case .before, .warning: Color(0x9A5B00, 94, 1)
    case .limit: Color(0xA03A78, 126, 5)
    case .loss, .good: Color(0x00735A, 29, 2)
    case .danger: Color(0xB83A00, 124, 1)
    }
  }

  private static func contrast(_ ink: Ink) -> Color? {
    switch ink {
    case .plain: nil
    case .muted: Color(0xD0D0D0, 252, 7)
    case .accent, .after: Color(0x4FD2FF, 81, 14)
    case .before, .warning: Color(0xFFB000, 214, 11)
    case .limit: Color(0xFF7AD9, 213, 13)
    case .loss, .good: Color(0x2EFFA8, 48, 10)
    case .danger: Color(0xFF8A5C, 209, 9)
    }
  }

  private static func contrastLight(_ ink: Ink) -> Color? {
    switch ink {
    case .plain: nil
    case .muted: Color(0x3F3F3F, 238, nil)
    case .accent, .after: Color(0x003C9E, 19, 4)
    case .before, .warning: Color(0x8A3A00, 94, 1)
    case .limit: Color(0x85005F, 90, 5)
    case .loss, .good: Color(0x00563A, 22, 2)
    case .danger: Color(0xA80000, 124, 1)
    }
  }
}

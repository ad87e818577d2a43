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

    init(_ rgb: UInt32, of256: Int, of16: Int?) {
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
    case .muted: Color(0x8A8A8A, of256: 245, of16: 8)
    case .accent, .after: Color(0x56B4E9, of256: 74, of16: 6)
    case .before, .warning: Color(0xE69F00, of256: 178, of16: 3)
    case .limit: Color(0xCC79A7, of256: 175, of16: 5)
    case .loss, .good: Color(0x009E73, of256: 36, of16: 2)
    case .danger: Color(0xD55E00, of256: 166, of16: 9)
    }
  }

  // Yellow cannot be read on white at 16 colours, so that red stands for norms before clipping there.
  private static func light(_ ink: Ink) -> Color? {
    switch ink {
    case .plain: nil
    case .muted: Color(0x6B6B6B, of256: 242, of16: 8)
    case .accent, .after: Color(0x0072B2, of256: 25, of16: 4)
    case .before, .warning: Color(0x9A5B00, of256: 94, of16: 1)
    case .limit: Color(0xA03A78, of256: 126, of16: 5)
    case .loss, .good: Color(0x00735A, of256: 29, of16: 2)
    case .danger: Color(0xB83A00, of256: 124, of16: 1)
    }
  }

  private static func contrast(_ ink: Ink) -> Color? {
    switch ink {
    case .plain: nil
    case .muted: Color(0xD0D0D0, of256: 252, of16: 7)
    case .accent, .after: Color(0x4FD2FF, of256: 81, of16: 14)
    case .before, .warning: Color(0xFFB000, of256: 214, of16: 11)
    case .limit: Color(0xFF7AD9, of256: 213, of16: 13)
    case .loss, .good: Color(0x2EFFA8, of256: 48, of16: 10)
    case .danger: Color(0xFF8A5C, of256: 209, of16: 9)
    }
  }

  private static func contrastLight(_ ink: Ink) -> Color? {
    switch ink {
    case .plain: nil
    case .muted: Color(0x3F3F3F, of256: 238, of16: nil)
    case .accent, .after: Color(0x003C9E, of256: 19, of16: 4)
    case .before, .warning: Color(0x8A3A00, of256: 94, of16: 1)
    case .limit: Color(0x85005F, of256: 90, of16: 5)
    case .loss, .good: Color(0x00563A, of256: 22, of16: 2)
    case .danger: Color(0xA80000, of256: 124, of16: 1)
    }
  }
}

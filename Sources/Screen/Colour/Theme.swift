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
  }

  /// The colour of an ink, `nil` for the terminal's own foreground.
  func color(_ ink: Ink) -> Color? {
    let (dark, light, contrast, contrastLight): (Row, Row, Row, Row)
    switch ink {
    case .plain: return nil
    case .muted, .ghost:
      (dark, light) = ((0x8A8A8A, 245, 8), (0x6B6B6B, 242, 8))
      (contrast, contrastLight) = ((0xD0D0D0, 252, 7), (0x3F3F3F, 238, nil))
    case .accent, .after:
      (dark, light) = ((0x56B4E9, 74, 6), (0x0072B2, 25, 4))
      (contrast, contrastLight) = ((0x4FD2FF, 81, 14), (0x003C9E, 19, 4))
    // Yellow cannot be read on white at 16 colours, so that red stands for norms before clipping there.
    case .before, .warning:
      (dark, light) = ((0xE69F00, 178, 3), (0x9A5B00, 94, 1))
      (contrast, contrastLight) = ((0xFFB000, 214, 11), (0x8A3A00, 94, 1))
    case .limit:
      (dark, light) = ((0xCC79A7, 175, 5), (0xA03A78, 126, 5))
      (contrast, contrastLight) = ((0xFF7AD9, 213, 13), (0x85005F, 90, 5))
    case .loss, .good:
      (dark, light) = ((0x009E73, 36, 2), (0x00735A, 29, 2))
      (contrast, contrastLight) = ((0x2EFFA8, 48, 10), (0x00563A, 22, 2))
    case .twin:
      (dark, light) = ((0xF0E442, 227, 11), (0x4A4A00, 58, 2))
      (contrast, contrastLight) = ((0xFFF06A, 227, 11), (0x3C3600, 58, 2))
    case .danger:
      (dark, light) = ((0xD55E00, 166, 9), (0xB83A00, 124, 1))
      (contrast, contrastLight) = ((0xFF8A5C, 209, 9), (0xA80000, 124, 1))
    }
    let (rgb, of256, of16) =
      switch self {
      case .dark: dark
      case .light: light
      case .contrast: contrast
      case .contrastLight: contrastLight
      }
    return Color(rgb: RGB(rgb), of256: of256, of16: of16)
  }

  private typealias Row = (rgb: UInt32, of256: Int, of16: Int?)
}

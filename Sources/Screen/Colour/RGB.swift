import Foundation

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

  /// The colour that xterm shows for a number of its palette of 256. The first 16 are what terminals differ in most.
  init(index: Int) {
    switch index {
    case 0..<16: self.init(Self.first[index])
    case 16..<232:
      let levels: [UInt32] = [0, 95, 135, 175, 215, 255]
      let cube = index - 16
      self.init(levels[cube / 36] << 16 | levels[cube / 6 % 6] << 8 | levels[cube % 6])
    default:
      let level = UInt32(8 + 10 * (min(index, 255) - 232))
      self.init(level << 16 | level << 8 | level)
    }
  }

  private static let first: [UInt32] = [
    0x000000, 0xCD0000, 0x00CD00, 0xCDCD00, 0x0000EE, 0xCD00CD, 0x00CDCD, 0xE5E5E5, 0x7F7F7F, 0xFF0000, 0x00FF00,
    0xFFFF00, 0x5C5CFF, 0xFF00FF, 0x00FFFF, 0xFFFFFF,
  ]

  /// The six digits that SVG and CSS write behind `#`.
  public var hex: String {
    [red, green, blue].map { byte in
      let digits = String(byte, radix: 16)
      return digits.count == 1 ? "0" + digits : digits
    }.joined()
  }

  /// Relative luminance, 0 to 1, as WCAG 2 defines it for sRGB.
  public var luminance: Double {
    func linear(_ byte: UInt8) -> Double {
      let share = Double(byte) / 255
      return share <= 0.04045 ? share / 12.92 : Foundation.pow((share + 0.055) / 1.055, 2.4)
    }
    return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
  }

  /// The grey of the same luminance: what is left of a colour in a picture without colour.
  var grey: RGB {
    let light = luminance
    let share = light <= 0.0031308 ? 12.92 * light : 1.055 * Foundation.pow(light, 1 / 2.4) - 0.055
    let level = UInt32(min(255, max(0, (share * 255).rounded())))
    return RGB(level << 16 | level << 8 | level)
  }
}

/// What a theme comes to where there are so many colours: the one place where meanings become colours.
public struct Palette: Hashable, Sendable {
  /// The set of colours.
  public let theme: Theme
  /// How many there are.
  public let depth: ColorDepth
  /// Whether only the brightness of colours is left, as in print. Pictures alone know it.
  public let isGrey: Bool

  /// The colours of `theme` on something that shows so many.
  public init(_ theme: Theme = .dark, depth: ColorDepth = .truecolor, isGrey: Bool = false) {
    (self.theme, self.depth, self.isGrey) = (theme, depth, isGrey)
  }

  /// The number of the ink's colour among `depth` colours, `nil` for the terminal's own foreground.
  public func index(_ ink: Ink) -> Int? {
    guard let color = theme.color(ink) else { return nil }
    switch depth {
    case .none: return nil
    // Among eight there is no grey but the terminal's own foreground, which `dim` makes fainter.
    case .eight: return ink == .muted || ink == .ghost ? nil : color.of16.map { $0 % 8 }
    case .sixteen: return color.of16
    case .palette256, .truecolor: return color.of256
    }
  }

  /// The colour of the ink as a picture shows it, `nil` for the foreground.
  public func rgb(_ ink: Ink) -> RGB? {
    let color = depth == .truecolor ? theme.color(ink)?.rgb : index(ink).map(RGB.init(index:))
    return isGrey ? color?.grey : color
  }

  /// What stands for the terminal's own foreground in a picture.
  var foreground: RGB {
    let color: RGB =
      switch theme {
      case .dark: RGB(0xD8DAE0)
      case .light: RGB(0x1F2328)
      case .contrast: RGB(0xFFFFFF)
      case .contrastLight: RGB(0x000000)
      }
    return isGrey ? color.grey : color
  }

  /// What stands for the terminal's own background in a picture.
  public var background: RGB {
    let color: RGB =
      switch theme {
      case .dark: RGB(0x14161A)
      case .light, .contrastLight: RGB(0xFFFFFF)
      case .contrast: RGB(0x000000)
      }
    return isGrey ? color.grey : color
  }
}

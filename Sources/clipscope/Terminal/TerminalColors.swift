import CTerminal
import Screen

/// The colours in use: how many, and which pair of ncurses stands for which ink.
struct TerminalColors {
  /// How many colours are used.
  let depth: ColorDepth
  private let pairs: [Ink: Int32]

  /// Chooses the depth — the command line before `NO_COLOR` before the terminal, and never more than the terminal
  /// has — and gives every ink a pair on the terminal's own background.
  init(wanted: ColorDepth?, theme: Theme) {
    let available = Self.available()
    let isRefused = !TerminalSystem.environment("NO_COLOR").isEmpty
    let chosen = wanted ?? (isRefused ? ColorDepth.none : available)
    depth = chosen.rawValue < available.rawValue ? chosen : available
    pairs = Self.definePairs(Palette(theme, depth: depth))
  }

  // COLORTERM=truecolor promises more than ncurses can say to a terminal without a direct-colour entry in terminfo:
  // such a terminal gets the palette of 256.
  private static func available() -> ColorDepth {
    let count = Int(painter_colors())
    if painter_has_direct_color() { return .truecolor }
    return ColorDepth.allCases.last { $0.rawValue <= count } ?? .none
  }

  private static func definePairs(_ palette: Palette) -> [Ink: Int32] {
    var pairs: [Ink: Int32] = [:]
    for (index, ink) in Ink.allCases.enumerated() {
      let pair = Int32(index + 1)
      guard let color = color(ink, palette), painter_define_pair(pair, color) else { continue }
      pairs[ink] = pair
    }
    return pairs
  }

  // With direct colour the number of a colour is its red, green and blue, and only those below 8 are the palette's:
  // there a wish for 16 or 256 colours gets the same hues.
  private static func color(_ ink: Ink, _ palette: Palette) -> Int32? {
    guard let index = palette.index(ink) else { return nil }
    guard painter_has_direct_color(), index >= 8 || palette.depth == .truecolor else { return Int32(index) }
    return Palette(palette.theme).rgb(ink).map { Int32($0.red) << 16 | Int32($0.green) << 8 | Int32($0.blue) }
  }

  /// The pair for an ink; 0 is the terminal's own colours.
  func pair(_ ink: Ink) -> Int32 { pairs[ink] ?? 0 }
}

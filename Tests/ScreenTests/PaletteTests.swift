import Foundation
import Screen
import Testing

/// What colours have to do: be seen on their background, and be told apart by everybody.
@Suite struct PaletteTests {
  private static let series: [Ink] = [.before, .after, .limit, .loss, .twin]

  private func contrast(_ a: RGB, _ b: RGB) -> Double {
    let (light, dark) = (max(a.luminance, b.luminance), min(a.luminance, b.luminance))
    return (light + 0.05) / (dark + 0.05)
  }

  // WCAG 2: 4.5 to 1 for text; 7 to 1 is its enhanced contrast, here for projectors. Okabe and Ito's own reach 4 at least.
  @Test(
    "Every ink stands out from the background its theme is for",
    arguments: [(Theme.dark, 4.0), (.light, 4.5), (.contrast, 7), (.contrastLight, 7)])
  func contrast(theme: Theme, least: Double) throws {
    let palette = Palette(theme)
    for ink in Ink.allCases {
      guard let color = palette.rgb(ink) else { continue }
      #expect(contrast(color, palette.background) >= least, "\(theme) \(ink) #\(color.hex)")
    }
    // xterm's 256 are coarser.
    let coarse = Palette(theme, depth: .palette256)
    for ink in Ink.allCases {
      guard let color = coarse.rgb(ink) else { continue }
      #expect(contrast(color, coarse.background) >= least * 0.8, "\(theme) \(ink) #\(color.hex)")
    }
  }

  /// Matrices that turn linear sRGB into what people without one kind of cone see: Machado, Oliveira and Fernandes (2009),
  /// severity 1.
  private static let blindness: [(name: String, matrix: [Double])] = [
    ("protanopia", [0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116, 1.051998]),
    ("deuteranopia", [0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.011820, 0.042940, 0.968881]),
    ("tritanopia", [1.255528, -0.076749, -0.178779, -0.078411, 0.930809, 0.147602, 0.004733, 0.691367, 0.303900]),
    ("none", [1, 0, 0, 0, 1, 0, 0, 0, 1]),
  ]

  // CIE L*a*b* (D65) of a colour as it is seen.
  private func lab(_ color: RGB, _ matrix: [Double]) -> [Double] {
    let rgb = [color.red, color.green, color.blue].map { byte -> Double in
      let share = Double(byte) / 255
      return share <= 0.04045 ? share / 12.92 : pow((share + 0.055) / 1.055, 2.4)
    }
    let seen = (0..<3).map { row in
      min(1, max(0, (0..<3).reduce(0) { $0 + matrix[3 * row + $1] * rgb[$1] }))
    }
    let xyz = [
      (0.4124 * seen[0] + 0.3576 * seen[1] + 0.1805 * seen[2]) / 0.9505,
      0.2126 * seen[0] + 0.7152 * seen[1] + 0.0722 * seen[2],
      (0.0193 * seen[0] + 0.1192 * seen[1] + 0.9505 * seen[2]) / 1.089,
    ].map { $0 > 0.008856 ? cbrt($0) : 7.787 * $0 + 16.0 / 116 }
    return [116 * xyz[1] - 16, 500 * (xyz[0] - xyz[1]), 200 * (xyz[1] - xyz[2])]
  }

  // A difference of 2.3 is just noticeable; 10 is seen in thin lines that are apart.
  @Test("The series are told apart without any one kind of cone", arguments: Theme.allCases)
  func blindness(theme: Theme) throws {
    let palette = Palette(theme)
    for (name, matrix) in Self.blindness {
      for (index, first) in Self.series.enumerated() {
        for second in Self.series[(index + 1)...] {
          let (a, b) = (lab(palette.rgb(first)!, matrix), lab(palette.rgb(second)!, matrix))
          let difference = sqrt(zip(a, b).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) })
          #expect(difference > 10, "\(theme), \(name): \(first) and \(second) differ by \(difference)")
        }
      }
    }
  }

  @Test("Among eight and sixteen colours neither black nor white is used, and light themes have no yellow or cyan")
  func few() throws {
    for theme in Theme.allCases {
      for ink in Ink.allCases {
        let eight = Palette(theme, depth: .eight).index(ink)
        #expect(eight.map { (1...6).contains($0) } ?? true, "\(theme) \(ink)")
        let sixteen = Palette(theme, depth: .sixteen).index(ink)
        #expect(sixteen.map { (1...14).contains($0) } ?? true, "\(theme) \(ink)")
        if theme == .light || theme == .contrastLight { #expect(![3, 6, 11, 14].contains(sixteen), "\(theme) \(ink)") }
      }
      #expect(Ink.allCases.allSatisfy { Palette(theme, depth: .none).index($0) == nil })
    }
  }

  @Test("A terminal tells by COLORFGBG whether it is dark or light")
  func background() {
    for text in ["15;0", "7;default;0", "0;8"] { #expect(Theme(colorsOfTerminal: text) == .dark, "\(text)") }
    for text in ["0;15", "0;default;7", "0;11"] { #expect(Theme(colorsOfTerminal: text) == .light, "\(text)") }
    for text in ["", "default", "0;default", "0;99", ";"] { #expect(Theme(colorsOfTerminal: text) == nil, "\(text)") }
  }
}

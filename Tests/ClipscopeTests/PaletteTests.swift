import Foundation
import Testing

extension EndToEnd {
  /// The colours and glyphs that reach the terminal.
  @Suite(.serialized)
  struct PaletteTests {
    @Test(arguments: ["8", "16", "256", "true"]) func noBlackNoWhiteNoBackground(depth: String) throws {
      let scope = try Scope(options: ["--color", depth])
      try scope.send("9n:outlier nan; step\r")
      try scope.waitFor("a step with a NaN") { $0.header.contains("‖ idle  step ") && $0.contains("NaN") }
      try scope.send("?")
      try scope.waitFor("help") { $0.contains("Esc closes") }
      let looks = Set(scope.screen.cells.map(\.look))
      #expect(looks.contains { $0.ink != nil }, "there are colours")
      for look in looks {
        #expect(look.paper == nil)
        // Black and white of the palettes, and what is that dark or light in the others.
        let plain: [[Int]] = [
          [30], [37], [90], [97], [5, 0], [5, 15], [5, 16], [5, 231], [2, 0, 0, 0], [2, 255, 255, 255],
        ]
        #expect(!plain.contains(look.ink ?? []) || look.ink == [90], "\(look)")
      }
    }

    @Test func aMissingLocaleStillDrawsBlocks() throws {
      for locale in ["xx_YY.UTF-8", "C.UTF-8", "en_US.utf8"] {
        let scope = try Scope(environment: ["LC_ALL": locale])
        #expect(scope.screen.text.contains("─ total norm "), "\(locale)")
      }
    }
  }
}

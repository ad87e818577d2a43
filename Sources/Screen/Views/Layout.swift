import Language
import Session

/// Which panel of the overview is where. What is dropped first on a small screen: the loss, then the log and the words, then
/// the parameters; the line about clipping and the total norm stay as long as anything does. docs/SCREEN.md tells the sizes.
package struct Layout: Hashable, Sendable {
  private let isBig: Bool
  package private(set) var line = Rectangle(column: 0, row: 0, width: 0, height: 0)
  package private(set) var total = Rectangle(column: 0, row: 0, width: 0, height: 0)
  package private(set) var parameters: Rectangle?
  package private(set) var layers: Rectangle?
  package private(set) var loss: Rectangle?
  package private(set) var numbers: Rectangle?
  package private(set) var words: Rectangle?
  package private(set) var log: Rectangle?

  /// The panels of a scene in an area.
  package init(_ area: Rectangle, _ scene: Scene, _ view: ViewState) {
    let isBig = view.isBig
    self.isBig = isBig
    var rest = area
    line = rest.cutTop(1)
    let hasWords = !scene.passage.isEmpty
    if rest.height >= 15 {
      // Words are whole, as far as the rest leaves them room; what is longer has pages.
      let setting = WordsPanel.setting(scene, view, width: Self.wordsWidth(area, isBig))
      let most = setting.isLarge ? rest.height * 2 / 5 : isBig ? rest.height / 3 : max(3, rest.height / 5)
      // Whole lines, the last one without what is clear below it.
      let whole = setting.isLarge ? max(3, (most + 1) / setting.height * setting.height - 1) : most
      arrangeText(&rest, hasWords: hasWords, lines: hasWords ? min(setting.rows, whole) : 0, isBig: isBig)
    }
    if isBig { arrangeBig(&rest) } else { arrange(&rest, scene.parameters.count) }
  }

  // Beside the words there is a log, where both have room.
  private static func wordsWidth(_ area: Rectangle, _ isBig: Bool) -> Int {
    area.width >= 120 && !isBig ? area.width * 3 / 5 : area.width
  }

  private mutating func arrangeText(_ rest: inout Rectangle, hasWords: Bool, lines: Int, isBig: Bool) {
    let least = isBig ? 3 : rest.height >= 36 ? 10 : rest.height >= 28 ? 7 : 4
    guard hasWords else {
      log = rest.cutBottom(least)
      return
    }
    let isWide = Self.wordsWidth(rest, isBig) < rest.width
    var text = rest.cutBottom(max(isWide ? least : 0, lines + 2))
    if isWide {
      log = text.cutRight(text.width - Self.wordsWidth(text, isBig))
    } else if rest.height >= 32, !isBig {
      log = rest.cutBottom(5)
    }
    words = text
  }

  // The total norm and its numbers, and one bar a layer; all else is a Tab away.
  private mutating func arrangeBig(_ rest: inout Rectangle) {
    if rest.height >= 14 { numbers = rest.cutTop(rest.height >= 34 ? 12 : 7) }
    if rest.width >= 72 { layers = rest.cutRight(rest.width / 3) }
    total = rest
  }

  private mutating func arrange(_ rest: inout Rectangle, _ count: Int) {
    if rest.height >= 11 {
      // One row for each parameter if that leaves the total norm enough; where there is more room two or three.
      let rows = (1...3).last { count * $0 + 2 <= rest.height / 2 } ?? 1
      parameters = rest.cutBottom(min(count * rows + 2, max(5, rest.height - 8), rest.height * 11 / 20))
    }
    if rest.width >= 72 { loss = rest.cutRight(max(26, rest.width * 2 / 5)) }
    total = rest
  }

  /// Draws the panels.
  func draw(_ scene: Scene, _ view: ViewState, on grid: inout CellGrid) {
    ClippingLine(scene: scene).draw(in: line, on: &grid)
    TotalNormPanel(scene: scene, view: view).draw(in: total, isFront: false, on: &grid)
    if let numbers { BigNumbersPanel(scene: scene).draw(in: numbers, on: &grid) }
    if let parameters { ParametersPanel(scene: scene, view: view).draw(in: parameters, isFront: false, on: &grid) }
    if let layers { LayersPanel(scene: scene, view: view).draw(in: layers, isFront: false, on: &grid) }
    if let loss { LossPanel(scene: scene, view: view).draw(in: loss, isFront: false, on: &grid) }
    if let words { WordsPanel(scene: scene, view: view, in: words).draw(in: words, on: &grid) }
    if let log { LogPanel(scene: scene, view: view, hasWords: words != nil).draw(in: log, isFront: false, on: &grid) }
  }
}

/// Which panel of the overview is where. What is dropped first on a small screen: the loss, then the log, then the
/// parameters; the total norm and its numbers stay as long as anything does. docs/SCREEN.md tells the sizes.
struct Layout: Hashable, Sendable {
  private let isBig: Bool
  private(set) var total = Rectangle(column: 0, row: 0, width: 0, height: 0)
  private(set) var parameters: Rectangle?
  private(set) var loss: Rectangle?
  private(set) var numbers: Rectangle?
  private(set) var log: Rectangle?

  /// The panels in an area, of a network of so many parameters.
  init(_ area: Rectangle, isBig: Bool, parameters count: Int) {
    self.isBig = isBig
    var rest = area
    if isBig { arrangeBig(&rest) } else { arrange(&rest, count) }
    total = rest
  }

  // The total norm and its numbers, and the last words; all else is a Tab away.
  private mutating func arrangeBig(_ rest: inout Rectangle) {
    if rest.height >= 20 { log = rest.cutBottom(rest.height >= 36 ? 5 : 3) }
    if rest.height >= 15 { numbers = rest.cutBottom(rest.height >= 36 ? 12 : 7) }
  }

  private mutating func arrange(_ rest: inout Rectangle, _ count: Int) {
    let hasParameters = rest.height >= 11
    if rest.height >= 16 { log = rest.cutBottom(rest.height >= 36 ? 10 : rest.height >= 28 ? 7 : 4) }
    guard hasParameters else { return }
    // One row for each parameter if that leaves the total norm enough; the rest is shared.
    let height = min(max(count + 2, rest.height / 2), rest.height * 11 / 20)
    var below = rest.cutBottom(height)
    if below.width >= 72 { loss = below.cutRight(below.width >= 120 ? below.width * 2 / 5 : 23) }
    parameters = below
  }

  /// Draws the panels.
  func draw(_ scene: Scene, _ view: ViewState, on grid: inout CellGrid) {
    TotalNormPanel(scene: scene).draw(in: total, isFront: isBig, isBig: isBig, showsLoss: loss == nil, on: &grid)
    if let numbers { BigNumbersPanel(scene: scene).draw(in: numbers, on: &grid) }
    if let parameters {
      ParametersPanel(scene: scene, cursor: view.cursor).draw(in: parameters, isFront: false, on: &grid)
    }
    if let loss { LossPanel(scene: scene).draw(in: loss, isFront: false, isBig: isBig, on: &grid) }
    if let log {
      LogPanel(scene: scene, pending: view.pending, isBig: isBig).draw(in: log, isFront: false, on: &grid)
    }
  }
}

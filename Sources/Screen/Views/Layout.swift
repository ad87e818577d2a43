/// Which panel is where. What is dropped first on a small screen: the loss, then the log, then the parameters; the total
/// norm and its numbers stay as long as anything does. docs/SCREEN.md tells the sizes.
struct Layout: Hashable, Sendable {
  /// The smallest size that shows anything.
  static let minimum = GridSize(columns: 40, rows: 10)

  var header = Rectangle(column: 0, row: 0, width: 0, height: 0)
  var total: Rectangle?
  var parameters: Rectangle?
  var loss: Rectangle?
  var numbers: Rectangle?
  var log: Rectangle?
  var phases = Rectangle(column: 0, row: 0, width: 0, height: 0)
  var footer = Rectangle(column: 0, row: 0, width: 0, height: 0)

  init(_ size: GridSize, panel: ViewState.Panel, parameters count: Int, isBig: Bool) {
    var rest = Rectangle(column: 0, row: 0, width: size.columns, height: size.rows)
    header = rest.takeTop(1)
    footer = Rectangle(column: 0, row: size.rows - 1, width: size.columns, height: 1)
    phases = Rectangle(column: 0, row: size.rows - 2, width: size.columns, height: 1)
    rest.height -= 2
    switch panel {
    case .overview where isBig: arrangeBig(&rest)
    case .overview: arrange(&rest, count)
    case .total: total = rest
    case .parameters: parameters = rest
    case .loss: loss = rest
    case .log: log = rest
    }
  }

  // The total norm and its numbers, and the last words; all else is a Tab away.
  private mutating func arrangeBig(_ rest: inout Rectangle) {
    if rest.height >= 20 { log = rest.takeBottom(rest.height >= 36 ? 5 : 3) }
    if rest.height >= 15 { numbers = rest.takeBottom(rest.height >= 36 ? 12 : 7) }
    total = rest
  }

  private mutating func arrange(_ rest: inout Rectangle, _ count: Int) {
    let hasParameters = rest.height >= 11
    let hasLog = rest.height >= 16
    let hasLoss = hasParameters && rest.width >= 72
    if hasLog {
      let height = rest.height >= 36 ? 10 : rest.height >= 28 ? 7 : 4
      log = Rectangle(column: 0, row: rest.row + rest.height - height, width: rest.width, height: height)
      rest.height -= height
    }
    guard hasParameters else {
      total = rest
      return
    }
    // One row for each parameter if that leaves the total norm enough; the rest is shared.
    let wanted = count + 2
    let most = rest.height * 11 / 20
    let height = min(max(wanted, rest.height / 2), most)
    total = rest.takeTop(rest.height - height)
    if hasLoss { loss = rest.takeRight(rest.width >= 120 ? rest.width * 2 / 5 : 23) }
    parameters = rest
  }
}

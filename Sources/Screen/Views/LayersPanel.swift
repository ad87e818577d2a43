import Foundation
import Language
import Optimization
import Session
import Training

/// One bar a layer, now: how the norms of the gradients grow or fade from the first layer to the last, at one glance.
struct LayersPanel {
  let scene: Scene
  let view: ViewState

  /// A layer with the norm of its gradients.
  struct Layer: Hashable {
    let name: String
    let before: Float
    let after: Float?
    let parameters: Range<Int>
  }

  /// The layers of a scene: a weight and its bias are one, whatever has other names is one by itself.
  static func layers(_ scene: Scene) -> [Layer] {
    // Of an open step that has no norms yet, those of the step before it.
    let present = scene.present?.before == nil ? scene.known.last.map(Present.init) : scene.present
    guard let before = present?.before, before.perParameter.count == scene.parameters.count else { return [] }
    let after = present?.passedOn
    var layers: [Layer] = []
    var first = 0
    while first < scene.parameters.count {
      let name = layerName(scene.parameters[first].name)
      var end = first + 1
      while end < scene.parameters.count, layerName(scene.parameters[end].name) == name { end += 1 }
      func norm(_ norms: GradientNorms) -> Float { together(norms.perParameter[first..<end], order: norms.order) }
      layers.append(Layer(name: name, before: norm(before), after: after.map(norm), parameters: first..<end))
      first = end
    }
    return layers
  }

  private static func layerName(_ name: String) -> String {
    for ending in [".weight", ".bias"] where name.hasSuffix(ending) { return String(name.dropLast(ending.count)) }
    return name
  }

  // The norm of all elements from the norms of parts.
  private static func together(_ norms: ArraySlice<Float>, order: Float) -> Float {
    guard norms.count > 1 else { return norms.first ?? 0 }
    switch order {
    case .infinity: return norms.contains { $0.isNaN } ? .nan : norms.max()!
    case -.infinity: return norms.contains { $0.isNaN } ? .nan : norms.min()!
    case 0: return norms.reduce(0, +)
    default:
      let sum = norms.reduce(0.0) { $0 + Foundation.pow(Double($1), Double(order)) }
      return Float(Foundation.pow(sum, 1 / Double(order)))
    }
  }

  func draw(in area: Rectangle, isFront: Bool, on grid: inout CellGrid) {
    let layers = Self.layers(scene)
    let inside = area.inside
    let hasNames = inside.height >= 4
    let rows = inside.height - (hasNames ? 1 : 0)
    let positive = layers.flatMap { [$0.before, $0.after ?? $0.before] }.filter { $0 > 0 && $0.isFinite }
    let axis = positive.max().map { Axis.decades(around: max(positive.min()!, $0 * 1e-12)...$0, rows: rows) }
    let title = inside.width >= 40 ? "gradient norm by layer, now" : "by layer, now"
    grid.frame(area, title: title, note: axis == nil ? "" : "log", isFront: isFront)
    guard rows > 0 else { return }
    let plot = ChartAxes.plot(in: inside, axis, hasSteps: hasNames)
    ChartAxes.draw(axis, around: plot, in: inside, steps: nil, on: &grid)
    guard !layers.isEmpty, plot.width > 0 else { return Hints.draw(in: plot, scene, on: &grid) }
    let heights = axis ?? .unmarked
    // Of more layers than there are columns neighbours share one, the largest of them is seen.
    let bars = min(layers.count, plot.width)
    let pitch = min(14, plot.width / bars)
    for bar in 0..<bars {
      let shared = layers[(bar * layers.count / bars)..<((bar + 1) * layers.count / bars)]
      let column = plot.column + bar * pitch
      let width = max(1, pitch - (pitch > 2 ? 1 : 0))
      draw(Array(shared), heights, column: column, width: width, plot, on: &grid)
      if hasNames, pitch >= 4 {
        let isChosen = shared.contains { $0.parameters.contains(view.cursor) }
        grid.write(
          Self.tail(shared[shared.startIndex].name, pitch - 1), column: column, row: plot.row + plot.height,
          width: pitch - 1,
          isChosen ? Style(.accent, bold: true) : Style(.muted))
      }
    }
    if hasNames, pitch < 4 {
      let row = plot.row + plot.height
      // The bars may end before the plot does.
      let (first, last, end) = (layers[0].name, layers[layers.count - 1].name, bars * pitch)
      grid.write(first, column: plot.column, row: row, width: max(0, end - last.count - 1), Style(.muted))
      grid.write(last, endingAt: plot.column + max(end, last.count), row: row, Style(.muted))
    }
  }

  // The end of a name tells layers apart.
  private static func tail(_ name: String, _ width: Int) -> String {
    name.count <= width ? name : "…" + name.suffix(max(0, width - 1))
  }

  // Eighths of a cell; the rows that what is passed on reaches into are blue, those that were clipped away above it orange.
  private func draw(
    _ layers: [Layer], _ axis: Axis, column: Int, width: Int, _ plot: Rectangle, on grid: inout CellGrid
  ) {
    if let odd = layers.first(where: { !$0.before.isFinite }) {
      for offset in 0..<width { grid[column + offset, plot.row] = Nonfinite.cell(isNaN: odd.before.isNaN) }
      return
    }
    let before = layers.map(\.before).max() ?? 0
    let after = scene.clipping.isOn ? layers.compactMap(\.after).max() : nil
    guard let height = axis.level(of: Double(before), levels: 8 * plot.height) else {
      for offset in 0..<width { grid[column + offset, plot.row + plot.height - 1] = Cell("0", Style(.muted)) }
      return
    }
    let blue = after.flatMap { axis.level(of: Double($0), levels: 8 * plot.height) } ?? -1
    for row in 0..<plot.height {
      let filled = min(8, height + 1 - 8 * row)
      guard filled > 0 else { break }
      let isAfter = 8 * row <= blue
      for offset in 0..<width {
        grid[column + offset, plot.row + plot.height - 1 - row] =
          Cell(Unicode.Scalar(0x2580 + UInt32(filled))!, Style(isAfter ? .after : .before))
      }
    }
  }
}

import Foundation
import Optimization
import Screen
import SeededRandom
import Testing
import Training

/// What stands beside an axis is so: round numbers at even distances, and its kind.
@Suite struct AxisTests {
  /// A scene of these numbers, step by step.
  static func scene(losses: [Float], totals: [Float]? = nil, maxNorm: Double? = nil) -> Scene {
    var scene = Scene()
    scene.parameters = [Scene.Parameter(name: "w", shape: [2])]
    scene.history = History(parameters: 1)
    scene.clipping.isOn = maxNorm != nil
    if let maxNorm { scene.clipping.rule = .norm(ClipNorm(maxNorm: maxNorm)) }
    for (index, loss) in losses.enumerated() {
      let total = totals?[index] ?? 1
      let before = GradientNorms(perParameter: [total], total: total, order: 2)
      let factor = Float(maxNorm.map { min(1, $0 / Double(total)) } ?? 1)
      let after = GradientNorms(perParameter: [total * factor], total: total * factor, order: 2)
      let outcome = ClipOutcome(factor: factor, clipped: factor < 1, after: after)
      let record = StepRecord(
        step: index + 1, loss: loss, before: before, outcome: outcome, nonfinite: [], weightNorms: [1],
        updateRatios: [0.1], saturated: nil, learningRate: 0.1, clipping: scene.clipping)
      scene.history.append(record)
      scene.present = Present(record)
    }
    scene.step = losses.count
    return scene
  }

  /// The kind of a panel's axis, and its ticks with their rows, from the top.
  static func axis(_ panel: View, _ scene: Scene, _ size: GridSize) -> (kind: String, ticks: [(row: Int, text: String)])
  {
    var view = ViewState()
    view.panel = panel
    let grid = render(scene, view, size: size)
    let rows = (0..<size.rows).map { grid.text(row: $0) }
    let title = rows.first { $0.hasPrefix("╭─") } ?? ""
    let kind = ["±log", "linear", "log"].first { title.contains(" \($0) ─") } ?? ""
    let ticks = rows.enumerated().compactMap { row, text in
      text.firstMatch(of: /^│ *([0-9.e+-]+)┤/).map { (row, String($0.1)) }
    }
    return (kind, ticks)
  }

  private static let sizes = [(80, 24), (100, 30), (160, 48), (60, 14), (41, 11)].map {
    GridSize(columns: $0, rows: $1)
  }

  private static func isPowerOfTen(_ text: String) -> Bool {
    text.wholeMatch(of: /1e-?[0-9]+|0\.01|0\.1|1|10|100/) != nil
  }

  // Even in rows, and by `even` in what they say; the uppermost is the largest.
  private func expectEven(
    _ ticks: [(row: Int, text: String)], _ comment: Comment, _ even: ([Double]) -> Bool
  ) {
    let numbers = ticks.map { Double($0.text)! }
    #expect(numbers == numbers.sorted(by: >) && Set(numbers).count == numbers.count, comment)
    let distances = zip(ticks.dropFirst(), ticks).map { $0.row - $1.row }
    #expect(Set(distances).count <= 1, comment)
    #expect(even(numbers), comment)
  }

  private static func areEqual(_ numbers: [Double]) -> Bool {
    numbers.allSatisfy { abs($0 - numbers[0]) <= 1e-6 * abs(numbers[0]) }
  }

  @Test("Decades: powers of ten, at even distances, whatever the range")
  func decades() {
    var random = SplitMix(seed: 1)
    for _ in 0..<200 {
      let low = Float.random(in: -30...20, using: &random)
      let span = Float.random(in: 0...25, using: &random)
      let totals = (0..<50).map { _ in Float(pow10(Double(low + Float.random(in: 0...span, using: &random)))) }
      let scene = Self.scene(losses: totals.map { _ in 1 }, totals: totals.map { min($0, 3e38) })
      for size in Self.sizes {
        let (kind, ticks) = Self.axis(.total, scene, size)
        #expect(kind == "log" && !ticks.isEmpty)
        #expect(ticks.allSatisfy { Self.isPowerOfTen($0.text) }, "\(ticks)")
        expectEven(ticks, "\(ticks)") { numbers in
          Self.areEqual(zip(numbers, numbers.dropFirst()).map { $0 / $1 }.map { log10($0) })
        }
      }
    }
  }

  @Test("A threshold's number takes the place of a decade's, with nothing of it left", arguments: [1, 2, 5, 8, 20, 80])
  func threshold(maxNorm: Double) {
    let totals = (0..<60).map { Float($0 % 7) * 9 + 0.5 }
    for size in Self.sizes {
      let ticks = Self.axis(.total, Self.scene(losses: totals, totals: totals, maxNorm: maxNorm), size).ticks
      let own = String(Int(maxNorm))
      #expect(ticks.contains { $0.text == own }, "\(ticks)")
      #expect(ticks.allSatisfy { $0.text == own || Self.isPowerOfTen($0.text) }, "\(ticks)")
      #expect(ticks.map { Double($0.text)! } == ticks.map { Double($0.text)! }.sorted(by: >), "\(ticks)")
    }
  }

  @Test("A loss of exactly 0 leaves the decades as they are, and has a mark of its own at the foot")
  func zero() {
    var losses = (0..<200).map { Float(pow10(2 - Double($0) / 20)) }
    let without = Self.scene(losses: losses)
    losses[120] = 0
    let with = Self.scene(losses: losses)
    for size in Self.sizes {
      let (kind, ticks) = Self.axis(.loss, with, size)
      #expect(kind == "log")
      #expect(ticks.map(\.text) == Self.axis(.loss, without, size).ticks.map(\.text))
    }
    var view = ViewState()
    view.panel = .loss
    let marked = render(Self.scene(losses: [4, 0, 0, 0, 0.001]), view, size: GridSize(columns: 100, rows: 30))
    #expect(marked.cells.contains { $0.glyph == "0" && $0.style.ink == .muted })
  }

  @Test("A linear axis has round ticks at even distances, and none below zero for what is never below")
  func linear() {
    var random = SplitMix(seed: 2)
    for _ in 0..<300 {
      let size = Float(pow10(Double.random(in: -6...5, using: &random)))
      let least = Bool.random(using: &random) ? 0 : size * Float.random(in: 0.06...1, using: &random)
      let sign: Float = Int.random(in: 0..<5, using: &random) == 0 && size < 900 ? -1 : 1
      let losses = (0..<40).map { _ in sign * Float.random(in: least...max(least * 1.001, size), using: &random) }
      guard (losses.map(abs).max() ?? 0) <= 20 * (losses.map(abs).filter { $0 > 0 }.min() ?? 1) || sign < 0 else {
        continue
      }
      for grid in Self.sizes {
        let (kind, ticks) = Self.axis(.loss, Self.scene(losses: losses), grid)
        #expect(kind == "linear" && !ticks.isEmpty, "\(kind): \(losses)")
        if sign > 0 { #expect(!ticks.contains { $0.text.hasPrefix("-") }, "\(ticks)") }
        expectEven(ticks, "\(ticks)") { numbers in
          let steps = zip(numbers, numbers.dropFirst()).map { $0 - $1 }
          guard let step = steps.first else { return true }
          let digit = step / pow10(floor(log10(step) + 1e-9))
          // 1, 2 or 5 of its decade, and each tick a multiple of it.
          let isRound = [1.0, 2, 5, 10].contains { abs($0 - digit) < 0.02 }
          let isEven = steps.allSatisfy { abs($0 - step) < 1e-3 * step }
          let multiples = numbers.map { $0 / step }
          return isRound && isEven && multiples.allSatisfy { abs($0.rounded() - $0) < 0.02 }
        }
      }
    }
  }

  @Test("Numbers of both signs over many decades: 0 and powers of ten, said to be ±log also where there is little room")
  func symmetric() {
    let losses = (0..<100).map { (index: Int) -> Float in
      if index < 20 { return Float(20 - index) }
      return -Float(pow10(Double(index - 20) / 8))
    }
    for size in Self.sizes {
      let (kind, ticks) = Self.axis(.loss, Self.scene(losses: losses), size)
      #expect(kind == "±log")
      #expect(
        ticks.allSatisfy {
          $0.text == "0" || Self.isPowerOfTen($0.text.hasPrefix("-") ? String($0.text.dropFirst()) : $0.text)
        },
        "\(ticks)")
      expectEven(ticks, "\(ticks)") { _ in true }
    }
    // In the overview at 80 columns the number gives way, not the kind.
    let text = render(Self.scene(losses: losses), ViewState(), size: GridSize(columns: 80, rows: 24)).plainText
    #expect(text.firstMatch(of: /─ loss [^╮]+ ±log ─╮/) != nil, "\(text)")
  }

  @Test("A number lies in the row of its tick: what an axis says is where it says it")
  func heights() throws {
    let series: [(panel: View, ink: Ink, values: [Float])] = [
      (.loss, .loss, (0...10).map { Float($0) + 3 }), (.loss, .loss, (0...10).map { 700 + 5 * Float($0) }),
      (.loss, .loss, (0...10).map { Float($0) / 100 - 0.05 }),
      (.loss, .loss, (0...10).map { -Float(pow10(Double($0))) }),
      (.total, .before, (0...10).map { Float(pow10(Double($0) - 4)) }),
    ]
    for (panel, ink, values) in series {
      for size in Self.sizes.prefix(3) {
        let scene = Self.scene(losses: values, totals: panel == .total ? values : nil)
        var view = ViewState()
        view.panel = panel
        let grid = render(scene, view, size: size)
        let ticks = Self.axis(panel, scene, size).ticks
        let foot = (0..<size.rows).map { grid.text(row: $0) }.first { $0.contains("└1─") } ?? ""
        let edge = try #require(foot.range(of: "└")), word = try #require(foot.range(of: "step 11"))
        let start = foot.distance(from: foot.startIndex, to: edge.upperBound)
        let width = foot.distance(from: foot.startIndex, to: word.upperBound) - start
        var found = 0
        for (index, value) in values.enumerated() {
          for tick in ticks where abs(Double(tick.text)! - Double(value)) <= 1e-6 * Double(abs(value)) {
            let column = start + index * (2 * width - 1) / 10 / 2
            #expect(grid[column, tick.row].style.ink == ink, "\(value) in row \(tick.row)\n\(grid.plainText)")
            found += 1
          }
        }
        #expect(found > 0, "\(ticks)")
      }
    }
  }

  @Test("Before there is a number there are no ticks, and no axis has a kind")
  func empty() {
    for panel in [View.total, .loss] {
      for size in Self.sizes {
        let (kind, ticks) = Self.axis(panel, Self.scene(losses: []), size)
        #expect(kind == "" && ticks.isEmpty)
      }
    }
    for losses in [[Float.nan], [.infinity, .nan]] {
      #expect(Self.axis(.loss, Self.scene(losses: losses), GridSize(columns: 80, rows: 24)).ticks.isEmpty)
    }
  }

  @Test(
    "A chart fills its width, at any number of steps, and says where its steps begin and end",
    arguments: [2, 7, 60, 240, 5000])
  func width(steps: Int) {
    let losses = (0..<steps).map { 1 + Float($0 % 5) }
    for panel in [View.total, .loss] {
      for size in [GridSize(columns: 80, rows: 24), GridSize(columns: 160, rows: 48)] {
        var view = ViewState()
        view.panel = panel
        let grid = render(Self.scene(losses: losses, totals: losses), view, size: size)
        let foot = (0..<size.rows).map { grid.text(row: $0) }.first { $0.contains("└1─") }
        #expect(foot?.contains("─step \(steps)") == true, "\(grid.plainText)")
        guard let foot, let edge = foot.range(of: "└"), let word = foot.range(of: "step \(steps)") else { continue }
        let start = foot.distance(from: foot.startIndex, to: edge.upperBound)
        let end = foot.distance(from: foot.startIndex, to: word.upperBound)
        // Each column of cells between the ends of the axis has something of the curve.
        let drawn = (start..<end).filter { column in
          (1..<size.rows).contains { row in (0x2801...0x28FF).contains(grid[column, row].glyph.value) }
        }
        #expect(drawn.count == end - start, "\(panel), \(size)\n\(grid.plainText)")
      }
    }
  }

  @Test("What was clipped to just below max_norm is in its row on every axis, also where that is half way between two")
  func clippedIsOnItsLine() {
    for (maxNorm, first) in [(1.0, 1e7), (1, 1e3), (0.5, 1e5), (0.1, 1e6), (10, 1e4), (3, 2e5)] {
      // A first norm that is large stretches the axis; all are clipped, to just below max_norm by the 1e-6.
      var totals = Array(repeating: Float(3 * maxNorm), count: 30)
      totals[0] = Float(first)
      var scene = Self.scene(losses: totals, totals: totals, maxNorm: maxNorm.nextDown * (1 - 1e-7))
      scene.clipping.rule = .norm(ClipNorm(maxNorm: maxNorm))
      for height in 20...48 {
        let grid = render(scene, ViewState(), size: GridSize(columns: 100, rows: height))
        let line = (2..<height).first { grid.text(row: $0).contains("━") }
        let label = (2..<height).first { row in (1..<8).contains { grid[$0, row].style.ink == .limit } }
        #expect(line == label && line != nil, "\(maxNorm) of \(first) at \(height)\n\(grid.plainText)")
      }
    }
  }

  @Test("A single step in a long run is as tall as it was, whatever part of the run is looked at")
  func zoomed() {
    var totals = Array(repeating: Float(1), count: 4000)
    totals[1234] = 1e6
    let scene = Self.scene(losses: totals, totals: totals)
    for zoom in 0..<12 {
      var view = ViewState()
      (view.panel, view.zoom, view.center) = (.total, zoom, 1234)
      let size = GridSize(columns: 100, rows: 30)
      let grid = render(scene, view, size: size)
      let (_, ticks) = Self.axis(.total, scene, size)
      let top = ticks[0].row
      #expect(
        (1...top + 1).contains { row in
          (0..<80).contains { grid[$0, row].style.ink == .before && grid[$0, row].glyph.value >= 0x2800 }
        }, "zoom \(zoom)\n\(grid.plainText)")
      let foot = (0..<30).map { grid.text(row: $0) }.first { $0.contains("└") } ?? ""
      let steps = foot.matches(of: /[0-9]+/).compactMap { Int($0.0) }
      #expect(steps.count == 2 && steps[0] <= 1235 && steps[1] >= 1235)
      #expect(steps[1] - steps[0] + 1 == max(8, 4000 >> zoom))
    }
    var newest = ViewState()
    (newest.panel, newest.zoom) = (.total, 3)
    #expect(render(scene, newest, size: GridSize(columns: 100, rows: 30)).plainText.contains("step 4000"))
  }
}

private func pow10(_ exponent: Double) -> Double { pow(10, exponent) }

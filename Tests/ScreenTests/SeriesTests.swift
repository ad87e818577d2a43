import Screen
import Session
import Stories
import Testing
import Training

/// Series that are easily drawn wrong: nothing yet, the same again and again, numbers below zero.
@Suite struct SeriesTests {
  private let sizes = [(80, 24), (160, 48)].map { GridSize(columns: $0.0, rows: $0.1) }

  private func rows(of ink: Ink, _ grid: CellGrid) -> Set<Int> {
    let dots: ClosedRange<UInt32> = 0x2801...0x28FF
    return Set(
      (0..<grid.size.rows).filter { row in
        (0..<grid.size.columns).contains {
          grid[$0, row].style.ink == ink && dots.contains(grid[$0, row].glyph.value)
        }
      })
  }

  private func view(_ panel: View) -> ViewState {
    var view = ViewState()
    view.panel = panel
    return view
  }

  @Test("Before the first step nothing is drawn that could be taken for a measurement")
  func empty() throws {
    let stage = try Stage.told("seed 0; task regression rows=32 batch=4; model simplenet hidden=2")
    #expect(stage.workbench.history.count == 0)
    for size in sizes {
      for panel in View.all {
        let grid = render(stage, view(panel), size: size)
        let drawn = grid.cells.filter {
          // Dots, blocks, and the marks of what is not finite; the words of the legend have the same inks.
          (0x2801...0x28FF).contains($0.glyph.value) || (0x2581...0x2588).contains($0.glyph.value)
            || "×∞".unicodeScalars.contains($0.glyph) && $0.style.reverse
        }
        #expect(drawn.isEmpty, "\(panel)\n\(grid.plainText)")
      }
    }
  }

  @Test("A series that never changes is a level line, over the whole run")
  func constant() throws {
    // The whole data in each batch, and a rate too small for any bit of a parameter: each step measures the same.
    let stage = try Stage.told(
      "seed 0; task sum; model simplenet hidden=2; optimizer sgd lr=1e-30; step 300")
    let history = stage.workbench.history
    let totals = Set((1...300).compactMap { history[step: $0]?.before.total })
    let losses = Set((1...300).compactMap { history[step: $0]?.loss })
    #expect(totals.count == 1 && losses.count == 1, "\(totals), \(losses)")
    for size in sizes {
      for (panel, ink) in [(View.total, Ink.before), (.loss, .loss)] {
        let grid = render(stage, view(panel), size: size)
        let line = rows(of: ink, grid)
        #expect(line.count == 1, "\(panel)\n\(grid.plainText)")
        guard let row = line.first else { continue }
        let drawn = (0..<size.columns).filter { grid[$0, row].style.ink == ink && grid[$0, row].glyph.value >= 0x2800 }
        // Without a gap, over at least half of the plot; beside it stand the axis and the numbers.
        #expect(drawn.count >= (size.columns - 8 - 28) / 2, "\(panel)\n\(grid.plainText)")
        #expect(drawn.last! - drawn.first! == drawn.count - 1, "\(panel)\n\(grid.plainText)")
      }
    }
  }

  @Test("Numbers below zero keep their extremes, and have no place on an axis of decades")
  func negative() throws {
    let stage = try Stage.told("seed 0; task regression rows=32 batch=4; model simplenet hidden=2; step")
    let base = try #require(stage.workbench.history.last)
    var history = History(parameters: base.before.perParameter.count)
    for step in 1...3000 {
      var record = base
      record.step = step
      record.loss = step == 1234 ? -1e6 : -Float(step % 7) - 1
      history.append(record)
    }
    #expect(history.summary(of: .loss).positiveRange == nil)
    for width in [1, 2, 37, 160, 5000] {
      let stretches = history.columns(of: .loss, atMost: width)
      #expect(stretches[1233 * min(width, 3000) / 3000].minimum == -1e6)
      #expect(stretches.allSatisfy { $0.hasFinite && $0.maximum < 0 })
      #expect(stretches.map(\.maximum).max() == -1)
    }
  }
}

import Screen
import Session
import Stories
import Testing
import Training

/// What is rare is what one looks for: a spike is never lost, and what is no number never moves an axis.
@Suite struct SpikeTests {
  /// The dots of a braille cell, from the top row to the bottom one, as bits of both columns.
  private static let dotRows: [UInt32] = [0x09, 0x12, 0x24, 0xC0]

  /// Whether a cell reaches its own upper half.
  private func isHigh(_ glyph: Unicode.Scalar) -> Bool {
    switch glyph.value {
    case 0x2801...0x28FF: (glyph.value - 0x2800) & (Self.dotRows[0] | Self.dotRows[1]) != 0
    case 0x2585...0x2588: true
    default: false
    }
  }

  /// The labels of the total norm's axis, from the top.
  private func labels(_ grid: CellGrid) -> [String] {
    (0..<grid.size.rows).compactMap { row in
      grid.text(row: row).firstMatch(of: /│ *([0-9.e-]+)┤/).map { "\(row): \($0.1)" }
    }
  }

  private func first(_ text: String, _ grid: CellGrid) -> Int? {
    (0..<grid.size.rows).first { grid.text(row: $0).contains(text) }
  }

  // 100,000 steps that change next to nothing, one among them with a norm a thousand times as large: a rate so small that
  // the parameters stay, and for one step inputs that are another experiment's are not to be had; so it is a history.
  private func history(spikeAt spike: Int?, of count: Int, kind: Float = 1000) throws -> (History, StepRecord) {
    let stage = try Stage.told("seed 0; task regression rows=32 batch=4; model simplenet hidden=2; step")
    let base = try #require(stage.workbench.history.last)
    var history = History(parameters: base.before.perParameter.count)
    for step in 1...count {
      var record = base
      record.step = step
      if step == spike {
        record.before.total *= kind
        record.before.perParameter = record.before.perParameter.map { $0 * kind }
      }
      history.append(record)
    }
    return (history, base)
  }

  @Test("One step among 100,000 keeps its height in the envelope that is drawn, at every width")
  func envelope() throws {
    for spike in [1, 513, 65_536, 99_999] {
      let (history, base) = try history(spikeAt: spike, of: 100_000)
      for width in [1, 2, 37, 80, 160, 1000, 5000] {
        let stretches = history.columns(of: .total, atMost: width)
        #expect(stretches.count == width)
        // Of the oldest steps only summaries are left, so that a spike among them may be a column off.
        let wanted = (spike - 1) * width / 100_000
        #expect(
          stretches.indices.contains { abs($0 - wanted) <= 1 && stretches[$0].maximum == base.before.total * 1000 })
        #expect(stretches.count { $0.maximum > base.before.total } == 1)
        #expect(
          history.columns(of: .norm(0), atMost: width).count { $0.maximum > base.before.perParameter[0] } == 1
        )
      }
    }
  }

  @Test("One step among 100,000 is drawn at full height, in the total norm and in every sparkline")
  func drawn() throws {
    let story = try Stage.told(Self.spike)
    let history = story.workbench.history
    #expect(history.count == 100_000)
    let largest = (1...history.count).compactMap { history[step: $0]?.before.total }.max()!
    let usual = try #require(history[step: 1]?.before.total)
    #expect(largest > 1000 * usual)
    #expect((1...history.count).count { history[step: $0]!.before.total > 100 * usual } == 1)
    for (columns, rows) in [(80, 24), (160, 48)] {
      let grid = render(story, ViewState(), size: GridSize(columns: columns, rows: rows))
      let top = try #require(first("total norm", grid)) + 1
      let foot = try #require(first("╰", grid))
      // The whole decade of the spike is the head of the axis.
      #expect(
        (top...(top + (foot - top) / 3)).contains { row in
          grid.text(row: row).unicodeScalars.contains { isHigh($0) }
        }, "\(grid.plainText)")
      for name in story.workbench.parameterNames where !name.hasSuffix("2.bias") {
        let lines = (0..<rows).map { grid.text(row: $0) }
        let line = try #require(lines.first { $0.contains(name) })
        let spark = line.drop { $0 != " " }.prefix(columns / 2)
        #expect(spark.unicodeScalars.contains { isHigh($0) }, "\(name)\n\(grid.plainText)")
      }
    }
  }

  /// A rate that moves nothing; one step that throws the parameters far away; then a rate of 1 / weight_decay, which puts
  /// them back near zero: the norm between the two is the only large one.
  static let spike = """
    seed 0; task sum; model simplenet hidden=2; optimizer sgd lr=1e-30 weight_decay=1000000
    step 50000; lr 1; step; lr 1e-6; step; lr 1e-30; step 49998
    """

  @Test(
    "NaN and infinity have their mark and their count, and no axis moves for them",
    arguments: [Stages.exploding, Stages.overflowing])
  func nonfinite(story: String) throws {
    let calm = try Stage.told("\(story); until total_norm is nonfinite")
    let count = calm.workbench.history.count
    let before = try Stage.told("\(story); step \(count - 1)")
    let after = calm.after("step 8")
    let last = try #require(after.workbench.history.last)
    #expect(!last.before.total.isFinite)
    for (columns, rows) in [(80, 24), (160, 48)] {
      for panel in [View.overview, .total, .loss, .parameters] {
        var view = ViewState()
        view.panel = panel
        let size = GridSize(columns: columns, rows: rows)
        let grids = [before, after].map { render($0, view, size: size) }
        #expect(labels(grids[0]) == labels(grids[1]), "\(panel)\n\(grids[0].plainText)\(grids[1].plainText)")
        #expect(!grids[0].cells.contains { $0.style.ink == .danger })
        let marks = grids[1].cells.filter { "×∞".unicodeScalars.contains($0.glyph) && $0.style.ink == .danger }
        #expect(!marks.isEmpty)
        #expect(marks.allSatisfy { $0.style.reverse || $0.style.bold }, "also without colour")
      }
    }
    let totals = after.workbench.history.summary(of: .total)
    let (nans, infinities) = (totals.nans, totals.infinities)
    #expect(nans + infinities == 9)
    let text = render(after, ViewState(), size: GridSize(columns: 160, rows: 48)).plainText
    let parts = [("NaN", nans), ("inf", infinities)].filter { $0.1 > 0 }.map { "\($0.1) \($0.0)" }
    #expect(text.contains(parts.joined(separator: ", ")))
  }

  @Test("A step that is infinite in the middle of calm ones is marked where it was")
  func single() throws {
    for kind in [Float.nan, .infinity] {
      let (history, _) = try history(spikeAt: 30_000, of: 60_000, kind: kind)
      let stretches = history.columns(of: .total, atMost: 100)
      #expect(stretches.indices.filter { stretches[$0].nans + stretches[$0].infinities > 0 } == [49])
      #expect(stretches.allSatisfy { $0.hasFinite }, "its neighbours keep their height")
      #expect(history.summary(of: .total).positiveRange == history.summary(of: .totalAfter).positiveRange)
    }
  }
}

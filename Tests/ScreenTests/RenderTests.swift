import Foundation
import Language
import Screen
import Session
import Stories
import Testing
import Training

/// What holds of every frame, whatever is on it.
@Suite struct RenderTests {
  @Test("Every state at every size gives a grid of that size, and none traps", arguments: Stages.stories.indices)
  func sizes(index: Int) throws {
    let (_, story, waits) = Stages.stories[index]
    let stage = try Stage.told(story, waits: waits)
    let views = Stages.views()
    for columns in 0...60 {
      for rows in 0...30 {
        // All views over all sizes, one view a size and stage; each stage begins with another.
        let view = views[(index + columns + 7 * rows) % views.count].view
        let grid = render(stage, view, size: GridSize(columns: columns, rows: rows))
        guard grid.size == GridSize(columns: columns, rows: rows), grid.cells.count == columns * rows else {
          Issue.record("\(columns)×\(rows)")
          continue
        }
      }
    }
  }

  @Test("Every state with every view, at the sizes that people have")
  func views() throws {
    for (name, stage) in try Stages.all() {
      for (viewName, view) in Stages.views() {
        for (columns, rows) in [(40, 10), (80, 24), (100, 30), (132, 43), (160, 48), (300, 100)] {
          let grid = render(stage, view, size: GridSize(columns: columns, rows: rows))
          #expect(!grid.plainText.isEmpty, "\(name), \(viewName)")
          var ascii = view
          ascii.isASCII = true
          let coarse = render(stage, ascii, size: grid.size)
          #expect(coarse.cells.allSatisfy { $0.glyph.value >= 0x20 && $0.glyph.value < 0x7F }, "\(name), \(viewName)")
          if let cursor = cursorPosition(view, size: grid.size) {
            #expect(cursor.column < columns && cursor.row == rows - 1, "\(name), \(viewName)")
          }
        }
      }
    }
  }

  @Test("What is too small says so, and how large it has to be")
  func tooSmall() throws {
    for (columns, rows) in [(39, 24), (80, 9), (20, 5)] {
      let text = render(Stage(files: MemoryFiles()), ViewState(), size: GridSize(columns: columns, rows: rows))
        .plainText
      #expect(text.contains("too small: \(columns)×\(rows)"))
      #expect(text.contains("at least 40×10"))
    }
    let text = render(Stage(files: MemoryFiles()), ViewState(), size: GridSize(columns: 40, rows: 10)).plainText
    #expect(!text.contains("too small"))
  }

  @Test("Rendering is a function: twice the same, and it changes nothing")
  func pure() throws {
    for (name, stage) in try Stages.all() {
      let digest = stage.workbench.experiment?.digest
      let size = GridSize(columns: 120, rows: 40)
      #expect(render(stage, ViewState(), size: size) == render(stage, ViewState(), size: size), "\(name)")
      #expect(stage.workbench.experiment?.digest == digest)
    }
  }

  @Test("Frames are whole: no number of an axis stands on them")
  func frames() throws {
    for (name, stage) in try Stages.all() + [
      ("losses", try Stage.told("task sum; model simplenet; optimizer sgd lr=5; step 7"))
    ] {
      for (columns, rows) in [(80, 24), (160, 48)] {
        for panel in [View.overview, .total, .loss] {
          var view = ViewState()
          view.panel = panel
          let grid = render(stage, view, size: GridSize(columns: columns, rows: rows))
          // Below each upper left corner there are edges down to a lower one.
          for column in 0..<columns {
            for row in 0..<rows where grid[column, row].glyph == "╭" {
              var foot = row + 1
              while foot < rows, grid[column, foot].glyph == "│" { foot += 1 }
              #expect(grid[column, foot].glyph == "╰", "\(name), \(panel), column \(column)\n\(grid.plainText)")
            }
          }
        }
      }
    }
  }

  @Test("The footer and help show the keys as they are bound")
  func bindings() throws {
    var stage = Stage(files: MemoryFiles())
    for line in ["bind Q quit", "bind q norms", "bind n stats"] { _ = stage.type(line) }
    var view = ViewState()
    let footer = render(stage, view, size: GridSize(columns: 160, rows: 48)).text(row: 47)
    #expect(footer.contains("Q quit"))
    #expect(!footer.contains("q quit"))
    #expect(footer.contains("→ step"), "the next key that makes a step takes the place of n")
    _ = view.apply(.help(nil), Scene(stage), size: GridSize(columns: 160, rows: 60))
    let help = render(stage, view, size: GridSize(columns: 160, rows: 160)).plainText
    #expect(help.contains("stats"))
    #expect(help.contains { $0 == "Q" })
  }

  @Test("What the readout says is what was measured, and inside a step only what its phases have computed")
  func numbers() throws {
    let size = GridSize(columns: 160, rows: 48)
    let stage = try Stage.told("\(Stages.recurrent); clip norm max_norm=0.01; step 20")
    let record = try #require(stage.workbench.history.last)
    let text = render(stage, ViewState(), size: size).plainText
    for number in [record.before.total, record.outcome.after.total, record.outcome.factor, record.loss] {
      #expect(text.contains(NumberText.short(number)))
    }
    #expect(text.contains("clipped 20 of the last 20"))
    #expect(text.contains("step 20"))
    #expect(text.contains(stage.workbench.experiment!.digest.text.prefix(8)))
    for (phases, marker) in [(1, "[zero]"), (2, "[forward]"), (3, "[backward]"), (4, "[norm]"), (5, "[clip]")] {
      let inside = stage.after("phase \(phases)")
      let grid = render(inside, ViewState(), size: size)
      #expect(grid.plainText.contains(marker))
      #expect(grid.text(row: 1).contains("before –") == (phases < 4), "the norm after \(phases) phases")
      #expect(grid.text(row: 1).contains("after –") == (phases < 5), "\(grid.text(row: 1))")
    }
  }

  @Test("Errors and words are never lost: the newest line is on every screen")
  func news() throws {
    for (columns, rows) in [(40, 10), (60, 14), (80, 24), (160, 48)] {
      let stage = try Stage.told("\(Stages.recurrent); step 3; say \"hello\"")
      #expect(render(stage, ViewState(), size: GridSize(columns: columns, rows: rows)).plainText.contains("hello"))
      let wrong = stage.after("frobnicate")
      #expect(
        render(wrong, ViewState(), size: GridSize(columns: columns, rows: rows)).plainText.contains(
          "no command frobnicate"))
    }
  }
}

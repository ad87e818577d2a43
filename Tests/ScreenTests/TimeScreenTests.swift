import Language
import Screen
import Session
import Stories
import Testing
import Training

/// What the screen shows of the past, of branches and of a twin.
@Suite struct TimeScreenTests {
  private static let small = "model rnn hidden=4; task adding length=5 batch=4; optimizer sgd lr=0.1"
  private static let sizes = [(80, 24), (160, 48), (50, 16)].map { GridSize(columns: $0.0, rows: $0.1) }

  private func stage(_ text: String) throws -> Stage { try Stage.told("\(Self.small); \(text)") }

  @Test(
    "The screen at a position is the same, cell for cell, however one got there; log and marks aside",
    arguments: [
      "goto start; goto 40", "goto 10; step 30", "goto 40:clip; back", "phase back 120", "goto 41; phase back 6",
      "goto 7:norm; step 33", "goto max total_norm; goto 40", "mark; goto 3; goto mark m1; goto 40", "goto -20",
      "lr 0.1; goto 40", "goto 50; goto previous unclipped; goto 40",
    ])
  func same(way: String) throws {
    let story = "step 20; clip norm max_norm=0.3; step 40"
    let (straight, other) = (try stage("\(story); back 20"), try stage("\(story); \(way)"))
    #expect(other.workbench.position == Position(step: 40), "\(other.words)")
    for size in Self.sizes {
      for panel in View.all where panel != .log {
        var view = ViewState()
        view.panel = panel
        let grids = [straight, other].map { stage in
          var scene = Scene(stage)
          (scene.log, scene.marks) = (Log(), [])
          return render(scene, view, size: size)
        }
        #expect(grids[0].cells == grids[1].cells, "\(way), \(panel.name)\n\(grids[1].plainText)")
      }
    }
  }

  @Test("In the past charts show the whole run with a line at now, and numbers are those of now")
  func past() throws {
    let told = try stage("step 20; clip norm max_norm=0.3; step 40")
    var back = told
    back.enter("goto 19")
    let size = Self.sizes[0]
    let text = render(Scene(back), ViewState(), size: size).plainText
    #expect(text.contains("◂ past, end 60") && text.contains("past 19 · end 60"), "\(text)")
    #expect(text.contains("clipping is off"), "what was in force at 20: \(text)")
    // The curves go on behind the line: at the right of both charts is what was there before.
    let (before, now) = (render(Scene(told), ViewState(), size: size), render(Scene(back), ViewState(), size: size))
    let column = 28
    #expect((3...8).contains { before[column, $0] == now[column, $0] && before[column, $0].glyph != " " }, "\(text)")
    #expect((3...8).contains { row in (5...30).contains { now[$0, row] == Cell("│", Style(.accent, bold: true)) } })
    let there = try stage("step 19")
    let numbers = render(Scene(there), ViewState(), size: size).text(row: 1)
    #expect(render(Scene(back), ViewState(), size: size).text(row: 1) == numbers)
  }

  @Test("Where a scenario waits in the past, the first line says both, also where it is narrow")
  func pause() throws {
    var scene = Scene(try stage("step 60; goto 19"))
    for (player, words) in [(Player.State.waiting(nil), "◆ press space"), (.held(.idle), "‖ held")] {
      scene.player = player
      for size in Self.sizes {
        let header = render(scene, ViewState(), size: size).text(row: 0)
        #expect(header.contains(words + " ◂ past, end 60") && header.contains("step 19"), "\(header)")
      }
    }
  }

  @Test("A click on the line of time goes to the step that is there")
  func click() throws {
    let scene = Scene(try stage("step 60"))
    let size = Self.sizes[0]
    let grid = render(scene, ViewState(), size: size)
    #expect(grid.text(row: 21).hasPrefix(" time "))
    var view = ViewState()
    func click(_ column: Int) -> [ViewOutcome] {
      view.feed(MouseEvent(.press, column: column, row: 21), scene, size: size)
    }
    #expect(click(6) == [.request(.line("goto 0"))])
    let end = (0..<80).last { grid[$0, 21].glyph == "◆" }!
    #expect(click(end) == [.request(.line("goto 60"))])
    #expect(click(79).isEmpty && click(2).isEmpty)
  }

  @Test("Other branches are grey on the same axes, by their names, and only where they are ways of their own")
  func branches() throws {
    let stage = try stage("step 30; goto 10; lr 0.5; step 30")
    let scene = Scene(stage)
    #expect(scene.others.map(\.name) == ["main"] && scene.others[0].from == 10 && scene.branch == "b1")
    let grid = render(scene, ViewState(), size: Self.sizes[1])
    #expect(grid.plainText.contains("main "))
    let grey = grid.cells.indices.filter { grid.cells[$0].style.ink == .ghost && grid.cells[$0].glyph != " " }
    #expect(!grey.isEmpty)
    // The axis begins at the same column for both: none of it is grey before the branch.
    let columns = grey.map { $0 % 160 }.filter { $0 < 80 }
    #expect(columns.allSatisfy { $0 > 15 }, "\(columns)")
  }

  @Test(
    "A twin is told from the run by colour and by shape: dashed, also in ASCII; its words and what has parted are said")
  func twin() throws {
    let story = "step 5; twin \"lr 0.5\"; step 40"
    let scene = Scene(try stage(story))
    for isASCII in [false, true] {
      var view = ViewState()
      view.isASCII = isASCII
      let grid = render(scene, view, size: Self.sizes[1])
      #expect(
        grid.plainText.contains("twin lr 0.5") && grid.plainText.contains("twin parted at step 6"), "\(grid.plainText)")
      // In the chart of the total norm it is in every other column, where the run's line is in all of them.
      let columns = grid.plainText.split(separator: "\n").prefix(13).enumerated().map { row, line in
        let words = line.firstMatch(of: /twin [↑^]?[0-9]\S*/).map {
          line.distance(from: line.startIndex, to: $0.startIndex)
        }
        return (7..<(words ?? 90)).filter { column in
          let cell = grid.cells[row * 160 + column]
          return row > 2 && cell.style.ink == .twin && cell.glyph != " "
        }
      }
      #expect(columns.reduce(0) { $0 + $1.count } > 5 && Set(columns.joined().map { $0 % 2 }).count == 1, "\(columns)")
    }
    let loss = try #require(scene.twin?.present?.loss)
    let narrow = render(scene, ViewState(), size: Self.sizes[0]).plainText
    #expect(narrow.contains("· twin \(NumberText.short(loss)) "), "its loss has room at 80 columns: \(narrow)")
    let far = render(
      Scene(try stage("clip norm; step 5; twin \"clip off; lr 5\"; step 9")), ViewState(), size: Self.sizes[0])
    #expect(far.plainText.contains("twin ↑"), "its norm is beyond the axis: \(far.plainText)")
    let equal = Scene(try stage("step 5; twin; step 4"))
    #expect(render(equal, ViewState(), size: Self.sizes[0]).plainText.contains("twin equal since 0"))
    var without = scene
    without.twin = nil
    #expect(
      render(without, ViewState(), size: Self.sizes[0]).cells != render(scene, ViewState(), size: Self.sizes[0]).cells)
  }

  @Test("Undo and back are among the keys that a newcomer sees at 80 columns")
  func keys() throws {
    let footer = render(Scene(try stage("step 3")), ViewState(), size: Self.sizes[0]).text(row: 23)
    #expect(footer.contains("u undo") && footer.contains("b back") && footer.contains("q quit"))
  }
}

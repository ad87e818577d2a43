import Foundation
import Language
import Screen
import Session
import Stories
import Testing
import Training

/// Words are whole and in one place, and every word of the screen is explained.
@Suite struct WordsTests {
  private static let sizes = [(80, 24), (120, 36), (160, 48)].map { GridSize(columns: $0, rows: $1) }

  private func feed(_ view: inout ViewState, _ key: Key, _ stage: Stage, _ size: GridSize) -> [ViewOutcome] {
    view.look(at: Scene(stage))
    return view.feed(key, Scene(stage), size: size)
  }

  /// What stands in the panel of words.
  private func words(_ grid: CellGrid) -> String {
    let rows = (0..<grid.size.rows).map { grid.text(row: $0) }
    guard let first = rows.firstIndex(where: { $0.contains("─ test ") }) else { return "" }
    return rows[(first + 1)...].prefix { $0.hasPrefix("│") }
      .map { $0.dropFirst().prefix { $0 != "│" }.trimmingCharacters(in: .whitespaces) }.joined(separator: " ")
  }

  @Test("Words of any length are shown whole, page by page, and space goes on only behind the last")
  func pages() throws {
    for length in [20, 150, 300, 700] {
      let spoken = (0..<length / 5).map { String(format: "w%03d", $0) }
      let half = spoken.count / 2
      let story =
        "\(small); say \"\(spoken[..<half].joined(separator: " "))\"; say \"\(spoken[half...].joined(separator: " "))\"; pause; step"
      let stage = try Stage.told(story, waits: true)
      for size in Self.sizes {
        var view = ViewState()
        view.look(at: Scene(stage))
        var seen: [String] = []
        for _ in 0..<50 {
          let grid = render(stage, view, size: size)
          seen += words(grid).split(separator: " ").map(String.init).filter { $0.hasPrefix("w") }
          #expect(grid.plainText.contains(" space  ▸ "), "the key that goes on stands there")
          let outcome = feed(&view, .named(.space), stage, size)
          if !outcome.isEmpty { break }
        }
        #expect(seen == spoken, "\(length) characters at \(size)")
      }
    }
  }

  @Test("Commands and checks do not crowd words out; where there is a log they stand in it")
  func crowd() throws {
    let checks = (0..<12).map { _ in "expect loss > 0" }.joined(separator: "; ")
    let stage = try Stage.told("\(small); say \"Listen to this.\"; step 3; \(checks); norms; pause", waits: true)
    for size in Self.sizes {
      let text = render(stage, ViewState(), size: size).plainText
      #expect(text.contains("Listen to this."), "\(text)")
    }
    var view = ViewState()
    view.panel = .log
    #expect(render(stage, view, size: Self.sizes[2]).plainText.contains("held: loss"))
    // In each view, the words of a lesson that waits are there.
    for panel in View.all where !panel.isPage {
      view.panel = panel
      #expect(render(stage, view, size: Self.sizes[0]).plainText.contains("Listen to this."), "\(panel.name)")
    }
  }

  @Test("A lesson that waits says how it goes on, in the same words at the key bar and below the words")
  func waiting() throws {
    let space = render(try Stage.told("\(small); say \"x\"; pause", waits: true), ViewState(), size: Self.sizes[0])
    #expect(space.text(row: 23).contains("space go on") && space.plainText.contains(" space  ▸ go on"))
    #expect(!space.text(row: 23).contains("space run"))
    let key = render(try Stage.told("\(small); say \"x\"; pause c", waits: true), ViewState(), size: Self.sizes[0])
    #expect(key.plainText.contains(" press c ") && key.text(row: 0).contains("◆ press c"))
    let end = render(try Stage.told("\(small); say \"x\""), ViewState(), size: Self.sizes[0])
    #expect(end.plainText.contains(" a  again"))
  }

  @Test("An error is seen where there is no log, and words stay", arguments: ["stpe", "gogo 5", "step 3; norms; frob"])
  func errors(line: String) throws {
    let stage = try Stage.told("\(small); say \"Listen.\"; pause", waits: true).after(line)
    let text = render(stage, ViewState(), size: Self.sizes[0]).plainText
    #expect(text.contains("! there is no command") && text.contains("Listen."), "\(text)")
  }

  @Test("The log scrolls to its first line and back")
  func log() throws {
    var stage = Stage(files: MemoryFiles())
    for number in 1...200 { _ = stage.type("say \"line \(number).\"") }
    var view = ViewState()
    view.panel = .log
    let size = Self.sizes[0]
    func text() -> String { render(stage, view, size: size).plainText }
    #expect(text().contains("line 200.") && !text().contains("line 1."))
    for (key, found) in [(Key.named(.home), "line 1."), (.named(.down), "line 2."), (.named(.end), "line 200.")] {
      _ = feed(&view, key, stage, size)
      #expect(text().contains(found), "\(key)")
    }
    var seen: Set<String> = []
    for _ in 0..<20 {
      seen.formUnion(text().matches(of: /line [0-9]+\./).map { String($0.0) })
      _ = feed(&view, .named(.pageup), stage, size)
    }
    #expect(seen.count == 200)
  }

  @Test("The header never cuts off the optimizer and its rate")
  func header() throws {
    let long = String(repeating: "long", count: 12)
    let files = MemoryFiles(files: ["\(long).csv": "x,y\n1,2\n3,5\n"])
    for (setup, rate) in [
      (
        "task temporal-order length=50; model lstm hidden=100 layers=3; init orthogonal=1.25; optimizer adamw lr=0.00123",
        "adamw lr 0.00123"
      ),
      (
        "task csv \(long).csv target=y; model mlp hidden=64,32,16,8,64,32,16,8; optimizer sgd lr=0.05 momentum=0.9",
        "sgd lr 0.05 momentum 0.9"
      ),
    ] {
      var stage = Stage(files: files)
      for line in setup.components(separatedBy: "; ") + ["step 3"] { _ = stage.type(line) }
      while stage.isBusy { _ = stage.advance() }
      for size in Self.sizes {
        let header = render(stage, ViewState(), size: size).text(row: 0)
        #expect(header.contains(rate) && header.contains("step 3"), "\(header)")
      }
    }
  }

  @Test("Every word that the screen shows has an entry in the help, or is a command, an option or a name")
  func explained() throws {
    // Words of plain English, and what the settings are called.
    let plain = Set(
      """
      the a of to and it is in on off by no not now has been was were made make makes train trains one an each own its at or go
      all last press space run stop go view prompt quit help gradient row nothing updated too large these settings experiment
      yet switches opens parameter parameters lessons test again end or yourself clipping most rule before after end choose task
      this sequences reads model rnn lstm gru sgd mlp tanh simplenet regression sum sine adding weight ended scenario here from
      yours lesson panel nonfinite left out beginning skip norm activations log steps max speed restart none frozen so far
      """.split(whereSeparator: \.isWhitespace).map(String.init))
    let names = Set(CommandTable.rows.map(\.name)).union(Quantity.names)
    for (name, stage) in try Stages.all() {
      for size in Self.sizes {
        let scene = Scene(stage)
        var grid = render(stage, ViewState(), size: size)
        // What users and lessons say, and names, are not ours to explain.
        if let log = Layout(ViewState.area(size), scene, ViewState()).log { grid.clear(log) }
        if let words = Layout(ViewState.area(size), scene, ViewState()).words { grid.clear(words) }
        let known =
          scene.parameters.map(\.name).joined(separator: " ") + scene.title.model + scene.title.task
          + scene.title.optimizer + scene.title.details.joined() + (scene.problem ?? "")
        for row in 1..<(size.rows - 3) {
          for word in grid.text(row: row).split(whereSeparator: { !$0.isLetter && $0 != "_" }).map(String.init)
          where word.count > 1 && !known.contains(word) {
            let isKnown =
              HelpText.has(word) || names.contains(word) || plain.contains(word.lowercased())
              || Glossary.entries.contains { $0.words.contains { $0.split(separator: " ").contains(Substring(word)) } }
            #expect(isKnown, "\(name), \(size): \(word) in \(grid.text(row: row))")
          }
        }
      }
    }
    for word in [
      "factor", "saturated", "digest", "share", "update", "±log", "norm_type", "ghost", "EXPLODING", "before", "duty",
    ] {
      #expect(HelpText.has(word) && !HelpText.topic(word).isEmpty, "\(word)")
    }
  }

  @Test("The page of lessons shows each with its line, and Enter begins the chosen one; your own is there, and help")
  func lessons() throws {
    var scene = Scene()
    scene.lessons = (1...9).map { Lesson(name: "lesson-\($0)", firstLine: "# Lesson \($0): What number \($0) shows.") }
    var view = ViewState()
    view.panel = .lessons
    for size in Self.sizes + [GridSize(columns: 60, rows: 16), GridSize(columns: 40, rows: 10)] {
      view.choice = 0
      var seen: Set<String> = []
      for _ in 0..<11 {
        let text = render(scene, view, size: size).plainText
        for lesson in scene.lessons where text.contains(lesson.name) { seen.insert(lesson.name) }
        for other in ["your own", "help"] where text.contains(" \(other) ") { seen.insert(other) }
        #expect(text.contains("▸"))
        _ = view.feed(.named(.down), scene, size: size)
      }
      #expect(seen.count == 11, "\(size): \(seen)")
    }
    let size = Self.sizes[0]
    view.choice = 2
    #expect(
      view.feed(.named(.enter), scene, size: size) == [.request(.line("lesson lesson-3"))] && view.panel == .overview)
    (view.panel, view.choice) = (.lessons, 9)
    #expect(view.feed(.named(.enter), scene, size: size).isEmpty && view.panel == .overview)
    (view.panel, view.choice) = (.lessons, 10)
    #expect(view.feed(.named(.space), scene, size: size).isEmpty && view.help != nil)
    _ = view.feed(.named(.escape), scene, size: size)
    #expect(view.help == nil && view.panel == .lessons)
    _ = view.feed(.named(.escape), scene, size: size)
    #expect(view.panel == .overview)
    #expect(view.feed(.character("L"), scene, size: size).isEmpty && view.panel == .lessons)
  }

  @Test("A click chooses a parameter and opens it, the wheel zooms round the step below it")
  func mouse() throws {
    let stage = try Stage.told("\(Stages.recurrent); step 400")
    let (scene, size) = (Scene(stage), Self.sizes[0])
    var view = ViewState()
    let layout = Layout(ViewState.area(size), scene, ViewState())
    let panel = try #require(layout.parameters)
    _ = view.feed(MouseEvent(.press, column: 5, row: panel.row + 3), scene, size: size)
    #expect(view.cursor == 2 && view.panel == .overview)
    _ = view.feed(MouseEvent(.press, column: 5, row: panel.row + 3), scene, size: size)
    #expect(view.panel == .parameter)
    _ = view.feed(.named(.escape), scene, size: size)
    _ = view.feed(MouseEvent(.wheelUp, column: layout.total.width / 4, row: layout.total.row + 2), scene, size: size)
    #expect(view.zoom == 1 && view.window(on: scene).records.count == 200)
    #expect(view.window(on: scene).records.contains(100) && !view.window(on: scene).records.contains(399))
    _ = view.feed(MouseEvent(.wheelDown, column: layout.total.width / 4, row: layout.total.row + 2), scene, size: size)
    #expect(view.zoom == 0 && view.window(on: scene).records == 0..<400)
    for column in stride(from: -1, to: 90, by: 7) {
      for row in -1..<26 {
        for action in [MouseEvent.Action.press, .wheelUp, .wheelDown] {
          _ = view.feed(MouseEvent(action, column: column, row: row), scene, size: size)
          _ = render(scene, view, size: size)
        }
      }
    }
  }

  @Test(
    "A ghost that left for infinity is seen leaving, however long the run of now is, and its label says how far it went"
  )
  func leavingGhost() throws {
    let story = "task sum; model simplenet hidden=4; optimizer sgd lr=0.5; step 60; clip norm; restart"
    var stage = try Stage.told(story)
    for steps in [20, 60, 100, 150, 170, 230, 300, 400] {
      stage = stage.after("step \(steps - stage.workbench.position.step)")
      let grid = render(stage, ViewState(), size: Self.sizes[0])
      // The dots, not the label and not the marks for NaN.
      var dots = 0
      for row in 0..<24 {
        for column in 0..<30 where grid[column, row].style.ink == .ghost {
          dots += (0x2801...0x28FF).contains(grid[column, row].glyph.value) ? 1 : 0
        }
      }
      #expect(dots > 0, "at step \(steps)\n\(grid.plainText)")
      #expect(grid.plainText.firstMatch(of: /ghost ↑1e[0-9]+ (NaN|inf)/) != nil, "\(grid.plainText)")
    }
  }

  @Test("The run before a restart is a grey ghost until Esc sends it away")
  func ghost() throws {
    let stage = try Stage.told(
      "\(Stages.exploding); step 40; optimizer sgd lr=0.01; step 40; clip norm; restart; step 20")
    let size = Self.sizes[0]
    var view = ViewState()
    func ghosts() -> Int { render(stage, view, size: size).cells.count { $0.style.ink == .ghost && $0.glyph != " " } }
    #expect(ghosts() > 20)
    // Both are on one axis; the step of now stands where the run of now ends.
    #expect(render(stage, view, size: size).plainText.firstMatch(of: /└1─+step 20─+40│/) != nil)
    _ = feed(&view, .named(.escape), stage, size)
    #expect(ghosts() == 0 && render(stage, view, size: size).plainText.contains("step 20"))
    // Another restart brings another.
    let again = stage.after("restart; step 3")
    #expect(render(again, view, size: size).cells.contains { $0.style.ink == .ghost && $0.glyph != " " })
  }

  @Test("A step that was left out says so, and that nothing was updated; what was passed on is nothing")
  func skipped() throws {
    let stage = try Stage.told("\(small); clip skip max_norm=1000; step 20; outlier scale=100000; step")
    for size in Self.sizes {
      let grid = render(stage, ViewState(), size: size)
      #expect(grid.text(row: 1).contains(" SKIPPED ") && grid.text(row: 1).contains("nothing was updated"))
      #expect(!grid.plainText.contains(" after 7"))
    }
    #expect(stage.workbench.history.columns(of: .totalAfter, atMost: 100).last?.last == 0)
  }

  @Test("While a search goes on at the prompt it is said, and where nothing is found, that")
  func search() {
    var view = ViewState()
    view.entry = .prompt(LineEditor(history: ["step 5", "clip norm max_norm=2"]))
    let (stage, size) = (Stage(files: MemoryFiles()), Self.sizes[0])
    _ = feed(&view, .control("r"), stage, size)
    #expect(render(stage, view, size: size).text(row: 23).contains("(search)"))
    for letter in "max" { _ = feed(&view, .character(letter), stage, size) }
    #expect(render(stage, view, size: size).text(row: 23).hasPrefix(": (search max) clip norm max_norm=2"))
    let cursor = cursorPosition(view, size: size)
    #expect(cursor?.column == 2 + 13 + 10)
    _ = feed(&view, .character("q"), stage, size)
    #expect(render(stage, view, size: size).text(row: 23).contains("no line has it"))
    _ = feed(&view, .named(.escape), stage, size)
    #expect(!render(stage, view, size: size).text(row: 23).contains("search"))
  }

  @Test("There is always a way out that is said, also where q does something else")
  func wayOut() throws {
    let stage = try Stage.told("bind q \"norms\"")
    #expect(render(stage, ViewState(), size: Self.sizes[0]).text(row: 23).contains("Ctrl-C quit"))
    #expect(render(stage, ViewState(), size: GridSize(columns: 20, rows: 8)).plainText.contains("Ctrl-C quits"))
  }

  @Test(
    "At a lesson's end and where it is held, pages are turned by the key that is offered, and only then it does its work"
  )
  func pagesAtTheEnd() throws {
    let long = (0..<120).map { "word\($0)" }.joined(separator: " ")
    let ended = try Stage.told("\(small); say \"\(long)\"")
    let size = Self.sizes[0]
    var view = ViewState()
    view.look(at: Scene(ended))
    #expect(ended.player.state == .ended)
    var seen = words(render(ended, view, size: size))
    for _ in 0..<20 where render(ended, view, size: size).plainText.contains("▸ page") {
      #expect(feed(&view, .named(.space), ended, size).isEmpty, "it does not run")
      seen += " " + words(render(ended, view, size: size))
    }
    #expect(seen.contains("word119") && render(ended, view, size: size).plainText.contains(" a  again"))
    #expect(feed(&view, .named(.space), ended, size) == [.request(.key(.named(.space), count: nil))])
  }

  @Test("A chart that is zoomed while steps are made shows the newest of them")
  func zoomedWhileRunning() throws {
    var scene = AxisTests.scene(losses: (0..<129).map { Float($0 % 7) + 1 })
    scene.activity = .running
    for zoom in 0..<6 {
      var view = ViewState()
      view.zoom = zoom
      let records = view.window(on: scene).records
      #expect(records.contains(128) && records.lowerBound < 128, "\(zoom): \(records)")
      #expect(!render(scene, view, size: Self.sizes[0]).plainText.contains("No step has been made"))
    }
  }

  @Test("Where no norm is finite, every view says so by its marks and none that there was no step")
  func nothingFinite() throws {
    let stage = try Stage.told("model simplenet hidden=4; task regression rows=32 batch=4; outlier nan; step 20")
    for panel in View.all where !panel.isPage && panel != .log {
      for isBig in [false, true] {
        var view = ViewState()
        (view.panel, view.isBig) = (panel, isBig)
        let grid = render(stage, view, size: Self.sizes[0])
        #expect(!grid.plainText.contains("No step has been made"), "\(panel.name)\n\(grid.plainText)")
        #expect(grid.cells.contains { $0.glyph == "×" && $0.style.ink == .danger }, "\(panel.name)")
      }
    }
  }

  @Test(
    "Orders at which norms do not add up have no shares, and trap nothing",
    arguments: ["-0.1", "0", "-1", "0.001", "-inf", "inf"])
  func orders(order: String) throws {
    let stage = try Stage.told("\(Stages.recurrent); clip norm norm_type=\(order); step 9")
    for panel in View.all {
      for size in Self.sizes {
        var view = ViewState()
        view.panel = panel
        _ = render(stage, view, size: size)
      }
    }
    let text = render(stage, ViewState(), size: Self.sizes[0]).plainText
    #expect(text.contains(" % █") == (order == "0.001" || order == "inf") || !text.contains(" % █"))
  }

  @Test("Each ghost is another: one that was sent away hides no later one, also behind a lesson that is played again")
  func ghostsApart() throws {
    let size = Self.sizes[0]
    var view = ViewState()
    var stage = try Stage.told("\(small); step 20; restart; step 3")
    func isShown() -> Bool {
      view.look(at: Scene(stage))
      return render(stage, view, size: size).cells.contains { $0.style.ink == .ghost && $0.glyph != " " }
    }
    #expect(isShown())
    _ = feed(&view, .named(.escape), stage, size)
    #expect(!isShown())
    stage = stage.after("restart; restart; step 2")
    #expect(isShown())
    _ = feed(&view, .named(.escape), stage, size)
    stage = stage.after("again")
    #expect(isShown(), "the lesson has a restart of its own")
  }
}

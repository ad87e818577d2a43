import Language
import Screen
import Session
import Stories
import Testing
import Training

/// Words for a class room, questions whole, and what waits in numbers.
@Suite struct LargeWordsTests {
  private func stage(_ words: String) throws -> Stage {
    try Stage.told("\(small); step 3; say \"\(words)\"; pause", waits: true)
  }

  private func frame(_ stage: Stage, columns: Int, rows: Int, _ change: (inout ViewState) -> Void = { _ in }) -> String
  {
    var view = ViewState()
    view.isBig = true
    change(&view)
    return render(stage, view, size: GridSize(columns: columns, rows: rows)).plainText
  }

  @Test("With --big the words of a lesson are large letters, whole, on as many pages as they take")
  func large() throws {
    let words = String(repeating: "Press [c]: the norm 37.2 becomes 1. ", count: 9)
    var sums: Set<Int> = []
    for (columns, rows) in [(120, 40), (160, 48), (200, 60)] {
      let stage = try stage(words)
      var halves = 0
      var pages = 0
      for page in 0..<20 {
        let text = frame(stage, columns: columns, rows: rows) { $0.page = page }
        if page > 0, text == frame(stage, columns: columns, rows: rows, { $0.page = page - 1 }) { break }
        pages += 1
        let panel = text.split(separator: "\n").drop { !$0.contains("╭─ test") }
        halves += panel.reduce(0) { $0 + $1.filter { "█▀▄".contains($0) }.count }
        #expect(!panel.contains { $0.contains("norm 37.2") }, "they are drawn, not written")
      }
      sums.insert(halves)
      #expect((2...6).contains(pages), "\(columns)×\(rows): \(pages) pages")
    }
    // Every letter is on one of the pages, wherever its line is broken.
    #expect(sums.count == 1 && sums.first ?? 0 > 1000, "\(sums)")
  }

  @Test("Letters that are not among them, narrow screens and plain characters leave the words as text")
  func asText() throws {
    let plain = try stage("The norm is 37.2 now.")
    #expect(!frame(plain, columns: 160, rows: 48).contains("The norm is 37.2"))
    #expect(frame(plain, columns: 100, rows: 40).contains("The norm is 37.2"))
    #expect(frame(plain, columns: 160, rows: 48) { $0.isASCII = true }.contains("The norm is 37.2"))
    #expect(frame(plain, columns: 160, rows: 48) { $0.isBig = false }.contains("The norm is 37.2"))
    #expect(frame(try stage("勾配 is a gradient."), columns: 160, rows: 48).contains("勾配 is a gradient."))
  }

  @Test("A scenario's question shows the whole path at every size, and what to type")
  func question() throws {
    let path = "/home/somebody/" + String(repeating: "folder with blanks/", count: 9) + "end.scenario"
    var scene = Scene(try stage("x"))
    let question = Player.Question(.trace(path: path), number: 1)
    scene.player = .asking(question)
    var view = ViewState()
    view.look(at: scene)
    for (columns, rows) in [(40, 10), (80, 24), (160, 48)] {
      let text = render(scene, view, size: GridSize(columns: columns, rows: rows)).plainText
      let inside = text.split(separator: "\n").map { $0.trimmingCharacters(in: ["│", " "]) }.joined()
        .replacing(" ", with: "")
      let isWhole = inside.contains(path.replacing(" ", with: ""))
      #expect(inside.contains("yesorno:") && isWhole == (rows > 10), "\(columns)×\(rows)\n\(text)")
      #expect(inside.contains("Makethewindowlarger") != isWhole, "\(columns)×\(rows)\n\(text)")
    }
    // What is not seen cannot be allowed, also where the screen is too small for anything.
    for (columns, rows, isAllowed) in [(40, 10, false), (20, 5, false), (1, 1, false), (80, 24, true)] {
      var asked = view
      var outcomes: [ViewOutcome] = []
      for key in ["y", "e", "s"].map({ Key.character($0) }) + [.named(.enter)] {
        outcomes += asked.feed(key, scene, size: GridSize(columns: columns, rows: rows))
      }
      #expect(outcomes == (isAllowed ? [.request(.answer(true, to: question))] : []), "\(columns)×\(rows)")
    }
    // Esc leaves this question and all that would follow.
    var left = view
    #expect(
      left.feed(.named(.escape), scene, size: GridSize(columns: 20, rows: 5)) == [
        .request(.leave(question))
      ])
  }

  @Test("How many steps are to go stands in the first line, what else waits above the keys")
  func waiting() {
    var stage = Stage(files: MemoryFiles())
    stage.enter(small)
    _ = stage.type("step 40")
    for _ in 0..<10 { _ = stage.advance() }
    func text() -> String { render(stage, ViewState(), size: GridSize(columns: 80, rows: 16)).plainText }
    #expect(text().contains("● 30 to go") && text().contains("Esc forget what waits"))
    _ = stage.type(.character("n"), count: 4)
    _ = stage.type(.character("c"), count: nil)
    #expect(text().contains("● 34 to go") && text().contains("… then 34 steps, c"))
    stage.abandon()
    #expect(text().contains("‖ idle") && !text().contains("to go"))
  }

  @Test("Behind a row of one line a dash stands at the height of max_norm, where that is on the row's scale")
  func thresholds() throws {
    // The sum's gradient has the same norm at each step without an update: the scale is the decade round it.
    let story = "task sum; model simplenet hidden=4; optimizer sgd lr=1e-9; step 1"
    let norm = try #require(try Stage.told(story).workbench.history.last?.before.perParameter.first)
    for (factor, dash) in [(0.1, nil), (0.34, "⎽"), (1, "─"), (2.9, "⎺"), (10, nil)] as [(Float, String?)] {
      let stage = try Stage.told("\(story); clip norm max_norm=\(norm * factor)")
      let text = render(stage, ViewState(), size: GridSize(columns: 80, rows: 20)).plainText
      let row = try #require(text.split(separator: "\n").first { $0.contains("fc1.weight") && $0.contains("→") })
      let dashes = row.filter { "⎽⎼⎻⎺─".contains($0) }
      #expect(dashes == (dash ?? ""), "\(factor): \(row)")
    }
  }
}

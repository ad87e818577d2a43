import Foundation
import Language
import Screen
import Session
import Stories
import Testing

/// Frames as pictures. `RECORD=1 swift test --filter GoldenTests` records them anew and always fails: look at each of
/// them (`clipscope frame --format svg`) before it is committed.
@Suite struct GoldenTests {
  static let states: [(name: String, story: String)] = [
    ("calm", "\(Stages.recurrent); step 60"),
    ("clipped", "\(Stages.recurrent); clip norm max_norm=0.2; step 60; expect loss > 0; say \"Watch weight_hh.\""),
    ("nan", "\(Stages.exploding); step 12"),
    ("inside", "\(Stages.recurrent); clip norm max_norm=0.5; step 20; phase 4"),
  ]

  @Test("A frame is what it was", arguments: states.map(\.name), [(80, 24), (160, 48)])
  func frame(name: String, size: (columns: Int, rows: Int)) throws {
    let story = try #require(Self.states.first { $0.name == name }?.story)
    let grid = render(try Stage.told(story), ViewState(), size: GridSize(columns: size.columns, rows: size.rows))
    try Golden.check(grid.plainText, named: "\(name)-\(size.columns)x\(size.rows).txt")
  }

  @Test("So is a clipped frame at each number of colours", arguments: ColorDepth.allCases)
  func colors(depth: ColorDepth) throws {
    let grid = render(try Stage.told(Self.states[1].story), ViewState(), size: GridSize(columns: 80, rows: 24))
    // A golden that is printed should not colour the terminal that it is printed in.
    let text = grid.ansiText(Palette(depth: depth)).replacing("\u{1B}", with: "␛")
    try Golden.check(text, named: "colors-\(depth.rawValue)-80x24.txt")
  }

  @Test("So are ASCII, help, the prompt and a page for a terminal that is too small")
  func pages() throws {
    let stage = try Stage.told(Self.states[1].story)
    var view = ViewState()
    view.isASCII = true
    let size = GridSize(columns: 80, rows: 24)
    try Golden.check(render(stage, view, size: size).plainText, named: "ascii-80x24.txt")
    view = ViewState()
    view.help = (ViewState.help(KeyBindings()), 0)
    try Golden.check(render(stage, view, size: size).plainText, named: "help-80x24.txt")
    view = ViewState()
    view.entry = .prompt(LineEditor(text: "clip norm max_norm=0.5"))
    try Golden.check(render(stage, view, size: size).plainText, named: "prompt-80x24.txt")
    try Golden.check(
      render(stage, ViewState(), size: GridSize(columns: 30, rows: 8)).plainText, named: "small-30x8.txt")
  }
}

/// Files that tests compare with.
enum Golden {
  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(
    "Goldens")

  /// Compares `text` with the golden of this name; records it instead, and fails, if `RECORD` is set.
  static func check(_ text: String, named name: String) throws {
    let file = folder.appendingPathComponent(name)
    if ProcessInfo.processInfo.environment["RECORD"] != nil {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      try Data(text.utf8).write(to: file)
      Issue.record("\(name) was recorded: look at it, then run the tests without RECORD")
      return
    }
    let golden = String(decoding: (try? Data(contentsOf: file)) ?? Data(), as: UTF8.self)
    if text != golden {
      Issue.record("\(name) differs (- as it was, + as it is)\n\(difference(was: golden, now: text))")
    }
  }

  private static func difference(was: String, now: String) -> String {
    let (old, new) = (was.components(separatedBy: "\n"), now.components(separatedBy: "\n"))
    return (0..<max(old.count, new.count)).flatMap { row -> [String] in
      let (before, after) = (row < old.count ? old[row] : nil, row < new.count ? new[row] : nil)
      return before == after ? [] : [before.map { "- " + $0 }, after.map { "+ " + $0 }].compactMap { $0 }
    }.joined(separator: "\n")
  }
}

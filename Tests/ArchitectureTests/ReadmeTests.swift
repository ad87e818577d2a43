import Foundation
import Language
import Screen
import Session
import Testing

/// Files of the disk, for scenarios that the README shows.
private struct ProjectFiles: FileSource {
  func bytes(of path: String, relativeTo folder: String) throws(FileError) -> [UInt8] {
    guard let data = FileManager.default.contents(atPath: PathText.join(folder, path)) else {
      throw FileError(path: path, reason: "does not exist")
    }
    return Array(data)
  }
}

private func text(_ path: String) throws -> String {
  try String(contentsOf: projectRoot.appending(path: path), encoding: .utf8)
}

@Suite("The README is true", .serialized) struct ReadmeTests {
  @Test("its list of commands is the table of commands")
  func commands() throws {
    try expectSection(
      "commands",
      Command.Kind.allCases.flatMap { group in
        ["| **\(group.rawValue)** | |"]
          + CommandTable.rows.filter { $0.kind == group }.map { "| `\($0.name)` | \($0.summary) |" }
      }, header: ["| command | what it does |", "|---|---|"])
  }

  @Test("it tells of each option of a table, and of none that is not there")
  func tableOptions() throws {
    let usage = try #require(HelpText.topic("task").first { $0.contains("task csv FILE") })
    let options = usage.matches(of: /\b([a-z]+)=/).map { String($0.1) }.filter { $0 != "target" && $0 != "batch" }
    let section = try #require(text("README.md").components(separatedBy: "### A table of your own").last)
      .components(separatedBy: "### ")[0]
    #expect(section.matches(of: /\| `([a-z]+)=/).map { String($0.1) } == options)
  }

  @Test("its list of keys is the table of keys")
  func keys() throws {
    var rows: [String] = []
    var lines: Set<String> = []
    let bindings = KeyBindings().bindings
    for binding in bindings where lines.insert(binding.line).inserted {
      let keys = bindings.filter { $0.line == binding.line }.map { "`\($0.key.label)`" }.joined(separator: " ")
      let typed = ([binding.line] + [binding.otherwise].compactMap(\.self)).map { "`\($0)`" }.joined(separator: " / ")
      rows.append("| \(keys) | \(typed) |")
    }
    try expectSection("keys", rows, header: ["| key | the line it types |", "|---|---|"])
  }

  // A part of the README between two marks is made of the tables; RECORD=1 writes it anew, and fails.
  private func expectSection(_ name: String, _ rows: [String], header: [String]) throws {
    let readme = try text("README.md")
    let (begin, end) = ("<!-- \(name) -->\n", "<!-- /\(name) -->")
    let parts = readme.components(separatedBy: begin)
    try #require(parts.count == 2, "the README has one mark \(begin)")
    let rest = parts[1].components(separatedBy: end)
    try #require(rest.count == 2, "the README has one mark \(end)")
    let fresh = (header + rows).joined(separator: "\n") + "\n"
    if ProcessInfo.processInfo.environment["RECORD"] != nil, rest[0] != fresh {
      let path = projectRoot.appending(path: "README.md")
      try (parts[0] + begin + fresh + end + rest[1]).write(to: path, atomically: true, encoding: .utf8)
      Issue.record("recorded; run again without RECORD")
    }
    #expect(rest[0] == fresh, "write it anew: RECORD=1 scripts/test --filter ReadmeTests")
  }

  @Test("its picture is the frame that clipscope draws")
  func picture() throws {
    let path = projectRoot.appending(path: "scenarios/rnn-explodes.scenario").path
    let scenario = try Scenario(
      utf8: Array(try Data(contentsOf: URL(fileURLWithPath: path))), path: "rnn-explodes.scenario")
    var stage = Stage(scenario: scenario, files: ProjectFiles(), waitsForViewer: false)
    while stage.isBusy, (stage.workbench.experiment?.step ?? 0) < 240 { _ = stage.advance() }
    let svg = render(Scene(stage), ViewState(), size: GridSize(columns: 110, rows: 32)).svg()
    if ProcessInfo.processInfo.environment["RECORD"] != nil {
      try svg.write(to: projectRoot.appending(path: "docs/screen.svg"), atomically: true, encoding: .utf8)
      Issue.record("recorded; run again without RECORD")
    }
    #expect(try text("docs/screen.svg") == svg, "draw it anew: RECORD=1 scripts/test --filter ReadmeTests")
  }

  @Test("its table of lessons is the page of lessons, whose lines are whole at 80 columns")
  func lessons() throws {
    let folder = projectRoot.appending(path: "scenarios").path
    let files = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".scenario") }
    let lessons = Lesson.inOrder(
      try files.map { file in
        let first = try text("scenarios/\(file)").prefix { $0 != "\n" }
        return Lesson(name: String(file.dropLast(9)), firstLine: String(first))
      })
    #expect(lessons.map(\.number) == Array(1...lessons.count), "each has its place")
    var scene = Scene()
    scene.lessons = lessons
    var view = ViewState()
    view.panel = .lessons
    let page = render(scene, view, size: GridSize(columns: 80, rows: 24)).plainText
    for lesson in lessons { #expect(page.contains(" \(lesson.title) "), "\(lesson.name)") }
    let section = try #require(try text("README.md").components(separatedBy: "\n## Lessons\n").last)
    let table = section.components(separatedBy: "\n## ")[0]
    #expect(table.matches(of: #/\n\| `([a-z-]+)` \| /#).map { String($0.1) } == lessons.map(\.name))
  }

  @Test("what it says of the tutorial's first step is what the scenario pins")
  func tutorial() throws {
    #expect(try text("README.md").contains("26.9726"))
    #expect(try text("scenarios/tutorial.scenario").contains("expect total_norm > 26.97"))
  }
}

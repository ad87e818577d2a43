import Foundation
import Testing

private func swiftText(below folder: String) throws -> [(name: String, text: String)] {
  let all = FileManager.default.enumerator(at: projectRoot.appending(path: folder), includingPropertiesForKeys: nil)
  return try (all?.compactMap { $0 as? URL } ?? []).filter { $0.pathExtension == "swift" }.map {
    ($0.lastPathComponent, try String(contentsOf: $0, encoding: .utf8))
  }
}

@Suite("The checklist") struct ChecklistTests {
  /// The rows of the page: number, point and tests.
  private func rows() throws -> [(number: Int, tests: String)] {
    let page = try String(contentsOf: projectRoot.appending(path: "docs/terminal-checklist.md"), encoding: .utf8)
    return page.split(separator: "\n").compactMap { line in
      let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
      guard cells.count == 3, let number = Int(cells[0]) else { return nil }
      return (number, cells[2])
    }
  }

  @Test("it has all sixty points in order, each with a test or with why there is none")
  func points() throws {
    let rows = try rows()
    #expect(rows.map(\.number) == Array(1...60))
    for row in rows { #expect(row.tests.hasPrefix("`") || row.tests.hasPrefix("not yet: "), "\(row)") }
  }

  @Test("every test that it names is there, in the suite that it names")
  func names() throws {
    let files = try swiftText(below: "Tests")
    var count = 0
    for row in try rows() where row.tests.hasPrefix("`") {
      for name in row.tests.matches(of: /`(\w+)\.(\w+)`/) {
        let (suite, test) = ("struct \(name.1) ", "func \(name.2)(")
        #expect(files.contains { $0.text.contains(suite) && $0.text.contains(test) }, "\(row.number): \(name.0)")
        count += 1
      }
    }
    #expect(count >= 60)
  }

  @Test("neither a scenario nor a test waits for time to pass")
  func nothingWaitsForTime() throws {
    // Taken apart, so that this file is no hit of its own.
    let calls = ["sle" + "ep(", "usle" + "ep(", "nanosle" + "ep("]
    for file in try swiftText(below: "Tests") + swiftText(below: "Sources") {
      for call in calls { #expect(!file.text.contains(call), "\(file.name)") }
    }
  }

  @Test("nothing that is drawn or replayed knows a clock or a locale")
  func nothingDrawnKnowsATime() throws {
    for target in ["Numerics", "Gradients", "Optimization", "Training", "Language", "Session", "Screen"] {
      for file in try swiftText(below: "Sources/" + target) {
        for word in ["Clock", "Date(", "Locale", "TimeZone", "environment["] {
          #expect(!file.text.contains(word), "\(file.name) has \(word)")
        }
        // C's, and not the end of another name.
        #expect(!file.text.contains(/\btime\(/), "\(file.name) has time(")
      }
    }
  }
}

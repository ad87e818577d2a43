import Foundation
import Screen
import Session
import Stories
import Testing

#if canImport(FoundationXML)
  import FoundationXML
#endif

/// Frames as text, as ANSI and as SVG.
@Suite struct ExportTests {
  private let size = GridSize(columns: 100, rows: 30)

  @Test("ANSI without its sequences is the text, at each depth; each line ends as it began")
  func ansi() throws {
    for (name, stage) in try Stages.all() {
      let grid = render(stage, ViewState(), size: size)
      for depth in ColorDepth.allCases {
        let ansi = grid.ansiText(Palette(depth: depth))
        let lines = ansi.replacing(/\u{1B}\[[0-9;]*m/, with: "").split(
          separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.count == 31 && lines.last == "")
        #expect(lines.dropLast().map(String.init) == (0..<30).map { grid.text(row: $0) }, "\(name)")
        for line in ansi.split(separator: "\n") {
          // What was switched on is switched off at the end of the line.
          let last = line.matches(of: /\u{1B}\[([0-9;]*)m/).last.map { String($0.1) }
          #expect(last == nil || last == "0")
        }
      }
    }
  }

  @Test(
    "Each depth uses its own colours and no other's",
    arguments: [
      (ColorDepth.none, #"^[01247;]*$"#), (.eight, #"^(0|[1247;]*(3[0-7])?)$"#),
      (.sixteen, #"^(0|[1247;]*([39][0-7])?)$"#),
      (.palette256, #"^(0|[1247;]*(38;5;\d+)?)$"#), (.truecolor, #"^(0|[1247;]*(38;2;\d+;\d+;\d+)?)$"#),
    ])
  func depths(depth: ColorDepth, allowed: String) throws {
    let pattern = try Regex(allowed)
    var codes: Set<String> = []
    for (_, stage) in try Stages.all() {
      let ansi = render(stage, ViewState(), size: size).ansiText(Palette(depth: depth))
      codes.formUnion(ansi.matches(of: /\u{1B}\[([0-9;]*)m/).map { String($0.1) })
    }
    for code in codes { #expect(code.firstMatch(of: pattern) != nil, "\(code)") }
    let hasColor = codes.contains { $0.firstMatch(of: /(^|;)(3[0-8]|9[0-7])/) != nil }
    #expect(hasColor == (depth != .none))
  }

  @Test("Colour never carries meaning alone: what is bad is bold or reversed, too")
  func withoutColor() throws {
    for (name, stage) in try Stages.all() {
      for cell in render(stage, ViewState(), size: size).cells where cell.style.ink == .danger && cell.glyph != " " {
        #expect(
          cell.style.bold || cell.style.reverse || "naif-".unicodeScalars.contains(cell.glyph),
          "\(name)")
      }
    }
  }

  @Test("SVG is well-formed, has the size of its cells, and all the words of the frame")
  func svg() throws {
    for (name, stage) in try Stages.all() {
      for (viewName, view) in Stages.views() {
        let svg = render(stage, view, size: GridSize(columns: 80, rows: 24)).svg()
        let words = Words()
        let parser = XMLParser(data: Data(svg.utf8))
        parser.delegate = words
        #expect(parser.parse(), "\(name), \(viewName): \(String(describing: parser.parserError))")
        #expect(words.text.contains("step"))
        #expect(svg.contains("width=\"738.4\""))
        #expect(!svg.contains("e-") || !svg.contains("=\"1e-"))
      }
    }
    let odd = Stage(files: MemoryFiles()).after("say \"a<b&c>d\\\"e]]>f'g\"")
    let words = Words()
    let parser = XMLParser(data: Data(render(odd, ViewState(), size: size).svg().utf8))
    parser.delegate = words
    #expect(parser.parse())
    #expect(words.text.contains("a<b&c>d\"e]]>f'g"))
  }

  @Test("Plain text has a line for each row and no blanks at their ends")
  func text() throws {
    for (_, stage) in try Stages.all() {
      let lines = render(stage, ViewState(), size: size).plainText.split(
        separator: "\n", omittingEmptySubsequences: false)
      #expect(lines.count == 31 && lines.last == "")
      #expect(lines.allSatisfy { $0.last != " " && $0.count <= 100 })
    }
    #expect(render(Stage(files: MemoryFiles()), ViewState(), size: GridSize(columns: 0, rows: 0)).plainText == "\n")
  }

  private final class Words: NSObject, XMLParserDelegate {
    var text = ""
    func parser(_ parser: XMLParser, foundCharacters string: String) { text += string }
  }
}

import Formats
import Foundation
import Language
import Testing
import Training

/// Everything that reads what users write answers with a value or an error that has a position: never a trap, never a hang.
@Suite(.serialized) struct ReaderFuzzTests {
  private struct Files: FileSource {
    func bytes(of path: String, relativeTo folder: String) throws(FileError) -> [UInt8] {
      switch path {
      case "t": return Array("to be or not to be, that is the question".utf8)
      case "t.csv": return Array("x,y\n1,2\n2,3\n3,5\n".utf8)
      default: throw FileError(path: path, reason: "does not exist")
      }
    }
  }

  static let lines =
    CommandTable.rows.map(\.example) + [
      "seed 1; task csv t.csv target=y; model mlp hidden=4x3 activation=gelu; step 3",
      "until norm(fc1.weight) < 1e-3 max 9",
      "expect nonfinite == 0 always; expect loss is finite within 4", "say \"a \\\"b\\\" # c\"; pause c # what for",
    ]

  static let scenarios = [
    lines.joined(separator: "\n"),
    "seed 0\r\ntask text t length=5 batch=2\r\nmodel lstm hidden=4 forget=1\r\ninit radius=1.4\r\nstep 2\r\n",
    "task shapes; model cnn depth=2 channels=3 pool=1 head=flatten\nclip agc; accumulate 2\nrun 3\nexpect step == 3 at 3\n",
  ]

  static let words = lines.flatMap { $0.split(separator: " ").map(String.init) } + CommandTable.rows.map(\.name)

  private static func isSafe(_ text: String) -> Bool {
    text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F && !(0x80..<0xA0).contains($0.value) }
  }

  @Test func parser() {
    Fuzz.run("parser", from: Self.lines, words: Self.words) { bytes in
      let line = String(decoding: bytes, as: UTF8.self)
      let commands: [ParsedCommand]
      do throws(CommandError) { commands = try Parser.commands(in: line) } catch {
        if error.column < 1 || error.column > line.count + 2 { return "column \(error.column) of \(line.count)" }
        if error.length < 1 || error.message.isEmpty { return "an error without length or words" }
        return Self.isSafe(error.message) ? nil : "an unsafe message: \(error.message.debugDescription)"
      }
      for parsed in commands {
        let text = parsed.command.text
        guard let again = try? Parser.commands(in: text) else { return "\(text) does not read back" }
        if again.map(\.command) != [parsed.command] { return "\(text) reads back as something else" }
      }
      return nil
    }
  }

  @Test func completion() {
    let parameters = ["fc1.weight", "fc1.bias"]
    Fuzz.run("completion", from: Self.lines, words: Self.words) { bytes in
      let candidates = Completion.candidates(for: String(decoding: bytes, as: UTF8.self), parameters: parameters)
      return candidates.allSatisfy { !$0.isEmpty } ? nil : "an empty candidate"
    }
  }

  @Test func scenario() {
    Fuzz.run("scenario", from: Self.scenarios, words: Self.words + ["\n"], share: 4) { bytes in
      do throws(ScenarioError) {
        let scenario = try Scenario.checked(utf8: bytes, path: "s", files: Files(), screen: false)
        return scenario.steps.isEmpty ? "a scenario without commands" : nil
      } catch {
        if error.report.isEmpty { return "an error without words" }
        if error.reason.isEmpty, error.entries.isEmpty { return "an error without a reason" }
        if let entry = error.entries.first(where: { $0.line < 1 }) { return "line \(entry.line)" }
        return error.report.first { !Self.isSafe($0) }.map { "an unsafe line: \($0.debugDescription)" }
      }
    }
  }

  @Test func table() {
    let tables = [
      "x,y\n1,2\n2,3\n", "\"a\",\"b,c\"\r\n\"1\",\"2\"\"3\"\r\n4,5\r\n", "\u{FEFF}x;y\n1;2\n", "a,y,c\nb,1,2\nc,2,3\n",
      ",w,y\n1,red,2\n2,blue,3\n3,red,\n4,blue,1\n", "# c\nx  y\n1,5 2\n 2,5  3 \n",
      "d\ty\n2010-01-01\t1\n2010-01-02\t2\n",
    ]
    let words = [
      "x", "y", "1", "2.5", ",", "\"", "\n", "\r\n", "1,2\n", "n/a", ";", "\t", " ", "1,5", "1,234", "red", "?",
      "2010-01-01", "#",
      "0x1", "inf", "$1", "'", "sep=;\n", "1e39",
    ]
    Fuzz.run("table", from: tables, words: words) { bytes in
      var options = EncodedTable.Options()
      let choice = bytes.reduce(0) { $0 &+ Int($1) }
      options.missing = [.error, .drop, .mean][choice % 3]
      options.format.header = [.auto, .auto, .no][choice / 3 % 3]
      (options.hasClasses, options.isStandardized) = (choice % 7 == 0, choice % 5 > 0)
      do throws(DataError) {
        let table = try Table(utf8: bytes, format: options.format, file: "t.csv")
        let isWhole = (0..<table.rowCount).allSatisfy { table.fields(ofRow: $0).count == table.names.count }
        if !isWhole { return "rows of other lengths" }
        let data = try EncodedTable(table, target: table.names.last ?? "", options: options, file: "t.csv")
        if data.summary.isEmpty { return "nothing is said of it" }
        return data.inputs.elements.allSatisfy(\.isFinite) ? nil : "a number that is not finite"
      } catch {
        return (error.line ?? 1) < 1 || (error.column ?? 1) < 1 || error.message.isEmpty ? "\(error)" : nil
      }
    }
  }

  @Test func text() {
    Fuzz.run("text", from: ["to be or not to be", "é語\n😀", "a"], words: ["a", "\n", "語", "é"]) { bytes in
      do throws(DataError) {
        let text = try EncodedText(utf8: bytes, file: "t")
        try text.check(length: 3, file: "t")
        return text.symbols.allSatisfy(text.vocabulary.indices.contains) ? nil : "a symbol of no character"
      } catch {
        return (error.line ?? 1) < 1 || (error.column ?? 1) < 1 || error.message.isEmpty ? "\(error)" : nil
      }
    }
  }

  @Test func gradientDump() {
    let dumps = [
      "{\"gradients\":[{\"name\":\"fc1.weight\",\"shape\":[2],\"values\":[3,4]}],\"rule\":\"norm\",\"max_norm\":1}",
      "{\"gradients\":[{\"name\":\"a\",\"shape\":[1,2],\"values\":[NaN,\"inf\"],\"weights\":[1,2]}],\"rule\":\"agc\",\"eps\":0.1,\"dtype\":\"float64\"}",
      "{\"gradients\":[],\"rule\":\"zclip\",\"warmup\":3,\"alpha\":0.9,\"threshold\":2,\"percentile\":10,\"norm_type\":Infinity}",
    ]
    let words = [
      "gradients", "\"shape\"", "[", "]", "{", "}", ",", ":", "1", "-3", "1e300", "NaN", "null", "true", "autoclip",
    ]
    var clipper = DumpClipper()
    Fuzz.run("dump", from: dumps, words: words) { bytes in
      do throws(DumpError) {
        let dump = try GradientDump(json: String(decoding: bytes, as: UTF8.self), defaults: RuleOptions())
        _ = try clipper.answer(dump)
        return nil
      } catch {
        return error.message.isEmpty || !Self.isSafe(error.message) ? "\(error.message.debugDescription)" : nil
      }
    }
  }

  @Test func safetensors() {
    let headers = [
      "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},\"__metadata__\":{\"x\":\"y\"}}",
      "{\"a\":{\"dtype\":\"F64\",\"shape\":[1,1],\"data_offsets\":[0,8]},\"b\":{\"dtype\":\"F64\",\"shape\":[],\"data_offsets\":[8,16]}}",
    ]
    let words = ["F32", "F64", "shape", "[", "]", "{", "}", ",", ":", "8", "16", "-8", "data_offsets", "null"]
    Fuzz.run("safetensors", from: headers, words: words) { bytes in
      // The length before the header is right in most cases, as otherwise nothing behind it would be read.
      var length = UInt64(bytes.count)
      if bytes.first.map({ $0 % 16 == 7 }) ?? true { length = length &* 0x1_0001 }
      let file = withUnsafeBytes(of: length.littleEndian) { Array($0) } + bytes + [UInt8](repeating: 0x3F, count: 16)
      do throws(DumpError) {
        return try Safetensors.read(MemoryBytes(file), options: RuleOptions()).gradients.isEmpty ? "no gradients" : nil
      } catch {
        return error.message.isEmpty || !Self.isSafe(error.message) ? "\(error.message.debugDescription)" : nil
      }
    }
  }
}

import Formats
import Foundation
import Language
import Testing

/// The table of files that `scripts/parity/safetensors_verdicts.py` has shown to the reference reader.
@Suite("safetensors") struct SafetensorsTests {
  struct Verdict: Decodable, Sendable, CustomTestStringConvertible {
    let name: String
    let file: Data
    let refused: String?
    var testDescription: String { name }
  }

  static let table: [Verdict] = {
    let url = Bundle.module.bundleURL.appending(path: "Fixtures/safetensors.jsonl")
    guard let text = try? String(contentsOf: url, encoding: .utf8) else { return [] }
    return text.split(separator: "\n").compactMap { try? JSONDecoder().decode(Verdict.self, from: Data($0.utf8)) }
  }()

  @Test("What the reference reader refuses is refused, what it takes is taken")
  func verdicts() throws {
    #expect(Self.table.count > 450 && Self.table.count { $0.refused == nil } > 30)
    for row in Self.table {
      do throws(DumpError) {
        _ = try Safetensors.read(MemoryBytes(Array(row.file)), options: RuleOptions())
        #expect(row.refused == nil, "\(row.name): the reference says \(row.refused ?? "")")
      } catch {
        // Numbers of other kinds, and no numbers at all, are well formed and of no use here.
        let isOfNoUse =
          error.message.contains("of which torch takes no norm") || error.message.contains("has no tensors")
        #expect(row.refused != nil || isOfNoUse, "\(row.name): \(error.message)")
      }
    }
  }

  @Test("What it is not is said: an overlap, a hole, bytes behind, a cut; and a pointer")
  func words() throws {
    for (name, words) in [
      ("an overlap", "overlaps the tensor before it"),
      ("a hole between", "does not begin where the one before it ends"),
      ("data behind the last", "4 bytes stand behind"),
      ("data cut off", "the file is cut off"), ("a shape that is too large", "not as large as its shape says"),
    ] {
      let row = try #require(Self.table.first { $0.name == name })
      let error = try #require(throws: DumpError.self) {
        try Safetensors.read(MemoryBytes(Array(row.file)), options: RuleOptions())
      }
      #expect(error.message.contains(words), "\(name): \(error.message)")
    }
    let pointer = try #require(Self.table.first { $0.name == "a Git LFS pointer" })
    let kind = try #require(FileKind.of(Array(pointer.file), for: .gradients))
    #expect(kind.refusal(.gradients) == "is a Git LFS pointer and not the file: git lfs pull fetches it")
  }
}

private func numbers(_ values: GradientValues) -> [Double] {
  if case .numbers(let numbers) = values { numbers } else { [] }
}

/// JSON as Python's `json` reads it, which is how dumps are written.
@Suite("JSON that is read") struct JSONReaderTests {
  private func values(_ list: String) -> String {
    let line =
      "{\"gradients\":[{\"name\":\"a\",\"shape\":[\(list.split(separator: ",").count)],\"values\":[\(list)]}],"
      + "\"max_norm\":\"inf\",\"dtype\":\"float64\"}"
    do throws(DumpError) {
      let dump = try GradientDump(json: line, defaults: RuleOptions())
      return numbers(dump.gradients[0].values).map { "\($0)" }.joined(separator: ",")
    } catch {
      return error.message
    }
  }

  // As json.loads of Python 3.11 has them.
  @Test(
    "Numbers beyond a double are infinite or 0",
    arguments: [
      ("1e400", "inf"), ("-1e400", "-inf"), ("1e-400", "0.0"), ("-1e-400", "-0.0"), ("NaN", "nan"),
      ("Infinity,-Infinity", "inf,-inf"), ("\"nan\",\"inf\",\"-inf\"", "nan,inf,-inf"), ("4.9e-324", "5e-324"),
      ("1.7976931348623157e308", "1.7976931348623157e+308"), ("-0", "-0.0"), ("1E+2,1e2,1e-2", "100.0,100.0,0.01"),
    ])
  func ofNumbers(written: String, read: String) { #expect(values(written) == read) }

  @Test(
    "What Python refuses is no JSON",
    arguments: ["01", "1.", ".5", "+1", "1e", "0x10", "--1", "nan", "inf", "1,", "1 2", "'1'", "1/*x*/", "-", "1e+"])
  func refused(written: String) {
    #expect(values(written) == "this is not JSON: one object a line is expected")
  }

  @Test(
    "What is JSON and not what is expected is said with its place",
    arguments: [
      ("[]", "the line is not what is expected there: an object"),
      ("{\"gradients\":{}}", "gradients is not what is expected there: a list"),
      ("{\"gradients\":[7]}", "gradients[0] is not what is expected there: an object"),
      (
        "{\"gradients\":[{\"name\":\"a\",\"shape\":[2],\"values\":[1,\"x\"]}]}",
        "gradients[0].values[1] is not what is expected there: a number, or \"nan\", \"inf\", \"-inf\""
      ),
      (
        "{\"gradients\":[{\"name\":\"a\",\"shape\":[1.5],\"values\":[1]}]}",
        "gradients[0].shape[0] is not what is expected there: a whole number"
      ),
      (
        "{\"gradients\":[],\"error_if_nonfinite\":1}", "error_if_nonfinite is not what is expected there: true or false"
      ),
      ("{\"gradients\":[],\"maxnorm\":1}", "there is no maxnorm; did you mean max_norm?"),
      (
        "{\"gradients\":[{\"name\":\"a\",\"shape\":[1],\"values\":[1],\"dtpye\":\"bfloat16\"}]}",
        "a gradient has no dtpye; did you mean dtype?"
      ),
      ("{\"gradients\":[{\"name\":\"a\",\"values\":[1]}]}", "gradients[0] has no \"shape\""),
    ])
  func wording(line: String, message: String) throws {
    let error = try #require(throws: DumpError.self) { try GradientDump(json: line, defaults: RuleOptions()) }
    #expect(error.message == message)
  }

  @Test("Texts, escapes and other keys are read and passed over")
  func texts() throws {
    let line =
      #"{"step":3,"note":{"a":[null,true,"\u00e9\ud83d\ude00\\\n"]},"gradients":[{"name":"\u0061\"","shape":[],"values":[2],"x":[]}]}"#
    let dump = try GradientDump(json: line, defaults: RuleOptions())
    #expect(dump.gradients.map(\.name) == ["a\""] && numbers(dump.gradients[0].values) == [2])
  }
}

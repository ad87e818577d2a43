import Formats
import Foundation
import Language
import Testing

/// Answers lines one after the other, as `clipscope clip` does.
private func answers(_ lines: [String], _ defaults: RuleOptions = RuleOptions()) -> [String] {
  var clipper = DumpClipper()
  return lines.map { line in
    do throws(DumpError) {
      return try clipper.answer(try GradientDump(json: line, defaults: defaults))
    } catch {
      return DumpClipper.error(error.message)
    }
  }
}

private func answer(_ line: String) -> String { answers([line])[0] }

private func dump(_ values: String, _ rest: String) -> String {
  "{\"gradients\":[{\"name\":\"w\",\"shape\":[2],\"values\":[\(values)]}]\(rest)}"
}

@Suite("Dumped gradients") struct GradientDumpTests {
  // torch 2.13 raises: there is no infinity norm, and none of a negative order, of an empty tensor; and 1e39 is no float32.
  @Test(
    "what torch refuses is an error",
    arguments: [
      (",\"norm_type\":\"inf\"", "e has no elements, and nothing has no norm of order inf: torch refuses it, too"),
      (",\"norm_type\":-2", "e has no elements, and nothing has no norm of order -2: torch refuses it, too"),
      (
        ",\"rule\":\"value\",\"clip_value\":1e39",
        "clip_value 1e39 is beyond the range of float32: torch refuses it, too"
      ),
    ])
  func refused(rest: String, message: String) {
    let gradients = "{\"gradients\":[{\"name\":\"e\",\"shape\":[0,3],\"values\":[]}]"
    #expect(answer(gradients + rest + "}") == DumpClipper.error(message))
    #expect(!answer(gradients + ",\"norm_type\":0.5}").contains("error"))
    #expect(!answer(gradients + rest + ",\"dtype\":\"float64\"}").contains("range"))
  }

  // Figures that torch 2.13 prints, from the table of clip_grad_norm_'s behaviour.
  @Test(
    "norm answers what torch does",
    arguments: [
      ("3,4", ",\"max_norm\":1", "5", "0.19999996", "0.5999999,0.79999983"),
      ("3,4", ",\"max_norm\":10", "5", "1", "3,4"),
      ("3,4", ",\"max_norm\":0", "5", "0", "0,0"),
      ("3,4", ",\"max_norm\":-1", "5", "-0.19999996", "-0.5999999,-0.79999983"),
      ("3,4", ",\"max_norm\":\"nan\"", "5", "\"nan\"", "\"nan\",\"nan\""),
      ("0,-0.0", ",\"max_norm\":1", "0", "1", "0,-0.0"),
      ("3,\"nan\"", "", "\"nan\"", "\"nan\"", "\"nan\",\"nan\""),
      ("3,\"inf\"", "", "\"inf\"", "0", "0,\"nan\""),
      ("1e20,1e20", "", "\"inf\"", "0", "0,0"),
      ("3,-4", ",\"norm_type\":\"inf\",\"max_norm\":4", "4", "0.99999976", "2.9999993,-3.999999"),
    ])
  func norm(values: String, rest: String, total: String, factor: String, after: String) {
    let text = answer(dump(values, rest))
    #expect(text.hasPrefix("{\"total_norm\":\(total),\"factor\":\(factor),"), "\(text)")
    #expect(text.hasSuffix("\"values\":[\(after)]}]}"), "\(text)")
  }

  @Test("float64 is done in float64, where 1e20 squared is a number")
  func double() {
    let text = answer(dump("1e20,1e20", ",\"dtype\":\"float64\""))
    #expect(text.hasPrefix("{\"total_norm\":1.4142135623730951e20,"), "\(text)")
    #expect(text.contains("0.7071067811865475"), "\(text)")
  }

  @Test("error_if_nonfinite answers torch's words and names the gradient")
  func refused() {
    let text = answer(dump("3,\"inf\"", ",\"error_if_nonfinite\":true"))
    #expect(text.hasPrefix("{\"error\":\"The total norm of order 2.0 for gradients from `parameters` is non-finite"))
    #expect(text.hasSuffix("the first with an element that is not finite is w\"}"))
  }

  @Test("value clamps, keeps NaN and repairs infinity")
  func value() {
    #expect(answer(dump("0.5,\"-inf\"", ",\"rule\":\"value\",\"clip_value\":2")).hasSuffix("\"values\":[0.5,-2]}]}"))
    #expect(answer(dump("\"nan\",9", ",\"rule\":\"value\"")).hasSuffix("\"values\":[\"nan\",1]}]}"))
  }

  @Test("rules that remember go on from line to line")
  func remembers() {
    let lines = [1, 2, 3].map { dump("\($0),0", ",\"rule\":\"autoclip\"") }
    // The percentile 10 of 1, of 1 and 2, and of 1, 2 and 3 is 1, 1.1 and 1.2.
    let totals = answers(lines).compactMap { line in
      Double(line.components(separatedBy: "\"total_norm_after\":")[1].prefix { $0 != "," })
    }
    #expect(totals.count == 3)
    #expect(zip(totals, [1, 1.1, 1.2]).allSatisfy { abs($0 - $1) < 2e-6 }, "\(totals)")
  }

  @Test(
    "what is wrong is said",
    arguments: [
      ("nonsense", "this is not JSON: one object a line is expected"),
      ("{\"rule\":\"norm\"}", "the line has no \\\"gradients\\\""),
      ("{\"gradients\":[{\"name\":\"w\",\"shape\":[3],\"values\":[1]}]}", "w has 1 values, but its shape is [3]"),
      ("{\"gradients\":[],\"rule\":\"nrom\"}", "there is no rule nrom"),
      ("{\"gradients\":[],\"rule\":\"skip\",\"dtype\":\"float64\"}", "float64 is there for norm and value"),
      ("{\"gradients\":[{\"name\":\"w\",\"shape\":[1],\"values\":[1]}],\"rule\":\"agc\"}", "agc needs the"),
    ])
  func wrong(line: String, message: String) {
    let text = answer(line)
    #expect(text.hasPrefix("{\"error\":\"") && text.contains(message), "\(text)")
  }

  @Test("every option of every rule is read, whatever the language's bounds, and changes the rule")
  func options() throws {
    for rule in Variants.clippingRules {
      for (name, standard) in rule.standardValues {
        // 25 is a percentile, too; nothing else here would be let through by the language.
        let (json, value): (String, OptionValue) =
          switch standard {
          case .number: name == "percentile" ? ("25", .number(25)) : ("-7.5", .number(-7.5))
          case .whole: ("-3", .whole(-3))
          case .flag: ("true", .flag(true))
          }
        let line = dump("3,4", ",\"rule\":\"\(rule.name)\",\"\(name)\":\(json)")
        let options = try GradientDump(json: line, defaults: RuleOptions()).options
        #expect(options.rule == rule.name && options.values == [name: value])
        let changed = try #require(rule.with(options.values))
        let values = Variants.clippingRules.values(of: changed)
        #expect(values.name == rule.name)
        #expect(values.values.first { $0.name == name }?.value == value)
        #expect(
          values.values.filter { $0.name != name }.map(\.value)
            == rule.standardValues.filter { $0.name != name }.map(\.value))
      }
    }
  }

  @Test("options of the command line stand in for those that a line does not name")
  func defaults() {
    let given = RuleOptions(rule: "value", values: ["clip_value": .number(3.5), "max_norm": .number(10)])
    #expect(answers([dump("3,4", "")], given)[0].hasSuffix("[3,3.5]}]}"))
    #expect(answers([dump("3,4", ",\"clip_value\":1")], given)[0].hasSuffix("[1,1]}]}"))
    #expect(answers([dump("3,4", ",\"rule\":\"norm\"")], given)[0].hasSuffix("[3,4]}]}"))
  }

  @Test("an order beyond float32 is one in float64")
  func largeOrder() {
    let line = dump("3,4", ",\"norm_type\":1e39,\"dtype\":\"float64\"")
    #expect(answer(line).hasPrefix("{\"total_norm\":\"inf\","), "4 to the 1e39 is infinite, and so is its root")
    let single = answer(dump("3,4", ",\"norm_type\":1e39"))
    #expect(
      single.hasPrefix("{\"total_norm\":1,"), "in float32 torch raises to an infinite power: 1, whatever the numbers")
    for (values, total) in [("3", "3"), ("0.5,0.25", "1"), ("\"nan\",1", "1"), ("\"inf\"", "\"inf\"")] {
      let shape = values.split(separator: ",").count
      let line = "{\"gradients\":[{\"name\":\"w\",\"shape\":[\(shape)],\"values\":[\(values)]}],\"norm_type\":-1e39}"
      #expect(answer(line).hasPrefix("{\"total_norm\":\(total),"), "\(values)")
    }
  }

  @Test("The rule skip says of each step whether it is left out")
  func skipped() {
    let made = answer(dump("3,4", ",\"rule\":\"skip\",\"max_norm\":5"))
    #expect(made.contains("\"factor\":1,\"total_norm_after\":5,\"skipped\":false,"))
    #expect(answer(dump("3,4", ",\"rule\":\"skip\",\"max_norm\":4.9")).contains("\"skipped\":true,"))
    #expect(answer(dump("3,\"nan\"", ",\"rule\":\"skip\"")).contains("\"skipped\":true,"))
    #expect(!answer(dump("3,4", "")).contains("skipped"))
  }

  @Test("a safetensors file is read, and one that is cut off is not")
  func safetensors() throws {
    let header = "{\"__metadata__\":{\"format\":\"pt\"},\"w\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}"
    var bytes = (0..<8).map { UInt8(truncatingIfNeeded: header.utf8.count >> (8 * $0)) } + Array(header.utf8)
    for value in [Float(3), 4] {
      bytes += (0..<4).map { UInt8(truncatingIfNeeded: value.bitPattern >> (8 * UInt32($0))) }
    }
    #expect(Safetensors.looksLike(bytes))
    var clipper = DumpClipper()
    let text = try clipper.answer(try Safetensors.read(MemoryBytes(bytes), options: RuleOptions()))
    #expect(text.contains("[0.5999999,0.79999983]"))
    #expect(throws: DumpError.self) {
      try Safetensors.read(MemoryBytes(Array(bytes.dropLast())), options: RuleOptions())
    }
    #expect(throws: DumpError.self) {
      try Safetensors.read(MemoryBytes(Array(bytes.prefix(20))), options: RuleOptions())
    }
  }
}

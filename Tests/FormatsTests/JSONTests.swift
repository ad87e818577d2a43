import Formats
import Foundation
import Testing

@Suite("JSON as it is written") struct JSONTests {
  @Test(
    "a number",
    arguments: [
      (JSON.number(Float(0.02)), "0.02"), (.number(0.1), "0.1"), (.number(Float(5)), "5"), (.number(1e-8), "1e-8"),
      (.number(-0.0), "-0.0"), (.number(-Float.zero), "-0.0"), (.number(Float.zero), "0"),
      (.number(UInt64.max), "\(UInt64.max)"),
      (.number(Float.nan), "\"nan\""), (.number(-Double.nan), "\"nan\""), (.number(Double.infinity), "\"inf\""),
      (.number(-Float.infinity), "\"-inf\""),
    ])
  func number(value: JSON, text: String) {
    #expect(value.text == text)
  }

  @Test("numbers read back to the same bits")
  func bits() throws {
    for value in [Float.leastNonzeroMagnitude, .greatestFiniteMagnitude, 0.1, 1 / 3, -16_777_216, 1e20] {
      #expect(Float(JSON.number(value).text)?.bitPattern == value.bitPattern)
      #expect(Double(JSON.number(1 / Double(value)).text)?.bitPattern == (1 / Double(value)).bitPattern)
    }
  }

  @Test("a text is what it was, and no terminal obeys it")
  func string() throws {
    let hostile = "a\"b\\c\n\u{1B}[31m\u{0}\u{7F}\u{9B}ü語👩‍👩‍👧"
    let text = JSON.array([.string(hostile)]).text
    #expect(text.unicodeScalars.allSatisfy { $0.value >= 0x20 && !(0x7F..<0xA0).contains($0.value) })
    #expect(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String] == [hostile])
  }

  @Test("lists and objects keep their order")
  func nested() {
    let object = JSON.object([("b", .array([])), ("a", .array([.number(1), .object([])])), ("b", .string(""))])
    #expect(object.text == #"{"b":[],"a":[1,{}],"b":""}"#)
  }
}

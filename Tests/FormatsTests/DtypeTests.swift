import Formats
import Foundation
import Language
import Numerics
import Testing

/// Gradients of 16 bits, of several formats, and of several files.
@Suite("Dumps of all formats") struct DtypeTests {
  struct Row: Decodable, Sendable {
    let line: String
    let format: String
    let total: Loose
    let after: [[Loose]]
  }

  /// A number, or the word for one.
  struct Loose: Decodable, Sendable {
    let value: Double

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      value = try (try? container.decode(Double.self)) ?? Double(container.decode(String.self))!
    }
  }

  struct Answer: Decodable {
    struct Gradient: Decodable { let values: [Loose] }
    let totalNorm: Loose
    let gradients: [Gradient]
  }

  private static let decoder: JSONDecoder = {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return decoder
  }()

  private func same(_ left: Double, _ right: Double) -> Bool { left == right || left.isNaN && right.isNaN }

  @Test("torch's norms and gradients, in the gradients' own formats")
  func torch() throws {
    let url = Bundle.module.bundleURL.appending(path: "Fixtures/dtypes.jsonl")
    let rows = try String(contentsOf: url, encoding: .utf8).split(separator: "\n")
      .map { try Self.decoder.decode(Row.self, from: Data($0.utf8)) }
    #expect(rows.count == 120)
    var equal = 0
    for row in rows {
      var clipper = DumpClipper()
      let text = try clipper.answer(try GradientDump(json: row.line, defaults: RuleOptions()))
      let answer = try Self.decoder.decode(Answer.self, from: Data(text.utf8))
      // A place of the format; only sums in another order may differ in it.
      let place = ["float16": 0x1p-10, "bfloat16": 0x1p-7, "float32": 1.3e-6, "float64": 1.3e-6][row.format]!
      let (total, expected) = (answer.totalNorm.value, row.total.value)
      #expect(
        same(total, expected) || abs(total - expected) <= place * abs(expected), "\(row.line): \(total), \(expected)")
      guard same(total, expected) || Float(total) == Float(expected) else { continue }
      equal += 1
      let values = answer.gradients.flatMap(\.values).map(\.value)
      // A float32 is written in its shortest digits.
      let isSame = zip(values, row.after.flatMap(\.self).map(\.value)).allSatisfy {
        same($0, $1) || Float($0) == Float($1)
      }
      #expect(isSame && values.count == row.after.reduce(0) { $0 + $1.count }, "\(row.line): \(text)")
    }
    #expect(equal > 110, "\(equal) totals are torch's to the last bit")
  }

  @Test("Every number of 16 bits is read, and rounds to itself")
  func sixteenBits() {
    for format in [NumberFormat.float16, .bfloat16] {
      let patterns = (0...UInt16.max).map(\.littleEndian)
      var values = [Float](repeating: 0, count: patterns.count)
      patterns.withUnsafeBytes { bytes in values.withUnsafeMutableBufferPointer { format.read(bytes, into: $0) } }
      var rounded = values
      rounded.withUnsafeMutableBufferPointer { format.round($0) }
      for (pattern, (value, rounded)) in zip(UInt16.min...UInt16.max, zip(values, rounded)) {
        let expected = format == .bfloat16 ? Float(bitPattern: UInt32(pattern) << 16) : Self.float16(pattern)
        #expect(same(Double(value), Double(expected)) && value.sign == expected.sign || value.isNaN, "\(pattern)")
        #expect(rounded.bitPattern == value.bitPattern, "\(pattern)")
      }
      #expect(values.filter(\.isFinite).max().map(Double.init) == format.largest)
    }
    // Half way goes to the even one; beyond the largest there is infinity.
    for (value, expected) in [
      (2049.0, 2048.0), (2051, 2052), (65519, 65504), (65520, .infinity), (-1e9, -.infinity), (0x1p-25, 0),
      (0x1.8p-24, 0x1p-23),
    ] {
      #expect(NumberFormat.float16.rounded(value) == expected, "\(value)")
    }
    for (value, expected) in [(257.0, 256.0), (259, 260), (3.4e38, .infinity), (-257, -256)] {
      #expect(NumberFormat.bfloat16.rounded(value) == expected, "\(value)")
    }
  }

  // By the definition of the format.
  private static func float16(_ pattern: UInt16) -> Float {
    let (exponent, fraction) = (Int(pattern >> 10 & 31), Float(pattern & 1023))
    let size: Float =
      exponent == 0
      ? fraction * 0x1p-24
      : exponent == 31
        ? (fraction == 0 ? .infinity : .nan)
        : Float(sign: .plus, exponent: exponent - 15, significand: 1 + fraction / 1024)
    return pattern >> 15 == 1 ? -size : size
  }

  /// A safetensors file.
  static func file(_ tensors: [(name: String, dtype: String, shape: String, bytes: [UInt8])]) -> [UInt8] {
    var (entries, data): ([String], [UInt8]) = ([], [])
    for tensor in tensors {
      entries.append(
        "\"\(tensor.name)\":{\"dtype\":\"\(tensor.dtype)\",\"shape\":\(tensor.shape),\"data_offsets\":[\(data.count),\(data.count + tensor.bytes.count)]}"
      )
      data += tensor.bytes
    }
    let header = "{" + entries.joined(separator: ",") + "}"
    return withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { Array($0) } + Array(header.utf8) + data
  }

  // 3 and 4 as bfloat16, 0.5 as float16.
  private static let half = file([("a", "BF16", "[2]", [0x40, 0x40, 0x80, 0x40]), ("b", "F16", "[1]", [0, 0x38])])

  @Test("A safetensors file of 16 bits is read and clipped in its formats")
  func file() throws {
    var clipper = DumpClipper()
    let text = try clipper.answer(try Safetensors.read(MemoryBytes(Self.half), options: RuleOptions()))
    // bfloat16 has 8 bits: 0.5970… is 0.59765625 there.
    #expect(text.hasPrefix("{\"total_norm\":5.0249376,\"factor\":0.1990074,"), "\(text)")
    #expect(text.contains("\"values\":[0.59765625,0.796875]") && text.contains("\"values\":[0.099487305]"), "\(text)")
    for dtype in ["I32", "BOOL", "F8_E4M3", "C64", "U8"] {
      let bytes = Self.file([
        ("w", dtype, "[1]", [UInt8](repeating: 0, count: dtype == "C64" ? 8 : dtype == "I32" ? 4 : 1))
      ])
      let error = try #require(throws: DumpError.self) {
        try Safetensors.read(MemoryBytes(bytes), options: RuleOptions())
      }
      #expect(error.message == "w is \(dtype), of which torch takes no norm; save it as float32, or leave it out")
    }
  }

  @Test("An index of several files is read with them, in its own order")
  func shards() throws {
    let files = [
      "one.safetensors": Self.half,
      "two.safetensors": Self.file([
        ("c", "F32", "[1]", withUnsafeBytes(of: Float(12).bitPattern.littleEndian) { Array($0) })
      ]),
    ]
    func read(_ map: String) throws -> GradientDump {
      try ShardedDump.read(
        Array("{\"metadata\":{\"total_size\":10},\"weight_map\":{\(map)}}".utf8), options: RuleOptions()
      ) { name throws(DumpError) in
        guard let bytes = files[name] else { throw DumpError("\(name) does not exist") }
        return MemoryBytes(bytes)
      }
    }
    let whole = "\"c\":\"two.safetensors\",\"a\":\"one.safetensors\",\"b\":\"one.safetensors\""
    let dump = try read(whole)
    #expect(
      dump.gradients.map(\.name) == ["c", "a", "b"] && dump.gradients.map(\.format) == [.float32, .bfloat16, .float16])
    var clipper = DumpClipper()
    #expect(try clipper.answer(dump).hasPrefix("{\"total_norm\":13.009612,"))
    for (map, message) in [
      ("", "this index has no \"weight_map\": it names no tensors"),
      (
        "\"c\":\"two.safetensors\",\"a\":\"one.safetensors\"",
        "one.safetensors: b is in it, and the index does not say so"
      ),
      (whole + ",\"d\":\"two.safetensors\"", "d is not in two.safetensors, where the index has it"),
      (whole + ",\"d\":\"three.safetensors\"", "three.safetensors does not exist"),
      ("\"a\":\"../one.safetensors\"", "the index names the file ../one.safetensors, which does not stand beside it"),
      ("\"a\":7", "this index cannot be read: an object with a \"weight_map\" is expected"),
    ] {
      let error = try #require(throws: DumpError.self) { try read(map) }
      #expect(error.message == message)
    }
  }

  @Test(
    "What is no dump is called by its name",
    arguments: [
      (
        Array("PK\u{3}\u{4}....archive/data.pkl".utf8),
        "is what torch.save writes, a zip with a pickle in it: load it in Python with torch.load and save the gradients with safetensors.torch.save_file"
      ),
      (
        [0x80, 2, 0x8A, 10],
        "is a pickle, as torch.save once wrote: load it in Python with torch.load and save the gradients with safetensors.torch.save_file"
      ),
      (
        Array("PK\u{3}\u{4}....weight.npy".utf8),
        "is a NumPy archive: load it with numpy.load and save the gradients with safetensors.numpy.save_file"
      ),
      (Array("PK\u{3}\u{4}....notes.txt".utf8), "is a zip archive: unpack it"),
      (
        Array("GGUF\u{3}".utf8),
        "is a GGUF file, which has weights for llama.cpp and no gradients: save the gradients with safetensors.torch.save_file"
      ),
      ([0x1F, 0x8B, 8], "is packed with gzip: unpack it"),
      (Array("<!DOCTYPE html>".utf8), "is a web page or XML: fetch the file itself"),
      ([0xFF, 0xFE, 0x7B, 0], "is a text in UTF-16: save it in UTF-8"),
    ] as [([UInt8], String)])
  func kinds(bytes: [UInt8], refusal: String) throws {
    #expect(FileKind.of(bytes, for: .gradients)?.refusal(.gradients) == refusal)
  }

  @Test("What can be one is not")
  func noKinds() {
    for text in ["{\"gradients\":[]}", "x,y\n1,2\n", ""] {
      #expect(FileKind.of(Array(text.utf8), for: .gradients) == nil)
    }
    #expect(FileKind.of(Self.half, for: .gradients) == nil)
    #expect(FileKind.of(Array("{\n  \"a\": 1".utf8), for: .text) == nil)
    #expect(
      FileKind.of(Array("{\n  \"a\": 1".utf8), for: .table)?.refusal(.table).hasPrefix("is JSON: write it as CSV")
        == true)
    #expect(FileKind.of(Array("% x\n@RELATION iris\n".utf8), for: .table)?.name == "an ARFF file")
    for text in ["PAR1,PAR2,y\n1,2,3\n4,5,6\n", "GGUF is a format of files", "%PDF, y\n1,2\n3,4\n5,6\n"] {
      #expect(FileKind.of(Array(text.utf8), for: .table) == nil, "\(text)")
    }
    #expect(FileKind.of(Array("{say, y\n1,2\n".utf8), for: .table) == nil)
  }

  @Test("A cut line, and lines of one kind of error, are told apart")
  func errors() throws {
    func error(_ line: String) throws -> DumpError {
      try #require(throws: DumpError.self) { try GradientDump(json: line, defaults: RuleOptions()) }
    }
    #expect(
      try error("{").isCutOff && error("{\"gradients\": [").isCutOff && !error("{]").isCutOff && !error("[1]").isCutOff)
    let wrong = "{\"gradients\":[{\"name\":\"w\",\"shape\":[3],\"values\":[1]}]}"
    #expect(try error(wrong).kind == error(wrong.replacing("\"w\"", with: "\"other\"")).kind)
    #expect(try error(wrong).kind != error("{]").kind)
  }
}

/// The answer for people.
@Suite("Dumps as a table") struct ClippedTableTests {
  private func table(_ gradients: String, _ rest: String = "", width: Int? = nil) throws -> [String] {
    var clipper = DumpClipper()
    let dump = try GradientDump(json: "{\"gradients\":[\(gradients)]\(rest)}", defaults: RuleOptions())
    return try clipper.clip(dump, takesCensus: true).table(width: width)
  }

  private static let two =
    "{\"name\":\"fc1.weight\",\"shape\":[2,2],\"values\":[3,0,-4,0]},{\"name\":\"fc1.bias\",\"shape\":[1],\"values\":[12],\"dtype\":\"bfloat16\"}"

  @Test("A row for each gradient, the totals, and what the rule did")
  func rows() throws {
    #expect(
      try table(Self.two) == [
        "parameter   shape  dtype     norm  of norm²  largest  zeros  NaN  inf  norm after",
        "fc1.weight  2×2    float32      5     14.8%        4      2    ·    ·       0.385",
        "fc1.bias    1      bfloat16    12     85.2%       12      ·    ·    ·       0.922",
        "─────────────────────────────────────────────────────────────────────────────────",
        "total       5      float32     13                 12      2    ·    ·       0.999",
        "",
        "The total norm is 13, above max_norm 1: every gradient was multiplied by 0.07692307, and the total norm after is 0.999.",
      ])
  }

  @Test("Names give way where the screen is narrow", arguments: [60, 80, 200])
  func width(width: Int) throws {
    let name = "model.layers.0.self_attn.q_proj.weight"
    let lines = try table("{\"name\":\"\(name)\",\"shape\":[1],\"values\":[3]}", width: width)
    // Below 75 columns the numbers do not fit, and are not cut.
    #expect(
      lines[1].hasPrefix(width == 200 ? name : width == 80 ? "mod" : "mo…") && (width == 60 || lines[1].count <= width))
    #expect(lines[1].contains("…") == (width < 200))
    #expect(lines[1].contains("ght  1"))
  }

  @Test(
    "The sentence says what became of it",
    arguments: [
      (
        "3,4", "",
        "The total norm is 5, above max_norm 1: every gradient was multiplied by 0.19999996, and the total norm after is 1."
      ),
      ("3,4", ",\"max_norm\":10", "The total norm is 5, not above max_norm 10: nothing changed."),
      (
        "3,4", ",\"max_norm\":5",
        "The total norm is 5, max_norm 5 itself, but 1e-6 is added to it before it divides: every gradient was multiplied by 0.99999976."
      ),
      (
        "3,4", ",\"max_norm\":0", "The total norm is 5, and max_norm 0 is no limit: every gradient was multiplied by 0."
      ),
      (
        "3,4", ",\"max_norm\":\"nan\"", "The total norm is 5, and max_norm is NaN: so is the factor, and every element."
      ),
      (
        "3,\"nan\"", "",
        "The total norm is NaN: so is the factor, and every element became NaN. Clipping does not cure NaN. The first with an element that is not finite is w: 1 NaN, 0 infinite."
      ),
      (
        "3,\"inf\"", "",
        "The total norm is inf and the factor 0: every finite element became 0, every infinite one NaN. The first with an element that is not finite is w: 0 NaN, 1 infinite."
      ),
      (
        "1e20,1e20", "",
        "The total norm is inf and the factor 0: every finite element became 0, every infinite one NaN. Every element is finite; the norm of w overflows float32."
      ),
      (
        "3,-4", ",\"norm_type\":\"inf\"",
        "The total norm of order inf is 4, above max_norm 1: every gradient was multiplied by 0.24999994, and the total norm after is 1."
      ),
      (
        "3,0.5", ",\"rule\":\"value\"",
        "The total norm is 3.04; 1 of 2 elements were beyond ±1, and the total norm after is 1.12."
      ),
      ("0.3,0.5", ",\"rule\":\"value\"", "The total norm is 0.583; no element is beyond ±1, and nothing changed."),
      (
        "3,4", ",\"rule\":\"skip\",\"max_norm\":1",
        "The total norm is 5, above the limit or not finite: the rule skip leaves this step out, and nothing is updated."
      ),
      (
        "3,4", ",\"rule\":\"skip\",\"max_norm\":9",
        "The total norm is 5, not above the limit: the step is made, and no gradient is changed."
      ),
      (
        "3,4", ",\"rule\":\"per-parameter\"",
        "The total norm is 5; the rule per-parameter changed 1 of 1 gradients, and the total norm after is 1."
      ),
      (
        "3,4", ",\"rule\":\"per-parameter\",\"max_norm\":9",
        "The total norm is 5; the rule per-parameter changed nothing."
      ),
    ])
  func sentences(values: String, rest: String, sentence: String) throws {
    let lines = try table("{\"name\":\"w\",\"shape\":[2],\"values\":[\(values)]}", rest)
    #expect(lines[5...].joined(separator: " ") == sentence)
  }
}

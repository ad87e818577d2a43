import Language
import Numerics

/// Reads gradients from a safetensors file: a length, a JSON header with a name, dtype, shape and offsets for each tensor,
/// and the raw little-endian numbers (https://github.com/huggingface/safetensors describes the format).
///
/// What the reference reader refuses is refused: the buffer is covered once, from its beginning to its end.
public enum Safetensors {
  private struct Entry {
    var name: String
    var dtype = ""
    var shape: [Int] = []
    var start = 0
    var end = 0
  }

  /// The kinds of numbers that there are, with their bits.
  private static let bits = [
    "BOOL": 8, "F4": 4, "F6_E2M3": 6, "F6_E3M2": 6, "U8": 8, "I8": 8, "F8_E5M2": 8, "F8_E4M3": 8, "F8_E8M0": 8,
    "F8_E4M3FNUZ": 8, "F8_E5M2FNUZ": 8, "I16": 16, "U16": 16, "F16": 16, "BF16": 16, "I32": 32, "U32": 32, "F32": 32,
    "C64": 64, "F64": 64, "I64": 64, "U64": 64,
  ]

  private static let longestHeader = 100_000_000

  /// The numbers that are gradients.
  private static let formats: [String: NumberFormat] = [
    "F16": .float16, "BF16": .bfloat16, "F32": .float32, "F64": .float64,
  ]

  /// Whether a file can be one by its first nine bytes: it begins with the length of a header that begins with a brace.
  public static func looksLike(_ start: some Collection<UInt8>) -> Bool {
    guard let length = headerLength(Array(start.prefix(8))) else { return false }
    return length >= 2 && start.dropFirst(8).first == UInt8(ascii: "{")
  }

  private static func headerLength(_ bytes: [UInt8]) -> Int? {
    guard bytes.count == 8 else { return nil }
    let length = bytes.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    return length <= longestHeader ? Int(length) : nil
  }

  /// The tensors of a file, in the order of their data; their numbers are read when they are needed. O(header).
  /// - Throws: `DumpError` for a file that is cut off or wrong, and for numbers that have no norm.
  public static func read(_ source: any ByteSource, options: RuleOptions) throws(DumpError) -> GradientDump {
    func bytes(_ range: Range<Int>) throws(DumpError) -> [UInt8] {
      var bytes = [UInt8](repeating: 0, count: range.count)
      do { try bytes.withUnsafeMutableBytes { try source.read(at: range.lowerBound, into: $0) } } catch {
        throw .reading(error)
      }
      return bytes
    }
    guard source.count >= 8, let length = headerLength(try bytes(0..<8)), source.count >= 8 + length else {
      throw DumpError("this is no safetensors file: its header is cut off")
    }
    let entries = try header(try bytes(8..<(8 + length)), 0..<length)
    try check(entries, size: source.count - 8 - length)
    if entries.isEmpty { throw DumpError("this safetensors file has no tensors") }
    let gradients = try entries.map { entry throws(DumpError) in
      guard let format = formats[entry.dtype] else {
        throw DumpError(
          "\(VisibleText.of(entry.name)) is \(entry.dtype), of which torch takes no norm; save it as float32, or leave it out"
        )
      }
      return GradientDump.Gradient(
        name: entry.name, shape: entry.shape, format: format,
        values: .stored(
          source, offset: 8 + length + entry.start, count: (entry.end - entry.start) / format.width))
    }
    return GradientDump(
      gradients: gradients, format: NumberFormat.promoted(gradients.map(\.format)), options: options)
  }

  private static func header(_ bytes: [UInt8], _ range: Range<Int>) throws(DumpError) -> [Entry] {
    let read = bytes.withUnsafeBufferPointer { all in
      var reader = JSONReader(UnsafeBufferPointer(rebasing: all[range]), isStrict: true)
      return try? entries(&reader)
    }
    guard let read else { throw unreadable }
    return read
  }

  private static let unreadable = DumpError("the header of this safetensors file cannot be read")

  private static func entries(_ reader: inout JSONReader) throws(JSONReader.Problem) -> [Entry] {
    // Of several of one name the last counts.
    var entries: [String: Entry] = [:]
    var hasMetadata = false
    try reader.readObject { reader, name throws(JSONReader.Problem) in
      guard name == "__metadata__" else { return entries[name] = try entry(name, &reader) }
      if hasMetadata { throw .syntax }
      hasMetadata = true
      if reader.takeNull() { return }
      try reader.readObject { reader, _ throws(JSONReader.Problem) in _ = try reader.readText() }
    }
    try reader.end()
    return entries.values.sorted { ($0.start, $0.end, $0.name) < ($1.start, $1.end, $1.name) }
  }

  private static func entry(_ name: String, _ reader: inout JSONReader) throws(JSONReader.Problem) -> Entry {
    var entry = Entry(name: name)
    var missing: Set = ["dtype", "shape", "data_offsets"]
    try reader.readObject { reader, field throws(JSONReader.Problem) in
      // Other than a tensor's name, a part of it may stand there once.
      if ["dtype", "shape", "data_offsets"].contains(field), missing.remove(field) == nil { throw .syntax }
      switch field {
      case "dtype":
        entry.dtype = try reader.readText()
        guard bits[entry.dtype] != nil else { throw .syntax }
      case "shape":
        try reader.readList { reader throws(JSONReader.Problem) in entry.shape.append(try reader.readWhole()) }
      case "data_offsets":
        var offsets: [Int] = []
        try reader.readList { reader throws(JSONReader.Problem) in offsets.append(try reader.readWhole()) }
        guard offsets.count == 2 else { throw .syntax }
        (entry.start, entry.end) = (offsets[0], offsets[1])
      default: try reader.skipValue()
      }
    }
    guard missing.isEmpty else { throw .syntax }
    return entry
  }

  // The reference reader's `validate`: one tensor ends where the next begins, and each is as large as its shape.
  private static func check(_ entries: [Entry], size: Int) throws(DumpError) {
    var start = 0
    for entry in entries {
      let name = VisibleText.of(entry.name)
      guard entry.start == start, entry.end >= start else {
        let what = entry.start < start ? "overlaps the tensor before it" : "does not begin where the one before it ends"
        throw DumpError("the data of \(name) \(what): this is no safetensors file")
      }
      guard let bytes = byteCount(entry), bytes == entry.end - entry.start else {
        throw DumpError("the data of \(name) is not as large as its shape says: this is no safetensors file")
      }
      start = entry.end
    }
    guard start == size else {
      throw DumpError(
        start > size
          ? "the data is not all there: the file is cut off"
          : "\(size - start) bytes stand behind the last tensor: this is no safetensors file")
    }
  }

  private static func byteCount(_ entry: Entry) -> Int? {
    guard let width = bits[entry.dtype] else { return nil }
    // Elements before bits, as the reference reader counts them: what overflows on the way is refused.
    var count = 1
    for factor in entry.shape + [width] {
      let (product, isTooMuch) = count.multipliedReportingOverflow(by: factor)
      if isTooMuch { return nil }
      count = product
    }
    return count % 8 == 0 ? count / 8 : nil
  }
}

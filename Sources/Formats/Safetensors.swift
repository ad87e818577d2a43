import Foundation
import Language

/// Reads gradients from a safetensors file: a length, a JSON header with a name, dtype, shape and offsets for each tensor,
/// and the raw little-endian numbers (https://github.com/huggingface/safetensors describes the format).
public enum Safetensors {
  private struct Entry: Decodable {
    var dtype: String
    var shape: [Int]
    var dataOffsets: [Int]
    enum CodingKeys: String, CodingKey {
      case dtype, shape
      case dataOffsets = "data_offsets"
    }
  }

  /// Whether a file can be one: it begins with the length of a header that begins with a brace.
  public static func looksLike(_ bytes: [UInt8]) -> Bool {
    guard let length = headerLength(bytes) else { return false }
    return length >= 2 && bytes.count >= 8 + length && bytes[8] == UInt8(ascii: "{")
  }

  private static func headerLength(_ bytes: [UInt8]) -> Int? {
    guard bytes.count >= 8 else { return nil }
    let length = bytes[..<8].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    return length <= 100_000_000 ? Int(length) : nil
  }

  /// The tensors of a file, in the order of their data, all float32 or all float64.
  /// - Throws: `DumpError` for a file that is cut off or wrong, and for other kinds of numbers.
  public static func read(_ bytes: [UInt8], options: RuleOptions) throws(DumpError) -> GradientDump {
    guard let length = headerLength(bytes), bytes.count >= 8 + length else {
      throw DumpError("this is no safetensors file: its header is cut off")
    }
    let entries = try header(bytes[8..<(8 + length)])
    let data = bytes[(8 + length)...]
    guard let dtype = entries.first?.entry.dtype else { throw DumpError("this safetensors file has no tensors") }
    if let other = entries.first(where: { $0.entry.dtype != dtype }) {
      throw DumpError(
        "\(VisibleText.of(other.name)) is \(VisibleText.of(other.entry.dtype)), others are \(VisibleText.of(dtype)); save them all as one kind"
      )
    }
    guard dtype == "F32" || dtype == "F64" else {
      throw DumpError("these are \(VisibleText.of(dtype)) numbers; save them as float32 (F32) or float64 (F64)")
    }
    var gradients: [GradientDump.Gradient] = []
    for (name, entry) in entries { gradients.append(try tensor(name, entry, data, width: dtype == "F32" ? 4 : 8)) }
    let dump = GradientDump(gradients: gradients, format: dtype == "F32" ? .float32 : .float64, options: options)
    try dump.check()
    return dump
  }

  private static func header(_ bytes: ArraySlice<UInt8>) throws(DumpError) -> [(name: String, entry: Entry)] {
    do {
      guard let object = try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any] else {
        throw DumpError("the header of this safetensors file is no object")
      }
      let tensors = object.filter { $0.key != "__metadata__" }
      let data = try JSONSerialization.data(withJSONObject: tensors)
      let entries = try JSONDecoder().decode([String: Entry].self, from: data)
      return entries.map { ($0.key, $0.value) }
        .sorted { ($0.1.dataOffsets.first ?? 0, $0.0) < ($1.1.dataOffsets.first ?? 0, $1.0) }
    } catch let error as DumpError {
      throw error
    } catch {
      throw DumpError("the header of this safetensors file cannot be read")
    }
  }

  private static func tensor(
    _ name: String, _ entry: Entry, _ data: ArraySlice<UInt8>, width: Int
  ) throws(DumpError) -> GradientDump.Gradient {
    let offsets = entry.dataOffsets
    guard offsets.count == 2, offsets[0] >= 0, offsets[0] <= offsets[1], offsets[1] <= data.count,
      (offsets[1] - offsets[0]) % width == 0
    else { throw DumpError("the data of \(VisibleText.of(name)) is not all there: the file is cut off") }
    let bytes = data[(data.startIndex + offsets[0])..<(data.startIndex + offsets[1])]
    let values = stride(from: bytes.startIndex, to: bytes.endIndex, by: width).map { start -> Double in
      let word = bytes[start..<(start + width)].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
      return width == 4 ? Double(Float(bitPattern: UInt32(word))) : Double(bitPattern: word)
    }
    return GradientDump.Gradient(name: name, shape: entry.shape, values: values)
  }
}

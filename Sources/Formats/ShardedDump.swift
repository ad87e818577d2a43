import Language
import Numerics

/// Reads gradients from several safetensors files that an index names, as large models are saved
/// (`model.safetensors.index.json`): `{"weight_map":{"fc1.weight":"model-00001-of-00002.safetensors", …}}`.
public enum ShardedDump {
  /// Whether a file is such an index by its name.
  public static func isIndex(_ path: String) -> Bool { path.hasSuffix(".index.json") }

  /// The tensors, in the order of the index.
  /// - Parameters:
  ///   - open: opens a file beside the index, by its name.
  /// - Throws: `DumpError` for an index that cannot be read, a file that is missing or wrong, and where the two differ in what
  ///   tensors there are.
  public static func read(
    _ index: [UInt8], options: RuleOptions, open: (String) throws(DumpError) -> any ByteSource
  ) throws(DumpError) -> GradientDump {
    let map = try map(index)
    if map.isEmpty { throw DumpError("this index has no \"weight_map\": it names no tensors") }
    let files = Dictionary(uniqueKeysWithValues: map.map { ($0.name, $0.file) })
    var tensors: [String: GradientDump.Gradient] = [:]
    for file in Set(files.values).sorted() {
      let name = VisibleText.of(file)
      // An index may be anybody's; it names files beside it and no others.
      guard !file.contains("/"), !file.hasPrefix("."), !file.isEmpty else {
        throw DumpError("the index names the file \(name), which does not stand beside it")
      }
      let source = try open(file)
      do throws(DumpError) {
        for gradient in try Safetensors.read(source, options: options).gradients {
          guard files[gradient.name] == file else {
            throw DumpError("\(VisibleText.of(gradient.name)) is in it, and the index does not say so")
          }
          tensors[gradient.name] = gradient
        }
      } catch {
        throw DumpError("\(name): \(error.message)")
      }
    }
    let gradients = try map.map { entry throws(DumpError) in
      guard let gradient = tensors[entry.name] else {
        throw DumpError("\(VisibleText.of(entry.name)) is not in \(VisibleText.of(entry.file)), where the index has it")
      }
      return gradient
    }
    return GradientDump(
      gradients: gradients, format: NumberFormat.promoted(gradients.map(\.format)), options: options)
  }

  private static func map(_ bytes: [UInt8]) throws(DumpError) -> [(name: String, file: String)] {
    var (map, known): ([(name: String, file: String)], Set<String>) = ([], [])
    let isRead = bytes.withUnsafeBufferPointer { bytes in
      var reader = JSONReader(bytes, isStrict: false)
      do throws(JSONReader.Problem) {
        try reader.readObject { reader, name throws(JSONReader.Problem) in
          guard name == "weight_map" else { return try reader.skipValue() }
          try reader.readObject { reader, name throws(JSONReader.Problem) in
            let file = try reader.readText()
            if known.insert(name).inserted { map.append((name, file)) }
          }
        }
        try reader.end()
        return true
      } catch {
        return false
      }
    }
    guard isRead else { throw DumpError("this index cannot be read: an object with a \"weight_map\" is expected") }
    return map
  }
}

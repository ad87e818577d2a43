/// What a file is that is not what was asked for, by its first bytes: so that it is called by its name, and the way to something
/// readable is said.
public struct FileKind: Sendable {
  /// What is wanted of a file.
  public enum Purpose: Sendable {
    /// Gradients: a safetensors file or JSON lines.
    case gradients
    /// A table of text.
    case table
    /// A text of any kind.
    case text
    /// A scenario.
    case scenario
  }

  /// What it is: "a zip archive".
  public let name: String
  // How to get gradients, or a table, from it.
  private let gradients: String?
  private let table: String?

  /// What there is to say of it, as the rest of a sentence that begins with the file.
  public func refusal(_ purpose: Purpose) -> String {
    let remedy =
      switch purpose {
      case .gradients: gradients ?? "save the gradients with safetensors.torch.save_file"
      case .table: table ?? "export the table as CSV"
      case .text: "name a text in UTF-8"
      case .scenario: "name a scenario, lines of commands in UTF-8"
      }
    return "is \(name): \(remedy)"
  }

  /// What the bytes are the beginning of, if it is one of the kinds that people have and not what is wanted: JSON is no table and
  /// no scenario, but a text like any other.
  public static func of(_ bytes: some Collection<UInt8>, for purpose: Purpose) -> FileKind? {
    let start = Array(bytes.prefix(4096))
    // What begins with letters may be a text that begins so.
    let isText = !start.contains(0) && String(validating: start.dropLast(3), as: UTF8.self) != nil && start.count > 16
    if let row = magic.first(where: { start.starts(with: $0.bytes) && !(isText && $0.isLetters) }) {
      return row.kind(start)
    }
    if purpose == .text { return nil }
    let text = String(decoding: start.prefix(512), as: UTF8.self).drop { $0.isWhitespace || $0 == "\u{FEFF}" }
    let opening = text.prefix(64).lowercased()
    if opening.hasPrefix("<!doctype") || opening.hasPrefix("<html") || opening.hasPrefix("<?xml") {
      return FileKind(
        "a web page or XML", gradients: "fetch the file itself", table: "fetch the file itself, often called raw")
    }
    if purpose != .gradients {
      let isObject = text.first == "{" || text.first == "["
      if isObject, text.dropFirst().drop(while: \.isWhitespace).first.map({ "\"{[]}".contains($0) }) == true {
        return FileKind("JSON", table: "write it as CSV, in Python with pandas.read_json(…).to_csv(…)")
      }
    }
    if purpose == .table,
      text.split(whereSeparator: \.isNewline).first(where: { !$0.hasPrefix("%") && !$0.isEmpty })?.lowercased()
        .hasPrefix("@relation") == true
    {
      return FileKind("an ARFF file", table: "put a line of the attributes' names in place of all above its rows")
    }
    return nil
  }

  private init(_ name: String, gradients: String? = nil, table: String? = nil) {
    (self.name, self.gradients, self.table) = (name, gradients, table)
  }

  private typealias Row = (bytes: [UInt8], isLetters: Bool, kind: @Sendable ([UInt8]) -> FileKind)

  private static func row(_ bytes: [UInt8], _ name: String, gradients: String? = nil, table: String? = nil) -> Row {
    // Short words alone: the long ones are nobody's first words.
    (
      bytes, bytes.count < 8 && bytes.allSatisfy { (32..<127).contains($0) },
      { _ in FileKind(name, gradients: gradients, table: table) }
    )
  }

  private static let fromTorch =
    "load it in Python with torch.load and save the gradients with safetensors.torch.save_file"
  private static let fromNumpy = "load it with numpy.load and save the gradients with safetensors.numpy.save_file"
  private static let unpack = "unpack it"

  private static let magic: [Row] = [
    (Array("PK\u{3}\u{4}".utf8), false, zip),
    row([0x80, 2], "a pickle, as torch.save once wrote", gradients: fromTorch),
    row([0x80, 3], "a pickle", gradients: fromTorch), row([0x80, 4], "a pickle", gradients: fromTorch),
    row([0x80, 5], "a pickle", gradients: fromTorch),
    row(Array("GGUF".utf8), "a GGUF file, which has weights for llama.cpp and no gradients"),
    row([0x93] + Array("NUMPY".utf8), "a NumPy array", gradients: fromNumpy, table: "write it with numpy.savetxt"),
    row([0x89] + Array("HDF\r\n".utf8), "an HDF5 file, as Keras and PyTables write"),
    row([0x1F, 0x8B], "packed with gzip", gradients: unpack, table: unpack),
    row(Array("BZh".utf8), "packed with bzip2", gradients: unpack, table: unpack),
    row([0xFD, 0x37, 0x7A, 0x58, 0x5A], "packed with xz", gradients: unpack, table: unpack),
    row([0x28, 0xB5, 0x2F, 0xFD], "packed with zstd", gradients: unpack, table: unpack),
    row(
      Array("PAR1".utf8), "a Parquet file", table: "write it as CSV, in Python with pandas.read_parquet(…).to_csv(…)"),
    row(Array("ARROW1".utf8), "an Arrow file"), row(Array("SQLite format 3".utf8), "an SQLite database"),
    row(Array("%PDF".utf8), "a PDF"), row([0x89] + Array("PNG".utf8), "a picture"),
    row([0xFF, 0xD8, 0xFF], "a picture"),
    row([0xD0, 0xCF, 0x11, 0xE0], "an old Excel or Word file", table: "save the sheet as CSV"),
    row([0xFF, 0xFE], "a text in UTF-16", gradients: "save it in UTF-8", table: "save it in UTF-8"),
    row([0xFE, 0xFF], "a text in UTF-16", gradients: "save it in UTF-8", table: "save it in UTF-8"),
    row(
      Array("version https://git-lfs.github.com/spec/".utf8), "a Git LFS pointer and not the file",
      gradients: "git lfs pull fetches it", table: "git lfs pull fetches it"),
  ]

  // What is in an archive is told by the names of its first members.
  private static func zip(_ start: [UInt8]) -> FileKind {
    let text = String(decoding: start, as: UTF8.self)
    if text.contains("data.pkl") || text.contains(".data/serialization_id") || text.contains("/version") {
      return FileKind("what torch.save writes, a zip with a pickle in it", gradients: fromTorch)
    }
    if text.contains(".npy") { return FileKind("a NumPy archive", gradients: fromNumpy) }
    if text.contains("[Content_Types].xml") || text.contains("xl/") {
      return FileKind("an Excel workbook", table: "save the sheet as CSV")
    }
    return FileKind("a zip archive", gradients: unpack, table: unpack)
  }
}

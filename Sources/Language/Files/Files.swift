/// How commands get at the user's files. The experiment itself never does: what is read becomes part of its settings.
public protocol FileSource: Sendable {
  /// The bytes of a file.
  /// - Parameters:
  ///   - path: as the user wrote it.
  ///   - folder: what a relative path is relative to, "" for the current folder.
  /// - Throws: `FileError` with the reason: missing, a folder, not readable, larger than is worth reading.
  func bytes(of path: String, relativeTo folder: String) throws(FileError) -> [UInt8]
}

/// Where a command comes from: what its relative paths are relative to.
public enum Origin: Hashable, Sendable {
  /// Typed, or a key: paths are relative to the current folder.
  case viewer
  /// A line of a scenario: paths are relative to the scenario's folder.
  case scenario(folder: String)

  package var folder: String {
    if case .scenario(let folder) = self { folder } else { "" }
  }

  package var isViewer: Bool { self == .viewer }
}

/// Paths as text: no file system is asked.
public enum PathText {
  /// `path` seen from the current folder, where it was written relative to `folder`.
  public static func join(_ folder: String, _ path: String) -> String {
    folder.isEmpty || path.hasPrefix("/") ? path : folder + "/" + path
  }

  /// The folder that a path stands in, "" for the current one.
  public static func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "" }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  /// `path`, which is seen from the current folder, as it is seen from `folder`, which is seen from there too.
  package static func seen(_ path: String, from folder: String) -> String {
    guard !path.hasPrefix("/"), !folder.hasPrefix("/") else { return path }
    func parts(_ text: String) -> [Substring] { text.split(separator: "/").filter { $0 != "." } }
    let (target, start) = (parts(path), parts(folder))
    let common = zip(target, start).prefix { $0 == $1 }.count
    let up = Array(repeating: Substring(".."), count: start.count - common)
    return (up + target[common...]).joined(separator: "/")
  }
}

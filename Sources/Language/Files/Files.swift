/// How commands get at the user's files. The experiment itself never does: what is read becomes part of its settings.
public protocol FileSource: Sendable {
  /// The bytes of a file.
  /// - Parameters:
  ///   - path: as the user wrote it.
  ///   - folder: what a relative path is relative to, "" for the current folder.
  /// - Throws: `FileError` with the reason: missing, a folder, not readable, larger than is worth reading.
  func bytes(of path: String, relativeTo folder: String) throws(FileError) -> [UInt8]

  /// Where a new file would be: its whole path from the root of the file system, without links in its folders.
  /// - Throws: `FileError` where its folder is not there.
  func location(of path: String) throws(FileError) -> String
}

extension FileSource {
  /// The path as it stands, where there is no file system.
  public func location(of path: String) throws(FileError) -> String { path }
}

/// Where a command comes from. It goes with the command wherever that goes: what a scenario says stays the scenario's when a
/// key types it.
public enum Origin: Hashable, Sendable {
  /// Typed by the viewer, or by a key as clipscope comes: paths are relative to the current folder.
  case viewer
  /// A line of a scenario: paths are relative to the scenario's folder.
  case scenario(folder: String)
  /// A key that the viewer pressed and a scenario has bound: the viewer's act, in the scenario's words.
  case bound(folder: String)

  package var folder: String {
    switch self {
    case .viewer: ""
    case .scenario(let folder), .bound(let folder): folder
    }
  }

  /// Whether the viewer did it, in whosever words.
  package var isViewer: Bool { if case .scenario = self { false } else { true } }

  /// Whether they are a scenario's words, which may be anybody's.
  package var isScenarios: Bool { self != .viewer }

  /// The origin of what a key types that was bound by words of this origin.
  package var ofBinding: Origin { isScenarios ? .bound(folder: folder) : .viewer }
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

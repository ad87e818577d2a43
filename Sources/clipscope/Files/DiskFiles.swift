import Foundation
import Language
import SystemPackage

/// The user's files, as commands read and write them.
struct DiskFiles: FileSource {
  /// The largest file that is read: far more text or table than anyone could watch being learnt.
  static let limit = 64 << 20

  func bytes(of path: String, relativeTo folder: String) throws(FileError) -> [UInt8] {
    try bytes(of: path, relativeTo: folder, limit: Self.limit)
  }

  /// The same, of a file of at most `limit` bytes.
  func bytes(of path: String, relativeTo folder: String, limit: Int) throws(FileError) -> [UInt8] {
    do {
      let file = try FileDescriptor.open(
        PathText.join(folder, path), .readOnly, options: [.nonBlocking, .closeOnExec])
      return try file.closeAfter {
        let status = try file.stat()
        guard status.type == .regular else {
          let what = status.type == .directory ? "is a folder" : "is not an ordinary file"
          throw FileError(path: path, reason: "\(what); name a file")
        }
        let bytes = status.size > limit ? nil : try Self.read(file, limit, expected: Int(status.size))
        guard let bytes else {
          throw FileError(path: path, reason: "is larger than \(limit >> 20) MB; take a part of it")
        }
        return bytes
      }
    } catch {
      throw (error as? FileError) ?? FileError(path: path, reason: Self.reason(error))
    }
  }

  // Counts while it reads: a file may grow meanwhile. `nil` beyond the limit.
  private static func read(_ file: FileDescriptor, _ limit: Int, expected: Int) throws -> [UInt8]? {
    var bytes: [UInt8] = []
    // One more than expected, as only a reading that finds nothing is the last.
    bytes.reserveCapacity(expected + 1)
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while bytes.count <= limit {
      let count = try buffer.withUnsafeMutableBytes { try file.read(into: $0) }
      if count == 0 { return bytes }
      bytes += buffer[..<count]
    }
    return nil
  }

  /// What the system's refusal means, and what to do.
  static func reason(_ error: any Error) -> String {
    switch error {
    case Errno.noSuchFileOrDirectory: "does not exist; check the name, and the folder it is relative to"
    case Errno.permissionDenied: "cannot be opened: permission denied"
    case Errno.tooManySymbolicLinkLevels: "is a symbolic link that leads to itself"
    case Errno.fileExists: "exists already and is not written over; choose another name"
    case Errno.noSpace: "could not be written: the disk is full"
    case Errno.readOnlyFileSystem: "could not be written: the folder is read-only"
    default: "cannot be used: \(error)"
    }
  }
}

/// Where lines go that a run writes while it prints.
protocol LineSink: AnyObject {
  /// Adds a line.
  func write(line: String) throws(FileError)
  /// No more lines come.
  func finish() throws(FileError)
}

/// Standard output, in order with what is printed there. Never opened by a name: what it is, a file perhaps, is not ours to
/// replace.
final class StandardOutput: LineSink {
  func write(line: String) throws(FileError) { print(line) }

  func finish() throws(FileError) {
    guard fflush(nil) == 0 else { throw Self.error(errno) }
  }

  /// At the end of the program: what was printed but could not be written is no success.
  static func check() throws {
    errno = 0
    guard TerminalSystem.outputFailed else { return }
    // The stream remembers that it failed, not always why: a full disk is what it mostly is.
    throw error(errno == 0 ? ENOSPC : errno)
  }

  private static func error(_ code: Int32) -> FileError {
    FileError(path: "standard output", reason: DiskFiles.reason(Errno(rawValue: code)))
  }
}

/// A file that appears under its name only when it is whole: it is written beside, then put in place.
final class NewFile: LineSink {
  private let path: String
  // Where the path leads, if it is a link: a link stays what it is.
  private let target: String
  private let temporary: String
  private let replaces: Bool
  private let descriptor: FileDescriptor
  private var buffer: [UInt8] = []
  private let isStream: Bool

  /// Begins a file.
  /// - Parameter replaces: whether a file of that name may be replaced; if not, it is an error from the start.
  init(_ path: String, replaces: Bool) throws(FileError) {
    (self.path, self.replaces) = (path, replaces)
    let type = try? Stat(path).type
    if type == .directory, replaces { throw FileError(path: path, reason: "is a folder; name a file") }
    // A pipe or a device cannot be put in place later: it is written as it comes. So is what only stands for an open file.
    let isSystems = path.hasPrefix("/dev/") || path.hasPrefix("/proc/")
    isStream = type.map { $0 != .regular || isSystems } ?? false
    target = type == .regular && !isSystems ? Self.destination(of: path) : path
    temporary = isStream ? path : "\(target).\(getpid()).part"
    do {
      if type != nil, !replaces { throw Errno.fileExists }
      descriptor = try FileDescriptor.open(
        temporary, .writeOnly,
        options: isStream ? [.append, .closeOnExec] : [.create, .exclusiveCreate, .closeOnExec],
        permissions: [.ownerReadWrite, .groupRead, .otherRead])
    } catch {
      throw FileError(path: path, reason: DiskFiles.reason(error))
    }
  }

  private static func destination(of path: String) -> String {
    guard let resolved = realpath(path, nil) else { return path }
    defer { free(resolved) }
    return String(cString: resolved)
  }

  /// Adds a line.
  func write(line: String) throws(FileError) {
    buffer += line.utf8
    buffer.append(10)
    if buffer.count >= 1 << 16 { try flush() }
  }

  private func flush() throws(FileError) {
    do {
      try descriptor.writeAll(buffer)
    } catch {
      throw FileError(path: path, reason: DiskFiles.reason(error))
    }
    buffer.removeAll(keepingCapacity: true)
  }

  /// Puts the file in place.
  func finish() throws(FileError) {
    try flush()
    if isStream { return }
    // link refuses a name that was taken meanwhile; rename replaces it.
    let result = replaces ? rename(temporary, target) : link(temporary, target)
    guard result == 0 else { throw FileError(path: path, reason: DiskFiles.reason(Errno(rawValue: errno))) }
    // At once: a program that ends here leaves nothing beside it.
    if !replaces { unlink(temporary) }
  }

  deinit {
    try? descriptor.close()
    if !isStream { unlink(temporary) }
  }
}

extension PathText {
  /// Whether a path, written relative to the current folder, stays below it.
  static func isBelowHere(_ path: String) -> Bool {
    guard !path.hasPrefix("/") else { return false }
    var depth = 0
    for part in path.split(separator: "/") where part != "." {
      depth += part == ".." ? -1 : 1
      if depth < 0 { return false }
    }
    return true
  }
}

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
        let size = try Self.size(of: file, path)
        let bytes = size > limit ? nil : try Self.read(file, limit, expected: size)
        guard let bytes else {
          throw FileError(path: path, reason: "is larger than \(limit >> 20) MB; take a part of it")
        }
        return bytes
      }
    } catch {
      throw (error as? FileError) ?? FileError(path: path, reason: Self.reason(error))
    }
  }

  /// The size of an ordinary file that was opened as an input.
  static func size(of file: FileDescriptor, _ path: String) throws(FileError) -> Int {
    do {
      let status = try file.stat()
      InputFiles.note(FileIdentity(status))
      guard status.type == .regular else {
        let what = status.type == .directory ? "is a folder" : "is not an ordinary file"
        throw FileError(path: path, reason: "\(what); name a file")
      }
      return Int(status.size)
    } catch {
      throw (error as? FileError) ?? FileError(path: path, reason: reason(error))
    }
  }

  func location(of path: String) throws(FileError) -> String {
    let name = path.split(separator: "/").last.map(String.init) ?? ""
    let folder = PathText.folder(of: path)
    guard let resolved = realpath(folder.isEmpty ? "." : folder, nil) else {
      throw FileError(path: path, reason: Self.reason(Errno(rawValue: errno)))
    }
    defer { free(resolved) }
    let whole = String(cString: resolved)
    return (whole == "/" ? "" : whole) + "/" + name
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
    case Errno.fileTooLarge: "could not be written: it would be larger than files may be here (ulimit -f)"
    case Errno.brokenPipe: "could not be written: nobody reads it any more"
    case Errno.fileNameTooLong: "could not be written: the name is too long"
    case Errno.tooManyOpenFiles, Errno.tooManyOpenFilesInSystem:
      "cannot be opened: too many files are open (ulimit -n)"
    default: "cannot be used: \(error)"
    }
  }
}

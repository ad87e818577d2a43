import Foundation
import Language

/// The user's files, as commands read and write them.
struct DiskFiles: FileSource {
  /// The largest file that is read: far more text or table than anyone could watch being learnt.
  static let limit = 64 << 20

  func bytes(of path: String, relativeTo folder: String) throws(FileError) -> [UInt8] {
    try bytes(of: path, relativeTo: folder, limit: Self.limit)
  }

  /// The same, of a file of at most `limit` bytes.
  func bytes(of path: String, relativeTo folder: String, limit: Int) throws(FileError) -> [UInt8] {
    let place = PathText.join(folder, path)
    let descriptor = open(place, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
    guard descriptor >= 0 else { throw FileError(path: path, reason: Self.reason(errno)) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw FileError(path: path, reason: Self.reason(errno)) }
    guard status.st_mode & S_IFMT == S_IFREG else {
      let what = status.st_mode & S_IFMT == S_IFDIR ? "is a folder" : "is not an ordinary file"
      throw FileError(path: path, reason: "\(what); name a file")
    }
    guard status.st_size <= limit else { throw Self.tooLarge(path, limit) }
    return try Self.read(descriptor, path, limit, expected: Int(status.st_size))
  }

  // Counts while it reads: a file may grow meanwhile.
  private static func read(
    _ descriptor: Int32, _ path: String, _ limit: Int, expected: Int
  ) throws(FileError) -> [UInt8] {
    var bytes: [UInt8] = []
    // One more than expected, as only a reading that finds nothing is the last.
    bytes.reserveCapacity(expected + 1)
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = Foundation.read(descriptor, &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw FileError(path: path, reason: reason(errno)) }
      if count == 0 { return bytes }
      bytes += buffer[..<count]
      guard bytes.count <= limit else { throw tooLarge(path, limit) }
    }
  }

  private static func tooLarge(_ path: String, _ limit: Int) -> FileError {
    FileError(path: path, reason: "is larger than \(limit >> 20) MB; take a part of it")
  }

  static func reason(_ code: Int32) -> String {
    switch code {
    case ENOENT: "does not exist; check the name, and the folder it is relative to"
    case EACCES: "cannot be opened: permission denied"
    case ELOOP: "is a symbolic link that leads to itself"
    case EEXIST: "exists already and is not written over; choose another name"
    case ENOSPC: "could not be written: the disk is full"
    case EROFS: "could not be written: the folder is read-only"
    default: "cannot be used: \(String(cString: strerror(code)))"
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
    guard fflush(nil) == 0 else { throw FileError(path: "standard output", reason: DiskFiles.reason(errno)) }
  }

  /// At the end of the program: what was printed but could not be written is no success.
  static func check() throws {
    errno = 0
    guard TerminalSystem.outputFailed else { return }
    // The stream remembers that it failed, not always why: a full disk is what it mostly is.
    let error = FileError(path: "standard output", reason: DiskFiles.reason(errno == 0 ? ENOSPC : errno))
    throw Failure.usage(["clipscope: \(CommandError.Problem.file(error).message)"])
  }
}

/// A file that appears under its name only when it is whole: it is written beside, then put in place.
final class NewFile: LineSink {
  private let path: String
  // Where the path leads, if it is a link: a link stays what it is.
  private let target: String
  private let temporary: String
  private let replaces: Bool
  private var descriptor: Int32
  private var buffer: [UInt8] = []
  private let isStream: Bool

  /// Begins a file.
  /// - Parameter replaces: whether a file of that name may be replaced; if not, it is an error from the start.
  init(_ path: String, replaces: Bool) throws(FileError) {
    self.path = path
    self.replaces = replaces
    var status = stat()
    let exists = stat(path, &status) == 0
    if exists, !replaces { throw FileError(path: path, reason: DiskFiles.reason(EEXIST)) }
    if exists, status.st_mode & S_IFMT == S_IFDIR {
      throw FileError(path: path, reason: "is a folder; name a file")
    }
    // A pipe or a device cannot be put in place later: it is written as it comes. So is what only stands for an open file.
    let isSystems = path.hasPrefix("/dev/") || path.hasPrefix("/proc/")
    isStream = exists && (status.st_mode & S_IFMT != S_IFREG || isSystems)
    target = exists && !isStream ? Self.destination(of: path) : path
    temporary = isStream ? path : "\(target).\(getpid()).part"
    let flags = isStream ? O_WRONLY | O_APPEND : O_WRONLY | O_CREAT | O_EXCL
    descriptor = open(temporary, flags | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw FileError(path: path, reason: DiskFiles.reason(errno)) }
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
    var written = 0
    while written < buffer.count {
      let count = buffer[written...].withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw FileError(path: path, reason: DiskFiles.reason(errno)) }
      written += count
    }
    buffer.removeAll(keepingCapacity: true)
  }

  /// Puts the file in place.
  func finish() throws(FileError) {
    try flush()
    if isStream { return }
    // link refuses a name that was taken meanwhile; rename replaces it.
    let result = replaces ? rename(temporary, target) : link(temporary, target)
    guard result == 0 else { throw FileError(path: path, reason: DiskFiles.reason(errno)) }
    // At once: a program that ends here leaves nothing beside it.
    if !replaces { unlink(temporary) }
  }

  deinit {
    close(descriptor)
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

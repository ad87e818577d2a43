import Foundation
import Language
import SystemPackage

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// A file that is written line by line under its own name, and can be read while it grows. What was written stays: nothing
/// that goes wrong later takes it away, and the message says where it is.
final class OutputFile: LineSink {
  /// The path as messages name it.
  let path: String
  private let descriptor: FileDescriptor
  private let isStream: Bool
  private let budget: OutputBudget?
  // A file that is to be replaced is there until the first lines of the new one are safe beside it.
  private var replacement: (part: String, target: String)?
  private var buffer: [UInt8] = []
  // How much of the file is whole lines.
  private var whole: Int64 = 0
  private var isClosed = false
  private var lastLine = ContinuousClock.now
  private var lastFlush = ContinuousClock.now

  /// Begins a new file; what exists is never written over, and a link is not followed.
  /// - Parameter budget: what all files together may take.
  convenience init(creating path: String, budget: OutputBudget? = nil) throws(FileError) {
    do {
      if let type = try? Stat(path, followTargetSymlink: true).type, type != .regular, type != .directory {
        // A pipe or a device is written as it comes.
        self.init(
          path, try FileDescriptor.open(path, .writeOnly, options: [.append, .closeOnExec]), isStream: true, budget)
        return
      }
      let options: FileDescriptor.OpenOptions = [.create, .exclusiveCreate, .append, .closeOnExec]
      self.init(path, try FileDescriptor.open(path, .writeOnly, options: options, permissions: Self.mode), budget)
    } catch {
      throw FileError(path: path, reason: DiskFiles.reason(error))
    }
  }

  /// Begins a file below a folder: no part of the path may be a link.
  convenience init(_ path: String, in folder: OutputFolder, budget: OutputBudget) throws(FileError) {
    guard budget.takeFile() else { throw FileError(path: path, reason: budget.reason) }
    let whole = folder.path == "/" ? "/" + path : PathText.join(folder.path, path)
    self.init(whole, FileDescriptor(rawValue: try folder.create(path)), budget)
  }

  /// Begins a file in the place of what is there, if anything is, which has to be none of the files that were read.
  convenience init(replacing path: String) throws(FileError) {
    do {
      guard let found = try? Stat(path, followTargetSymlink: true) else {
        try self.init(creating: path)
        return
      }
      if found.type == .directory { throw FileError(path: path, reason: "is a folder; name a file") }
      if InputFiles.contains(FileIdentity(found)) {
        throw FileError(path: path, reason: "is read by this very run, which would destroy it; name another file")
      }
      // What only stands for an open file is written as it comes, too.
      let isSystems = path.hasPrefix("/dev/") || path.hasPrefix("/proc/")
      guard found.type == .regular, !isSystems else {
        self.init(
          path, try FileDescriptor.open(path, .writeOnly, options: [.append, .closeOnExec]), isStream: true, nil)
        return
      }
      // A link stays what it is: what it leads to is replaced.
      let target = Self.destination(of: path)
      let (part, descriptor) = try Self.beside(target)
      self.init(path, descriptor, nil)
      replacement = (part, target)
      // Who could read or write the old one can the new one.
      _ = fchmod(descriptor.rawValue, found.permissions.rawValue)
    } catch {
      throw (error as? FileError) ?? FileError(path: path, reason: DiskFiles.reason(error))
    }
  }

  private init(_ path: String, _ descriptor: FileDescriptor, isStream: Bool = false, _ budget: OutputBudget?) {
    (self.path, self.descriptor, self.isStream, self.budget) = (path, descriptor, isStream, budget)
  }

  static let mode: FilePermissions = [.ownerReadWrite, .groupRead, .otherRead]

  // Of a name of its own, so that nothing that another run has left stands in the way, however long the target's is.
  private static func beside(_ target: String) throws -> (path: String, FileDescriptor) {
    let folder = PathText.folder(of: target)
    var template = Array((folder.isEmpty ? "" : folder == "/" ? "/" : folder + "/").utf8CString.dropLast())
    template += ".clipscope-XXXXXX".utf8CString
    let descriptor = mkstemp(&template)
    guard descriptor >= 0 else { throw Errno(rawValue: errno) }
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    return (
      String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self),
      FileDescriptor(rawValue: descriptor)
    )
  }

  private static func destination(of path: String) -> String {
    guard let resolved = realpath(path, nil) else { return path }
    defer { free(resolved) }
    return String(cString: resolved)
  }

  // MARK: Lines

  /// Adds a line. It is in the file soon: at once where lines come slowly, with others where they come fast.
  func write(line: String) throws(FileError) {
    buffer += line.utf8
    buffer.append(10)
    let now = ContinuousClock.now
    let isSlow = now - lastLine > .milliseconds(1)
    lastLine = now
    if isSlow || buffer.count >= 1 << 16 || now - lastFlush > .milliseconds(100) { try flush() }
  }

  /// What was added is in the file.
  func flush() throws(FileError) {
    lastFlush = ContinuousClock.now
    guard !buffer.isEmpty else { return }
    defer { buffer.removeAll(keepingCapacity: true) }
    // As many whole lines as may be written.
    let allowed = budget?.take(upTo: buffer.count) ?? buffer.count
    let count = allowed < buffer.count ? Self.wholeLines(buffer[..<allowed]) : buffer.count
    do {
      try descriptor.writeAll(buffer[..<count])
      whole += Int64(count)
      try putInPlace()
    } catch {
      // And as many as there was room for.
      let written = (try? descriptor.stat().size).map { Int($0 - whole) } ?? 0
      if !isStream { whole += Int64(Self.wholeLines(buffer[..<min(max(0, written), count)])) }
      throw problem(DiskFiles.reason(error))
    }
    if let budget, count < buffer.count { throw problem(budget.reason) }
  }

  private static func wholeLines(_ bytes: ArraySlice<UInt8>) -> Int { bytes.lastIndex(of: 10).map { $0 + 1 } ?? 0 }

  // The new file is safe on the disk before the old one goes.
  private func putInPlace() throws {
    guard let (part, target) = replacement else { return }
    guard fsync(descriptor.rawValue) == 0 || errno == EINVAL else { throw Errno(rawValue: errno) }
    guard rename(part, target) == 0 else { throw Errno(rawValue: errno) }
    replacement = nil
  }

  /// No more lines come: the file is safe on the disk.
  func finish() throws(FileError) {
    guard !isClosed else { return }
    try flush()
    do {
      try putInPlace()
      if isStream { return try close() }
      // Some file systems cannot; whoever loses power there has lost less than the run.
      guard fsync(descriptor.rawValue) == 0 || errno == EINVAL || errno == ENOTSUP else { throw Errno(rawValue: errno) }
      let links = try descriptor.stat().linkCount
      try close()
      if links == 0 { throw FileError(path: path, reason: "was deleted while it was written, or its folder was") }
    } catch {
      throw (error as? FileError) ?? problem(DiskFiles.reason(error))
    }
  }

  private func close() throws {
    isClosed = true
    try descriptor.close()
  }

  // The file ends with its last whole line, and the message says where that is.
  private func problem(_ reason: String) -> FileError {
    guard !isStream, !isClosed else { return FileError(path: path, reason: reason) }
    _ = ftruncate(descriptor.rawValue, off_t(whole))
    let place = replacement.map { " in \(VisibleText.of($0.part))" } ?? ""
    let kept = "what was written until then is there\(place) (\(whole) bytes)"
    return FileError(path: path, reason: "\(reason); \(kept)")
  }

  deinit {
    if isClosed { return }
    try? flush()
    try? descriptor.close()
    // Nothing was written: there is nothing to keep.
    if let replacement, whole == 0 { unlink(replacement.part) }
  }
}

/// Which file it is, whatever its name.
struct FileIdentity: Hashable, Sendable {
  private let device: UInt64
  private let node: UInt64

  init(_ status: Stat) {
    (device, node) = (UInt64(truncatingIfNeeded: status.deviceID.rawValue), UInt64(status.inode.rawValue))
  }
}

/// The files that this program has read, none of which it may replace.
enum InputFiles {
  private static let known = Monitor<Set<FileIdentity>>([])

  static func note(_ file: FileIdentity) { known.withLock { _ = $0.insert(file) } }
  static func contains(_ file: FileIdentity) -> Bool { known.withLock { $0.contains(file) } }
}

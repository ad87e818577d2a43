import Formats
import Language
import SystemPackage

/// The bytes of a file that stays open, read where they are needed: a file of gradients may be larger than the memory. They are
/// not mapped into it, as a mapped file that is cut while it is read ends the program.
final class FileBytes: ByteSource {
  private let file: FileDescriptor
  private let path: String
  let count: Int

  /// Opens a file.
  init(_ path: String) throws(FileError) {
    self.path = path
    do {
      file = try FileDescriptor.open(FilePath(path), .readOnly, options: [.nonBlocking, .closeOnExec])
    } catch {
      throw FileError(path: path, reason: DiskFiles.reason(error))
    }
    count = try DiskFiles.size(of: file, path)
  }

  deinit { try? file.close() }

  func read(at offset: Int, into bytes: UnsafeMutableRawBufferPointer) throws(DumpError) {
    var done = 0
    while done < bytes.count {
      let rest = UnsafeMutableRawBufferPointer(rebasing: bytes[done...])
      guard let count = try? file.read(fromAbsoluteOffset: Int64(offset + done), into: rest), count > 0 else {
        throw DumpError("\(VisibleText.of(path)) became shorter while it was read, or cannot be read")
      }
      done += count
    }
  }

  /// The first bytes, as many as there are.
  func start(_ length: Int) throws(FileError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: min(length, count))
    do {
      try bytes.withUnsafeMutableBytes { try read(at: 0, into: $0) }
    } catch {
      throw FileError(path: path, reason: "cannot be read, or became shorter meanwhile")
    }
    return bytes
  }
}

import CProcess
import Foundation
import Language
import SystemPackage

/// Where lines go that a run writes while it prints.
protocol LineSink: AnyObject {
  /// Adds a line.
  func write(line: String) throws(FileError)
  /// What was added can be read now.
  func flush() throws(FileError)
  /// No more lines come.
  func finish() throws(FileError)
}

/// Standard output, in order with what is printed there. Never opened by a name: what it is, a file perhaps, is not ours to
/// replace.
final class StandardOutput: LineSink {
  func write(line: String) throws(FileError) { print(line) }

  /// Writes bytes in order with what is printed.
  static func write(_ bytes: [UInt8]) throws(FileError) {
    errno = 0
    guard print_bytes(bytes, bytes.count) else { throw error(errno == 0 ? ENOSPC : errno) }
  }

  func flush() throws(FileError) { try Self.flush() }

  func finish() throws(FileError) { try Self.flush() }

  /// What was printed goes out now: whoever reads it has it before the next line is begun.
  static func flush() throws(FileError) {
    guard fflush(nil) == 0 else { throw error(errno) }
  }

  /// At the end of the program: what was printed but could not be written is no success.
  static func check() throws {
    errno = 0
    guard standard_output_failed() else { return }
    // The stream remembers that it failed, not always why: a full disk is what it mostly is.
    throw error(errno == 0 ? ENOSPC : errno)
  }

  private static func error(_ code: Int32) -> FileError {
    FileError(path: "standard output", reason: DiskFiles.reason(Errno(rawValue: code)))
  }
}

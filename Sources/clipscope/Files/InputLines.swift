import Foundation
import Language

/// Standard input, line by line. A line has a greatest length, so that input without an end, as `/dev/zero`, is refused and
/// not collected until the memory is full.
struct InputLines {
  private let longest: Int
  private var bytes: [UInt8] = []
  // Where the next line begins, and how far there is no end of it.
  private var start = 0
  private var searched = 0
  private var isAtEnd = false

  /// Lines of at most `longest` bytes.
  init(longest: Int) { self.longest = longest }

  /// The next line without its end, `nil` behind the last one. What is not UTF-8 becomes `�`.
  /// - Throws: `FileError` for a line that is too long, or has a zero byte, which no text has.
  mutating func next() throws(FileError) -> String? {
    while true {
      if let end = bytes[searched...].firstIndex(of: UInt8(ascii: "\n")) {
        defer { (start, searched) = (end + 1, end + 1) }
        return Self.text(bytes[start..<end])
      }
      searched = bytes.count
      guard !isAtEnd else {
        defer { start = bytes.count }
        return start < bytes.count ? Self.text(bytes[start...]) : nil
      }
      try readMore()
    }
  }

  private mutating func readMore() throws(FileError) {
    bytes.removeFirst(start)
    (start, searched) = (0, searched - start)
    guard bytes.count <= longest else { throw Self.error("has a line of more than \(longest >> 20) MB; break it up") }
    var portion = [UInt8](repeating: 0, count: 1 << 16)
    let count = read(STDIN_FILENO, &portion, portion.count)
    if count < 0, errno == EINTR { return }
    guard count >= 0 else { throw Self.error(DiskFiles.reason(errno)) }
    guard !portion[..<count].contains(0) else { throw Self.error("has a zero byte: this is no text") }
    isAtEnd = count == 0
    bytes += portion[..<count]
  }

  private static func text(_ bytes: ArraySlice<UInt8>) -> String {
    String(decoding: bytes.last == UInt8(ascii: "\r") ? bytes.dropLast() : bytes, as: UTF8.self)
  }

  private static func error(_ reason: String) -> FileError { FileError(path: "standard input", reason: reason) }
}

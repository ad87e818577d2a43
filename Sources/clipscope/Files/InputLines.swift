import CProcess
import Language
import SystemPackage

/// Text, line by line: standard input as it comes in, or bytes that are all there. A line of standard input has a greatest
/// length, so that input without an end, as `/dev/zero`, is refused and not collected until the memory is full.
struct InputLines {
  private let longest: Int
  // What to say of bytes that are no text.
  private enum Refusal {
    case never
    case always(FileError)
    // With the number of the line.
    case byLine
  }
  private let refusal: Refusal
  private var bytes: [UInt8]
  // Where the next line begins, and how far there is no end of it.
  private var start = 0
  private var searched = 0
  private var isAtEnd: Bool
  /// The number of the last line that `next` gave, counted from 1.
  private(set) var number = 0

  /// The lines of standard input, of at most `longest` bytes.
  /// - Parameter isTyped: whether somebody types: what is not UTF-8 is `�` then. From a pipe it is refused, as in a file.
  init(longest: Int = 1 << 20, isTyped: Bool = false) {
    (self.longest, refusal, bytes, isAtEnd) = (longest, isTyped ? .never : .byLine, [], false)
  }

  /// The lines of a file that was read.
  /// - Parameter refusal: what `next` throws for a line with a zero byte, or that is not UTF-8.
  init(_ bytes: [UInt8], orElse refusal: FileError) {
    (longest, self.refusal, self.bytes, isAtEnd) = (.max, .always(refusal), bytes, true)
  }

  /// Whether a line, or the end, or a part of a line is there without waiting for it.
  var hasMore: Bool {
    isAtEnd || bytes[searched...].contains(UInt8(ascii: "\n")) || Self.wait(milliseconds: 0)
  }

  /// The next line without its end, `nil` behind the last one.
  /// - Throws: `FileError` for a line that is too long, is not UTF-8 or has a zero byte, which no text has.
  mutating func next() throws(FileError) -> String? {
    while true {
      if let end = bytes[searched...].firstIndex(of: UInt8(ascii: "\n")) { return try line(upTo: end) }
      if bytes[searched...].contains(0) { throw zeroByte }
      searched = bytes.count
      if isAtEnd { return start < bytes.count ? try line(upTo: bytes.count) : nil }
      try readMore()
    }
  }

  /// The first bytes, a line or as many as tell what it is, which `next` will give all the same.
  mutating func start(atLeast count: Int) throws(FileError) -> ArraySlice<UInt8> {
    while bytes.count < count, !isAtEnd, !bytes.contains(UInt8(ascii: "\n")) { try readMore() }
    return bytes[...]
  }

  /// All that is still to come, if it is no more than `limit` bytes.
  mutating func rest(limit: Int) throws(FileError) -> [UInt8] {
    while !isAtEnd {
      guard bytes.count <= limit else { throw Self.error("is larger than \(limit >> 20) MB; save it as a file") }
      try readPortion()
    }
    defer { start = bytes.count }
    return Array(bytes[start...])
  }

  private mutating func line(upTo end: Int) throws(FileError) -> String {
    let line = bytes[start..<end]
    (start, searched) = (min(end + 1, bytes.count), min(end + 1, bytes.count))
    number += 1
    let text = line.last == UInt8(ascii: "\r") ? line.dropLast() : line
    if text.contains(0) { throw zeroByte }
    if let valid = String(validating: text, as: UTF8.self) { return valid }
    switch refusal {
    case .never: return String(decoding: text, as: UTF8.self)
    case .always(let refusal): throw refusal
    case .byLine: throw Self.error("has a line \(number) that is not a text in UTF-8")
    }
  }

  // No text has one: what goes on like that would be read until the memory is full.
  private var zeroByte: FileError {
    if case .always(let refusal) = refusal { refusal } else { Self.error("has a zero byte: this is no text") }
  }

  private mutating func readMore() throws(FileError) {
    bytes.removeFirst(start)
    (start, searched) = (0, searched - start)
    guard bytes.count <= longest else { throw Self.error("has a line of more than \(longest >> 20) MB; break it up") }
    try readPortion()
  }

  private mutating func readPortion() throws(FileError) {
    // Whoever gave us the terminal may read it without waiting, and then so do we.
    _ = Self.wait(milliseconds: nil)
    if ending_signal() != 0 {
      isAtEnd = true
      return
    }
    var portion = [UInt8](repeating: 0, count: 1 << 16)
    do {
      let count = try portion.withUnsafeMutableBytes { try FileDescriptor.standardInput.read(into: $0) }
      portion.removeLast(portion.count - count)
    } catch {
      throw Self.error(DiskFiles.reason(error))
    }
    isAtEnd = portion.isEmpty
    bytes += portion
  }

  private static func wait(milliseconds: Int?) -> Bool {
    let ending = ending_signal_descriptor()
    return TerminalSystem.wait(
      readable: [0, ending < 0 ? nil : ending], writable: nil, milliseconds: milliseconds
    ).readable[0]
  }

  private static func error(_ reason: String) -> FileError { FileError(path: "standard input", reason: reason) }
}

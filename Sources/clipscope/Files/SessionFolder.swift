import Foundation
import Language
import Numerics

/// The folder that sessions are kept in, and the files there.
struct SessionFolder {
  /// How many are kept.
  static let most = 20
  /// The first line of each.
  static let header = "# clipscope session, version 1"

  /// A session that was kept.
  struct Entry {
    let path: String
    /// When it was written to last.
    let date: Date
    /// Whether a program is writing it.
    let isOpen: Bool
    /// Where it stood, and with which digest, as its last line says.
    let end: String
  }

  let path: String

  /// `$XDG_STATE_HOME/clipscope/sessions`, or below `~/.local/state`; `nil` where there is no home.
  static var usual: SessionFolder? {
    let environment = ProcessInfo.processInfo.environment
    if let state = environment["XDG_STATE_HOME"], state.hasPrefix("/") {
      return SessionFolder(path: state + "/clipscope/sessions")
    }
    guard let home = environment["HOME"], home.hasPrefix("/") else { return nil }
    return SessionFolder(path: home + "/.local/state/clipscope/sessions")
  }

  /// The sessions, the newest first.
  var entries: [Entry] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    return names.filter { $0.hasSuffix(".scenario") && !$0.hasPrefix(".") }.compactMap { name in
      let whole = path + "/" + name
      guard let date = (try? FileManager.default.attributesOfItem(atPath: whole))?[.modificationDate] as? Date else {
        return nil
      }
      let session = try? SessionText(path: whole)
      return Entry(path: whole, date: date, isOpen: Self.isOpen(whole), end: session?.end ?? "no session")
    }.sorted { ($0.date, $0.path) > ($1.date, $1.path) }
  }

  private static func isOpen(_ path: String) -> Bool {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    return flock(descriptor, LOCK_SH | LOCK_NB) != 0
  }

  /// Makes room for one more: the oldest of too many go, but for those that are being written.
  func makeRoom() {
    for old in entries.filter({ !$0.isOpen }).dropFirst(Self.most - 1) {
      try? FileManager.default.removeItem(atPath: old.path)
    }
  }
}

/// The text of a session that was kept.
struct SessionText {
  let path: String
  /// Its lines up to the last complete one.
  let lines: [String]
  /// Where it stood, and with which digest: `x1:main:412 digest 0123456789abcdef`.
  let end: String

  /// Reads a session.
  /// - Throws: why it is none.
  init(path: String) throws(FileError) {
    self.path = path
    let bytes = try DiskFiles().bytes(of: path, relativeTo: "")
    // What a program that was killed has begun and not finished is no line.
    let whole = bytes[..<(bytes.lastIndex(of: 10).map { $0 + 1 } ?? 0)]
    lines = String(decoding: whole, as: UTF8.self).split(separator: "\n").map(String.init)
    guard let first = lines.first, first.hasPrefix("# clipscope session, version ") else {
      throw FileError(path: path, reason: "is no session of clipscope's; a scenario is played without --resume")
    }
    guard first == SessionFolder.header else {
      let version = first.dropFirst("# clipscope session, version ".count)
      throw FileError(
        path: path,
        reason: "is a session of version \(VisibleText.of(String(version))), which this clipscope does not know")
    }
    end = lines.reversed().lazy.compactMap(Self.place).first ?? "x1:main:0"
  }

  private static func place(of line: String) -> String? {
    guard let match = line.firstMatch(of: /# at (.+ digest [0-9a-f]{16}|start) *$/) else { return nil }
    return String(match.1)
  }

  /// The files that were read, each with what it was then.
  var reads: [(path: String, digest: String)] {
    lines.compactMap { line in
      line.wholeMatch(of: /# reads ([0-9a-f]{16}) (.*)/).map { (String($0.2), String($0.1)) }
    }
  }

  /// Refuses to go on where a file that was read is no longer what it was.
  func checkReads() throws(FileError) {
    for (file, digest) in reads {
      guard try Self.digest(of: file) == digest else {
        throw FileError(
          path: file, reason: "has changed since \(path) was kept, which read it: it would be another session")
      }
    }
  }

  /// The digest of the bytes of a file.
  static func digest(of path: String) throws(FileError) -> String {
    var digest = Digest()
    for byte in try DiskFiles().bytes(of: path, relativeTo: "") { digest.combine(UInt64(byte)) }
    return digest.text
  }
}

import Foundation
import Language
import Session
import SystemPackage
import Training

/// A session that is being kept: what is done stands in a file soon after, line by line, as a scenario that leads to the same.
struct SessionFile {
  private let folder: SessionFolder?
  private var descriptor: Int32 = -1
  private var path = ""
  private var whole: off_t = 0
  // The last line, and where it begins.
  private var last: (line: Journal.Line, offset: off_t, text: String)?
  // Of which workbench the file is, and whether it is given up.
  private var number: Int?
  private var isOver: Bool
  private var lastWrite = ContinuousClock.now

  /// - Parameter folder: where to keep it; `nil` for nowhere.
  init(_ folder: SessionFolder?) { (self.folder, isOver) = (folder, folder == nil) }

  /// Whether there is anything to finish at the end.
  var isKept: Bool { !isOver }

  /// Writes what has been done since, at most twice a second while steps are made.
  /// - Parameter isIdle: whether nothing is being made: then at once.
  /// - Returns: what there is to tell, once, where it cannot be kept.
  mutating func write(_ stage: inout Stage, isIdle: Bool) -> String? {
    guard !isOver, stage.isUsed, isIdle || ContinuousClock.now - lastWrite > .milliseconds(500) else { return nil }
    lastWrite = .now
    // Another workbench is another session.
    if let number, number != stage.workbench.journal.number { close() }
    number = stage.workbench.journal.number
    let lines = stage.takeJournal()
    guard !lines.isEmpty else { return nil }
    do throws(FileError) {
      if descriptor < 0 { try open() }
      try write(lines, stage)
      return nil
    } catch {
      isOver = true
      close()
      return "the session is not kept any more: \(VisibleText.of(error.path)) \(error.reason)"
    }
  }

  // Where it stands is said behind the last line. Steps that go on are told in the line of those before, so that a night of
  // training is one line.
  private mutating func write(_ lines: [Journal.Line], _ stage: Stage) throws(FileError) {
    var lines = lines
    var offset = whole
    if let last, let first = lines.first, let joined = last.line.joined(first) {
      lines[0] = joined
      offset = last.offset
    }
    // Whatever a file is called: a line is one line.
    if let broken = lines.first(where: { $0.text.contains(where: \.isNewline) }) {
      throw FileError(path: broken.reads ?? path, reason: "has a line break in its name, which a session cannot have")
    }
    var (text, begin) = ("", offset)
    for (index, line) in lines.enumerated() {
      if let file = line.reads, let digest = try? SessionText.digest(of: file) { text += "# reads \(digest) \(file)\n" }
      begin = offset + off_t(text.utf8.count)
      text += line.text + (index == lines.count - 1 ? Self.place(stage) : "") + "\n"
    }
    // What is written over is no longer than this.
    let missing = Int(whole - offset) - text.utf8.count
    if missing > 0 { text = String(text.dropLast()) + String(repeating: " ", count: missing) + "\n" }
    try write(text, at: offset)
    last = lines.last.map { ($0, begin, String(text.utf8.dropFirst(Int(begin - offset))) ?? "") }
  }

  private static func place(_ stage: Stage) -> String {
    guard let run = stage.workbench.run else { return "  # at start" }
    let here = PlaceText(experiment: run.number, branch: run.branch.name, run.position)
    return "  # at \(here.text) digest \(run.experiment.digest.text)"
  }

  private mutating func open() throws(FileError) {
    guard let folder else { return }
    do {
      try FileManager.default.createDirectory(
        atPath: folder.path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    } catch {
      throw FileError(path: folder.path, reason: "cannot be made")
    }
    folder.makeRoom()
    var date = time(nil)
    var parts = tm()
    gmtime_r(&date, &parts)
    func two(_ number: Int32) -> String { (number < 10 ? "0" : "") + String(number) }
    let day = "\(parts.tm_year + 1900)-\(two(parts.tm_mon + 1))-\(two(parts.tm_mday))"
    let hour = [parts.tm_hour, parts.tm_min, parts.tm_sec].map(two).joined(separator: "-")
    for attempt in 0..<100 {
      path = "\(folder.path)/\(day)T\(hour)Z-\(getpid())\(attempt == 0 ? "" : "-\(attempt)").scenario"
      descriptor = Foundation.open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
      if descriptor >= 0 || errno != EEXIST { break }
    }
    guard descriptor >= 0 else { throw FileError(path: path, reason: DiskFiles.reason(Errno(rawValue: errno))) }
    // Who lists the sessions sees that it is being written.
    flock(descriptor, LOCK_EX | LOCK_NB)
    try write(SessionFolder.header + "\n", at: 0)
  }

  // All or nothing: where there is no room the file is as it was, with the digest of where it ends.
  private mutating func write(_ text: String, at offset: off_t) throws(FileError) {
    let bytes = Array(text.utf8)
    var written = 0
    while written < bytes.count {
      let count = bytes[written...].withUnsafeBytes {
        pwrite(descriptor, $0.baseAddress, $0.count, offset + off_t(written))
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else {
        let reason = DiskFiles.reason(Errno(rawValue: errno))
        if let last, offset < whole { _ = pwrite(descriptor, last.text, last.text.utf8.count, last.offset) }
        _ = ftruncate(descriptor, whole)
        throw FileError(path: path, reason: "\(reason); what was done until then is there")
      }
      written += count
    }
    whole = max(whole, offset + off_t(bytes.count))
  }

  /// No more comes.
  mutating func close() {
    if descriptor >= 0 { _ = Foundation.close(descriptor) }
    (descriptor, whole, last) = (-1, 0, nil)
  }
}

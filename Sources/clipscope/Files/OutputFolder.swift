import ArgumentParser
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

/// The folder that the viewer gives scenarios to write into. It is held open: whatever becomes of its name, files go into
/// this folder, and no link leads out of it.
final class OutputFolder: Sendable {
  /// Its path, as the viewer wrote it.
  let path: String
  private let descriptor: Int32

  /// A folder, which is made if it is not there.
  init(_ path: String) throws(FileError) {
    self.path = path
    if mkdir(path, 0o755) != 0, errno != EEXIST {
      throw FileError(path: path, reason: DiskFiles.reason(Errno(rawValue: errno)))
    }
    descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else {
      let isFile = errno == ENOTDIR
      throw FileError(path: path, reason: isFile ? "is no folder" : DiskFiles.reason(Errno(rawValue: errno)))
    }
  }

  deinit { close(descriptor) }

  /// Makes a new file below it.
  /// - Parameter written: the path within; names of folders that are there, none of them a link, and a new name.
  /// - Returns: its descriptor, which writes at the end.
  func create(_ written: String) throws(FileError) -> Int32 {
    let whole = path == "/" ? "/" + written : PathText.join(path, written)
    func refusal(_ reason: String) -> FileError { FileError(path: whole, reason: reason) }
    guard !written.hasPrefix("/") else {
      throw FileError(path: written, reason: "is not below \(path), where scenarios may write (--output)")
    }
    let parts = written.split(separator: "/").filter { $0 != "." }.map(String.init)
    guard let name = parts.last, !parts.contains("..") else { throw refusal("is no name of a file") }
    var folder = dup(descriptor)
    guard folder >= 0 else { throw refusal(DiskFiles.reason(Errno(rawValue: errno))) }
    defer { close(folder) }
    for part in parts.dropLast() {
      let next = openat(folder, part, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
      guard next >= 0 else {
        let isLink = errno == ELOOP || errno == ENOTDIR
        throw refusal(
          isLink ? "leads through a link, or through what is no folder" : DiskFiles.reason(Errno(rawValue: errno)))
      }
      close(folder)
      folder = next
    }
    let file = openat(
      folder, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_APPEND | O_CLOEXEC, mode_t(OutputFile.mode.rawValue))
    guard file >= 0 else { throw refusal(DiskFiles.reason(Errno(rawValue: errno))) }
    return file
  }
}

/// What the files of scenarios may take in all.
final class OutputBudget: Sendable {
  private let limit: ByteCount
  private let left: Monitor<Int>
  // Empty files take room, too.
  private let files = Monitor(0)
  private static let mostFiles = 1000

  init(_ limit: ByteCount) { (self.limit, left) = (limit, Monitor(limit.bytes)) }

  /// Whether one more file may be begun.
  func takeFile() -> Bool {
    files.withLock { files in
      files += 1
      return files <= Self.mostFiles
    }
  }

  /// Takes so many bytes of it, or what is left.
  func take(upTo count: Int) -> Int {
    left.withLock { left in
      let taken = min(count, left)
      left -= taken
      return taken
    }
  }

  /// What is wrong once nothing is left.
  var reason: String {
    "is more than scenarios may write in all: \(limit.text) (--output-limit) in \(Self.mostFiles) files"
  }
}

/// A number of bytes as one writes it: `1GB`, `500 MB`, `4096`.
struct ByteCount: ExpressibleByArgument {
  let bytes: Int
  let text: String

  init?(argument: String) {
    guard let match = argument.wholeMatch(of: /([0-9]{1,15}) ?(k|M|G|T)?B?/.ignoresCase()), let count = Int(match.1)
    else {
      return nil
    }
    let power = match.2.map { "kmgt".firstIndex(of: Character($0.lowercased()))!.utf16Offset(in: "kmgt") + 1 } ?? 0
    let (bytes, isTooMuch) = count.multipliedReportingOverflow(by: (0..<power).reduce(1) { value, _ in value * 1000 })
    guard !isTooMuch else { return nil }
    (self.bytes, text) = (bytes, argument)
  }

  var defaultValueDescription: String { text }

  /// What is enough for any lesson.
  static let gigabyte = ByteCount(argument: "1GB")!
  /// What snapshots take unless told otherwise.
  static let snapshots = ByteCount(argument: "32MB")!
}

/// How long a scenario may go on that nobody watches.
struct StepBoundArguments: ParsableArguments {
  @ArgumentParser.Option(
    help: ArgumentHelp("How many steps a scenario may make where nobody can stop it.", valueName: "n"))
  var maxSteps = 1_000_000

  func validate() throws {
    guard maxSteps > 0 else { throw ValidationError("--max-steps is a number of steps, 1 or more.") }
  }
}

/// What scenarios may do to the machine: the arguments that the faces share which play them.
struct OutputArguments: ParsableArguments {
  @ArgumentParser.Option(
    help: ArgumentHelp(
      "Where the files go that a scenario writes; without it, none is written unasked.", valueName: "dir"),
    completion: .directory)
  var output: String?

  @ArgumentParser.Option(help: ArgumentHelp("How much a scenario's files may take in all.", valueName: "size"))
  var outputLimit = ByteCount.gigabyte

  /// Where and how much scenarios may write, with the folder opened.
  func place() throws(FileError) -> OutputPlace {
    OutputPlace(
      folder: try output.map { path throws(FileError) in try OutputFolder(path) }, budget: OutputBudget(outputLimit))
  }
}

/// Where and how much scenarios may write.
struct OutputPlace: Sendable {
  /// Below which folder; `nil` for nowhere unasked.
  let folder: OutputFolder?
  /// How much.
  let budget: OutputBudget
}

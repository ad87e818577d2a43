// The calls of the operating system that the terminal session needs, under names that no method hides.

import CTerminal

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

enum TerminalSystem {
  /// The value of an environment variable, empty if it is not set.
  static func environment(_ name: String) -> String {
    getenv(name).map { String(cString: $0) } ?? ""
  }

  /// What the system says of its last refusal.
  static var reason: String { String(cString: strerror(errno)) }

  /// Whether the last refusal only means "not now".
  static var isTemporary: Bool { errno == EAGAIN || errno == EINTR }

  /// Milliseconds of a clock that nobody sets.
  static var milliseconds: Int {
    var now = timespec()
    clock_gettime(CLOCK_MONOTONIC, &now)
    return Int(now.tv_sec) * 1000 + Int(now.tv_nsec) / 1_000_000
  }

  /// Opens the terminal of a standard stream again, without waiting: that is a property of the open file, and a shell
  /// that shares ours would find its own terminal changed. `nil` if it cannot be opened.
  static func reopenTerminal(_ descriptor: Int32) -> Int32? {
    let flags = O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC
    var path = [CChar](repeating: 0, count: 1024)
    if ttyname_r(descriptor, &path, path.count) == 0 {
      let opened = open(path, flags)
      if opened >= 0 { return opened }
    }
    // Some containers do not show the terminal that they run on by its name.
    let opened = open("/dev/tty", flags)
    return opened >= 0 ? opened : nil
  }

  /// Whether a standard stream is a terminal.
  static func isTerminal(_ descriptor: Int32) -> Bool { isatty(descriptor) == 1 }

  /// Whether so many more files can be opened, above the standard ones.
  static func canOpen(_ count: Int) -> Bool {
    let copies = (0..<count).map { _ in fcntl(0, F_DUPFD_CLOEXEC, 10) }
    for copy in copies where copy >= 0 { close(copy) }
    return copies.allSatisfy { $0 >= 0 }
  }

  /// Closes a descriptor.
  static func closeDescriptor(_ descriptor: Int32) { _ = close(descriptor) }

  /// Columns and rows of a terminal, `nil` if it does not know, as a serial line.
  static func size(of terminal: Int32) -> (columns: Int, rows: Int)? {
    var window = winsize()
    guard ioctl(terminal, UInt(TIOCGWINSZ), &window) == 0, window.ws_col > 0, window.ws_row > 0 else { return nil }
    // More than any screen has, and less than what ncurses counts in.
    return (min(Int(window.ws_col), 1500), min(Int(window.ws_row), 600))
  }

  /// What has come in, empty at the end of the file, `nil` with `isTemporary` or a lasting error.
  static func readBytes(_ descriptor: Int32) -> ArraySlice<UInt8>? {
    var bytes = [UInt8](repeating: 0, count: 4096)
    let count = read(descriptor, &bytes, bytes.count)
    return count >= 0 ? bytes[..<count] : nil
  }

  /// Waits until one of the descriptors can be read, or `writable` written; tells which, in this order.
  /// A descriptor that is `nil` is passed over. Without `milliseconds` it waits without an end; a signal ends it early.
  static func wait(readable: [Int32?], writable: Int32?, milliseconds: Int?) -> (readable: [Bool], writable: Bool) {
    var descriptors = readable.map { pollfd(fd: $0 ?? -1, events: Int16(POLLIN), revents: 0) }
    descriptors.append(pollfd(fd: writable ?? -1, events: Int16(POLLOUT), revents: 0))
    let count = poll(&descriptors, nfds_t(descriptors.count), milliseconds.map { Int32(clamping: $0) } ?? -1)
    let ready = descriptors.map { count > 0 && $0.revents != 0 }
    return (Array(ready.dropLast()), ready[readable.count])
  }
}

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// How much memory this process may come to take.
enum MemoryLimit {
  /// What an experiment may take, in bytes: at most 4 GB, far above anything worth watching step by step; less where this
  /// machine, its control group or this process's limits have less. Looked at once, when the first experiment is set up.
  static let ofExperiment = min(4 << 30, max(0, free - reserve))

  // What the program takes beside its experiment: itself, its histories, and the frames of a large screen.
  private static let reserve = 64 << 20

  private static var free: Int {
    let (pages, size) = (sysconf(Int32(_SC_PHYS_PAGES)), sysconf(Int32(_SC_PAGESIZE)))
    // Three quarters: a machine that swaps shows nothing.
    let machine = pages > 0 && size > 0 ? pages * size / 4 * 3 : Int.max
    // What this process has taken of its address space counts against its limits.
    let taken = number(in: "/proc/self/statm").map { $0 * size } ?? 0
    let limits = min(limit(Self.addresses), limit(Self.data))
    let groups = ["/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"].compactMap(number)
    return min(machine, limits == .max ? .max : limits - taken, groups.min() ?? .max)
  }

  #if canImport(Glibc)
    private static let (addresses, data) = (
      __rlimit_resource_t(RLIMIT_AS.rawValue), __rlimit_resource_t(RLIMIT_DATA.rawValue)
    )
  #else
    private static let (addresses, data) = (RLIMIT_AS, RLIMIT_DATA)
  #endif

  private static func limit(_ resource: Int32) -> Int {
    var limit = rlimit()
    return getrlimit(resource, &limit) == 0 ? Int(clamping: limit.rlim_cur) : .max
  }

  // The number that a small file of the system's begins with.
  private static func number(in path: String) -> Int? {
    guard let file = fopen(path, "r") else { return nil }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 64)
    guard fgets(&line, 63, file) != nil else { return nil }
    return Int(String(decoding: line.prefix { $0 > 32 }.map { UInt8($0) }, as: UTF8.self))
  }
}

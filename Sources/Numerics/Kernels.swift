import CKernels

/// Which processor instructions the whole-array operations use.
///
/// The choice is one for the process, and harmless: every selection computes the same bits, only faster or slower.
/// At start it is the widest this processor has.
public enum Kernels {
  /// Every name there is, for some processor.
  public static let known = ["sse2", "avx2", "avx512", "neon", "scalar"]

  /// The names this processor and this build can run, the slowest first.
  public static var available: [String] { known.filter { ck_find($0) != nil } }

  /// The name in use.
  public static var active: String { String(cString: ck_active().pointee.name) }

  /// Uses the kernels of that name from now on.
  ///
  /// - Throws: ``KernelError`` if the name is unknown or this processor lacks the instructions; nothing changes then.
  public static func select(_ name: String) throws(KernelError) {
    guard known.contains(name) else { throw .unknown(name) }
    guard let kernels = ck_find(name) else { throw .unsupported(name) }
    ck_select(kernels)
  }
}

/// Why kernels could not be selected.
public enum KernelError: Error, Equatable, Sendable, CustomStringConvertible {
  /// No kernels have this name.
  case unknown(String)
  /// The name is known, but this processor lacks the instructions.
  case unsupported(String)

  /// The message for the user: what, and what is possible instead.
  public var description: String {
    let choices = Kernels.available.joined(separator: ", ")
    switch self {
    case .unknown(let name):
      return "there are no \"\(name)\" kernels: known are \(Kernels.known.joined(separator: ", ")); this processor has "
        + choices
    case .unsupported(let name):
      return "\(name) is not supported by this processor: it has \(choices)"
    }
  }
}

/// The table of kernels in use.
var kernels: ck_kernels { ck_active().pointee }

import Foundation

/// Where the package's own programs are: beside the test bundle.
enum BuiltProgram {
  /// The program under test.
  static var clipscope: String { path("clipscope") }

  /// The path of a built product.
  static func path(_ name: String) -> String {
    let bundle = Bundle.allBundles.first { $0.bundlePath.hasSuffix(".xctest") }?.bundleURL
    let executable = bundle ?? Bundle.main.executableURL ?? URL(fileURLWithPath: CommandLine.arguments[0])
    return executable.deletingLastPathComponent().appendingPathComponent(name).path
  }
}

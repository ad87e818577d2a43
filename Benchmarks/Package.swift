// swift-tools-version: 6.0
import PackageDescription

// A package of its own: what measures clipscope is not built with it. docs/speed.md says how it is used.
let package = Package(
  name: "Benchmarks",
  dependencies: [.package(name: "clipscope", path: "..")],
  targets: [
    .target(name: "CMachine"),
    .executableTarget(
      name: "Benchmarks",
      dependencies: ["CMachine", .product(name: "ClipscopeLibraries", package: "clipscope")]),
  ],
  swiftLanguageModes: [.v6]
)

// swift-tools-version: 6.0
import PackageDescription

// One way through the targets, top to bottom: nothing imports what stands below it.
// Tests/ArchitectureTests reads the imports and holds this file to it.
let package = Package(
  name: "clipscope",
  products: [
    .executable(name: "clipscope", targets: ["clipscope"]),
    // For Benchmarks/, which measures them in one process.
    .library(
      name: "ClipscopeLibraries",
      targets: [
        "CKernels", "Numerics", "Gradients", "Optimization", "Training", "Analysis", "Language", "Session", "Screen",
      ]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
  ],
  targets: [
    .target(name: "CKernels"),
    .target(name: "Numerics", dependencies: ["CKernels"]),
    .target(name: "Gradients", dependencies: ["Numerics"]),
    .target(name: "Optimization", dependencies: ["Numerics"]),
    .target(name: "CProcess"),
    .target(name: "Training", dependencies: ["Gradients", "Optimization", "Numerics", "CProcess"]),
    .target(name: "Analysis", dependencies: ["Training", "Optimization"]),
    .target(name: "Language", dependencies: ["Training", "Optimization", "Gradients"]),
    .target(name: "Formats", dependencies: ["Language", "Training", "Optimization", "Gradients", "Numerics"]),
    .target(name: "TorchExport", dependencies: ["Formats", "Language", "Training", "Optimization", "Gradients"]),
    .target(
      name: "Session",
      dependencies: [
        "TorchExport", "Formats", "Language", "Analysis", "Training", "Optimization", "Gradients", "Numerics",
      ]),
    .target(name: "Screen", dependencies: ["Session", "Language", "Analysis", "Training", "Optimization"]),
    .target(
      name: "CTerminal", dependencies: ["CProcess"],
      linkerSettings: [
        .linkedLibrary("ncursesw", .when(platforms: [.linux])),
        .linkedLibrary("ncurses", .when(platforms: [.macOS])),
      ]),
    .executableTarget(
      name: "clipscope",
      dependencies: [
        "Screen", "Session", "Formats", "Language", "Training", "Optimization", "Gradients", "Numerics", "CTerminal",
        "CProcess", .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "SystemPackage", package: "swift-system"),
      ]),
    .testTarget(
      name: "NumericsTests", dependencies: ["Numerics", "SeededRandom"], resources: [.copy("Fixtures")]),
    .testTarget(name: "GradientsTests", dependencies: ["Gradients", "Numerics"]),
    .testTarget(name: "OptimizationTests", dependencies: ["Optimization", "Numerics"], resources: [.copy("Fixtures")]),
    .testTarget(
      name: "TrainingTests", dependencies: ["Training", "AllocationCounter", "SeededRandom"],
      resources: [.copy("Fixtures")]),
    .target(name: "AllocationCounter", path: "Tests/AllocationCounter"),
    .target(name: "SeededRandom", path: "Tests/SeededRandom"),
    .target(
      name: "CPseudoTerminal", path: "Tests/CPseudoTerminal",
      // For CloseDescriptors.h, which the terminal keeps to itself.
      cSettings: [.headerSearchPath("../../Sources/CTerminal")]),
    .target(name: "Stories", dependencies: ["Session", "Language"], path: "Tests/Stories"),
    .testTarget(name: "AnalysisTests", dependencies: ["Stories", "Analysis", "Session", "Training"]),
    .testTarget(name: "LanguageTests", dependencies: ["Stories", "Session", "Language", "Training"]),
    .testTarget(
      name: "FormatsTests", dependencies: ["Stories", "Session", "Formats", "Language", "Training"],
      resources: [.copy("Fixtures")]),
    .testTarget(
      name: "TorchExportTests", dependencies: ["Stories", "Session", "TorchExport", "Language", "Training"]),
    .testTarget(
      name: "SessionTests",
      dependencies: ["Stories", "Session", "Formats", "Language", "Training", "Gradients", "Numerics", "SeededRandom"]),
    .testTarget(
      name: "ScreenTests", dependencies: ["Stories", "Screen", "Session", "Language", "Training", "SeededRandom"],
      exclude: ["Goldens"]),
    .testTarget(
      name: "ClipscopeTests",
      dependencies: ["Screen", "Session", "Language", "Training", "CTerminal", "CPseudoTerminal", "SeededRandom"],
      exclude: ["intruder.c"]),
    .testTarget(
      name: "FuzzTests", dependencies: ["Screen", "Session", "Formats", "Language", "Training", "SeededRandom"],
      exclude: ["Found"]),
    .testTarget(name: "ArchitectureTests", dependencies: ["Screen", "Language"]),
  ],
  swiftLanguageModes: [.v6]
)

// swift-tools-version: 6.2
import PackageDescription

/// Swift settings shared by every target: Swift 6 mode comes with the tools version; warnings are errors.
let strict: [SwiftSetting] = [
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

/// Where `make setup` puts (or links) libtorch.
///
/// Only executables and tests carry this search path:
/// library products stay free of unsafe flags, so that other packages can depend on them by version.
let runtimePath: [LinkerSetting] = [
  .unsafeFlags(["-Xlinker", "-rpath", "-Xlinker", Context.packageDirectory + "/.libtorch/current/lib"])
]

/// A library room of the house: its folder is `Sources/<name>`, its module `Orchard<name>`.
func room(_ name: String, on rooms: [String] = [], also other: [Target.Dependency] = []) -> Target {
  .target(
    name: "Orchard" + name,
    dependencies: rooms.map { .target(name: $0 == "CTorch" ? $0 : "Orchard" + $0) } + other,
    path: "Sources/" + name,
    swiftSettings: strict)
}

/// The tests of a room, in `Tests/<name>Tests`.
func tests(_ name: String, on rooms: [String], also other: [Target.Dependency] = []) -> Target {
  .testTarget(
    name: name + "Tests",
    dependencies: rooms.map { .target(name: "Orchard" + $0) } + ["TestSupport"] + other,
    path: "Tests/\(name)Tests",
    swiftSettings: strict,
    linkerSettings: runtimePath)
}

let package = Package(
  name: "orchard",
  platforms: [.macOS(.v15)],
  products: [
    .library(name: "Orchard", targets: ["Orchard"]),
    .executable(name: "orchard", targets: ["OrchardCommand"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.0.0"),
    .package(url: "https://github.com/swift-server/async-http-client", from: "1.30.0"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.90.0"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.6.0"),
    .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.16.0"),
    .package(url: "https://github.com/apple/swift-http-types", from: "1.4.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.6.0"),
  ],
  targets: [
    // Floor 0
    .systemLibrary(name: "CLibtorch", path: "Sources/CLibtorch", pkgConfig: "libtorch"),
    .target(
      name: "CTorch", dependencies: ["CLibtorch"], path: "Sources/CTorch",
      cxxSettings: [.headerSearchPath("GlooNames")]),
    room("JSON"),
    // Floor 1
    room("Tensors", on: ["CTorch", "JSON"]),
    room("Tokenizers", on: ["JSON"]),
    room("Grammars", on: ["JSON"]),
    room("Reports"),
    room("Settings", on: ["JSON"], also: [.product(name: "Yams", package: "Yams")]),
    // Floor 2
    room("Layers", on: ["Tensors"]),
    room("Datasets", on: ["JSON", "Settings", "Tokenizers"]),
    room(
      "Hub", on: ["JSON", "Settings"],
      also: [
        .product(name: "AsyncHTTPClient", package: "async-http-client"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
      ]),
    // Floor 3
    room("Models", on: ["JSON", "Layers", "Tensors"]),
    // Floor 4
    room(
      "Generation", on: ["Datasets", "Grammars", "JSON", "Layers", "Models", "Settings", "Tensors", "Tokenizers"]),
    room("Adapters", on: ["JSON", "Layers", "Models", "Settings", "Tensors"]),
    room("Encoders", on: ["Datasets", "JSON", "Models", "Tensors", "Tokenizers"]),
    // Floor 5
    room(
      "Evaluation",
      on: ["Datasets", "Encoders", "Generation", "JSON", "Models", "Reports", "Settings", "Tensors", "Tokenizers"]),
    room("Augmentation", on: ["Datasets", "Generation", "JSON", "Models", "Settings", "Tensors", "Tokenizers"]),
    // Floor 6
    room(
      "Training",
      on: [
        "Adapters", "Datasets", "Encoders", "Evaluation", "Generation", "JSON", "Layers", "Models", "Reports",
        "Settings", "Tensors", "Tokenizers",
      ]),
    // Floor 7
    room(
      "Alignment",
      on: [
        "Adapters", "Datasets", "Encoders", "Evaluation", "Generation", "Hub", "JSON", "Layers", "Models", "Reports",
        "Settings", "Tensors", "Tokenizers", "Training",
      ]),
    room(
      "Feedback", on: ["Datasets", "Evaluation", "JSON", "Settings"],
      also: [.product(name: "GRDB", package: "GRDB.swift")]),
    // Floor 8
    room(
      "Serving", on: ["Feedback", "JSON"],
      also: [
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "HTTPTypes", package: "swift-http-types"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
      ]),
    // Floor 9
    .target(
      name: "Orchard",
      dependencies: [
        "OrchardAdapters", "OrchardAlignment", "OrchardAugmentation", "OrchardDatasets", "OrchardEncoders",
        "OrchardEvaluation", "OrchardFeedback", "OrchardGeneration", "OrchardGrammars", "OrchardHub", "OrchardJSON",
        "OrchardLayers", "OrchardModels", "OrchardReports", "OrchardServing",
        "OrchardSettings", "OrchardTensors", "OrchardTokenizers", "OrchardTraining",
      ],
      path: "Sources/Orchard", swiftSettings: strict),
    .executableTarget(
      name: "OrchardCommand",
      dependencies: [
        "Orchard", "OrchardAdapters", "OrchardAlignment", "OrchardAugmentation", "OrchardDatasets", "OrchardEncoders",
        "OrchardEvaluation", "OrchardFeedback",
        "OrchardGeneration", "OrchardHub", "OrchardJSON", "OrchardLayers", "OrchardModels", "OrchardReports",
        "OrchardServing", "OrchardSettings", "OrchardTensors", "OrchardTokenizers", "OrchardTraining",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      path: "Sources/OrchardCommand", swiftSettings: strict, linkerSettings: runtimePath),
    .executableTarget(
      name: "orchard-bench",
      dependencies: [
        "OrchardAdapters", "OrchardAlignment", "OrchardDatasets", "OrchardEncoders", "OrchardEvaluation",
        "OrchardGeneration", "OrchardJSON", "OrchardLayers", "OrchardModels", "OrchardTensors", "OrchardTokenizers",
        "OrchardTraining",
      ],
      path: "Sources/OrchardBench", swiftSettings: strict, linkerSettings: runtimePath),
    // Tests
    .target(name: "TestSupport", path: "Tests/TestSupport", swiftSettings: strict),
    tests("JSON", on: ["JSON"]),
    tests("Tensors", on: ["Tensors", "JSON"]),
    tests("Tokenizers", on: ["Tokenizers", "JSON"]),
    tests("Grammars", on: ["Grammars", "JSON"]),
    tests("Reports", on: ["Reports", "JSON"]),
    tests("Settings", on: ["Settings", "JSON"]),
    tests("Layers", on: ["Layers", "Tensors", "JSON"]),
    tests("Datasets", on: ["Datasets", "JSON", "Settings", "Tokenizers"]),
    tests(
      "Hub", on: ["Hub", "JSON", "Settings"],
      also: [
        .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
      ]),
    tests("Models", on: ["Models", "Layers", "Tensors", "JSON"]),
    tests(
      "Generation",
      on: ["Generation", "Datasets", "Grammars", "JSON", "Layers", "Models", "Settings", "Tensors", "Tokenizers"]),
    tests(
      "Training",
      on: [
        "Training", "Adapters", "Datasets", "Encoders", "Evaluation", "Generation", "JSON", "Layers", "Models",
        "Reports", "Settings", "Tensors", "Tokenizers",
      ]),
    tests("Adapters", on: ["Adapters", "Generation", "JSON", "Layers", "Models", "Settings", "Tensors"]),
    tests("Encoders", on: ["Encoders", "Datasets", "JSON", "Layers", "Models", "Tensors", "Tokenizers"]),
    tests("Evaluation", on: ["Evaluation", "JSON", "Reports"]),
    tests(
      "Alignment",
      on: [
        "Alignment", "Adapters", "Datasets", "Encoders", "Evaluation", "JSON", "Layers", "Models", "Reports",
        "Settings",
        "Tensors", "Tokenizers", "Training",
      ]),
    tests("Feedback", on: ["Feedback", "Datasets", "Evaluation", "JSON"]),
    tests(
      "Serving", on: ["Serving", "Feedback", "JSON"],
      also: [
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "HummingbirdTesting", package: "hummingbird"),
        .product(name: "HTTPTypes", package: "swift-http-types"),
        .product(name: "NIOCore", package: "swift-nio"),
      ]),
    tests("Augmentation", on: ["Augmentation", "Datasets", "Generation", "JSON", "Settings"]),
    .testTarget(
      name: "OrchardCommandTests",
      dependencies: [
        "OrchardCommand", "OrchardEvaluation", "OrchardJSON", "OrchardLayers", "OrchardModels", "OrchardTensors",
        "TestSupport",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      path: "Tests/OrchardCommandTests", swiftSettings: strict, linkerSettings: runtimePath),
  ],
  cxxLanguageStandard: .cxx20
)

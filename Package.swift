// swift-tools-version: 6.2
import PackageDescription

/// Settings of every Swift target of ours: the compiler proves memory safety or a line says `unsafe`.
let swift: [SwiftSetting] = [
  .strictMemorySafety(),
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]
let c: [CSetting] = [.treatAllWarnings(as: .error)]

/// A Swift module of ours; its arrows are those of the layer table in README.md.
func module(_ name: String, _ imports: [Target.Dependency]) -> Target {
  .target(name: name, dependencies: imports, exclude: documents[name] ?? [], swiftSettings: swift)
}

/// A C module: `libraries` are what its headers need at link time.
func shim(_ name: String, libraries: [String] = []) -> Target {
  .target(
    name: name, exclude: documents[name] ?? [], cSettings: c,
    linkerSettings: libraries.map { .linkedLibrary($0) })
}

func tests(_ name: String, _ imports: [Target.Dependency]) -> Target {
  .testTarget(name: name, dependencies: imports, exclude: documents[name] ?? [], swiftSettings: swift)
}

/// Prose that lies beside the code it explains, and files that tests read.
let documents = [
  "CLinnetKernels": ["KERNELS.md"],
  "LinnetCapture": ["CAPTURE.md", "Recording/RECORDING.md"],
  "LinnetHead": ["FORMAT.md", "HEADS.md"],
  "LinnetModel": ["FORMAT.md"],
  "LinnetRuntime": ["PLAN.md"],
  "LinnetPipeline": ["WATCH.md"],
  "LinnetStore": ["STORE.md"],
  "LinnetImageTests": ["Fixtures", "make-fixtures"],
  "LinnetRuntimeTests": ["Fixtures"],
  "LinnetCommandTests": ["Snapshots"],
]

let package = Package(
  name: "linnet",
  products: [
    .library(
      name: "Linnet",
      targets: [
        "LinnetModel", "LinnetRuntime", "LinnetImage", "LinnetHead", "LinnetCapture", "LinnetPipeline",
        "LinnetInsight",
      ]),
    .executable(name: "linnet", targets: ["linnet"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2")
  ],
  targets: [
    shim("CLinnetAlgebra"),
    shim("CLinnetKernels"),
    shim("CLinux", libraries: ["m"]),
    shim("CDigest", libraries: ["md"]),
    shim("CJPEG", libraries: ["jpeg"]),
    shim("CPNG", libraries: ["png"]),
    shim("CResample"),
    shim("CV4L2", libraries: ["v4lconvert"]),
    module("LinnetTensor", []),
    module("LinnetAlgebra", ["CLinnetAlgebra"]),
    module("LinnetReport", []),
    module("LinnetSafetensors", ["LinnetTensor", "CLinux", "CDigest"]),
    module("LinnetKernels", ["LinnetTensor", "CLinnetKernels"]),
    module("LinnetImage", ["LinnetTensor", "CJPEG", "CPNG", "CResample"]),
    module("LinnetCapture", ["LinnetTensor", "CV4L2", "CLinux"]),
    module("LinnetModel", ["LinnetTensor", "LinnetSafetensors"]),
    module("LinnetHead", ["LinnetTensor", "LinnetAlgebra", "LinnetSafetensors", "CLinux"]),
    module("LinnetDomain", ["LinnetAlgebra", "LinnetHead"]),
    module("LinnetRuntime", ["LinnetTensor", "LinnetModel", "LinnetKernels", "CLinux"]),
    module("LinnetStore", ["LinnetSafetensors", "CLinux"]),
    module(
      "LinnetPipeline",
      [
        "LinnetTensor", "LinnetSafetensors", "LinnetModel", "LinnetRuntime", "LinnetImage", "LinnetHead",
        "LinnetCapture", "LinnetStore", "CLinux",
      ]),
    module(
      "LinnetInsight",
      [
        "LinnetTensor", "LinnetAlgebra", "LinnetReport", "LinnetSafetensors", "LinnetImage", "LinnetModel",
        "LinnetRuntime", "LinnetHead", "LinnetDomain", "LinnetStore", "LinnetPipeline",
      ]),
    .executableTarget(
      name: "linnet",
      dependencies: [
        "LinnetInsight", "LinnetReport", "LinnetPipeline", "LinnetTensor", "LinnetModel", "LinnetRuntime",
        "LinnetKernels",
        "LinnetCapture", "LinnetImage",
        "LinnetHead", "LinnetDomain", "LinnetStore", "LinnetSafetensors", "CLinux",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: swift),
    tests("LinnetTensorTests", ["LinnetTensor"]),
    tests("LinnetAlgebraTests", ["LinnetAlgebra", "CLinnetAlgebra", "CLinux"]),
    tests("LinnetReportTests", ["LinnetReport"]),
    tests("LinnetSafetensorsTests", ["LinnetSafetensors", "LinnetTensor", "CLinux"]),
    tests("LinnetKernelsTests", ["LinnetKernels", "LinnetTensor", "CLinnetKernels", "CLinux"]),
    tests("LinnetImageTests", ["LinnetImage", "LinnetTensor", "CResample", "CLinux"]),
    tests("LinnetCaptureTests", ["LinnetCapture", "LinnetTensor", "CLinux", "CV4L2"]),
    tests("LinnetModelTests", ["LinnetModel", "LinnetSafetensors", "LinnetTensor", "CLinux"]),
    tests("LinnetHeadTests", ["LinnetHead", "LinnetAlgebra", "LinnetTensor", "LinnetSafetensors", "CLinux"]),
    tests("LinnetDomainTests", ["LinnetDomain", "LinnetHead", "LinnetAlgebra"]),
    tests(
      "LinnetRuntimeTests",
      ["LinnetRuntime", "LinnetModel", "LinnetSafetensors", "LinnetTensor", "LinnetKernels", "CLinux"]),
    tests("LinnetStoreTests", ["LinnetStore", "LinnetSafetensors", "CLinux"]),
    tests(
      "LinnetPipelineTests",
      [
        "LinnetPipeline", "LinnetTensor", "LinnetModel", "LinnetRuntime", "LinnetImage", "LinnetHead",
        "LinnetCapture", "LinnetStore", "LinnetSafetensors", "CLinux",
      ]),
    tests(
      "LinnetInsightTests",
      [
        "LinnetInsight", "LinnetPipeline", "LinnetModel", "LinnetHead", "LinnetStore", "LinnetImage",
        "LinnetReport", "LinnetTensor", "CLinux",
      ]),
    tests(
      "LinnetCommandTests",
      [
        "linnet", "LinnetCapture", "LinnetPipeline", "LinnetSafetensors", "LinnetImage", "LinnetStore",
        "CLinux",
      ]),
  ],
  swiftLanguageModes: [.v6],
  cLanguageStandard: .c11
)

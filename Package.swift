// swift-tools-version: 6.1
import PackageDescription

/// Said once, shared by every Swift target.
let settings: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  // Borrowed views of untrusted memory (RawSpan) returned from functions.
  .enableExperimentalFeature("Lifetimes"),
]

/// A library target with its test target.
func library(_ name: String, _ dependencies: [Target.Dependency] = [], tests: [Target.Dependency] = []) -> [Target] {
  [
    .target(name: name, dependencies: dependencies, swiftSettings: settings),
    .testTarget(
      name: name + "Tests",
      dependencies: [.byName(name: name), "TestSupport"] + (name == "CustodyCore" ? [] : ["CustodyCore"]) + tests,
      exclude: name == "Reports" ? ["Golden"] : [], swiftSettings: settings),
  ]
}

/// What the image worker decodes and detects with; scripts/bootstrap installs it.
let visionLibraries = [
  "jpeg", "png", "tiff", "webp", "webpdemux", "openjp2", "heif", "de265", "dav1d", "jxl", "exiv2", "dlib",
  "tesseract", "lept",
  "avformat", "avcodec", "avutil", "swscale", "stdc++",
]

let package = Package(
  name: "custody",
  products: [
    .executable(name: "custody", targets: ["custody"]),
    .executable(name: "custody-vision", targets: ["custody-vision"]),
    .executable(name: "incident-replay", targets: ["incident-replay"]),
    .executable(name: "fixtures", targets: ["fixtures"]),
    .library(name: "CustodyKit", targets: ["CustodyKit"]),
    // CEL with the module its interface takes moments from.
    .library(name: "CEL", targets: ["CEL", "CustodyCore"]),
    .library(name: "Detection", targets: ["Detection", "CustodyCore"]),
    // What the fuzz targets of Fuzz/ read with, and the builders of their seeds.
    .library(
      name: "Readers", targets: ["CustodyCore", "Evidence", "Policies", "Records", "Snapshots", "VisionProtocol"]),
    .library(name: "TestSupport", targets: ["FuzzSupport", "TestSupport", "CustodyCore"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
  ],
  targets: [
    .systemLibrary(name: "CArchive", pkgConfig: "libarchive", providers: [.apt(["libarchive-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(name: "COpenSSL", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
    // Two digests of the same bytes in one pass: optimized in every configuration.
    .target(name: "CSha", cSettings: [.unsafeFlags(["-O3"])]),
    // Byte scanning decides the speed of an audit: optimized in every configuration.
    .target(name: "CScan", cSettings: [.unsafeFlags(["-O3"])]),
    .target(name: "CDescriptors"),
    // Which entry every thread is at, for whoever finds the process dead.
    .target(name: "CPlaces"),
    .target(name: "CYara", linkerSettings: [.linkedLibrary("yara")]),
    // File systems of disk images, by The Sleuth Kit's library (libtsk-dev).
    .target(name: "CTsk", linkerSettings: [.linkedLibrary("tsk")]),
    // Compressed pieces of disk images, mail stores and git objects.
    .target(name: "CInflate", linkerSettings: [.linkedLibrary("z")]),
    .target(name: "CSandbox"),
    // Decoding and detection: optimized in every configuration too.
    .target(
      name: "CVision", cSettings: [.unsafeFlags(["-O2"])],
      cxxSettings: [
        .headerSearchPath("."), .define("DLIB_NO_GUI_SUPPORT"),
        // libstdc++ 12 deprecates what its own stable_sort uses.
        .unsafeFlags(["-O2", "-Wno-deprecated-declarations"]),
      ],
      linkerSettings: visionLibraries.map { .linkedLibrary($0) } + [
        // Debian's libdlib-dev does not bring the links for these two.
        .unsafeFlags(["-l:liblapack.so.3", "-l:libblas.so.3"])
      ]),
    .target(name: "VisionProtocol", dependencies: ["CustodyCore", "Records"], swiftSettings: settings),
    .target(name: "Vision", dependencies: ["CSandbox", "CustodyCore", "VisionProtocol"], swiftSettings: settings),
    .executableTarget(
      name: "custody-vision", dependencies: ["CVision", "CSandbox", "CustodyCore", "VisionProtocol"],
      swiftSettings: settings),
    .executableTarget(
      name: "VisionStub", dependencies: ["CSandbox", "CustodyCore", "VisionProtocol"], path: "Tests/VisionStub",
      swiftSettings: settings),
    // An examiner that can be made to die at chosen places.
    .target(name: "CCrash", path: "Tests/CCrash"),
    .executableTarget(
      name: "ExaminerStub", dependencies: ["CCrash", "CustodyCore", "CustodyKit", "Detection"],
      path: "Tests/ExaminerStub", swiftSettings: settings),
    .testTarget(
      name: "VisionTests",
      dependencies: [
        "Vision", "VisionProtocol", "CSandbox", "CVision", "CustodyCore", "TestSupport", "VisionStub", "custody-vision",
      ],
      swiftSettings: settings),
    .target(
      name: "TestSupport", dependencies: ["CustodyCore", "CArchive", "CDescriptors"], path: "Tests/TestSupport",
      swiftSettings: settings),
    .target(
      name: "FuzzSupport", dependencies: ["CustodyCore", "CustodyKit", "Records", "VisionProtocol"],
      path: "Tests/FuzzSupport", swiftSettings: settings),
    .executableTarget(
      name: "incident-replay", dependencies: ["CustodyCore", "Records", "TestSupport"],
      path: "examples/incident-replay/Sources", swiftSettings: settings),
    .executableTarget(
      name: "fixtures", dependencies: ["CustodyCore", "Evidence", "TestSupport"], path: "examples/fixtures/Sources",
      swiftSettings: settings),
    .testTarget(
      name: "TestSupportTests",
      dependencies: ["CustodyCore", "FuzzSupport", "Records", "TestSupport", "incident-replay"],
      swiftSettings: settings),
    .executableTarget(
      name: "custody",
      dependencies: [
        "CustodyCore", "CustodyKit", "Detection", "Evidence", "Policies", "Records", "Snapshots",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: settings),
    .testTarget(
      name: "CommandTests",
      dependencies: ["custody", "custody-vision", "fixtures", "incident-replay", "TestSupport", "CustodyCore"],
      swiftSettings: settings),
  ]
    + library("CustodyCore")
    + library("Records", ["CustodyCore"])
    + library(
      "Snapshots", ["CustodyCore", "CArchive", "CDescriptors", "CInflate", "COpenSSL", "CPlaces", "CTsk"])
    + library("Detection", ["CustodyCore", "CScan", "CYara", "CZlib"])
    + library("CEL", ["CustodyCore"])
    + library("Policies", ["CustodyCore", "CEL", .product(name: "Yams", package: "Yams")])
    + library("Evidence", ["CustodyCore", "Records", "COpenSSL", "CSha"])
    + library("Reports", ["CustodyCore", "Records"])
    + library(
      "CustodyKit",
      [
        "CustodyCore", "Records", "Snapshots", "Detection", "Vision", "VisionProtocol", "Policies", "Evidence",
        "Reports",
        "CDescriptors", "CPlaces", "CSandbox", .product(name: "Yams", package: "Yams"),
      ], tests: ["Detection", "Policies", "Records", "Snapshots", "Vision", "ExaminerStub"]),
  cxxLanguageStandard: .cxx17
)

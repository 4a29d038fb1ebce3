// swift-tools-version: 6.1
import PackageDescription

// Fuzz targets of custody. Built by scripts/fuzz-cel, with `-sanitize=fuzzer,address`; without it nothing links.
let package = Package(
  name: "fuzz",
  dependencies: [.package(name: "custody", path: "..")],
  targets: [
    .target(name: "CLibFuzzer"),
    .executableTarget(
      name: "fuzz-cel",
      dependencies: ["CLibFuzzer", .product(name: "CEL", package: "custody")],
      swiftSettings: [
        .swiftLanguageMode(.v6),
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .unsafeFlags(["-parse-as-library"]),
      ]),
  ]
)

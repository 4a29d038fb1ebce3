// swift-tools-version: 6.1
import PackageDescription

// Fuzz targets of custody. Built by scripts/fuzz-cel and scripts/fuzz-detect, with `-sanitize=fuzzer,address`; without it nothing links.
let package = Package(
  name: "fuzz",
  dependencies: [.package(name: "custody", path: "..")],
  targets: [
    .target(name: "CLibFuzzer"),
    target("fuzz-cel", "CEL"),
    target("fuzz-detect", "Detection"),
  ]
)

func target(_ name: String, _ product: String) -> Target {
  .executableTarget(
    name: name,
    dependencies: ["CLibFuzzer", .product(name: product, package: "custody")],
    swiftSettings: [
      .swiftLanguageMode(.v6),
      .enableUpcomingFeature("ExistentialAny"),
      .enableUpcomingFeature("MemberImportVisibility"),
      .enableUpcomingFeature("InternalImportsByDefault"),
      .unsafeFlags(["-parse-as-library"]),
    ])
}

// swift-tools-version: 6.1
import PackageDescription

// Fuzz targets of custody. Built by scripts/fuzz-* scripts, with `-sanitize=fuzzer,address`; without it nothing links.
let package = Package(
  name: "fuzz",
  dependencies: [.package(name: "custody", path: "..")],
  targets: [
    .target(name: "CLibFuzzer"),
    target("fuzz-cel", ["CEL"]),
    target("fuzz-detect", ["Detection", "TestSupport"]),
    target("fuzz-records", ["CustodyKit", "Readers", "TestSupport"]),
    target("fuzz-snapshots", ["Readers", "TestSupport"]),
  ]
)

func target(_ name: String, _ products: [String]) -> Target {
  .executableTarget(
    name: name,
    dependencies: ["CLibFuzzer"] + products.map { .product(name: $0, package: "custody") },
    swiftSettings: [
      .swiftLanguageMode(.v6),
      .enableUpcomingFeature("ExistentialAny"),
      .enableUpcomingFeature("MemberImportVisibility"),
      .enableUpcomingFeature("InternalImportsByDefault"),
      .unsafeFlags(["-parse-as-library"]),
    ])
}

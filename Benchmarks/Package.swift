// swift-tools-version: 6.1
import PackageDescription

// Programs that measure parts of custody from outside; scripts/bench-cel builds and runs them.
let package = Package(
  name: "benchmarks",
  dependencies: [.package(name: "custody", path: "..")],
  targets: [
    .executableTarget(
      name: "bench-cel", dependencies: [.product(name: "CEL", package: "custody")],
      swiftSettings: [
        .swiftLanguageMode(.v6),
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("InternalImportsByDefault"),
      ])
  ]
)

// swift-tools-version: 6.2
import PackageDescription

// A package of its own, so that the program's build neither sees nor waits for it.
let package = Package(
  name: "Benchmarks",
  dependencies: [.package(name: "fallback-ledger", path: "..")],
  targets: [
    .target(name: "CAllocations"),
    .executableTarget(
      name: "policy-benchmark",
      dependencies: ["CAllocations", .product(name: "PolicyEngine", package: "fallback-ledger")],
      swiftSettings: [
        .swiftLanguageMode(.v6), .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("MemberImportVisibility"), .treatAllWarnings(as: .error),
      ]),
  ]
)

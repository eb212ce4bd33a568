// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .treatAllWarnings(as: .error),
]

/// A library target and its mirror under Tests.
func module(
  _ name: String, on dependencies: [Target.Dependency], tests: [Target.Dependency] = [],
  excluding golden: [String] = []
) -> [Target] {
  [
    .target(name: name, dependencies: dependencies, swiftSettings: strict),
    .testTarget(
      name: name + "Tests",
      dependencies: [.byName(name: name), "TestSupport"] + dependencies + tests,
      exclude: golden, swiftSettings: strict),
  ]
}

let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let grdbSQLite = Target.Dependency.product(name: "GRDBSQLite", package: "GRDB.swift")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")
let argumentParser = Target.Dependency.product(
  name: "ArgumentParser", package: "swift-argument-parser")

let package = Package(
  name: "fallback-ledger",
  products: [
    .executable(name: "fallback-ledger", targets: ["fallback-ledger"]),
    .library(name: "PolicyEngine", targets: ["PolicyEngine", "Traffic", "Units"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
  ],
  targets: [
    .systemLibrary(name: "CLinux"),
    .systemLibrary(
      name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
    .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(name: "CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
    .target(
      name: "QueryCatalog", path: "queries",
      exclude: ["README.md"],
      resources: [
        .embedInCode("schema"), .embedInCode("reports"), .embedInCode("checks"),
        .embedInCode("questions"), .embedInCode("scale"),
      ], swiftSettings: strict),
    .target(
      name: "TestSupport", dependencies: ["CZstd", "CZlib", "CSQLite"], path: "Tests/TestSupport",
      swiftSettings: strict),
    .executableTarget(
      name: "fallback-ledger",
      dependencies: [
        "Units", "Traffic", "StrictJSON", "PolicyEngine", "PolicyAnalysis", "PolicyFile",
        "PolicyJSON", "Pricing", "Finance", "Replay", "CatalogFiles", "LedgerStore", "Ingest",
        "MappingFile",
        "Reports",
        "Simulation", "Scale",
        "Wording", "QueryCatalog", argumentParser,
      ], swiftSettings: strict),
    .executableTarget(
      name: "reading-benchmark", dependencies: ["Ingest", "LedgerStore"],
      path: "Benchmarks/reading", swiftSettings: strict),
    .testTarget(
      name: "EndToEndTests", dependencies: ["TestSupport", "Units"], swiftSettings: strict),
  ]
    + module("Units", on: [])
    + module("Traffic", on: ["Units"])
    + module("StrictJSON", on: ["Units"])
    + module("PolicyEngine", on: ["Units", "Traffic"])
    + module("Wording", on: [])
    + module("Scale", on: [])
    + module(
      "PolicyAnalysis", on: ["Units", "Traffic", "PolicyEngine", "Wording"], tests: ["PolicyFile"])
    + module("PolicyFile", on: ["Units", "Traffic", "PolicyEngine", "Wording", yams])
    + module("PolicyJSON", on: ["Units", "Traffic", "PolicyEngine", "StrictJSON", "Wording"])
    + module(
      "MappingFile", on: ["Traffic", "Wording", "PolicyFile", "Ingest"])
    + module("Pricing", on: ["Units", "Traffic"])
    + module("Replay", on: ["Units", "Traffic", "PolicyEngine", "Pricing"], tests: ["PolicyFile"])
    + module("Finance", on: ["Units", "Traffic", "Pricing", "CCrypto"])
    + module(
      "CatalogFiles", on: ["Units", "Traffic", "Pricing", "Finance", "StrictJSON", "Wording"])
    + module(
      "LedgerStore",
      on: [
        "Units", "Traffic", "PolicyEngine", "PolicyAnalysis", "PolicyFile", "Pricing", "Finance",
        "Replay", "QueryCatalog", "Scale", "CSQLite", "CLinux", grdb, grdbSQLite,
      ])
    + module(
      "Ingest",
      on: [
        "Units", "Traffic", "StrictJSON", "LedgerStore", "Scale", "CZstd", "CZlib", "CCrypto",
        "CLinux",
      ], tests: ["Pricing"])
    + module(
      "Reports",
      on: [
        "Units", "Traffic", "PolicyEngine", "PolicyAnalysis", "Pricing", "Finance", "Replay",
        "LedgerStore", "Wording", "QueryCatalog", "CLinux", "CCrypto",
      ], tests: ["Ingest", "PolicyFile"], excluding: ["Golden"])
    + module(
      "Simulation", on: ["Units", "Traffic", "PolicyEngine", "Pricing"],
      tests: ["PolicyFile", "CatalogFiles", "StrictJSON", "Ingest"])
)

// Built by scripts/fuzz alone: what it links is no part of a usual toolchain's.
if Context.environment["FALLBACK_LEDGER_FUZZ"] != nil {
  package.targets.append(
    .executableTarget(
      name: "fuzz",
      dependencies: [
        "Units", "Traffic", "StrictJSON", "PolicyEngine", "PolicyFile", "MappingFile", "Pricing",
        "CatalogFiles", "LedgerStore", "Ingest",
      ], path: "Tests/Fuzz", swiftSettings: strict,
      // What gold makes of a fuzzer's debugging information ends it.
      linkerSettings: [.unsafeFlags(["-use-ld=lld"])]))
}

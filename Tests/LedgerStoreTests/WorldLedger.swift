import Foundation
import TestSupport
import Traffic
import Units

@testable import LedgerStore

/// Ledgers of random worlds.
enum WorldLedger {
  /// A ledger into which a world was entered in random parts and order.
  static func with(
    _ world: SmallWorld, seed: UInt64, _ body: (Ledger) throws -> Void
  ) async throws {
    try await with { ledger in
      try enter(world, into: ledger, seed: seed)
      try body(ledger)
    }
  }

  /// Enters a world in random parts and order.
  static func enter(_ world: SmallWorld, into ledger: Ledger, seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    var lines = Array(world.attempts.enumerated()).shuffled(using: &random)
    // Some lines come twice.
    lines += lines.filter { _ in Int.random(in: 0..<5, using: &random) == 0 }
    var steps: [() throws -> Void] = []
    var rest = lines[...]
    while !rest.isEmpty {
      let part = rest.prefix(Int.random(in: 1...40, using: &random))
      rest = rest.dropFirst(part.count)
      steps.append { try Self.enter(Array(part), into: ledger) }
    }
    let prices = world.priceEntries.shuffled(using: &random)
    let half = prices.count / 2
    for part in [prices[..<half], prices[half...]] {
      steps.append { _ = try ledger.enterPrices(Array(part), source: "test") }
    }
    for contract in world.contractPrices {
      steps.append { _ = try ledger.enterContracts([contract]) }
    }
    for terms in world.terms { steps.append { try ledger.enterTenants([terms]) } }
    steps.shuffle(using: &random)
    // Of two policies for one day the later applied holds, so they keep their order.
    let places = world.policies.map { _ in Int.random(in: 0...steps.count, using: &random) }
      .sorted()
    for (offset, (policy, place)) in zip(world.policies, places).enumerated() {
      steps.insert(
        {
          _ = try ledger.applyPolicy(
            yaml: policy.yaml, name: "p", sha256: [UInt8](repeating: 0, count: 32),
            from: policy.from, today: policy.from)
        }, at: place + offset)
    }
    for step in steps { try step() }
  }

  static func enter(_ lines: [(offset: Int, element: Attempt)], into ledger: Ledger) throws {
    try ledger.write { database in
      let files = try FileTable(database)
      let writer = try LedgerWriter(database)
      let file = try files.nextID()
      for (number, attempt) in lines {
        _ = try writer.admit(
          attempt, contentHash: SIMD2(UInt64(number), 0), line: 1, file: file)
      }
      try writer.finish()
      var digest = [UInt8](repeating: 0, count: 32)
      digest[0] = UInt8(file % 256)
      digest[1] = UInt8(file / 256)
      try files.enter(
        id: file, path: "test", format: "native", contentSHA256: digest, bytes: 0,
        counts: LineCounts(), ignoredFields: [:])
    }
  }

  static func with(_ body: (Ledger) throws -> Void) async throws {
    try await withTemporaryFolder { folder in
      try body(try Ledger(path: folder.appending(path: "test.sqlite").path, access: .write))
    }
  }
}

import Finance
import Foundation
import Pricing
import TestSupport
import Testing
import Traffic
import Units

@testable import LedgerStore

/// The ledger beside a model that keeps everything in plain arrays and derives it anew each time
/// (``PlainSummary``). Whatever comes, in whatever order, after each step both say the same.
@Suite("The ledger and its model")
struct ModelTests {
  /// What may happen to a ledger.
  private enum Step: CaseIterable {
    case lines, again, conflict, prices, contract, terms, policy, reprice, close, crash, halfStaged,
      reopen
  }

  private struct Crash: Error {}

  /// The ledger, its model, and what of a world has not come yet.
  private struct Run {
    let path: String
    var ledger: Ledger
    var model: SmallWorld
    let world: SmallWorld
    var lines: [(offset: Int, element: Attempt)]
    var known: [(offset: Int, element: Attempt)] = []
    var random: SeededGenerator
    var hasClosed = false

    init(seed: UInt64, path: String) throws {
      self.path = path
      ledger = try Ledger(path: path, access: .write)
      world = SmallWorld(seed: seed)
      random = SeededGenerator(seed: seed &+ 5_000)
      lines = Array(world.attempts.enumerated()).shuffled(using: &random)
      model = world
      model.attempts = []
      model.prices = []
      model.contracts = []
      model.terms = []
      model.policies = []
    }

    mutating func take(_ step: Step) throws {
      switch step {
      case .lines:
        let part = Array(lines.prefix(Int.random(in: 1...12, using: &random)))
        lines.removeFirst(part.count)
        try WorldLedger.enter(part, into: ledger)
        known += part
        model.attempts += part.map(\.element)
      case .again:
        try expect(.duplicate, of: known.prefix(9).map { $0 })
      case .conflict:
        try expect(.conflict, of: known.suffix(5).map { ($0.offset + 100_000, $0.element) })
      case .prices, .reprice:
        let entries = world.priceEntries[model.prices.count...].prefix(3)
        let catalog = PriceCatalog(entries: Array(entries), source: "test", isWhole: false)
        if step == .prices {
          _ = try ledger.enterPrices([catalog], today: PriceTable.beginning, .lasting)
        } else {
          _ = try ledger.reprice([catalog], today: PriceTable.beginning, .lasting)
        }
        model.prices += world.prices[model.prices.count...].prefix(3)
      case .contract:
        guard model.contracts.count < world.contracts.count else { return }
        _ = try ledger.enterContracts([world.contractPrices[model.contracts.count]])
        model.contracts.append(world.contracts[model.contracts.count])
      case .terms:
        guard model.terms.count < world.terms.count else { return }
        let terms = world.terms[model.terms.count]
        try ledger.enterTenants([terms])
        model.terms.append(terms)
      case .policy:
        guard model.policies.count < world.policies.count else { return }
        let policy = world.policies[model.policies.count]
        _ = try ledger.applyPolicy(
          yaml: policy.yaml, name: "p", sha256: [UInt8](repeating: 0, count: 32),
          from: policy.from, today: policy.from)
        model.policies.append(policy)
      case .close:
        guard !hasClosed, !known.isEmpty, let month = SmallWorld.days.first?.month else { return }
        hasClosed = true
        _ = try ledger.freeze(month, Handover(), at: Timestamp(milliseconds: 1_795_000_000_000))
      case .crash:
        #expect(throws: Crash.self) {
          try ledger.write { database in
            try Self.admit(lines.prefix(9), LedgerWriter(database))
            throw Crash()
          }
        }
      case .halfStaged:
        // Some of a file is made safe, unseen, and nobody comes back for it.
        #expect(throws: Crash.self) {
          try ledger.writeInParts { database, parts in
            let writer = try LedgerWriter(database)
            try Self.admit(lines.prefix(9), writer)
            try writer.stage()
            try parts.next()
            try Self.admit(lines.dropFirst(9).prefix(5), writer)
            throw Crash()
          }
        }
        try check(.halfStaged)
        try ledger.write(Staging.discard)
      case .reopen:
        let old = ledger
        ledger = try Ledger(path: old.path, access: .read)
        _ = old
      }
    }

    private static func admit(
      _ lines: ArraySlice<(offset: Int, element: Attempt)>, _ writer: LedgerWriter
    ) throws {
      for (number, attempt) in lines {
        _ = try writer.admit(attempt, contentHash: SIMD2(UInt64(number), 0), line: 1, file: 9_999)
      }
    }

    private func expect(
      _ verdict: LedgerWriter.Verdict, of lines: [(offset: Int, element: Attempt)]
    ) throws {
      try ledger.write { database in
        let writer = try LedgerWriter(database)
        for (number, attempt) in lines {
          let said = try writer.admit(
            attempt, contentHash: SIMD2(UInt64(number), 0), line: 1, file: 9_999)
          #expect(said == verdict)
        }
        try writer.finish()
      }
    }

    /// Totals, and the groups of a grouping of the step's own.
    mutating func check(_ step: Step) throws {
      let plain = PlainSummary(model)
      let fields = [GroupField.allCases.randomElement(using: &random) ?? .day, .tenant]
      let summary = try ledger.read { try SummaryReader.read($0, .everything, by: fields) }
      #expect(summary.totals == PlainSummary.measures(plain.requests), "after \(step)")
      let groups = Dictionary(grouping: plain.requests) { request in
        fields.map { plain.key(request, $0) }
      }
      #expect(summary.groups.count == groups.count, "after \(step), by \(fields)")
      for group in summary.groups {
        let requests = groups[group.key.map { $0.map { Name($0) } }] ?? []
        #expect(
          group.measures == PlainSummary.measures(requests), "after \(step), by \(fields)")
      }
    }
  }

  @Test(
    "33, 34, 35, 36: whatever comes, in whatever order, and wherever it crashes",
    arguments: 0..<(Effort.isFull ? 400 : 25) as Range<UInt64>)
  func agree(seed: UInt64) async throws {
    try await withTemporaryFolder { folder in
      let path = folder.appending(path: "test.sqlite").path
      var run = try Run(seed: seed, path: path)
      for _ in 0..<25 {
        let steps = Step.allCases.filter { $0 != .reopen }
        let step = steps.randomElement(using: &run.random) ?? .lines
        try run.take(step)
        try run.check(step)
      }
      // What has not come comes at last.
      while !run.lines.isEmpty { try run.take(.lines) }
      try run.check(.lines)
      try run.take(.reopen)
      try run.check(.reopen)
    }
  }
}

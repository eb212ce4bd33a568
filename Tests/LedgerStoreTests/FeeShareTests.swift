import Foundation
import Pricing
import TestSupport
import Testing
import Traffic
import Units

@testable import LedgerStore

@Suite("Shares of a monthly fee")
struct FeeShareTests {
  /// Lines of two months, of which some serve.
  private func lines(_ random: inout SeededGenerator) -> [Attempt] {
    (0..<Int.random(in: 1...60, using: &random)).compactMap { number in
      guard let day = UTCDay(number % 2 == 0 ? "2026-10-03" : "2026-11-30") else { return nil }
      let route = Route(model: ModelID(provider: "p", model: "m"))
      return Attempt(
        eventID: Name("e\(number)"), requestID: Name("r\(number)"), position: 0, index: 0,
        // Many start together, so that their ids decide.
        startedAt: Timestamp(
          milliseconds: day.start.milliseconds + .random(in: 0...2, using: &random)),
        attribution: Attribution([.tenant: Name("t\(Int.random(in: 1...2, using: &random))")]),
        primary: route, route: route,
        outcome: Int.random(in: 0...3, using: &random) == 0 ? .failure : .success)
    }
  }

  /// The share of every request, by its id.
  private func shares(
    _ attempts: [Attempt], _ terms: [TenantTerms], termsFirst: Bool
  ) async throws -> [String: Int64] {
    try await withTemporaryFolder { folder in
      let ledger = try Ledger(path: folder.appending(path: "t.sqlite").path, access: .write)
      if termsFirst { try ledger.enterTenants(terms) }
      var rest = Array(attempts.enumerated())[...]
      while !rest.isEmpty {
        try WorldLedger.enter(Array(rest.prefix(7)).map { ($0.offset, $0.element) }, into: ledger)
        rest = rest.dropFirst(7)
      }
      if !termsFirst { try ledger.enterTenants(terms) }
      return try ledger.read { database in
        var shares: [String: Int64] = [:]
        let rows = try RawStatement(
          database, "SELECT request_id, fee_share_nano_usd FROM request")
        while try rows.step() { shares[rows.text(0)] = rows.int(1) }
        return shares
      }
    }
  }

  @Test(
    "add up to the fee, differ by one at most, and are the same in any order of lines",
    arguments: 0..<40 as Range<UInt64>)
  func anyOrder(seed: UInt64) async throws {
    var random = SeededGenerator(seed: seed)
    let attempts = lines(&random)
    let terms = try ["t1", "t2"].map { tenant in
      TenantTerms(
        tenant: Name(tenant), effectiveFrom: try #require(UTCDay("2026-01-01")),
        monthlyFee: Money(nanoUSD: .random(in: 0...200, using: &random)))
    }
    let shares = try await shares(attempts, terms, termsFirst: true)
    let again = try await self.shares(
      attempts.shuffled(using: &random), terms, termsFirst: false)
    #expect(shares == again)
    for term in terms {
      for month in ["2026-10", "2026-11"] {
        let served = attempts.filter {
          $0.attribution[.tenant] == term.tenant && $0.outcome == .success
            && $0.startedAt.day.month.description == month
        }
        let own = served.compactMap { shares[$0.requestID.text] }
        guard !own.isEmpty else { continue }
        #expect(own.reduce(0, +) == term.monthlyFee?.nanoUSD)
        #expect((own.max() ?? 0) - (own.min() ?? 0) <= 1)
      }
    }
    let unserved = attempts.filter { $0.outcome == .failure }
    #expect(unserved.allSatisfy { shares[$0.requestID.text] == 0 })
  }
}

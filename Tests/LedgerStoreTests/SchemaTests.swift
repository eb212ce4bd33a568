import Foundation
import GRDB
import Pricing
import QueryCatalog
import TestSupport
import Testing
import Traffic
import Units

@testable import LedgerStore

@Suite("The ledger's schema")
struct SchemaTests {
  private func withPath(_ body: (String) throws -> Void) async throws {
    try await withTemporaryFolder { try body($0.appending(path: "test.sqlite").path) }
  }

  /// The rows of a table of words, by their numbers.
  private func words(_ ledger: Ledger, _ table: String) throws -> [String] {
    try ledger.read {
      try String.fetchAll($0, sql: "SELECT name FROM \(table) ORDER BY id")
    }
  }

  @Test("the words in its tables are the program's, under the program's numbers")
  func words() async throws {
    try await withPath { path in
      let ledger = try Ledger(path: path, access: .write)
      func check<Word: RawRepresentable & CaseIterable & Equatable>(
        _ table: String, _ type: Word.Type
      ) throws where Word.RawValue == String {
        #expect(try words(ledger, table) == Word.allCases.map(\.rawValue))
        #expect(Word.allCases.map { Code.of($0) } == (0..<Int64(Word.allCases.count)).map(\.self))
      }
      try check("traffic_class", TrafficClass.self)
      try check("action", Action.self)
      try check("outcome", Outcome.self)
      try check("failure_kind", FailureKind.self)
      try check("request_status", RequestStatus.self)
      try check("cost_source", CostSource.self)
      // The ways without a walk over all words.
      #expect(TrafficClass.allCases.map { Code.of($0) } == [0, 1, 2, 3, 4])
      #expect(Action.allCases.map { Code.of($0) } == [0, 1, 2, 3, 4, 5, 6])
      #expect(Outcome.allCases.map { Code.of($0) } == [0, 1])
      #expect(RequestStatus.allCases.map { Code.of($0) } == [0, 1, 2, 3, 4, 5, 6])
      #expect(CostSource.allCases.map { Code.of($0) } == [0, 1, 2])
      for table in ["traffic_class", "action", "outcome", "failure_kind", "request_status"] {
        let first = try ledger.read { try Int.fetchOne($0, sql: "SELECT min(id) FROM \(table)") }
        #expect(first == 0)
      }
    }
  }

  @Test("an empty file becomes a ledger, and is one ever after")
  func empty() async throws {
    try await withPath { path in
      try Data().write(to: URL(filePath: path))
      do { _ = try Ledger(path: path, access: .write) }
      for _ in 0..<2 { _ = try Ledger(path: path, access: .write) }
      let ledger = try Ledger(path: path, access: .read)
      let version = try ledger.read { try Int32.fetchOne($0, sql: "PRAGMA user_version") }
      #expect(version == QueryCatalog.migrations.last?.number)
      #expect(try ledger.read { try String.fetchOne($0, sql: "PRAGMA integrity_check") } == "ok")
      #expect(try ledger.read { try Row.fetchAll($0, sql: "PRAGMA foreign_key_check").isEmpty })
    }
  }

  @Test("migrations are numbered from 1, one by one")
  func numbers() {
    let numbers = QueryCatalog.migrations.map(\.number)
    #expect(numbers == Array(1...Int32(numbers.count)))
  }

  @Test("a newer version is refused for reading and for writing", arguments: [2, 99, Int32.max])
  func newer(above: Int32) async throws {
    try await withPath { path in
      do { _ = try Ledger(path: path, access: .write) }
      let version = max(above, Schema.newest + 1)
      try SQLiteFile(URL(filePath: path)).execute("PRAGMA user_version = \(version)")
      for access in [Ledger.Access.read, .write] {
        let error = #expect(throws: LedgerError.self) { try Ledger(path: path, access: access) }
        #expect(error?.kind == .foreign)
        #expect(error?.what.contains("\(version)") == true)
      }
    }
  }

  @Test("a file that is missing is missing for reading alone")
  func missing() async throws {
    try await withPath { path in
      let error = #expect(throws: LedgerError.self) { try Ledger(path: path, access: .read) }
      #expect(error?.kind == .missing)
      #expect(!FileManager.default.fileExists(atPath: path))
    }
  }

  @Test("one writer keeps another out, in one process too")
  func oneWriter() async throws {
    try await withPath { path in
      let first = try Ledger(path: path, access: .write)
      let error = #expect(throws: LedgerError.self) { try Ledger(path: path, access: .write) }
      #expect(error?.kind == .locked)
      #expect(error?.what.contains("pid \(ProcessInfo.processInfo.processIdentifier)") == true)
      _ = try Ledger(path: path, access: .read)
      withExtendedLifetime(first) {}
    }
  }

  static let attribution = [
    "tenant_id", "tenant_tier", "user_id", "application", "feature", "workflow", "assistant_id",
    "thread_id", "session_id", "environment", "traffic_class", "primary", "primary_group",
  ]

  @Test("the views have the columns that their page documents, and names where people read them")
  func views() async throws {
    try await withPath { path in
      do {
        let ledger = try Ledger(path: path, access: .write)
        let route = try #require(ModelID("openai/gpt-5").map { Route(model: $0, group: "main") })
        let served = try #require(ModelID("azure/gpt/eu").map { Route(model: $0) })
        var attribution = Attribution()
        for field in AttributionField.allCases { attribution[field] = Name("a \(field.rawValue)") }
        let start = try #require(Timestamp("2026-10-05T08:00:00.007Z"))
        let failed = Attempt(
          eventID: "e0", requestID: "r", position: 0, index: 0, startedAt: start,
          attribution: attribution, trafficClass: .batch, primary: route, route: route,
          outcome: .failure,
          failure: Failure(kind: .unknown, word: "odd", httpStatus: 418, message: "no coffee"),
          latencyMilliseconds: 12, usage: Usage(input: 3, cachedInput: 1, cacheWrite: 1, output: 0),
          reportedCost: Money(nanoUSD: 1_500_000_000))
        let success = Attempt(
          eventID: "e1", requestID: "r", position: 1, index: 1, startedAt: start,
          attribution: attribution, trafficClass: .batch, primary: route, route: served,
          outcome: .success, usage: Usage(input: 3, output: 4, reasoning: 2),
          reportedCost: Money(nanoUSD: 250_000_000), revenue: Money(nanoUSD: 2_000_000_000))
        try WorldLedger.enter([(0, failed), (1, success)], into: ledger)
      }
      let file = SQLiteFile(URL(filePath: path))
      let tokens = [
        "input_tokens", "cached_input_tokens", "cache_write_tokens", "output_tokens",
        "reasoning_tokens",
      ]
      #expect(
        try file.columns(of: "requests")
          == ["request_id", "started_at", "day", "month"] + Self.attribution
          + [
            "served_by", "status", "attempts", "failed_attempts", "unpriced_attempts",
            "is_downgraded", "is_ungraded", "is_unplanned", "attribution_conflicts",
          ] + tokens + [
            "cost_nano_usd", "cost_usd", "wasted_nano_usd", "wasted_usd", "planned_nano_usd",
            "planned_usd", "revenue_nano_usd", "revenue_usd",
          ])
      #expect(
        try file.columns(of: "attempts")
          == ["event_id", "request_id", "attempt", "started_at", "day", "month"] + Self.attribution
          + [
            "action", "provider", "model", "route_group", "outcome", "failure_kind", "failure_word",
            "http_status", "failure_message", "latency_ms",
          ] + tokens + [
            "cost_nano_usd", "cost_usd", "cost_source", "reported_cost_nano_usd",
            "reported_cost_usd", "catalog_cost_nano_usd", "catalog_cost_usd", "list_cost_nano_usd",
            "list_cost_usd", "usage_detail", "revenue_nano_usd", "revenue_usd",
            "budget_limit_nano_usd", "budget_limit_usd", "budget_spent_nano_usd",
            "budget_spent_usd", "prepaid_balance_nano_usd", "prepaid_balance_usd",
            "decision_step", "decision_reason", "file", "line",
          ])
      let said = AttributionField.allCases.map { "a \($0.rawValue)" }
      let request = try file.rows(
        """
        SELECT request_id, started_at, day, month, \(Self.attribution.map { "\"\($0)\"" }
          .joined(separator: ", ")), served_by, status, cost_nano_usd, cost_usd, wasted_usd,
          revenue_usd FROM requests
        """)
      #expect(
        request == [
          ["r", "2026-10-05T08:00:00.007Z", "2026-10-05", "2026-10"] + said
            + [
              "batch", "openai/gpt-5", "main", "azure/gpt/eu", "served_fallback", "1750000000",
              "1.75", "1.5", "2.0",
            ]
        ])
      let attempts = try file.rows(
        """
        SELECT event_id, action, provider, model, route_group, outcome, failure_kind, failure_word,
          http_status, failure_message, latency_ms, cost_usd, cost_source, file, line
        FROM attempts ORDER BY attempt
        """)
      #expect(
        attempts == [
          [
            "e0", "model", "openai", "gpt-5", "main", "failure", "unknown", "odd", "418",
            "no coffee", "12", "1.5", "reported", "test", "1",
          ],
          [
            "e1", "model", "azure", "gpt/eu", nil, "success", nil, nil, nil, nil, nil, "0.25",
            "reported", "test", "1",
          ],
        ])
    }
  }

  @Test("a request whose lines are in conflict with others is not counted as new")
  func newRequests() async throws {
    try await withPath { path in
      let ledger = try Ledger(path: path, access: .write)
      let route = ModelID("a/x").map { Route(model: $0) }
      let day = try #require(UTCDay("2026-10-05"))
      func attempt(_ request: Name) -> Attempt {
        Attempt(
          eventID: "e", requestID: request, position: 0, index: 0, startedAt: day.start,
          attribution: Attribution([.tenant: "t"]), primary: route, route: route, outcome: .success)
      }
      try ledger.write { database in
        let writer = try LedgerWriter(database)
        let files = try FileTable(database)
        let (one, other) = (SIMD2<UInt64>(1, 1), SIMD2<UInt64>(2, 2))
        #expect(
          try writer.admit(attempt("r1"), contentHash: one, line: 1, file: 1)
            == .accepted)
        #expect(
          try writer.admit(attempt("r1"), contentHash: one, line: 2, file: 1)
            == .duplicate)
        #expect(
          try writer.admit(attempt("r2"), contentHash: other, line: 3, file: 1)
            == .conflict)
        try writer.finish()
        #expect(writer.newRequests == 1)
        try files.enter(
          id: 1, path: "test", format: "native",
          contentSHA256: [UInt8](repeating: 0, count: 32), bytes: 0, counts: LineCounts(),
          ignoredFields: [:])
      }
      #expect(try ledger.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM request") } == 1)
    }
  }
}

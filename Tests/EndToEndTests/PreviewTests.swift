import Foundation
import TestSupport
import Testing

@Suite("Looking at a log before it is taken in")
struct PreviewTests {
  @Test("formats detect names the format, why, and what is wrong", arguments: FormatCase.all)
  func detect(log: FormatCase) async throws {
    let options = log.options.filter { $0 != "--assume-utc" }
    let outcome = try await Program.run(["formats", "detect"] + options + [log.url.path])
    #expect(outcome.status == 0)
    let text = outcome.outText
    #expect(text.contains("Format        \(log.format)\n"))
    #expect(text.contains("Because       records have "))
    #expect(text.contains("[bad_time]") == (options != log.options))
  }

  @Test("formats detect refuses what it does not know, and says what it nearly is")
  func refuse() async throws {
    try await withTemporaryFolder { folder in
      for (text, why) in [
        (#"{"level":"info"}"#, "is of no format that is known here"),
        (#"{"resourceMetrics":[]}"#, "has OpenTelemetry metrics, not traces"),
        (#"{"litellm_call_id":"a"}"#, "looks like LiteLLM's, but has not all of"),
      ] {
        let file = folder.appending(path: "log.jsonl")
        try Data(text.utf8).write(to: file)
        let outcome = try await Program.run(["formats", "detect", file.path])
        #expect(outcome.status == 65)
        #expect(outcome.errText.contains(why), "\(outcome.errText)")
        #expect(outcome.errText.contains("--mapping"))
      }
    }
  }

  @Test("--dry-run shows requests, coverage and advice, and writes nothing")
  func dryRun() async throws {
    let log = try #require(FormatCase.all.first { $0.format == "custom" })
    try await withLedger { ledger in
      let outcome = try await ledger.run(["ingest", "--dry-run", log.url.path] + log.options)
      let text = outcome.outText
      for part in [
        """
        2026-11-16T09:00:00.123Z  served_fallback  ac-1
          tenant_id acme, user_id u-anna, application shop, feature search, workflow
          product-search, environment production
            rate_limited  openai/gpt-5.1
            success       anthropic/claude-haiku-4-5-20251001       500 + 80    0.000423
        """,
        """
        Format custom: 2 requests, 3 attempts.
        """,
        """
        tenant_id          3         0        0
        """,
        """
        user_id            2         0        1
        """,
        """
        cost_usd           2         0        1
        """,
        """
        1. revenue_usd: what the tenant pays for the request, or import it with `tenants
           import`
        """,
      ] { #expect(text.contains(part), "\(part)\n\(text)") }
      #expect(try ledger.ledgerFiles().isEmpty)
    }
  }

  @Test("--dry-run ends after a hundred records and says so")
  func limit() async throws {
    try await withLedger { ledger in
      let file = try ledger.write(
        "log.jsonl", (0..<150).map { Lines.native("r\($0)") }.joined(separator: "\n"))
      let text = try await ledger.run(["ingest", "--dry-run", file.path]).outText
      #expect(text.contains("100 requests, 100 attempts; the log goes on."))
      try await ledger.run(["ingest", "--dry-run", "--json", file.path], status: 64)
      try await ledger.run(["ingest", "--from-format", "custom", file.path], status: 64)
    }
  }
}

import Foundation
import TestSupport
import Testing

/// A fixture of one format, and what it says, worked out by hand in the fixture's README.
struct FormatCase: CustomTestStringConvertible, Sendable {
  let format: String
  let file: String
  var options: [String] = []
  /// `request status tenant user workflow feature`, by request; `-` for none.
  let requests: [String]
  /// `request place end route input cached written output reasoning cost`, cost in nano-USD as the log
  /// has it.
  let attempts: [String]

  var testDescription: String { format }
  var url: URL { Repository.path("fixtures/formats/\(format)/\(file)") }

  static let requestRows = """
    SELECT request_id || ' ' || status || ' ' || tenant_id || ' ' || ifnull(user_id, '-') || ' '
      || ifnull(workflow, '-') || ' ' || ifnull(feature, '-')
    FROM requests ORDER BY request_id
    """
  static let attemptRows = """
    SELECT request_id || ' ' || attempt || ' ' || coalesce(failure_kind, outcome, action) || ' '
      || ifnull(provider || '/' || model, '-') || ' ' || input_tokens || ' '
      || cached_input_tokens || ' ' || cache_write_tokens || ' ' || output_tokens || ' '
      || reasoning_tokens || ' ' || ifnull(reported_cost_nano_usd, '-')
    FROM attempts ORDER BY request_id, attempt
    """

  static let all = [
    FormatCase(
      format: "bifrost", file: "logs.jsonl",
      requests: [
        "bf-1 served_primary team-shop u-anna product-search search",
        "bf-2 served_fallback team-shop u-anna product-search search",
        "bf-4 served_cached team-shop u-anna product-search search",
        "bf-5 failed shop-prod u-anna - -",
      ],
      attempts: [
        "bf-1 0 success openai/gpt-5-mini 600 100 0 130 64 410000",
        "bf-2 0 overloaded openai/gpt-5.1 0 0 0 0 0 -",
        "bf-2 1 success anthropic/claude-sonnet-4-5-20250929 700 0 0 68 0 3120000",
        "bf-4 0 cached_response - 0 0 0 0 0 0",
        "bf-5 0 rate_limited openai/gpt-5-mini 0 0 0 0 0 -",
      ]),
    FormatCase(
      format: "portkey", file: "export.jsonl", options: ["--assume-utc"],
      requests: [
        "tr-1 served_primary acme u-anna summaries -",
        "tr-2 served_fallback acme u-anna summaries -",
        "tr-3 served_cached unattributed - - -",
        "tr-4 served_primary acme u-anna summaries -",
      ],
      attempts: [
        "tr-1 0 success openai/gpt-5-mini 400 0 0 100 0 300000",
        "tr-2 0 overloaded openai/gpt-5.1 0 0 0 0 0 0",
        "tr-2 1 success anthropic/claude-haiku-4-5-20251001 410 0 0 90 0 860000",
        "tr-3 0 cached_response - 0 0 0 0 0 0",
        "tr-4 0 success openai/gpt-5-mini 10 0 0 5 0 10000",
      ]),
    FormatCase(
      format: "openrouter", file: "generations.json",
      requests: [
        "gen-1 served_primary unattributed u-anna - -",
        "gen-2 served_primary unattributed u-anna - -",
        "gen-3 served_primary unattributed u-anna - -",
      ],
      attempts: [
        "gen-1 0 success openrouter/openai/gpt-5-mini 12 3 0 30 5 1500000",
        "gen-2 0 overloaded openrouter/anthropic/claude-sonnet-4.5 0 0 0 0 0 -",
        "gen-2 1 success openrouter/anthropic/claude-sonnet-4.5 500 0 0 200 0 4000000",
        "gen-3 0 success openrouter/openai/gpt-5.1 12 3 0 30 5 3100000",
      ]),
    FormatCase(
      format: "helicone", file: "requests.jsonl", options: ["--assume-utc"],
      requests: [
        "hc-1 served_primary acme u-anna product-search search",
        "hc-2 served_primary acme u-anna product-search search",
        "hc-3 failed unattributed u-anna - -",
        "hc-4 served_cached acme u-anna product-search search",
        "hc-5 served_primary acme u-anna product-search search",
      ],
      attempts: [
        "hc-1 0 success openai/gpt-5-mini 400 100 0 50 0 177500",
        "hc-2 0 success anthropic/claude-haiku-4-5-20251001 240 0 40 20 0 350000",
        "hc-3 0 rate_limited openai/gpt-5.1 0 0 0 0 0 -",
        "hc-4 0 cached_response - 0 0 0 0 0 0",
        "hc-5 0 success openai/gpt-5-mini 10 0 0 5 0 10000",
      ]),
    FormatCase(
      format: "cloudflare", file: "logs.json",
      requests: [
        "cf-1 served_primary acme u-anna - -",
        "cf-2 failed acme - summaries -",
        "cf-3 served_primary acme - summaries -",
        "cf-4 served_cached unattributed - - -",
      ],
      attempts: [
        "cf-1 0 success openai/gpt-5-mini 400 0 0 100 0 300000",
        "cf-2 0 server_error openai/gpt-5.1 0 0 0 0 0 0",
        "cf-3 0 success anthropic/claude-haiku-4-5-20251001 410 0 0 90 0 860000",
        "cf-4 0 cached_response - 0 0 0 0 0 0",
      ]),
    FormatCase(
      format: "custom", file: "acme.jsonl",
      options: ["--mapping", Repository.path("formats/custom.yaml").path],
      requests: [
        "ac-1 served_fallback acme u-anna product-search search",
        "ac-2 served_primary globex - - -",
      ],
      attempts: [
        "ac-1 0 rate_limited openai/gpt-5.1 0 0 0 0 0 -",
        "ac-1 1 success anthropic/claude-haiku-4-5-20251001 500 200 0 80 0 423000",
        "ac-2 0 success openai/gpt-5-mini 100 0 0 10 0 45000",
      ]),
  ]
}

/// What a ledger says in the words of a case.
struct FormatRows: Equatable, Sendable {
  var requests: [String]
  var attempts: [String]

  init(_ ledger: TestLedger) throws {
    let file = SQLiteFile(ledger.path)
    requests = try file.rows(FormatCase.requestRows).compactMap { $0[0] }
    attempts = try file.rows(FormatCase.attemptRows).compactMap { $0[0] }
  }
}

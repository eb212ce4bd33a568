import Foundation
import TestSupport
import Testing

@Suite("Waste without a failure")
struct PaidTwiceTests {
  @Test("33, 36: a second call after the answer and a cache that costs are waste in every report")
  func waste() async throws {
    let second = Lines.native("twice").replacing(#""attempt":0"#, with: #""attempt":1"#)
    let cached = Lines.native("cached", #","action":"cached_response""#)
    try await withLedger { ledger in
      let lines = [Lines.native("once"), Lines.native("twice"), second, cached]
      try await ledger.ingest(try ledger.write("a.jsonl", lines.joined(separator: "\n")).path)
      for name in try await OrderTests.named.value { try await ledger.run(["report", name]) }
      try await ledger.run(["nightly", "--date", "2026-10-07", "--out", ledger.folder.path])
      // 0.001 for the second call and 0.001 for the cache.
      let premium = try await ledger.run(["report", "fallback-premium", "--format", "csv"]).outText
      #expect(
        premium.contains(",,0,0,0.002000000,0.000000000,0.000000000,0.002000000"), "\(premium)")
      let total = try await ledger.run(["report", "fallback-premium"]).outText
      #expect(total.contains("a second call after it"), "\(total)")
      try await ledger.run(["verify"])
    }
  }
}

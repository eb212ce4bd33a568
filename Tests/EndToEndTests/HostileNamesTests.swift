import Foundation
import TestSupport
import Testing

/// Names as an attacker would choose them, in every field of a log, through every report.
@Suite("Hostile names")
struct HostileNamesTests {
  static let names = [
    "<script>alert(1)</script>", "=cmd|'/C calc'!A0", "\u{202E}gnp.exe\u{202C}", "a|b`c`\\|d",
    "\"quoted\", and, commas", "@everyone https://evil.example", "-1+1",
    String(repeating: "long-name-", count: 50), "</style><img src=x onerror=1>", "<!channel>",
    "请求重试工作流程很长的名字一直写下去直到放不下为止",
  ]

  /// A failure and a fallback of each name on one day, in a session that loops.
  static func write(into ledger: TestLedger) async throws {
    var lines = ""
    for (index, name) in names.enumerated() {
      for round in 0..<30 {
        for attempt in 0...1 {
          var line: [String: Any] = [
            "request_id": "r\(index)-\(round)", "attempt": attempt,
            "ts": "2026-10-05T0\(index % 10):\(round + 10):0\(attempt).000Z", "workflow": name,
            "tenant_id": name, "tenant_tier": name, "session_id": name, "feature": name,
            "primary": ["provider": name, "model": name], "action": "model",
            "route": ["provider": name, "model": attempt == 0 ? name : name + "2"],
            "outcome": attempt == 0 ? "failure" : "success", "cost_usd": "0.0\(index + 1)",
            "usage": ["input_tokens": 5, "output_tokens": 5], "revenue_usd": "0.5",
            "budget": ["limit_usd": "1.00", "spent_usd": "0.90"],
          ]
          if attempt == 0 { line["failure"] = ["kind": name] }
          let data = try JSONSerialization.data(withJSONObject: line, options: [.sortedKeys])
          lines += String(decoding: data, as: UTF8.self) + "\n"
        }
      }
    }
    try await ledger.ingest(try ledger.write("hostile.jsonl", lines).path)
  }

  private static let reports = [
    "summary", "workflow-cost", "downgrades", "margin", "fallback-premium", "failures", "providers",
    "budgets", "loops", "coverage", "drift",
  ]

  @Test("39, 41: are harmless on a terminal and in CSV, JSON and Markdown, in every report")
  func reports() async throws {
    try await withLedger { ledger in
      try await Self.write(into: ledger)
      for report in Self.reports {
        for format in ["table", "csv", "json", "markdown"] {
          let by = report == "summary" ? ["--by", "workflow,primary"] : []
          let text = try await ledger.run(
            ["report", report, "--format", format, "--from", "2026-10-05", "--to", "2026-10-06"]
              + by
          ).outText
          for scalar in text.unicodeScalars where scalar != "\n" {
            let isSeen = !["Cc", "Cf"].contains(scalar.properties.generalCategory.short)
            // CSV is for machines, and keeps names as they are.
            #expect(isSeen || format == "csv", "\(report) as \(format)")
          }
          switch format {
          case "csv":
            for field in text.split(whereSeparator: { ",\n".contains($0) }) {
              #expect(!field.hasPrefix("=") && !field.hasPrefix("\"="), "\(report): \(field)")
            }
          case "json": _ = try JSONSerialization.jsonObject(with: Data(text.utf8))
          case "markdown": #expect(!text.contains("<script") && !text.contains("<img"))
          default: break
          }
        }
      }
    }
  }

  @Test("40: are text on the night's page, and call nobody in a chat")
  func night() async throws {
    try await withLedger { ledger in
      try await Self.write(into: ledger)
      let notice = try await ledger.run(
        ["nightly", "--date", "2026-10-05", "--out", ledger.folder.path, "--notify"]
      ).outText
      #expect(!notice.contains("@") && !notice.contains("<") && !notice.contains("`"))
      let page = try String(
        contentsOf: ledger.folder.appending(path: "2026-10-05/index.html"), encoding: .utf8)
      #expect(page.ranges(of: "<script").count == 1 && !page.contains("<img"))
      #expect(page.ranges(of: "</style>").count == 1)
      #expect(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;"))
      #expect(!page.unicodeScalars.contains("\u{202E}"))
    }
  }
}

extension Unicode.GeneralCategory {
  /// The two letters of those that nobody sees.
  fileprivate var short: String {
    switch self {
    case .control: "Cc"
    case .format: "Cf"
    default: "other"
    }
  }
}

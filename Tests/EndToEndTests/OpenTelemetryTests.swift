import Foundation
import TestSupport
import Testing
import Units

@Suite("OpenTelemetry's GenAI spans")
struct OpenTelemetryTests {
  private static let folder = Repository.path("fixtures/formats/otel")
  private static let prices = """
    provider,model,effective_from,input_usd_per_million,cached_input_usd_per_million,cache_write_usd_per_million,output_usd_per_million
    openai,gpt-5-mini,2020-01-01,0.25,0.025,,2
    openai,gpt-5.1,2020-01-01,1.25,0.125,,10
    azure,gpt-5.1-2025-11-13,2020-01-01,1.25,0.125,,10
    openai,gpt-4.1,2020-01-01,2,0.5,,8
    openai,text-embedding-3-small,2020-01-01,0.02,,,0
    anthropic,claude-haiku-4-5-20251001,2020-01-01,1,0.1,1.25,5
    anthropic,claude-sonnet-4-5-20250929,2020-01-01,3,0.3,3.75,15

    """

  private func expected(_ name: String) throws -> [JSONObject] {
    try JSONObject(Data(contentsOf: Repository.path("fixtures/expected/otel.json"))).objects(name)
  }

  /// The lines of both files of an excerpt.
  private func lines(_ name: String) throws -> [String] {
    try ["1", "2"].flatMap { part in
      try String(contentsOf: Self.folder.appending(path: "\(name)-\(part).jsonl"), encoding: .utf8)
        .split(separator: "\n").map(String.init)
    }
  }

  private func check(_ ledger: TestLedger, _ name: String) async throws {
    try await ledger.run(
      ["prices", "import", try ledger.write("prices.csv", Self.prices).path])
    let file = SQLiteFile(ledger.path)
    let requests = try file.rows(
      """
      SELECT request_id, status, "primary", served_by, tenant_id, workflow, feature FROM requests
      """)
    let expected = try expected(name)
    #expect(requests.count == expected.count)
    let byID = Dictionary(uniqueKeysWithValues: requests.map { ($0[0] ?? "", $0) })
    func model(_ route: String?) -> String {
      route.map { String($0.drop { $0 != "/" }.dropFirst()) } ?? "null"
    }
    for request in expected {
      let id = try request.text("request_id")
      let row = try #require(byID[id])
      let status = [
        "first_try": "served_primary", "retried": "served_primary",
        "fallback": "served_fallback", "failed": "failed",
      ]
      #expect(
        try [
          status[request.text("outcome")] ?? "?", request.text("primary"), request.text("served"),
          request.text("tenant_id"), request.text("workflow"), request.text("feature"),
        ] == [
          row[1] ?? "", model(row[2]), model(row[3]), row[4] ?? "", row[5] ?? "null",
          row[6] ?? "null",
        ], "\(id)")
      let attempts = try file.rows(
        """
        SELECT event_id, model, ifnull(failure_word, 'null'), input_tokens, output_tokens,
          cached_input_tokens, cache_write_tokens, reasoning_tokens
        FROM attempts WHERE request_id = '\(id)' ORDER BY attempt
        """)
      let trace = id.prefix { $0 != "/" }
      #expect(
        try attempts.map { $0.map { $0 ?? "null" } }
          == request.objects("attempts").map { attempt in
            try ["\(trace)/\(attempt.text("span_id"))"]
              + [
                "model", "error_type", "input", "output", "cache_read", "cache_creation",
                "reasoning",
              ]
              .map { try attempt.text($0) }
          }, "\(id)")
      let cost = try file.rows(
        "SELECT sum(catalog_cost_nano_usd) FROM attempts WHERE request_id = '\(id)'")
      // The expected figures have no zeros at their end.
      let nano = try #require(Int(cost[0][0] ?? "0"))
      #expect(try Decimal(string: usd(nano)) == Decimal(string: request.text("catalog_cost_usd")))
    }
    try await ledger.run(["verify"])
  }

  @Test(
    "an excerpt gives the requests that were worked out without the program",
    arguments: ["gateway", "litellm"])
  func excerpt(name: String) async throws {
    try await withLedger { ledger in
      for (place, line) in try lines(name).enumerated() {
        try ledger.write("logs/\(place).jsonl", line)
      }
      try await ledger.ingest(
        ledger.folder.appending(path: "logs").path, options: ["--strict"])
      try await check(ledger, name)
    }
  }

  /// A document of one span for each of the spans in these lines.
  private func singleSpans(_ lines: [String]) throws -> [(kind: Int, text: Data)] {
    var spans: [(kind: Int, text: Data)] = []
    for line in lines {
      let document = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
      for resource in document?["resourceSpans"] as? [[String: Any]] ?? [] {
        for scope in resource["scopeSpans"] as? [[String: Any]] ?? [] {
          for span in scope["spans"] as? [[String: Any]] ?? [] {
            var single = scope
            single["spans"] = [span]
            var own = resource
            own["scopeSpans"] = [single]
            spans.append(
              (
                span["kind"] as? Int ?? 0,
                try JSONSerialization.data(withJSONObject: ["resourceSpans": [own]])
              ))
          }
        }
      }
    }
    return spans
  }

  @Test("spans may come one by one, in any order, the requests' last or first")
  func order() async throws {
    let spans = try singleSpans(lines("gateway"))
    var random = SeededGenerator(seed: 3)
    let orders = [
      spans.sorted { $0.kind > $1.kind }, spans.sorted { $0.kind < $1.kind },
      spans.shuffled(using: &random),
    ]
    for order in orders {
      try await withLedger { ledger in
        for part in 0..<3 {
          let share = order[(part * order.count / 3)..<((part + 1) * order.count / 3)]
          let text = Data(share.map(\.text).joined(separator: Data("\n".utf8)))
          try await ledger.ingest(
            try ledger.write("\(part).jsonl", text).path, options: ["--strict"])
        }
        try await check(ledger, "gateway")
      }
    }
  }

  @Test("a pretty-printed document, and the Collector's framed zstd, say the same")
  func packings() async throws {
    let lines = try lines("gateway")
    let documents = try lines.map {
      try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any] ?? [:]
    }
    let all = documents.flatMap { $0["resourceSpans"] as? [Any] ?? [] }
    let pretty = try JSONSerialization.data(
      withJSONObject: ["resourceSpans": all], options: .prettyPrinted)
    var framed = Data()
    for line in lines {
      let packed = try Packed.zstd(Data(line.utf8))
      withUnsafeBytes(of: UInt32(packed.count).bigEndian) { framed.append(contentsOf: $0) }
      framed += packed
    }
    for log in [pretty, framed] {
      try await withLedger { ledger in
        try await ledger.ingest(try ledger.write("traces.json", log).path, options: ["--strict"])
        try await check(ledger, "gateway")
      }
    }
    // Cut anywhere, nothing is taken.
    for count in [2, framed.count / 2, framed.count - 1] {
      try await withLedger { ledger in
        let file = try ledger.write("cut.json", framed.prefix(count))
        try await ledger.run(["ingest", file.path], status: 65)
      }
    }
  }

  @Test("a span inside a span inside the request's takes what both say, the nearer first")
  func nested() async throws {
    func document(_ id: String, _ parent: String, _ kind: Int, _ attributes: String) -> String {
      """
      {"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"t1","spanId":"\(id)",\
      "parentSpanId":"\(parent)","kind":\(kind),"startTimeUnixNano":"1794811502169530933",\
      "endTimeUnixNano":"1794811502967141434","attributes":[\(attributes)],"status":{}}]}]}]}
      """
    }
    func attribute(_ key: String, _ value: String) -> String {
      #"{"key":"\#(key)","value":{"stringValue":"\#(value)"}}"#
    }
    let spans = [
      document("c", "b", 3, attribute("gen_ai.request.model", "m")),
      document("b", "a", 1, attribute("app.feature", "near")),
      document(
        "a", "", 2,
        [attribute("tenant.id", "acme"), attribute("app.feature", "far")].joined(separator: ",")),
    ]
    for order in [[0, 1, 2], [2, 1, 0], [0, 2, 1], [2, 0, 1], [1, 0, 2], [1, 2, 0]] {
      try await withLedger { ledger in
        for place in order {
          try await ledger.ingest(
            try ledger.write("\(place).json", spans[place]).path, options: ["--strict"])
        }
        let rows = try SQLiteFile(ledger.path).rows(
          "SELECT request_id, tenant_id, feature FROM requests")
        #expect(rows == [["t1/b", "acme", "near"]], "\(order)")
        try await ledger.run(["verify"])
      }
    }
  }
}

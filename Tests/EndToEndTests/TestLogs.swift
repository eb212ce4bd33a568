import Foundation
import TestSupport
import Units

/// Logs that are large enough to be interrupted.
enum TestLogs {
  /// Writes `count` lines to three files in `folder`: requests with a failed first attempt now and
  /// then, many tenants and workflows, lines that other files repeat, and some that are wrong.
  static func write(_ count: Int, into folder: URL, seed: UInt64 = 7) throws {
    var random = SeededGenerator(seed: seed)
    var files = [String](repeating: "", count: 3)
    for number in 0..<count {
      let line = line(number, &random)
      let home = number * files.count / count
      files[home] += line + "\n"
      // A copy that arrives with another file.
      if number % 97 == 0 { files[(home + 1) % files.count] += line + "\n" }
    }
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    for (number, text) in files.enumerated() {
      let bytes = Data(text.utf8)
      let name = "part-\(number).jsonl"
      if number == 1 {
        try Packed.zstd(bytes).write(to: folder.appending(path: name + ".zst"))
      } else {
        try bytes.write(to: folder.appending(path: name))
      }
    }
  }

  private static func line(_ number: Int, _ random: inout SeededGenerator) -> String {
    // Every ninth request has failed first; the two lines stand side by side.
    let isRetry = number % 9 == 1
    let isFailure = number % 9 == 0
    let request = isRetry ? number - 1 : number
    let time = 1_790_000_000_000 + number * 1_500
    let tenant = request % 7
    let workflow = request % 11
    let tokens = Int.random(in: 1...5_000, using: &random)
    let outcome =
      isFailure ? #""failure","failure":{"kind":"timeout"}"# : #""success""#
    let wrong = number % 211 == 5 ? "-" : ""
    return #"{"request_id":"r\#(request)","attempt":\#(isRetry ? 1 : 0),"ts":\#(time),"#
      + #""tenant_id":"tenant-\#(tenant)","workflow":"w\#(workflow)","user_id":"u\#(number % 500)","#
      + #""primary":{"provider":"openai","model":"gpt-5"},"#
      + #""route":{"provider":"\#(isRetry ? "anthropic" : "openai")","model":"gpt-5"},"#
      + #""outcome":\#(outcome),"usage":{"input_tokens":\#(tokens),"output_tokens":\#(tokens / 7)},"#
      + #""cost_usd":"\#(wrong)0.00\#(tokens)","revenue_usd":"0.02"}"#
  }

  /// Everything that lines said and what was derived from it, in an order of its own, and the files:
  /// the values of a row in one text, as SQL writes them.
  static func dump(_ ledger: TestLedger, without left: Set<String> = []) throws -> [String] {
    let file = SQLiteFile(ledger.path)
    func rows(_ table: String, by order: String, without hidden: Set<String> = []) throws
      -> [String]
    {
      let values = try file.columns(of: table).filter { !hidden.union(left).contains($0) }
        .map { "quote(\"\($0)\")" }.joined(separator: " || ' ' || ")
      return try file.rows("SELECT \(values) FROM \(table) ORDER BY \(order)").compactMap { $0[0] }
    }
    return try rows("requests", by: "request_id") + rows("attempts", by: "event_id")
      + rows("input_file", by: "content_sha256", without: ["id"])
      + rows("quarantine", by: "line_sha256, line", without: ["id"])
      // Names are numbered as they come, which another file may have changed.
      + plans(file, "day, w.name, ", from: "plan_day p LEFT JOIN workflow w ON w.id = workflow_id")
      + plans(file, "month, ", from: "plan_month p")
  }

  private static func plans(
    _ file: SQLiteFile, _ columns: String, from tables: String
  ) throws -> [String] {
    try file.rows(
      """
      SELECT \(columns) m.name, planned_nano_usd, requests FROM \(tables)
      JOIN model m ON m.id = p.model_id ORDER BY 1, 2, 3
      """
    ).map { $0.map { $0 ?? "NULL" }.joined(separator: " ") }
  }
}

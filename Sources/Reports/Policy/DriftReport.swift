package import PolicyAnalysis
import PolicyEngine
import Traffic
package import Units
import Wording

/// What `policy drift` prints: how often and how a gateway left the policy in force, with examples.
package struct DriftReport: Sendable {
  package let period: Period
  package let tally: DriftTally

  package init(_ tally: DriftTally, in period: Period) {
    self.tally = tally
    self.period = period
  }

  /// The kinds that occurred, then the requests without drift.
  package var table: ReportTable {
    get throws(ReportError) {
      let judged = tally.judged
      var rows: [ReportTable.Row] = []
      var burnt = Int128(0)
      for kind in Drift.Kind.allCases {
        let count = tally[kind]
        burnt += Int128(count.burnt.nanoUSD)
        guard count.requests > 0 else { continue }
        rows.append([
          .label(kind.rawValue), .count(count.requests), .share(count.requests, of: judged),
          .money(count.burnt),
          .name(count.examples.map(\.request.id.text).joined(separator: " ")),
        ])
      }
      rows.append([
        .label("no_drift"), .count(tally.following), .share(tally.following, of: judged),
        .money(.zero), .label(""),
      ])
      return try ReportTable(
        title: "Requests by what went wrong first",
        columns: [
          .init("kind", "Drift", .text), .init("requests", "Requests", .count, addsUp: true),
          .init("share", "Share", .share), .init("burnt_usd", "Burnt", .money, addsUp: true),
          .init("examples", "Examples", .text),
        ],
        rows: rows, notes: notes
      ).totalled([
        .label("All"), .count(judged), .share(judged, of: judged),
        .money(Money(nanoUSD: Int64(clamping: burnt))), .label(""),
      ])
    }
  }

  private var notes: [String] {
    var notes: [String] = []
    if tally.drifting > 0 {
      notes.append(
        "Burnt is what a request cost from the first line on that the policy would not have written."
      )
    }
    if tally.withoutPolicy > 0 {
      let count = ReadingText.count(tally.withoutPolicy)
      notes.append("\(count) more requests started before any policy was in force.")
    }
    if tally.probes > 0 {
      let count = ReadingText.count(tally.probes)
      notes.append("\(count) more requests were sent by chance, as probes: no policy decided them.")
    }
    return notes
  }

  /// The table, and below it a sentence for each example.
  package var page: ReportPage {
    get throws(ReportError) {
      var sections = [ReportPage.Section(nil, .table(try table))]
      if !sentences.isEmpty { sections.append(.init("Examples", .points(sentences))) }
      return ReportPage("Drift from the policy in force, \(period.reading)", sections)
    }
  }

  /// As one of the named reports.
  var section: ReportSection {
    get throws(ReportError) {
      let examples = ReportTable(
        title: "Examples",
        columns: [.init("kind", "Drift", .text), .init("example", "What happened", .text)],
        rows: Drift.Kind.allCases.flatMap { kind in
          tally[kind].examples.map { [.label(kind.rawValue), .name($0.sentence)] }
        })
      let isJudged = tally.judged > 0
      return ReportSection(
        name: ReportName.drift.rawValue, title: "Where the gateway left its policy",
        lead: isJudged
          ? "The engine ran beside the log: at each line, did the gateway do what the policy in force "
            + "says? A request counts once, by what went wrong first."
          : "No policy was in force on these days, so there is nothing to hold requests to.",
        blocks: (isJudged ? [.table(try table)] : [])
          + (examples.rows.isEmpty ? [] : [.folded(examples)]),
        data: try table)
    }
  }

  private var sentences: [String] {
    Drift.Kind.allCases.flatMap { kind in
      tally[kind].examples.map { "\(kind.rawValue): \($0.sentence)" }
    }
  }

  package var json: String {
    let kinds = Drift.Kind.allCases.map { kind -> JSONValue in
      let count = tally[kind]
      return .object([
        ("kind", .string(kind.rawValue)), ("requests", .integer(count.requests)),
        ("burnt_usd", .money(count.burnt)), ("examples", .array(count.examples.map(\.json))),
      ])
    }
    return JSONWriter.text(
      .object([
        ("period", period.json), ("requests", .integer(tally.judged)),
        ("drifted", .integer(tally.drifting)), ("no_drift", .integer(tally.following)),
        ("without_policy", .integer(tally.withoutPolicy)), ("probes", .integer(tally.probes)),
        ("kinds", .array(kinds)),
      ]))
  }
}

extension DriftTally.Example {
  /// `r-17, line 1: called openai/gpt-5 after content_policy; the policy: reject (not_retryable)`.
  fileprivate var sentence: String {
    "\(request.id), line \(drift.line): \(recorded)\(after); the policy: \(expected)"
  }

  fileprivate var recorded: String {
    guard request.lines.indices.contains(drift.line) else { return "ended" }
    switch request.lines[drift.line].work {
    case .succeeded(let route): return "called \(route)"
    case .failed(let route, let kind, _): return "called \(route) (\(kind.rawValue))"
    case .acted(let action): return action.rawValue
    }
  }

  private var after: String {
    guard drift.line > 0 else { return "" }
    switch request.lines[drift.line - 1].work {
    case .succeeded: return " after a success"
    case .failed(_, let kind, _): return " after \(kind.rawValue)"
    case .acted(let action): return " after \(action.rawValue)"
    }
  }

  fileprivate var expected: String {
    drift.expected.map { PolicyWords.text($0, primary: request.primary) } ?? "settled"
  }

  fileprivate var json: JSONValue {
    .object([
      ("request_id", .string(request.id.text)), ("line", .integer(Int64(drift.line))),
      ("recorded", .string(recorded)), ("expected", .string(expected)),
      ("burnt_usd", .money(drift.burnt)),
    ])
  }
}

import PolicyAnalysis
import PolicyEngine
package import Replay
package import Traffic
import Units

/// What `replay --explain` prints: one request in the log, under the policy in force and under another.
package struct RequestWalkReport: Sendable {
  package let request: Name
  package let recorded: [Trace.Told]
  /// nil where no policy was in force.
  package let before: RequestWalk?
  package let after: RequestWalk
  package let policy: String

  package init(
    request: Name, recorded: [Trace.Told], before: RequestWalk?, after: RequestWalk,
    policy: String
  ) {
    self.request = request
    self.recorded = recorded
    self.before = before
    self.after = after
    self.policy = policy
  }

  package var page: ReportPage {
    var sections = [ReportPage.Section(nil, .table(recordedTable))]
    if let before {
      sections.append(.init(nil, .table(before.table(title: "Under the policy in force"))))
    }
    sections.append(.init(nil, .table(after.table(title: "Under `\(policy)`"))))
    sections.append(.init(nil, .table(after.endTable)))
    return ReportPage("Request \(request)", sections)
  }

  private var recordedTable: ReportTable {
    ReportTable(
      title: "In the log",
      columns: [
        .init("line", "Line", .count), .init("did", "Did", .text),
        .init("ended", "Ended", .text), .init("latency_ms", "Milliseconds", .count),
        .init("cost_usd", "Cost", .money),
      ],
      rows: recorded.enumerated().map { place, line in
        [
          .count(Int64(place)), .name(line.did), .label(line.ended),
          .count(line.latencyMilliseconds), .money(line.cost),
        ]
      })
  }

  package var json: String {
    JSONWriter.text(
      .object([
        ("request_id", .string(request.text)),
        ("recorded", recordedTable.json), ("before", before?.json ?? .null),
        ("policy", .string(policy)), ("after", after.json),
      ]))
  }
}

extension Trace.Told {
  var did: String { route?.description ?? action?.rawValue ?? "" }

  var ended: String { route == nil ? "" : failure?.rawValue ?? "success" }

  /// `openai/gpt-5 timeout`.
  package var text: String { route == nil || failure == nil ? did : "\(did) \(ended)" }
}

extension RequestWalk {
  func table(title: String) -> ReportTable {
    ReportTable(
      title: title,
      columns: [
        .init("line", "Line", .count), .init("chance", "Chance", .share),
        .init("decision", "Decision", .text), .init("outcome", "Outcome", .text),
        .init("stage", "Stage", .text),
      ],
      rows: steps.map { step in
        [
          .count(Int64(step.line)), .chance(step.weight),
          .name(PolicyWords.text(step.decision, primary: primary)),
          .label(step.isRecorded.map { $0 ? "recorded" : "estimated" } ?? ""),
          .label(step.stage?.rawValue ?? "normal"),
        ]
      })
  }

  var endTable: ReportTable {
    ReportTable(
      title: "How it ends",
      columns: [
        .init("chance", "Chance", .share), .init("status", "Status", .text),
        .init("served_by", "Served by", .text), .init("cost_usd", "Cost", .money),
      ],
      rows: ends.filter { $0.weight >= 0.00005 }.map { end in
        [
          .chance(end.weight), .label(end.status.rawValue),
          .optional(name: end.servedBy?.description), .money(end.cost),
        ]
      })
  }

  fileprivate var json: JSONValue {
    .object([("steps", table(title: "").json), ("ends", endTable.json)])
  }

  /// The step that the policies first decide otherwise, as each has it.
  package static func firstDifference(
    _ before: RequestWalk, _ after: RequestWalk
  ) -> (before: String, after: String)? {
    // Steps stand in the order in which they were walked: the likeliest way first is the recorded one.
    for (one, other) in zip(before.steps, after.steps) {
      if one.decision != other.decision {
        return (
          PolicyWords.text(one.decision, primary: before.primary),
          PolicyWords.text(other.decision, primary: after.primary)
        )
      }
    }
    guard let next = after.steps.dropFirst(before.steps.count).first else { return nil }
    return ("settled", PolicyWords.text(next.decision, primary: after.primary))
  }
}

extension ReportTable.Cell {
  /// Of 1.
  static func chance(_ weight: Double) -> Self {
    .share(basisPoints: Int64((weight * 10_000).rounded()))
  }
}

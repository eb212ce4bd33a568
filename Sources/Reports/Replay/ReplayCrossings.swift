import PolicyEngine
import Replay
import Traffic
import Units

/// When a tenant first reached a stage of a month's budget, before and after.
struct BudgetCrossing: Hashable, Sendable {
  let tenant: Name
  let month: UTCMonth
  let stage: BudgetStage
  let recorded: UTCDay?
  let replayed: UTCDay?

  var json: JSONValue {
    .object([
      ("tenant_id", .string(tenant.text)), ("month", .string(month.description)),
      ("stage", .string(stage.rawValue)), ("recorded", .optional(recorded?.description)),
      ("replayed", .optional(replayed?.description)),
    ])
  }
}

extension ReplayReport {
  /// By tenant, month and stage.
  var crossings: [BudgetCrossing] {
    outcome.crossings.days.map { key, days in
      BudgetCrossing(
        tenant: tenants[Int(key.tenant)], month: key.month, stage: key.stage,
        recorded: days.recorded, replayed: days.replayed)
    }.sorted {
      ($0.tenant, $0.month.monthsSince0, $0.stage)
        < ($1.tenant, $1.month.monthsSince0, $1.stage)
    }
  }

  /// The crossings that the policy moves.
  var crossingTable: ReportTable? {
    let moved = crossings.filter { $0.recorded != $0.replayed }
    guard !moved.isEmpty else { return nil }
    let shown = 20
    var notes: [String] = []
    if moved.count > shown {
      notes.append(
        "\(moved.count - shown) more; --format json has them all.")
    }
    return ReportTable(
      title: "Days on which tenants reach a stage of their budget",
      columns: [
        .init("tenant_id", "Tenant", .text), .init("stage", "Stage", .text),
        .init("recorded", "Recorded", .day), .init("replayed", "Replayed", .day),
      ],
      rows: moved.prefix(shown).map { crossing in
        [
          .name(crossing.tenant.text), .label(crossing.stage.rawValue),
          crossing.recorded.map { .day($0) } ?? .none,
          crossing.replayed.map { .day($0) } ?? .none,
        ]
      }, notes: notes)
  }
}

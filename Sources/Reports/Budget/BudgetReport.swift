package import LedgerStore
import PolicyAnalysis
import PolicyEngine
import Pricing
import Traffic
import Units

/// What `budget` prints: a tenant's month at a moment, its stages, and what gateways thought of it.
package struct BudgetReport: Sendable {
  private let state: BudgetState

  package init(_ state: BudgetState) { self.state = state }

  package var page: ReportPage {
    var sections: [ReportPage.Section] = [.init(nil, .table(figures))]
    if !state.run.crossings.isEmpty { sections.append(.init(nil, .table(crossings))) }
    sections.append(.init("Against what gateways wrote", .points(agreement)))
    return ReportPage("Budget of \(state.tenant) at \(state.at)", sections)
  }

  package var figures: ReportTable {
    var rows: [ReportTable.Row] = [
      [.label("Budget month"), .label(monthText)],
      [.label("Requests"), .label(ReadingText.count(state.run.requests))],
      [.label("Spent"), .label("\(state.run.spent) USD")],
      [.label("Limit"), .label(limitText)],
      [.label("Utilisation"), .label(utilisationText)],
      [.label("Stage"), .label(state.stage?.rawValue ?? "normal")],
    ]
    if let prepaid = state.prepaid {
      rows += [
        [.label("Paid in advance"), .label("\(prepaid.paid) USD, counted from \(prepaid.since)")],
        [.label("Spent of it"), .label("\(prepaid.spent) USD")],
        [.label("Prepaid left"), .label(prepaidText(prepaid))],
      ]
    }
    return ReportTable(
      title: "The month so far",
      columns: [.init("figure", "Figure", .text), .init("value", "Value", .text)], rows: rows)
  }

  private var monthText: String {
    let zone = state.billing.timeZone.map(\.text) ?? "UTC"
    let month = "\(state.month.from?.description ?? "") to \(state.month.to?.description ?? "")"
    return state.billing == .utc ? month : "\(month) (day \(state.billing.firstDay), \(zone))"
  }

  private var limitText: String {
    guard let limit = state.limit else { return "none" }
    return switch state.limitSource {
    case .terms(let day): "\(limit) USD, by the terms from \(day)"
    case .events: "\(limit) USD, by the latest event"
    case nil: "\(limit) USD"
    }
  }

  /// In percent, cut: a threshold shows as reached only when it is.
  private var utilisationText: String {
    guard let utilisation = state.utilisation else { return "none without a limit" }
    return DecimalText.text(Int128(utilisation.billionths / 100_000), places: 2) + " %"
  }

  private func prepaidText(_ prepaid: BudgetState.Prepaid) -> String {
    guard let request = prepaid.exhaustedBy, let time = prepaid.exhaustedAt else {
      return "\(prepaid.left) USD"
    }
    return "\(prepaid.left) USD, used up by \(request) at \(time)"
  }

  private var crossings: ReportTable {
    ReportTable(
      title: "Stages as they were reached",
      columns: [
        .init("stage", "Stage", .text), .init("threshold", "From", .text),
        .init("at", "At", .text), .init("request_id", "By", .text),
        .init("spent_usd", "Spent", .money), .init("limit_usd", "Of", .money),
      ],
      rows: state.run.crossings.map {
        [
          .label($0.stage.rawValue), .label($0.threshold.description),
          .label($0.startedAt.description), .name($0.request.text), .money($0.spent),
          .money($0.limit),
        ]
      })
  }

  private var agreement: [String] {
    [("spent", state.spentAgreement), ("prepaid balance", state.prepaidAgreement)].compactMap {
      name, agreement in
      guard agreement.snapshots > 0 else { return nil }
      let lines = "\(ReadingText.count(agreement.snapshots)) lines that say `\(name)`"
      guard let largest = agreement.largest, let latest = agreement.latest else {
        return agreement.snapshots == 1
          ? "The one line that says `\(name)` agrees with the ledger."
          : "All \(lines) agree with the ledger."
      }
      return
        "\(ReadingText.count(agreement.agreeing)) of \(lines) agree. The gateway was off by most at "
        + "\(largest.request) (\(largest.startedAt)): it saw \(largest.gateway) USD, the ledger "
        + "\(largest.ledger); last at \(latest.request): \(latest.gateway) and \(latest.ledger)."
    }.orElse("No line says what the gateway knew of this month.")
  }

  package var json: String {
    JSONWriter.text(
      .object([
        ("tenant_id", .string(state.tenant.text)), ("at", .string(state.at.description)),
        ("month", state.month.json),
        ("billing_day", .integer(Int64(state.billing.firstDay))),
        ("time_zone", .string(state.billing.timeZone?.text ?? "UTC")),
        ("requests", .integer(state.run.requests)), ("spent_usd", .money(state.run.spent)),
        ("limit_usd", state.limit.map { .money($0) } ?? .null),
        ("utilisation", state.utilisation.map { .number($0.description) } ?? .null),
        ("stage", .string(state.stage?.rawValue ?? "normal")),
        ("prepaid", state.prepaid.map(Self.json) ?? .null),
        ("crossings", .array(state.run.crossings.map(Self.json))),
        ("spent_snapshots", Self.json(state.spentAgreement)),
        ("prepaid_snapshots", Self.json(state.prepaidAgreement)),
      ]))
  }

  private static func json(_ prepaid: BudgetState.Prepaid) -> JSONValue {
    .object([
      ("since", .string(prepaid.since.description)), ("paid_usd", .money(prepaid.paid)),
      ("spent_usd", .money(prepaid.spent)), ("left_usd", .money(prepaid.left)),
      ("exhausted_by", .optional(prepaid.exhaustedBy?.text)),
      ("exhausted_at", .optional(prepaid.exhaustedAt?.description)),
    ])
  }

  private static func json(_ crossing: BudgetRun.Crossing) -> JSONValue {
    .object([
      ("stage", .string(crossing.stage.rawValue)),
      ("threshold", .number(crossing.threshold.description)),
      ("at", .string(crossing.startedAt.description)),
      ("request_id", .string(crossing.request.text)), ("spent_usd", .money(crossing.spent)),
      ("limit_usd", .money(crossing.limit)),
    ])
  }

  private static func json(_ agreement: SnapshotAgreement) -> JSONValue {
    func difference(_ difference: SnapshotAgreement.Difference?) -> JSONValue {
      difference.map {
        .object([
          ("request_id", .string($0.request.text)), ("at", .string($0.startedAt.description)),
          ("gateway_usd", .money($0.gateway)), ("ledger_usd", .money($0.ledger)),
        ])
      } ?? .null
    }
    return .object([
      ("lines", .integer(agreement.snapshots)), ("agreeing", .integer(agreement.agreeing)),
      ("largest", difference(agreement.largest)), ("latest", difference(agreement.latest)),
    ])
  }
}

extension [String] {
  fileprivate func orElse(_ sentence: String) -> [String] { isEmpty ? [sentence] : self }
}

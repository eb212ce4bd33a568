package import LedgerStore
import Pricing
import Traffic
import Units

/// What `prices explain` prints: which row applies to a model on a day, and why the others do not.
package struct PriceExplanationReport: Sendable {
  private let explanation: PriceExplanation

  package init(_ explanation: PriceExplanation) { self.explanation = explanation }

  package var page: ReportPage {
    var sections: [ReportPage.Section] = [.init(nil, .points(reasons))]
    if !explanation.rows.isEmpty { sections.append(.init(nil, .table(history))) }
    if let paid = explanation.paid { sections.append(.init(nil, .table(rates(paid)))) }
    return ReportPage("Price of \(explanation.model) on \(explanation.day)", sections)
  }

  private var reasons: [String] {
    var reasons = ["The name means \(explanation.model): it is \(explanation.match.rawValue)."]
    if let row = explanation.inForce {
      reasons.append(
        "The list price from \(row.effectiveFrom) applies (\(row.source), version \(row.id)): of "
          + "those that have begun it is the latest.")
    } else if let first = explanation.rows.first {
      reasons.append("No list price applies: the first begins on \(first.effectiveFrom).")
    } else {
      reasons.append("The catalog has no list price of it.")
    }
    if let contract = explanation.contract {
      reasons.append("A contract applies instead: \(contract.reading).")
      if explanation.paid == nil {
        reasons.append("It is a factor on a list price that nobody knows: calls are unpriced.")
      }
    } else {
      let tenant = explanation.tenant.map { "for \($0)" } ?? "for all tenants"
      reasons.append("No contract \(tenant) covers it on that day.")
    }
    return reasons
  }

  private var history: ReportTable {
    ReportTable(
      title: "Its list prices",
      columns: [
        .init("effective_from", "From", .day), .init("source", "Source", .text),
        .init("version", "Version", .count), .init("price", "In / out", .text),
        .init("state", "State", .text),
      ],
      rows: explanation.rows.map { row in
        [
          .day(row.effectiveFrom), .label(row.source), .count(row.id), .label(row.price.reading),
          .label(state(row)),
        ]
      })
  }

  private func state(_ row: PriceTable.Stored) -> String {
    if row == explanation.inForce { return "applies" }
    return row.effectiveFrom > explanation.day ? "begins later" : "replaced by a later one"
  }

  private func rates(_ price: ModelPrice) -> ReportTable {
    var levels: [(String, PriceSchedule)] = [("standard", price.standard)]
    levels += price.tiers.sorted { $0.key.rawValue < $1.key.rawValue }.map {
      ($0.key.rawValue, $0.value)
    }
    var rows: [ReportTable.Row] = []
    for (tier, schedule) in levels {
      let bands =
        [("any", schedule.base)]
        + schedule.bands.map { ("above \(ReadingText.count($0.aboveInputTokens))", $0.prices) }
      for (band, prices) in bands {
        for rate in Rate.allCases where rate != .perRequest {
          let given = prices[given: rate]
          guard given != nil || rate == .cachedInput || rate == .cacheWrite else { continue }
          rows.append([
            .label(tier), .label(band), .label(rate.title),
            .label(prices.price(of: rate).perMillion),
            .label(given == nil ? "as \(rate.fallback?.title.lowercased() ?? "nothing")" : ""),
          ])
        }
      }
    }
    if price.perRequest > .zero {
      rows.append([
        .label("any"), .label("any"), .label(Rate.perRequest.title),
        .label("\(price.perRequest.description) a request"), .label(""),
      ])
    }
    return ReportTable(
      title: "What is paid, USD per million tokens",
      columns: [
        .init("tier", "Tier", .text), .init("input_tokens", "Input tokens", .text),
        .init("rate", "For", .text), .init("usd_per_million", "USD", .text),
        .init("note", "Note", .text),
      ], rows: rows)
  }
}

extension ContractPrice {
  /// `openai, every model, tenant acme, from 2026-01-01: 0.95 times the list price`.
  var reading: String {
    let model = scope.model.map { "model \($0)" } ?? "every model"
    let tenant = scope.tenant.map { "tenant \($0)" } ?? "every tenant"
    let end = to.map { " to \($0.advanced(by: -1))" } ?? " on"
    let price =
      switch terms {
      case .multiplier(let multiplier): "\(multiplier) times the list price"
      case .fixed: "fixed prices"
      }
    return "\(scope.provider), \(model), \(tenant), from \(from)\(end): \(price)"
  }
}

internal import Traffic

/// How much of a preview says what.
package struct FieldCoverage: Sendable {
  /// As events.md names it.
  package let field: String
  package internal(set) var given = 0
  package internal(set) var inferred = 0
  package internal(set) var missing = 0
}

extension LogPreview {
  /// Attribution, and what costs are worked out from, over all attempts.
  package func coverage() -> [FieldCoverage] {
    var rows = AttributionField.allCases.map { field in
      coverage(field.rawValue) { line in
        guard let name = line.attempt.attribution[field],
          field != .tenant || name != AttributionRules.unattributed
        else { return nil }
        return !line.inferred.contains(field)
      }
    }
    rows.append(
      coverage("traffic_class") { $0.attempt.trafficClass == nil ? nil : true })
    rows.append(
      coverage("primary") { $0.attempt.primary == nil ? nil : true })
    rows.append(
      coverage("route.group") { $0.attempt.route?.group == nil ? nil : true })
    rows.append(
      coverage("usage", of: { $0.attempt.outcome == .success }) {
        $0.attempt.usage.isEmpty ? nil : true
      })
    rows.append(
      coverage("cost_usd") { $0.attempt.reportedCost == nil ? nil : true })
    rows.append(
      coverage("revenue_usd") { $0.attempt.revenue == nil ? nil : true })
    return rows
  }

  /// `isGiven` says nil of what is missing, false of what is inferred.
  private func coverage(
    _ field: String, of matters: (Line) -> Bool = { _ in true }, _ isGiven: (Line) -> Bool?
  ) -> FieldCoverage {
    var row = FieldCoverage(field: field)
    for line in lines where matters(line) {
      switch isGiven(line) {
      case true: row.given += 1
      case false: row.inferred += 1
      case nil: row.missing += 1
      }
    }
    return row
  }

  /// What to add to the logging, the most useful first: what most of the reports hang on, where half of
  /// the attempts or more lack it.
  package func advice(most: Int = 3) -> [String] {
    let coverage = coverage()
    func lacks(_ field: String) -> Bool {
      guard let row = coverage.first(where: { $0.field == field }) else { return false }
      return 2 * row.missing >= row.given + row.inferred + row.missing && row.missing > 0
    }
    let hasSeveral = requests().contains { $0.lines.count > 1 }
    var advice: [String] = []
    if lacks("tenant_id") {
      advice.append("tenant_id: who pays; without it every cost is `unattributed`")
    }
    if lacks("usage") {
      advice.append("usage: the tokens of successes; without them no price can be applied")
    }
    if !hasSeveral, format != .native {
      advice.append(
        "failed attempts: no request here has more than one; what retries and fallbacks cost needs a record for each"
      )
    }
    if lacks("workflow") {
      advice.append("workflow: what a request is for; fallback is judged by workflow")
    }
    if lacks("revenue_usd") {
      advice.append(
        "revenue_usd: what the tenant pays for the request, or import it with `tenants import`")
    }
    if lacks("route.group"), lacks("primary") {
      advice.append(
        "primary or route.group: what was asked for; without them the first attempt stands for it")
    }
    if lacks("feature") { advice.append("feature: which part of the product asked") }
    if lacks("user_id") { advice.append("user_id: who asked") }
    if lacks("environment") {
      advice.append("environment: production apart from staging")
    }
    if lacks("thread_id") { advice.append("thread_id: requests of one conversation") }
    return Array(advice.prefix(most))
  }
}

/// The SQL of this folder, embedded in the program and found by name.
package enum QueryCatalog {
  /// A numbered step of the schema; never edited after a release.
  package struct Migration: Sendable {
    package let number: Int32
    package let name: String
    package let sql: String
    /// Whether it is the last that makes tables of sums, to be filled from the requests that a ledger has.
    package var fillsRollups: Bool { name == "month_sums" }
  }

  /// A question to which a sound ledger answers with no row; the rows are what is wrong, in the
  /// columns `subject`, `found` and `expected`.
  package struct Check: Sendable {
    package let name: String
    /// What holds when there is no row, as the head of the file says it.
    package let promise: String
    package let sql: String

    init(_ bytes: [UInt8]) {
      sql = QueryCatalog.text(bytes)
      name = QueryCatalog.head("name", of: sql)
      promise = QueryCatalog.head("promise", of: sql)
    }
  }

  /// In the order in which they run.
  package static let migrations: [Migration] = [
    Migration(number: 1, name: "ledger", sql: text(PackageResources._001_ledger_sql)),
    Migration(number: 2, name: "mended_line", sql: text(PackageResources._002_mended_line_sql)),
    Migration(
      number: 3, name: "request_context", sql: text(PackageResources._003_request_context_sql)),
    Migration(number: 4, name: "money", sql: text(PackageResources._004_money_sql)),
    Migration(number: 5, name: "rollup", sql: text(PackageResources._005_rollup_sql)),
    Migration(number: 6, name: "public_views", sql: text(PackageResources._006_public_views_sql)),
    Migration(number: 7, name: "finance", sql: text(PackageResources._007_finance_sql)),
    Migration(number: 8, name: "month_sums", sql: text(PackageResources._008_month_sums_sql)),
  ]

  /// How requests ended, what they cost and did to the margin (`reports/summary.sql`).
  package static let summary = text(PackageResources.summary_sql)

  /// The same over whole days, out of the daily sums (`reports/summary_days.sql`).
  package static let summaryDays = text(PackageResources.summary_days_sql)

  /// A question behind a named report (`reports/`).
  package struct Report: Sendable {
    package let name: String
    package let question: String
    package let sql: String

    init(_ bytes: [UInt8]) {
      sql = QueryCatalog.text(bytes)
      name = QueryCatalog.head("name", of: sql)
      question = QueryCatalog.head("question", of: sql)
    }
  }

  package static let workflowCost = Report(PackageResources.workflow_cost_sql)
  package static let downgrades = Report(PackageResources.downgrades_sql)
  package static let margin = Report(PackageResources.margin_sql)
  package static let fallbackPremium = Report(PackageResources.fallback_premium_sql)
  package static let failures = Report(PackageResources.failures_sql)
  package static let failureHours = Report(PackageResources.failure_hours_sql)
  package static let providers = Report(PackageResources.providers_sql)
  package static let budgets = Report(PackageResources.budgets_sql)
  package static let loops = Report(PackageResources.loops_sql)
  package static let coverage = Report(PackageResources.coverage_sql)
  package static let outageHours = Report(PackageResources.outage_hours_sql)
  package static let hourlyDowngrades = Report(PackageResources.hourly_downgrades_sql)
  package static let dailyCost = Report(PackageResources.daily_cost_sql)

  /// Figures that may be added over parts of the traffic (`scale/`): a JSON object of dimensions, then
  /// measures.
  package static let scale = [
    Report(PackageResources.workflow_days_sql), Report(PackageResources.tenant_days_sql),
    Report(PackageResources.model_days_sql), Report(PackageResources.stand_in_days_sql),
    Report(PackageResources.plan_days_sql), Report(PackageResources.plan_months_sql),
    Report(PackageResources.call_days_sql), Report(PackageResources.provider_hours_sql),
    Report(PackageResources.fallback_days_sql), Report(PackageResources.downgrade_days_sql),
    Report(PackageResources.request_hours_sql), Report(PackageResources.budget_months_sql),
    Report(PackageResources.stats_sql),
  ]

  /// Reported against catalog cost by model (`reports/price_drift.sql`).
  package static let priceDrift = text(PackageResources.price_drift_sql)

  /// What `verify` asks, in the order in which it asks (`checks/`).
  package static let checks: [Check] = [
    Check(PackageResources.conserved_lines_sql),
    Check(PackageResources.accepted_lines_sql),
    Check(PackageResources.lines_used_once_sql),
    Check(PackageResources.quarantined_lines_sql),
    Check(PackageResources.attempts_have_requests_sql),
    Check(PackageResources.requests_have_attempts_sql),
    Check(PackageResources.attempt_contexts_sql),
    Check(PackageResources.request_sums_sql),
    Check(PackageResources.day_plans_sql),
    Check(PackageResources.month_plans_sql),
    Check(PackageResources.margin_bridge_sql),
    Check(PackageResources.cuts_add_up_sql),
  ]

  /// What people ask, worked out (`questions/`), by name.
  package static let questions: [Question] = [
    Question(PackageResources.budgets_of_the_month_sql),
    Question(PackageResources.busiest_hours_sql),
    Question(PackageResources.cache_hits_by_workflow_sql),
    Question(PackageResources.cached_input_by_model_sql),
    Question(PackageResources.cost_outside_production_sql),
    Question(PackageResources.cost_per_served_request_sql),
    Question(PackageResources.days_at_a_glance_sql),
    Question(PackageResources.dearest_tenants_sql),
    Question(PackageResources.dearest_threads_sql),
    Question(PackageResources.downgrades_after_outage_sql),
    Question(PackageResources.downgrades_by_tier_sql),
    Question(PackageResources.failures_by_kind_sql),
    Question(PackageResources.fallbacks_that_made_money_sql),
    Question(PackageResources.latency_by_model_sql),
    Question(PackageResources.non_retryable_retries_sql),
    Question(PackageResources.price_of_a_bad_hour_sql),
    Question(PackageResources.prices_in_force_sql),
    Question(PackageResources.rejected_lines_sql),
    Question(PackageResources.reported_against_catalog_sql),
    Question(PackageResources.rescued_by_model_sql),
    Question(PackageResources.retry_storms_sql),
    Question(PackageResources.sessions_that_loop_sql),
    Question(PackageResources.tenants_below_zero_margin_sql),
    Question(PackageResources.time_lost_to_failures_sql),
    Question(PackageResources.two_grades_lower_sql),
    Question(PackageResources.unanswered_requests_sql),
    Question(PackageResources.unattributed_cost_sql),
    Question(PackageResources.unpriced_models_sql),
    Question(PackageResources.week_over_week_by_feature_sql),
    Question(PackageResources.who_stood_in_sql),
  ]

  static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

  /// What the line `-- key:` at the head of a file says, with the lines that go on with it.
  static func head(_ key: String, of sql: String) -> String { heads(key, of: sql).first ?? "" }

  /// The same for a key that may stand several times.
  static func heads(_ key: String, of sql: String) -> [String] {
    let start = "-- \(key):"
    var texts: [String] = []
    var isGoingOn = false
    for line in sql.split(separator: "\n") {
      guard line.hasPrefix("--") else { break }
      if line.hasPrefix(start) {
        texts.append(String(line.dropFirst(start.count).drop { $0 == " " }))
        isGoingOn = true
      } else if isGoingOn, line.hasPrefix("--     ") {
        texts[texts.count - 1] += " " + line.dropFirst(2).drop { $0 == " " }
      } else {
        isGoingOn = false
      }
    }
    return texts
  }
}

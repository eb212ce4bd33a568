import Pricing
import Reports
import Testing
import Units

@Suite("A summary's report")
struct SummaryReportTests {
  @Test("prints the same figures in every format")
  func golden() throws {
    let report = try SummaryReport(SampleTraffic.fortnight.summary(by: [.workflow]))
    Golden.expect(report.text(), equals: "summary_by_workflow.txt")
    Golden.expect(report.markdown, equals: "summary_by_workflow.md")
    Golden.expect(report.csv, equals: "summary_by_workflow.csv")
    Golden.expect(report.json, equals: "summary_by_workflow.json")
  }

  @Test("of the totals alone is one row of CSV and no groups of JSON")
  func ungrouped() throws {
    let report = try SummaryReport(SampleTraffic.fortnight.summary())
    #expect(report.csv.split(separator: "\n").count == 2)
    #expect(report.csv.hasPrefix("requests,served,"))
    #expect(!report.json.contains("groups"))
    #expect(report.groups == nil)
  }

  @Test("of nothing says so")
  func empty() throws {
    let report = try SummaryReport(SampleTraffic().summary(by: [.tenant]))
    #expect(report.text().contains("Nothing in this period."))
    #expect(report.markdown.contains("Nothing in this period."))
    #expect(report.csv.split(separator: "\n").count == 1)
    #expect(report.json.contains("\"groups\": []"))
  }

  @Test("gives every key in the order of cli.md")
  func keyOrder() throws {
    let json = try SummaryReport(SampleTraffic.fortnight.summary()).json
    let keys = json.split(separator: "\n").compactMap { line in
      line.split(separator: "\"").dropFirst().first.map(String.init)
    }
    let counts = """
      requests served served_primary served_fallback served_cached served_default deferred rejected
      failed attempts failed_attempts unpriced_attempts downgraded ungraded unplanned input_tokens
      cached_input_tokens output_tokens
      """
    let amounts = """
      cost_usd wasted_usd planned_cost_usd revenue_usd planned_margin_usd lost_revenue_usd
      deferred_revenue_usd retry_waste_usd route_price_effect_usd avoided_cost_usd actual_margin_usd
      """
    let measures = (counts + " " + amounts).split { $0.isWhitespace }.map(String.init)
    let sources = ["reported", "catalog", "unpriced"].flatMap {
      [$0, "attempts", "share", "cost_usd"]
    }
    // What cli.md does not name comes after all that it does.
    #expect(
      keys == ["period", "from", "to", "totals"] + measures + ["cost_sources", "totals"] + sources)
  }

  @Test("leaves an open end of its period null")
  func openPeriod() throws {
    let summary = Summary(period: .everything, totals: .zero, fields: [], groups: [])
    let report = try SummaryReport(summary)
    #expect(report.json.contains("\"from\": null,\n    \"to\": null"))
    #expect(report.text().hasPrefix("Summary of everything\n"))
  }

  @Test("is refused where groups do not add up, naming the measure")
  func groupsMissTotal() {
    let whole = SampleTraffic.fortnight.summary(by: [.workflow])
    let part = Summary(
      period: whole.period, totals: whole.totals, fields: whole.fields,
      groups: Array(whole.groups.dropLast()))
    let error = #expect(throws: ReportError.self) { try SummaryReport(part) }
    #expect(
      error?.description == "requests by workflow adds up to 1613, the total is 1862; "
        + "run fallback-ledger verify")
  }

  @Test("is refused where a bridge does not lead to the actual margin")
  func brokenBridge() {
    let totals = Measures(
      counts: [:], amounts: [.plannedMargin: Money(nanoUSD: 5), .actualMargin: Money(nanoUSD: 4)])
    let summary = Summary(period: .everything, totals: totals, fields: [], groups: [])
    let error = #expect(throws: ReportError.self) { try SummaryReport(summary) }
    #expect(error?.what.contains("margin bridge of the totals") == true)
  }
}

package import Pricing
package import Units

/// What a nightly report is made from: the summaries of one day, and of the days before it.
package struct NightlyFigures: Sendable {
  package let day: UTCDay
  package let total: Summary
  package let byWorkflow: Summary
  package let byTenant: Summary
  package let byClass: Summary
  package let byServed: Summary
  /// Of the fortnight that ends with the day.
  package let byDay: Summary
  /// Of the day before and of the same day a week earlier, by workflow and by tenant.
  package let comparisons: [Comparison]
  /// The answers of the named reports, in their order.
  package let reports: [ReportSection]
  /// Counting basis, policy and price versions, what the figures lack: a sentence each.
  package let notes: [String]

  /// Another day to hold this one against.
  package struct Comparison: Sendable {
    /// `the day before`, for a sentence.
    package let name: String
    package let byWorkflow: Summary
    package let byTenant: Summary

    package init(name: String, byWorkflow: Summary, byTenant: Summary) {
      self.name = name
      self.byWorkflow = byWorkflow
      self.byTenant = byTenant
    }
  }

  /// Days that the trend shows.
  package static let trendDays = 14

  /// - Throws: ``ReportError`` if the summaries do not foot, or do not agree on the day's totals.
  package init(
    day: UTCDay, total: Summary, byWorkflow: Summary, byTenant: Summary, byClass: Summary,
    byServed: Summary, byDay: Summary, comparisons: [Comparison] = [],
    reports: [ReportSection] = [], notes: [String]
  ) throws(ReportError) {
    precondition(
      total.fields == [] && byWorkflow.fields == [.workflow] && byTenant.fields == [.tenant]
        && byClass.fields == [.trafficClass] && byServed.fields == [.servedBy]
        && byDay.fields == [.day], "a summary is grouped by another field")
    self.day = day
    self.total = total
    self.byWorkflow = byWorkflow
    self.byTenant = byTenant
    self.byClass = byClass
    self.byServed = byServed
    self.byDay = byDay
    self.comparisons = comparisons
    self.reports = reports
    self.notes = notes

    try total.checkFooting()
    for summary in [byWorkflow, byTenant, byClass, byServed] {
      try summary.checkFooting()
      try Self.check(summary.totals, are: total.totals, by: summary.fields[0].rawValue)
    }
    try byDay.checkFooting()
    try Self.check(measures(of: day) ?? .zero, are: total.totals, by: "day")
  }

  private static func check(
    _ measures: Measures, are total: Measures, by field: String
  ) throws(ReportError) {
    for measure in CountMeasure.allCases where measures[measure] != total[measure] {
      throw .doesNotFoot(
        "\(measure.rawValue) by \(field)", sum: Int128(measures[measure]),
        total: Int128(total[measure]), isMoney: false)
    }
    for measure in MoneyMeasure.allCases where measures[measure] != total[measure] {
      throw .doesNotFoot(
        "\(measure.rawValue) by \(field)", sum: Int128(measures[measure].nanoUSD),
        total: Int128(total[measure].nanoUSD), isMoney: true)
    }
  }

  /// Of one of the days; nil for one without requests.
  func measures(of day: UTCDay) -> Measures? {
    let name = day.description
    return byDay.groups.first { $0.key == [name] }?.measures
  }

  /// The days of the trend: from the first with requests on, the fortnight at most.
  var days: [UTCDay] {
    let first = byDay.groups.compactMap { $0.key[0].flatMap { UTCDay($0) } }.min() ?? day
    let span = min(max(day.daysSince1970 - first.daysSince1970, 0), Self.trendDays - 1)
    return (0...span).map { day.advanced(by: $0 - span) }
  }
}

extension UTCDay {
  /// In English.
  var weekday: String {
    let names = [
      "Thursday", "Friday", "Saturday", "Sunday", "Monday", "Tuesday", "Wednesday",
    ]
    // 1970-01-01 was a Thursday.
    return names[((daysSince1970 % 7) + 7) % 7]
  }
}

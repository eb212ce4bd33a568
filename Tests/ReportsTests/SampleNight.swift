import Pricing
import Reports
import Units

extension SampleTraffic {
  /// The figures of its last day.
  func night(comparisons: [NightlyFigures.Comparison] = []) throws -> NightlyFigures {
    try NightlyFigures(
      day: Self.day, total: summary(), byWorkflow: summary(by: [.workflow]),
      byTenant: summary(by: [.tenant]), byClass: summary(by: [.trafficClass]),
      byServed: summary(by: [.servedBy]), byDay: summary(by: [.day], days: 14),
      comparisons: comparisons,
      notes: [
        "Cached answers count as served.",
        "Policy in force: none; grades are those of the price catalog.",
        "Rejected lines: 3.",
      ])
  }

  /// What each of its cells measures, as `change` would have it.
  func changed(_ change: (inout [Cell]) -> Void) -> SampleTraffic {
    var copy = self
    change(&copy.cells)
    return copy
  }
}

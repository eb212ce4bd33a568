package import Units

/// How the cost of a set of requests is known: its parts by ``CostSource``.
package struct CostSources: Hashable, Sendable {
  /// Lines that called a model and whose log says the cost.
  package let reportedAttempts: Int64
  package let catalogAttempts: Int64
  package let unpricedAttempts: Int64
  /// With what steps without a model report.
  package let reportedCost: Money
  package let catalogCost: Money

  package static let none = CostSources(
    reportedAttempts: 0, catalogAttempts: 0, unpricedAttempts: 0, reportedCost: .zero,
    catalogCost: .zero)

  package init(
    reportedAttempts: Int64, catalogAttempts: Int64, unpricedAttempts: Int64,
    reportedCost: Money, catalogCost: Money
  ) {
    self.reportedAttempts = reportedAttempts
    self.catalogAttempts = catalogAttempts
    self.unpricedAttempts = unpricedAttempts
    self.reportedCost = reportedCost
    self.catalogCost = catalogCost
  }

  /// What is not the catalog's, and not unknown, the log reports.
  /// - Throws: ``UnitError`` if a difference leaves 64 bits.
  package init(
    of measures: Measures, catalogAttempts: Int64, catalogCost: Money
  ) throws(UnitError) {
    self.init(
      reportedAttempts: measures[.attempts] - measures[.unpricedAttempts] - catalogAttempts,
      catalogAttempts: catalogAttempts, unpricedAttempts: measures[.unpricedAttempts],
      reportedCost: try measures[.cost].subtracting(catalogCost), catalogCost: catalogCost)
  }

  /// - Throws: ``UnitError`` if a sum leaves 64 bits.
  package func adding(_ other: CostSources) throws(UnitError) -> CostSources {
    CostSources(
      reportedAttempts: reportedAttempts + other.reportedAttempts,
      catalogAttempts: catalogAttempts + other.catalogAttempts,
      unpricedAttempts: unpricedAttempts + other.unpricedAttempts,
      reportedCost: try reportedCost.adding(other.reportedCost),
      catalogCost: try catalogCost.adding(other.catalogCost))
  }
}
